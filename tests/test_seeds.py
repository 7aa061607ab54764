"""Five real documents as a folder source: an issue from a newsletter, three articles and a listing."""

import json
from pathlib import Path

import pytest

from tests.letters import NOW, Command, make_letter

SEEDS = Path(__file__).resolve().parents[1] / ".." / "shared" / "seeds"


@pytest.mark.skipif(not SEEDS.is_dir(), reason="../shared/seeds, the folder of real documents, is missing")
def test_an_issue_has_stories_from_all_five_documents(newsletter: Command, tmp_path: Path) -> None:
    """Dutch, German and Traditional Chinese stories, split and tagged; none from the frame of a newsletter or list."""
    letter = make_letter(tmp_path)
    letter.change(
        sources=[{"name": "seeds", "folder": str(SEEDS.resolve()), "outlet": "Seeds"}],
        select={"per_source": 21, "reads": 17},  # room for every story
    )
    done = newsletter.on(letter, "run")
    assert done.code == 0, done.err
    issue = json.loads((tmp_path / "outbox" / "2026-W47" / "issue.json").read_text(encoding="utf-8"))
    items = [*issue["features"], *issue["reads"]]
    chosen = [item["story"] for item in items]
    assert len(chosen) >= 18
    assert {item["language"] for item in items} == {"nl", "de", "zh-Hant"}
    documents = set()
    for story in chosen:
        explanation = newsletter.on(letter, "explain", story, "--json", now=NOW).json
        documents.add(explanation["entry"])
    assert len(documents) == 5
    counts = newsletter.on(letter, "status", "--json").json["stages"]
    assert counts["stories"] == 5 + 6 + 3 + 7
