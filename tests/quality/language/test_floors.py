"""The tagger's accuracy on the project's own labelled texts stays above its floors.

texts.jsonl is written by hand: eight sentences, eight headlines and three paragraphs of news prose for each language
that a letter may have, some texts in other languages that must not be mistaken for these, and some (`none`) in
languages that the tagger does not give, which are `und`. A floor is lowered only on purpose, with a reason.
"""

import collections
import json
from pathlib import Path

import pytest

from pipeline.stages.tag import tag_text

LETTER_LANGUAGES = "en de nl fr es it pt zh-Hant zh-Hans ja ko vi id ms th hi fil"
FLOORS = {"sentence": 0.99, "headline": 0.985, "paragraph": 1.0, "other": 0.97, "none": 0.9}
# The same texts in capitals. Scripts without capitals score as above.
CAPITAL_FLOORS = {"sentence": 0.985, "headline": 0.98, "paragraph": 1.0}

Row = dict[str, str]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """The labelled texts."""
    lines = Path(__file__).with_name("texts.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def mistakes(rows: list[Row], *, capitals: bool = False) -> list[tuple[str, str, str]]:
    """The texts whose tag differs from their label: label, tag, text."""
    tags = [tag_text(row["text"].upper() if capitals else row["text"]) for row in rows]
    return [(row["lang"], tag, row["text"]) for row, tag in zip(rows, tags, strict=True) if tag != row["lang"]]


@pytest.mark.parametrize("group", FLOORS)
def test_accuracy_stays_above_its_floor(group: str, rows: list[Row]) -> None:
    """Sentences, headlines, paragraphs, and languages that letters seldom contain."""
    rows = [row for row in rows if row["set"] == group]
    wrong = mistakes(rows)
    assert 1 - len(wrong) / len(rows) >= FLOORS[group], wrong


@pytest.mark.parametrize("group", CAPITAL_FLOORS)
def test_capitals_cost_next_to_nothing(group: str, rows: list[Row]) -> None:
    """A headline in capitals is tagged like the same headline in lower case."""
    rows = [row for row in rows if row["set"] == group]
    wrong = mistakes(rows, capitals=True)
    assert 1 - len(wrong) / len(rows) >= CAPITAL_FLOORS[group], wrong


def test_every_language_of_a_letter_is_in_the_set_with_every_kind_of_text(rows: list[Row]) -> None:
    """Seventeen tags, each with at least eight sentences, eight headlines and three paragraphs, no text twice."""
    counts = collections.Counter((row["lang"], row["set"]) for row in rows)
    for language in LETTER_LANGUAGES.split():
        assert counts[language, "sentence"] >= 8
        assert counts[language, "headline"] >= 8
        assert counts[language, "paragraph"] >= 3
    assert len({row["text"] for row in rows}) == len(rows)


def test_traditional_and_simplified_are_never_confused(rows: list[Row]) -> None:
    """Every Chinese text of the set gets its own script, or at worst neither."""
    pairs = {(row["lang"], tag_text(row["text"])) for row in rows if row["lang"].startswith("zh")}
    assert ("zh-Hant", "zh-Hans") not in pairs
    assert ("zh-Hans", "zh-Hant") not in pairs
