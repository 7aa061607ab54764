"""How right the tagger is on the project's own labelled texts, and the floors it must not fall under.

texts.jsonl was written by hand: for each language of a letter eight sentences, eight headlines and three paragraphs
of news prose, and some of other languages that must not be taken for one of these. Floors are lowered on purpose only,
with a reason.
"""

import collections
import json
from pathlib import Path

import pytest

from pipeline.stages.tag import tag_text

ROWS = [json.loads(line) for line in Path(__file__).with_name("texts.jsonl").read_text(encoding="utf-8").splitlines()]
LETTER_LANGUAGES = "en de nl fr es it pt zh-Hant zh-Hans ja ko vi id ms th hi fil"
FLOORS = {"sentence": 0.99, "headline": 0.985, "paragraph": 1.0, "other": 0.97}
# The same texts in capitals; scripts without capitals are the same as above.
CAPITAL_FLOORS = {"sentence": 0.985, "headline": 0.98, "paragraph": 1.0}


def wrong(group: str, *, capitals: bool = False) -> list[tuple[str, str, str]]:
    """The texts of a set that get another tag than their label: label, tag, text."""
    found = []
    for row in ROWS:
        if row["set"] == group:
            said = tag_text(row["text"].upper() if capitals else row["text"])
            if said != row["lang"]:
                found.append((row["lang"], said, row["text"]))
    return found


def size(group: str) -> int:
    """How many texts a set has."""
    return sum(row["set"] == group for row in ROWS)


@pytest.mark.parametrize("group", FLOORS)
def test_accuracy_stays_above_its_floor(group: str) -> None:
    """Sentences, headlines, paragraphs, and languages that letters seldom hold."""
    mistakes = wrong(group)
    assert 1 - len(mistakes) / size(group) >= FLOORS[group], mistakes


@pytest.mark.parametrize("group", CAPITAL_FLOORS)
def test_capitals_cost_next_to_nothing(group: str) -> None:
    """A headline in capitals is read as if it had none."""
    mistakes = wrong(group, capitals=True)
    assert 1 - len(mistakes) / size(group) >= CAPITAL_FLOORS[group], mistakes


def test_every_language_of_a_letter_is_in_the_set_with_every_kind_of_text() -> None:
    """Seventeen tags, each with at least eight sentences, eight headlines and three paragraphs, no text twice."""
    counts = collections.Counter((row["lang"], row["set"]) for row in ROWS)
    for language in LETTER_LANGUAGES.split():
        assert counts[language, "sentence"] >= 8
        assert counts[language, "headline"] >= 8
        assert counts[language, "paragraph"] >= 3
    assert len({row["text"] for row in ROWS}) == len(ROWS)


def test_traditional_and_simplified_are_never_taken_for_one_another() -> None:
    """Every Chinese text of the set has its own writing, or at worst neither."""
    pairs = {(row["lang"], tag_text(row["text"])) for row in ROWS if row["lang"].startswith("zh")}
    assert ("zh-Hant", "zh-Hans") not in pairs
    assert ("zh-Hans", "zh-Hant") not in pairs
