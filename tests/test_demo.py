"""The demo: the example web, served on loopback, becomes an issue that is good enough to show."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.letters import Command

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
NOW = "2026-11-22T08:00:00+08:00"
FAILING = {"kiln-and-kernel", "lantern-bulletin", "sandbar-daily"}


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples with a state and an outbox of their own."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(EXAMPLES, folder / "examples")
    return folder


def run(newsletter: Command, example: Path) -> Any:
    """The demo's command."""
    return newsletter("run", "--verbose", "--config", example / "examples" / "config.yaml", "--now", NOW)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_demo_makes_a_whole_multilingual_issue_twice_the_same(newsletter: Command, example: Path) -> None:
    """A letter, four features in at least three languages, six reads; three bad sources named; the same bytes again."""
    done = run(newsletter, example)
    assert done.code == 0, done.err
    issues = example / "outbox" / "2026-W47"
    (account_path,) = issues.rglob("issue.json") if not (issues / "en").is_dir() else [issues / "en" / "issue.json"]
    account = json.loads(account_path.read_text(encoding="utf-8"))
    assert len(account["letter"]["paragraphs"]) >= 2
    assert len(account["features"]) == 4
    assert len({feature["language"] for feature in account["features"]}) >= 3
    assert len(account["reads"]) == 6
    assert all(feature["picture"]["alt"] and len(feature["paragraphs"]) >= 2 for feature in account["features"])
    assert set(account["sources"]["failed"]) == FAILING
    for name in FAILING:
        assert name in done.err
    before = contents(example / "outbox")
    assert run(newsletter, example).code == 0
    assert contents(example / "outbox") == before
    html = account_path.with_name("issue.html").read_text(encoding="utf-8")
    hosts = set(re.findall(r'(?:href|src)="https?://([^/":]+)', html))
    assert hosts
    assert all(host.endswith(".example") for host in hosts), "a link of the made-up web leads out of it"


def test_the_events_lead_is_told_by_several_outlets_once(newsletter: Command, example: Path) -> None:
    """The story that four outlets have leads, says who else has it, and stands nowhere else in the issue."""
    run(newsletter, example)
    (account_path, *_) = sorted((example / "outbox").rglob("issue.json"))
    account = json.loads(account_path.read_text(encoding="utf-8"))
    lead = account["features"][0]
    assert len(lead["also_in"]) >= 2
    others = [item["headline"] for item in account["features"][1:]] + [read["title"] for read in account["reads"]]
    assert not any("Subic" in title for title in others)
    assert "Subic" in lead["headline"]
