"""`newsletter init`: what the letter is about, from options or from questions, and what it would choose now."""

import os
import pty
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.config import load_config
from tests.letters import ITEMS, Command, Item, feed

ABOUT = "A letter on ferries and ports. It follows Lamma, Cebu and Penang, and the firms that build their boats."
HEADLINES = ["Penang's port orders 12 electric ferries", 'Cebu: "No more tickets" on ferries']


def write_feed(folder: Path) -> Path:
    """A feed of this week's stories."""
    now = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    path = folder / "harbour.xml"
    path.write_text(feed("harbour.example", [Item(each.title, each.body, now) for each in ITEMS]), encoding="utf-8")
    return path


def test_options_describe_the_letter_without_questions(newsletter: Command, tmp_path: Path) -> None:
    """The config has them as given; another letter's topics are commented out; nothing is fetched."""
    options = [option for headline in HEADLINES for option in ("--headline", headline)]
    done = newsletter("init", tmp_path / "new", "--about", ABOUT, *options, "--place", "Lamma", "--firm", "Hull & Sons")
    assert done.code == 0, done.err
    config = load_config(tmp_path / "new" / "config.yaml", environ={})
    assert config.about.text == ABOUT
    assert list(config.about.headlines) == HEADLINES
    assert (*config.place_names, *config.firm_names) == ("Lamma", "Hull & Sons")
    assert config.topics == ()
    assert "Fetching" not in done.out


def test_the_example_of_a_new_letter_is_described(newsletter: Command, tmp_path: Path) -> None:
    """Without answers the config has an example, and the output asks for a description, not a slogan."""
    done = newsletter("init", tmp_path / "new", "--yes")
    config = load_config(tmp_path / "new" / "config.yaml", environ={})
    assert config.about.text
    assert config.about.headlines
    assert "slogan" in done.out


def test_the_choice_from_the_present_items_is_shown(newsletter: Command, tmp_path: Path) -> None:
    """The sources are fetched once and what would be chosen is listed; no store is left behind."""
    source = write_feed(tmp_path)
    places = ["--place", "Lamma", "--place", "Cebu", "--place", "Penang"]  # each is named by a story
    options = [*places, *["--source", str(source)] * 4, "--show"]
    done = newsletter("init", tmp_path / "new", *options)
    assert done.code == 0, done.err
    assert any(item.title in done.out for item in ITEMS)
    assert "An issue needs 4 stories" in done.out
    assert [each.name for each in load_config(tmp_path / "new" / "config.yaml").sources] == [
        "harbour",
        "harbour 2",
        "harbour 3",
        "harbour 4",
    ]
    assert not (tmp_path / "new" / ".newsletter").exists()


def test_a_letter_with_one_source_gives_an_issue(newsletter: Command, tmp_path: Path) -> None:
    """The limits of the config leave room for it, and the output names the next three steps and the placeholders."""
    places = ["--place", "Lamma", "--place", "Cebu", "--place", "Penang"]
    done = newsletter("init", tmp_path / "new", "--yes", *places, "--source", str(write_feed(tmp_path)))
    config = tmp_path / "new" / "config.yaml"
    assert all(f"  {step}. " in done.out for step in (1, 2, 3))
    assert "placeholders" in done.out
    refused = newsletter("preview", "--config", config)
    assert (refused.code, f"newsletter run --config {config}" in refused.err) == (2, True)
    assert newsletter("run", "--config", config).code == 5  # the placeholders bar the approval
    assert (tmp_path / "new" / "outbox").glob("*/issue.html")


def test_an_edition_in_each_language_is_made(newsletter: Command, tmp_path: Path) -> None:
    """A tag or a name gives an edition with a letter of its own; a language without a catalogue is refused."""
    done = newsletter("init", tmp_path / "new", "--yes", "--language", "Japanese", "--language", "zh-HK")
    assert done.code == 0, done.err
    config = load_config(tmp_path / "new" / "config.yaml", environ={})
    assert [edition.language for edition in config.editions] == ["ja", "zh-Hant-HK"]
    assert config.letter_path(config.editions[0], "2026-W47") != config.letter_path(config.editions[1], "2026-W47")
    refused = newsletter("init", tmp_path / "other", "--yes", "--language", "Klingon")
    assert (refused.code, "zh-Hant" in refused.err) == (2, True)


def test_offline_is_said(newsletter: Command, tmp_path: Path) -> None:
    """If no source answers, the letter is still made."""
    done = newsletter("init", tmp_path / "new", "--source", str(tmp_path / "gone.xml"), "--show")
    assert done.code == 0, done.err
    assert "offline" in done.out
    assert (tmp_path / "new" / "config.yaml").exists()


@pytest.mark.parametrize("answer", ["bell\a", "\u200b"])
def test_what_cannot_be_printed_is_refused(newsletter: Command, tmp_path: Path, answer: str) -> None:
    """Nothing is written."""
    assert newsletter("init", tmp_path / "new", "--headline", answer).code == 2
    assert not (tmp_path / "new").exists()


def test_a_terminal_is_asked(tmp_path: Path) -> None:
    """Each question can be skipped; the answers are in the config, and the choice is shown."""
    source = write_feed(tmp_path)
    answers = ["", "nl, German", ABOUT, *HEADLINES, "", "Lamma, Cebu", "", str(source), ""]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", "from pipeline.cli import main; main()", "init", str(tmp_path / "new")],
        stdin=theirs,
        stdout=subprocess.PIPE,
        text=True,
    )
    os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
    out, _ = process.communicate(timeout=900)
    os.close(ours)
    os.close(theirs)
    assert process.returncode == 0
    assert "A slogan does not work" in out
    config = load_config(tmp_path / "new" / "config.yaml", environ={})
    assert (config.about.text, list(config.about.headlines)) == (ABOUT, HEADLINES)
    assert config.place_names == ("Lamma", "Cebu")
    assert [edition.language for edition in config.editions] == ["nl", "de"]
    assert "Issue 1" in out or "no issue" in out
