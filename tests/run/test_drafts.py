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


def test_a_run_asks_for_texts_where_the_config_says_so(newsletter: Command, letter: Letter) -> None:
    """For every feature of the edition, whatever its language; none of them is printed by itself."""
    code = """print(json.dumps({"kicker": "Sea", "headline": "A", "blurb": [{"text": "B.", "from": [1]}]}))"""
    run_with(newsletter, letter, code, translate={"to": "none"}, write_for=["en"], use="checked")
    features = json.loads((letter.folder / "outbox/2026-W47/en/issue.json").read_text(encoding="utf-8"))["features"]
    assert sorted(task["story"]["headline"] for task in asked(letter)) == sorted(each["headline"] for each in features)
    assert {task["task"] for task in asked(letter)} == {"write"}
    (line,) = [
        each
        for each in newsletter.on(letter, "explain", features[0]["story"], "--json").json["decisions"]
        if each["stage"] == "write/en"
    ]
    assert line["detail"].startswith("kicker, headline and text from en")


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


MACHINE = "Maschinelle Übersetzung; Original: Englisch"


def printed(letter: Letter, name: str) -> str:
    """A file of the German edition."""
    return (letter.folder / "outbox/2026-W47/german" / name).read_text(encoding="utf-8")


@pytest.fixture
def lenient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checker that objects to numbers alone: the answers of these tests fit any story."""
    monkeypatch.setattr("pipeline.stages.write.checker.is_stranger", lambda *_: False)


@pytest.mark.usefixtures("lenient")
def test_checked_texts_are_printed_and_marked(newsletter: Command, letter: Letter) -> None:
    """In the edition's language below the credit, in all parts; issue.json has model, source and verdict."""
    run_with(newsletter, letter, WORD_BY_WORD, use="checked")
    features = features_of(letter)
    translated = [feature for feature in features if feature["origin"]]
    assert translated
    for feature in translated:
        assert (feature["headline"], feature["language"]) == ("Der Satz mit der Nummer steht so im Text", "de")
        assert (feature["origin"]["language"], feature["origin"]["verdict"]) == ("en", "passed")
        assert feature["origin"]["writer"].startswith("command ")
    assert printed(letter, "issue.html").count(MACHINE) == len(translated)
    assert printed(letter, "issue.txt").count(MACHINE) == len(translated)
    assert "Der Satz" not in json.loads(printed(letter, "issue.json"))["subject"]


@pytest.mark.usefixtures("lenient")
def test_an_editor_has_the_last_word(newsletter: Command, letter: Letter) -> None:
    """A refused draft is not printed; what was accepted is printed without the mark, and issue.json says so."""
    run_with(newsletter, letter, WORD_BY_WORD, use="checked")
    refused, accepted = [feature["story"] for feature in features_of(letter) if feature["origin"]][:2]
    texts = {"headline": "Von Hand", "blurb": "Geprüft.", "origin": ["openai qwen", "qwen-8b", "en"]}
    edits = {"stories": {refused: {"draft": "refused"}, accepted: texts}}
    path = letter.folder / "outbox/2026-W47/german/edits.yaml"
    path.write_text(yaml.safe_dump(edits, allow_unicode=True), encoding="utf-8")
    newsletter.on(letter, "render")
    by_story = {feature["story"]: feature for feature in features_of(letter)}
    assert by_story[refused]["origin"] is None
    assert by_story[refused]["language"] == "en"
    origin = {"writer": "openai qwen", "model": "qwen-8b", "language": "en", "verdict": "accepted"}
    assert (by_story[accepted]["origin"], by_story[accepted]["language"]) == (origin, "de")
    assert printed(letter, "issue.html").count(MACHINE) == len(features_of(letter)) - 2


def test_what_failed_is_not_printed(newsletter: Command, letter: Letter) -> None:
    """Even with `use: checked`: the story stays as it is."""
    run_with(newsletter, letter, WORD_BY_WORD.replace("so im Text", "auf 47 Seiten"), use="checked")
    assert [feature["origin"] for feature in features_of(letter)] == [None] * len(features_of(letter))
    assert MACHINE not in printed(letter, "issue.html")
