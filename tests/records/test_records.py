"""Records: what goes through JSON and what is stable."""

import json
from datetime import UTC, datetime

import pytest

from pipeline.records import Block, Decision, Edits, Outcome, Picture, Story, StoryEdit, from_json, stable_id, to_json

STORY = Story(
    id="a1",
    entry="e1",
    source="harbour",
    outlet="Harbour Times",
    title="三萬噸電池 & <b>",
    url="https://harbour.example/a",
    canonical_url="https://harbour.example/a",
    published_at=datetime(2026, 11, 20, 8, tzinfo=UTC),
    blocks=(Block("paragraph", "One."), Block("quote", "Zwei.", language="de")),
    picture=Picture("https://harbour.example/p.png", alt="A quay"),
)


@pytest.mark.parametrize(
    "record",
    [
        STORY,
        Decision("a1", "dedupe", Outcome.FOLDED, "copy/body", 0.97, "into b2"),
        Edits(features=("a1",), stories={"a1": StoryEdit(kicker="Supply lines")}, same_event=(("a1", "b2"),)),
    ],
)
def test_a_record_survives_json(record: object) -> None:
    """Nested records, enums, times and mappings come back equal."""
    assert from_json(type(record), json.loads(json.dumps(to_json(record)))) == record


def test_fields_a_record_gained_later_take_their_defaults() -> None:
    """A story stored before a field existed is still read."""
    kept = {key: value for key, value in to_json(STORY).items() if key not in {"truncated", "topics"}}
    assert from_json(Story, kept) == STORY


def test_bytes_have_no_json_form() -> None:
    """A picture's bytes never end up in a JSON column by mistake."""
    with pytest.raises(TypeError, match="bytes"):
        to_json({"body": b"x"})


def test_an_id_depends_on_every_part_and_its_position() -> None:
    """Moving a character from one part to the next gives another id."""
    assert stable_id("ab", "c") != stable_id("a", "bc")
    assert stable_id("源", "一") == stable_id("源", "一")


def test_a_story_is_not_newer_than_the_day_it_was_seen() -> None:
    """A feed that dates its story into the future does not make it fresher."""
    seen = datetime(2026, 11, 19, tzinfo=UTC)
    assert from_json(Story, {**to_json(STORY), "first_seen_at": seen.isoformat()}).dated_at == seen
