"""The index of past stories: what comes back, what does not, and what happens when it cannot be read."""

import random
import sqlite3
from pathlib import Path

import pytest

from pipeline.edges.archive import Archive, open_archive
from pipeline.errors import StoreError
from pipeline.records import Block, Fingerprint, Story
from pipeline.stages.dedupe import carried_copies, fingerprint_stories

_WORDS = [f"w{number}" for number in range(3000)]


def story(name: str, text: str, address: str | None = None) -> Story:
    return Story(
        id=name,
        entry=name,
        source="s",
        outlet=f"outlet of {name}",
        title=f"title of {name}",
        url=address,
        canonical_url=address,
        blocks=(Block("paragraph", text),),
    )


def prose(seed: int, words: int = 200) -> str:
    dice = random.Random(seed)
    return " ".join(dice.choice(_WORDS) for _ in range(words))


def edited(text: str, share: float) -> str:
    dice = random.Random(9)
    return " ".join("new" + str(dice.random())[2:7] if dice.random() < share else word for word in text.split(" "))


def fingerprint(each: Story) -> Fingerprint:
    return fingerprint_stories([each])[0]


def test_an_edited_copy_is_a_candidate_and_the_stage_verifies_it(tmp_path: Path) -> None:
    past = [story(f"past {number}", prose(number)) for number in range(300)]
    copies = [story(f"new {number}", edited(past[number].text, 0.2)) for number in range(40)]
    strangers = [story(f"other {number}", prose(1000 + number)) for number in range(40)]
    with open_archive(tmp_path / "archive.db") as archive:
        assert archive.add(fingerprint_stories(past)) == 300
        found = {each.id: archive.candidates(fingerprint(each)) for each in copies + strangers}
    kept = {each.id: each for each in past}
    for number, copy in enumerate(copies):
        assert f"past {number}" in found[copy.id]
        assert carried_copies([copy], [kept[name] for name in found[copy.id]]) == {copy.id: f"past {number}"}
    assert sum(len(found[stranger.id]) for stranger in strangers) <= 4


def test_the_same_address_or_body_is_a_candidate(tmp_path: Path) -> None:
    address = "https://daily.example/a"
    with open_archive(tmp_path / "archive.db") as archive:
        archive.add(fingerprint_stories([story("a", prose(1), address), story("b", "too short for bands")]))
        assert archive.candidates(fingerprint(story("c", prose(2), address))) == ("a",)
        assert archive.candidates(fingerprint(story("d", "Too short, for bands!"))) == ("b",)


def test_a_story_is_no_candidate_of_itself_and_is_added_once(tmp_path: Path) -> None:
    one = fingerprint(story("a", prose(1)))
    with open_archive(tmp_path / "archive.db") as archive:
        assert (archive.add([one]), archive.add([one]), len(archive)) == (1, 0, 1)
        assert archive.candidates(one) == ()


def test_what_was_added_is_there_after_closing(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "archive.db"
    with open_archive(path) as archive:
        archive.add([fingerprint(story("a", prose(1)))])
    with open_archive(path) as archive:
        assert archive.candidates(fingerprint(story("b", prose(1)))) == ("a",)


def test_a_failed_add_leaves_nothing(tmp_path: Path) -> None:
    bad = Fingerprint("b", (), (1 << 70,))  # not a number SQLite can hold
    with open_archive(tmp_path / "archive.db") as archive:
        with pytest.raises(OverflowError):
            archive.add([fingerprint(story("a", prose(1))), bad])
        assert len(archive) == 0


def test_a_look_up_reads_a_bounded_number_of_stories(tmp_path: Path) -> None:
    """A thousand stories that share every band: the newest come back, not all."""
    with open_archive(tmp_path / "archive.db") as archive:
        archive.add(Fingerprint(f"s{number}", (), (1, 2, 3)) for number in range(1000))
        found = archive.candidates(Fingerprint("new", (), (1, 2, 3)))
    assert len(found) == 64
    assert "s999" in found


def test_on_a_connection_of_the_store_it_takes_part_in_its_transaction() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    archive = Archive(connection)
    connection.execute("BEGIN")
    archive.add([Fingerprint("a", (7,), ())])
    connection.execute("ROLLBACK")
    assert len(archive) == 0
    connection.close()


def test_a_file_that_is_no_database_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    path.write_bytes(b"not a database, though long enough to be one" * 50)
    with pytest.raises(StoreError, match="delete the file"), open_archive(path):
        pass
