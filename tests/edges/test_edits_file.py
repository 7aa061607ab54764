"""edits.yaml written by the program: edits survive the round trip, comments stay, and no unread change is lost."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config.edits import load_edits
from pipeline.edges.edits_file import EditsChangedError, merge_edits, read_edits_bytes, write_edits
from pipeline.edges.outbox import Outbox
from pipeline.errors import ConfigError
from pipeline.records import Edits, StoryEdit

ONE, TWO = "s0123456789abcde", "sfedcba987654321"
WRITTEN = f"""\
# Notes of the week
features: [{ONE}]  # the lead
# What we say ourselves
letter: |
  Rain on the pier.

  And on the boats.
stories:
  {ONE}:
    headline: Boats   # agreed with the desk
    kicker: 'Docks'
"""


def test_comments_and_order_of_a_hand_written_file_stay(tmp_path: Path) -> None:
    """Only differences are written: comments above and behind other keys keep their places."""
    path = tmp_path / "edits.yaml"
    path.write_text(WRITTEN, encoding="utf-8")
    edits = replace(load_edits(path), subject="Rain", drops=(TWO,))
    text = merge_edits(path.read_bytes(), edits).decode()
    for comment in ("# Notes of the week", "# the lead", "# What we say ourselves", "# agreed with the desk"):
        assert comment in text
    assert text.index("features") < text.index("letter") < text.index("stories")
    path.write_text(text, encoding="utf-8")
    assert load_edits(path) == edits


@pytest.mark.parametrize(
    "subject", ["yes", "2026-11-22", "null", "1e3", "a: b # c", "'\"", "- x", "{x}", "${HOME}", "*a", "漢字", "~"]
)
def test_words_that_look_like_yaml_are_words(tmp_path: Path, subject: str) -> None:
    """The edits are the text that was typed, even if YAML would parse it as something else."""
    path = tmp_path / "edits.yaml"
    path.write_bytes(merge_edits(b"", Edits(subject=subject, letter=f"{subject}\n\n  {subject}\n- {subject}")))
    found = load_edits(path)
    assert found.subject == subject
    assert found.letter == f"{subject}\n\n  {subject}\n- {subject}"


texts = st.none() | st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn", "Co"]) | st.just("\n"), min_size=1
).map(str.strip).filter(bool)


@settings(max_examples=150)
@given(texts, texts, texts)
def test_any_text_survives_the_round_trip(subject: str | None, letter: str | None, blurb: str | None) -> None:
    """With and without an earlier file."""
    import tempfile

    stories = {ONE: StoryEdit(blurb=blurb, crop=(0.5, 0.25, 2.0))} if blurb else {}
    edits = Edits(subject=subject, letter=letter, stories=stories, same_event=((ONE, TWO),))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "edits.yaml"
        for old in (b"", WRITTEN.encode()):
            path.write_bytes(merge_edits(old, edits))
            assert load_edits(path) == edits


def test_a_change_that_was_not_read_is_never_written_over(tmp_path: Path) -> None:
    """A write is refused if another program has saved since the read; the other's save stays."""
    path = tmp_path / "edits.yaml"
    path.write_text("subject: read\n", encoding="utf-8")
    read = read_edits_bytes(path)
    path.write_text("subject: saved since\n", encoding="utf-8")
    with pytest.raises(EditsChangedError):
        write_edits(path, b"subject: mine\n", read=read)
    assert path.read_text(encoding="utf-8") == "subject: saved since\n"
    assert [each.name for each in tmp_path.iterdir()] == ["edits.yaml"]


def test_no_save_is_lost_while_the_folder_is_replaced(tmp_path: Path) -> None:
    """A run replaces the issue's folder again and again; each save is in the current file."""
    outbox = Outbox(tmp_path)
    outbox.publish("2026-W47", {"issue.html": b"x"})
    path = outbox.edits_path("2026-W47", "en")
    stop = threading.Event()

    def publish() -> None:
        while not stop.is_set():
            outbox.publish("2026-W47", {"issue.html": b"x"})

    thread = threading.Thread(target=publish)
    thread.start()
    try:
        read = b""
        for number in range(60):
            text = f"subject: '{number}'\n".encode()
            write_edits(path, text, read=read)
            read = read_edits_bytes(path)
            assert read == text
    finally:
        stop.set()
        thread.join()
    assert path.read_bytes() == text


SECTIONS = """\
sections:
  museum:  # paid until May
    kind: sponsor
    after: letter
    title: The Rope Works
    text: Open on Sundays.
    link: https://ropes.example/
  diary:
    kind: events
    events:
      - {what: Coins, when: 'Tuesday, 18:30', where: Old Mint}
"""


def test_sections_keep_their_order_and_comments_when_another_key_is_written(tmp_path: Path) -> None:
    """The desk writes a subject: the sections stay as they are, to the letter."""
    path = tmp_path / "edits.yaml"
    path.write_text(SECTIONS, "utf-8")
    edits = load_edits(path)
    assert list(edits.sections) == ["museum", "diary"]
    assert edits.sections["diary"].after == "features"
    text = merge_edits(path.read_bytes(), replace(edits, subject="Rain")).decode()
    assert text == SECTIONS + "subject: Rain\n"


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("{kind: sponsor, title: Ropes}", "sections.x: needs text, because it is a section of kind sponsor"),
        ("{kind: number, text: of all coins}", "sections.x: needs figure"),
        ("{kind: quote, text: Well., by: Mei, figure: three}", "sections.x.figure: is not for a section of kind quote"),
        ("{kind: poem, text: Well.}", "sections.x.kind: "),
        ("{kind: text, text: Well., after: footer}", "sections.x.after: "),
        ("{kind: sponsor, title: R, text: W, link: 'javascript:x'}", "sections.x.link: expected an address"),
        ("{kind: events, events: [{what: Coins}]}", "sections.x.events[0].when: "),
        ("{kind: text, text: Well., colour: red}", "sections.x.colour: "),
    ],
)
def test_a_section_with_a_mistake_is_refused_by_its_key(tmp_path: Path, section: str, message: str) -> None:
    """Each kind has the keys that it needs and no others; the message names line and key."""
    path = tmp_path / "edits.yaml"
    path.write_text(f"sections:\n  x: {section}\n", "utf-8")
    with pytest.raises(ConfigError) as refused:
        load_edits(path)
    assert f"edits.yaml:2: {message}" in str(refused.value)
