"""A run asks the writer for translations, never fails by it, and prints none that no editor has accepted."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.letters import LATER, NOW, Command, Letter
from tests.run.test_write import asked, with_writer

# A translator that keeps to the story: without figures and names, a sentence is checked for its language alone.
WORD_BY_WORD = """
texts = ["Der Satz mit der Nummer steht so im Text" for each in task["sentences"]]
print(json.dumps({"sentences": [{"n": n, "text": text} for n, text in enumerate(texts, 1)]}))
"""
FAILING = "raise SystemExit('out of order')"


def issue_files(letter: Letter) -> dict[str, bytes]:
    """The bytes of every file in the outbox."""
    return {str(path.relative_to(letter.folder)): path.read_bytes() for path in (letter.folder / "outbox").rglob("*.*")}


def features_of(letter: Letter) -> list[dict[str, Any]]:
    """The features of the German edition."""
    text = (letter.folder / "outbox/2026-W47/german/issue.json").read_text(encoding="utf-8")
    features: list[dict[str, Any]] = json.loads(text)["features"]
    return features


def run_with(newsletter: Command, letter: Letter, code: str, **writer: Any) -> Any:
    """Run the week with a German edition and this writer."""
    letter.write_feed("paper0", [LATER[1]])
    with_writer(letter, code, **writer)
    return newsletter.on(letter, "run", "--json")


def test_a_run_asks_for_the_features_and_the_next_stories(newsletter: Command, letter: Letter) -> None:
    """In the editions that print them in another language; a second run asks nobody."""
    done = run_with(newsletter, letter, WORD_BY_WORD)
    assert done.code == 0
    tasks = asked(letter)
    titles = [task["sentences"][0]["text"] for task in tasks]
    assert {feature["headline"] for feature in features_of(letter)} <= set(titles)
    assert len(set(titles)) == len(titles)
    assert {task["to"] for task in tasks} == {"de"}
    assert done.json["stages"]["write"]["asked"] == len(tasks)
    again = newsletter.on(letter, "run", "--force", "--json")
    assert (again.json["stages"]["write"]["asked"], len(asked(letter))) == (0, len(tasks))


@pytest.mark.parametrize(
    ("rules", "are_asked"),
    [({"editions": ["en"]}, False), ({"languages": ["ja"]}, False), ({"editions": ["german"]}, True)],
)
def test_the_config_says_what_is_translated(
    rules: dict[str, Any], are_asked: bool, newsletter: Command, letter: Letter
) -> None:
    """An English edition of English stories needs no translation."""
    run_with(newsletter, letter, WORD_BY_WORD, translate={"fields": ["headline"], **rules})
    assert bool(asked(letter)) == are_asked
    assert all(len(task["sentences"]) == 1 for task in asked(letter))


def test_a_writer_that_fails_costs_one_line(newsletter: Command, letter: Letter) -> None:
    """After three failures in a row nobody is asked, and the issue is made all the same."""
    done = run_with(newsletter, letter, FAILING, parallel=1)
    (notice,) = done.json["stages"]["write"]["notices"]
    assert done.code == 0
    assert notice.startswith("no proposal for ")
    assert "out of order; it was the third failure in a row" in notice
    assert len(asked(letter)) == 3


def test_the_issue_is_the_same_with_drafts_as_without(newsletter: Command, letter: Letter, tmp_path: Path) -> None:
    """Nothing of a proposal is printed before an editor has accepted it. The ledger has the verdicts."""
    run_with(newsletter, letter, WORD_BY_WORD)
    with_drafts = issue_files(letter)
    config = yaml.safe_load(letter.config.read_text(encoding="utf-8"))
    del config["writer"]
    letter.config.write_text(yaml.safe_dump(config), encoding="utf-8")
    for folder in ("outbox", ".newsletter"):
        shutil.rmtree(letter.folder / folder, ignore_errors=True)
    assert newsletter.on(letter, "run").code == 0
    assert issue_files(letter) == with_drafts


def test_each_draft_has_a_line_in_the_ledger(newsletter: Command, letter: Letter) -> None:
    """It says whose the draft is, what it was made from, and what the checker found."""
    run_with(newsletter, letter, WORD_BY_WORD)
    explained = newsletter.on(letter, "explain", features_of(letter)[0]["story"], "--json").json
    (line,) = [each for each in explained["decisions"] if each["stage"] == "write/german"]
    assert line["rule"] in ("draft passed", "draft failed")
    assert line["detail"].startswith("a translation from en")


def test_a_dry_run_asks_nobody(newsletter: Command, letter: Letter) -> None:
    """Its answers would be lost with its copy of the store."""
    with_writer(letter, WORD_BY_WORD)
    assert newsletter.on(letter, "run", "--dry-run").code == 0
    assert asked(letter) == []


def test_a_run_without_a_writer_loads_nothing_of_it(letter: Letter) -> None:
    """Neither its client nor its checker, so no request can be made."""
    code = (
        "import atexit, sys\nfrom pipeline.cli import main\n"
        "loaded = lambda: [name for name in sys.modules if 'stages.write' in name or 'edges.writer' in name]\n"
        "atexit.register(lambda: print(loaded()))\n"
        f"main(['run', '--config', {str(letter.config)!r}, '--now', {NOW!r}])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
