"""The archive of what issues carried: what comes back, what does not, and at what bound."""

import random
from collections.abc import Iterable
from pathlib import Path

import pytest

from pipeline.edges.store import Store, open_store
from pipeline.records import Fingerprint, StoredFeatures, Story
from pipeline.stages.dedupe import extract_features, fingerprint_features
from tests.deduped import deduped
from tests.factories import story

_WORDS = [f"w{number}" for number in range(3000)]


def prose(seed: int, words: int = 200) -> str:
    dice = random.Random(seed)
    return " ".join(dice.choice(_WORDS) for _ in range(words))


def edited(text: str, share: float, seed: int = 9) -> str:
    dice = random.Random(seed)
    return " ".join("new" + str(dice.random())[2:7] if dice.random() < share else word for word in text.split(" "))


def features(stories: Iterable[Story]) -> list[StoredFeatures]:
    """Without sentence vectors, which play no part in copies."""
    return [extract_features(each, embed=None) for each in stories]


def fingerprints(*stories: Story) -> list[Fingerprint]:
    by_id = {each.story: each for each in fingerprint_features(features(stories))}
    return [by_id[each.id] for each in stories]


def add(store: Store, *prints: Fingerprint, version: int = 1) -> None:
    with store.transaction():
        store.archive.add(prints, version)


def test_an_edited_copy_is_a_candidate_and_the_stage_verifies_it(tmp_path: Path) -> None:
    past = [story(f"past {number}", prose(number)) for number in range(300)]
    copies = [story(f"new {number}", edited(past[number].text, 0.2)) for number in range(40)]
    strangers = [story(f"other {number}", prose(1000 + number)) for number in range(40)]
    with open_store(tmp_path / "store.sqlite") as store:
        add(store, *fingerprints(*past))
        found = {each.story: store.archive.candidates(each) for each in fingerprints(*copies, *strangers)}
    kept = {each.id: each for each in past}
    for number, copy in enumerate(copies):
        assert f"past {number}" in found[copy.id]
        group = deduped([copy, *(kept[name] for name in found[copy.id])], embed=None).copies
        assert set(group) | set(group.values()) == {copy.id, f"past {number}"}
    assert sum(len(found[stranger.id]) for stranger in strangers) <= 4


def test_of_copies_at_the_bound_nearly_all_are_candidates(tmp_path: Path) -> None:
    """Three tenths of the words are others: the pairs in common are a Jaccard of .32."""
    past = [story(f"past {number}", prose(number, 300)) for number in range(300)]
    copies = [story(f"new {number}", edited(each.text, 0.3, number)) for number, each in enumerate(past)]
    with open_store(tmp_path / "store.sqlite") as store:
        add(store, *fingerprints(*past))
        found = {each.story: store.archive.candidates(each) for each in fingerprints(*copies)}
    hits = sum(f"past {number}" in found[each.id] for number, each in enumerate(copies))
    assert hits >= 0.97 * len(copies)


def test_words_that_every_text_has_make_no_candidates(tmp_path: Path) -> None:
    common = [
        *[
            "it",
            "was",
            "said",
            "that",
            "they",
            "would",
            "have",
            "been",
            "in",
            "the",
            "and",
            "of",
            "the",
            "to",
            "a",
            "on",
            "which",
            "there",
            "were",
        ]
    ]
    dice = random.Random(4)
    texts = [
        " ".join(f"{word} {own}" if place % 6 == 0 else word for place, word in enumerate(dice.choices(common, k=200)))
        for own in (f"own{number}" for number in range(60))
    ]
    stories = [story(f"s{number}", text) for number, text in enumerate(texts)]
    with open_store(tmp_path / "store.sqlite") as store:
        add(store, *fingerprints(*stories))
        assert all(store.archive.candidates(each) == () for each in fingerprints(*stories))


def test_the_same_address_or_body_is_a_candidate(tmp_path: Path) -> None:
    address = "https://daily.example/a"
    with open_store(tmp_path / "store.sqlite") as store:
        add(store, *fingerprints(story("a", prose(1), canonical_url=address), story("b", "too short for bands")))
        again, short = fingerprints(story("c", prose(2), canonical_url=address), story("d", "Too short, for bands!"))
        assert store.archive.candidates(again) == ("a",)
        assert store.archive.candidates(short) == ("b",)


def test_a_fingerprint_rests_on_its_own_story_alone() -> None:
    footer = "Read more from our harbour desk every morning before the first ferry leaves."
    stories = [story(f"s{number}", f"{prose(number, 60)}\n{footer}") for number in range(12)]
    assert fingerprints(*stories) == [fingerprints(each)[0] for each in stories]


def test_a_story_is_no_candidate_of_itself_and_stands_in_the_archive_once(tmp_path: Path) -> None:
    one, other = fingerprints(story("a", prose(1)), story("b", prose(1)))
    with open_store(tmp_path / "store.sqlite") as store:
        add(store, one)
        add(store, one)
        assert store.archive.candidates(one) == ()
        assert store.archive.candidates(other) == ("a",)


def test_what_changed_is_found_by_its_new_text_and_what_is_forgotten_not_at_all(tmp_path: Path) -> None:
    before, now = fingerprints(story("a", prose(1)))[0], fingerprints(story("a", prose(2)))[0]
    like_before, like_now = fingerprints(story("b", prose(1)), story("c", prose(2)))
    with open_store(tmp_path / "store.sqlite") as store:
        add(store, before)
        add(store, now)
        assert store.archive.candidates(like_before) == ()
        assert store.archive.candidates(like_now) == ("a",)
        with store.transaction():
            store.archive.forget(["a"])
        assert store.archive.candidates(like_now) == ()
        assert store.archive.missing(["a", "z"], 1) == ["a", "z"]


def test_a_fingerprint_of_another_version_is_missing(tmp_path: Path) -> None:
    with open_store(tmp_path / "store.sqlite") as store:
        add(store, *fingerprints(story("a", prose(1))), version=1)
        assert (store.archive.missing(["a"], 1), store.archive.missing(["a"], 2)) == ([], ["a"])


def test_what_was_added_is_there_after_closing(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with open_store(path) as store:
        add(store, *fingerprints(story("a", prose(1))))
    with open_store(path) as store:
        assert store.archive.candidates(fingerprints(story("b", prose(1)))[0]) == ("a",)


def test_a_failed_add_leaves_nothing(tmp_path: Path) -> None:
    bad = Fingerprint("b", (), (1 << 70,))  # not a number SQLite can hold
    with open_store(tmp_path / "store.sqlite") as store:
        with pytest.raises(OverflowError):
            add(store, *fingerprints(story("a", prose(1))), bad)
        assert store.archive.missing(["a", "b"], 1) == ["a", "b"]


def test_a_look_up_reads_a_bounded_number_of_stories(tmp_path: Path) -> None:
    """A thousand stories that share every band: the newest come back, not all."""
    with open_store(tmp_path / "store.sqlite") as store:
        add(store, *(Fingerprint(f"s{number}", (), (1, 2, 3)) for number in range(1000)))
        found = store.archive.candidates(Fingerprint("new", (), (1, 2, 3)))
    assert len(found) == 64
    assert "s999" in found
