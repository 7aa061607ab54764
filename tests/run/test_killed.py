"""What a run that was killed leaves to the next one. tests/faults/killed.py kills runs before each write."""

import json
from dataclasses import replace
from typing import Any

import pytest

from pipeline.run.clean import Cleaning
from tests.letters import ITEMS, Command, Letter
from tests.run.test_weekly import contents, folder_of, titles

learn = Cleaning._learn


def die(*_: object, **__: object) -> Any:
    """End the run here."""
    raise KeyboardInterrupt


def learn_and_die(cleaning: Cleaning) -> int:
    """End the run after boilerplate was learned."""
    learn(cleaning)
    raise KeyboardInterrupt


def test_boilerplate_is_learned_by_the_next_run(
    newsletter: Command, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Although it cleans nothing new; and once, as an undisturbed run does."""
    shared = "Our harbour column appears with kind permission of the pilots' guild."
    letter.write_feed("paper0", [replace(item, body=f"{item.body} | {shared}") for item in ITEMS[:3]])
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.run.clean.find_shared_lines", die)
        assert newsletter.on(letter, "run").code == 130
    assert newsletter.on(letter, "run").code == 0
    assert "pilots' guild" not in " ".join((folder_of(letter) / "issue.txt").read_text(encoding="utf-8").split())
    monkeypatch.setattr("pipeline.run.clean.find_shared_lines", die)
    assert newsletter.on(letter, "run", "--force").code == 0


def test_what_was_learned_is_cut_by_the_next_run(
    newsletter: Command, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entries wait to be cleaned again, and nothing is learned of them a second time."""
    shared = "Our harbour column appears with kind permission of the pilots' guild."
    letter.write_feed("paper0", [replace(item, body=f"{item.body} | {shared}") for item in ITEMS[:3]])
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.run.clean.Cleaning._learn", learn_and_die)
        assert newsletter.on(letter, "run").code == 130
    assert newsletter.on(letter, "status", "--json").json["stages"]["awaiting clean"] == 3
    monkeypatch.setattr("pipeline.run.clean.find_shared_lines", die)
    assert newsletter.on(letter, "run").code == 0
    assert "pilots' guild" not in " ".join((folder_of(letter) / "issue.txt").read_text(encoding="utf-8").split())


def test_the_edits_of_an_issue_that_was_being_replaced_are_followed(newsletter: Command, letter: Letter) -> None:
    """The next run puts the folder back before it selects."""
    letter.change(approve="auto")
    newsletter.on(letter, "run", "--dry-run")
    first = newsletter.on(letter, "run", "--dry-run", "--json").json["holds"]["editions"]["en"][0]
    aside = letter.folder / "outbox/.replaced-2026-W47"
    aside.mkdir(parents=True)
    (aside / "edits.yaml").write_text(json.dumps({"drops": [first["story"]]}), encoding="utf-8")
    assert newsletter.on(letter, "run").code == 0
    assert first["title"] not in titles(letter)
    assert not aside.exists()


@pytest.mark.parametrize("approve", ["editor", "auto"])
def test_a_half_written_page_of_the_archive_is_deleted(newsletter: Command, letter: Letter, approve: str) -> None:
    """By the next run, whether or not the issue is approved."""
    letter.change(approve=approve)
    newsletter.on(letter, "run")
    before = contents(letter.folder / "outbox")
    (letter.folder / "outbox/.index.html.0a1b2c3d.tmp").write_bytes(b"<html>")
    assert newsletter.on(letter, "run").code == 0
    assert contents(letter.folder / "outbox") == before
