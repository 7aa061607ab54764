"""Changes to the edits: slots, pins, drops, texts, pairs, conflicts, undo."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.desk.changes import ConflictError, Lineup, apply_change, flatten, undo_changes
from pipeline.errors import UsageError
from pipeline.records import Edits, Slot, StoryEdit


def story(number: int) -> str:
    """Return a story id."""
    return f"s{number:015x}"


def lineup(features: list[int], reads: list[int], pinned: tuple[int, ...] = (), events: Any = ()) -> Lineup:
    """Return a lineup; `events` are groups of stories that report the same event."""
    slots = [Slot(story(n), f"e{n}", "features", 0.5, n in pinned) for n in features]
    slots += [Slot(story(n), f"e{n}", "reads", 0.4, n in pinned) for n in reads]
    event_stories = {story(n): tuple(map(story, event)) for event in events for n in event}
    return Lineup(slots, event_stories, {})


def ids(*numbers: int) -> tuple[str, ...]:
    """Return story ids."""
    return tuple(map(story, numbers))


def put(number: int, section: str, index: int) -> dict[str, Any]:
    """Return a change that places a story."""
    return {"kind": "place", "story": story(number), "section": section, "index": index}


def test_a_placed_story_is_pinned_with_the_stories_before_it() -> None:
    """The stories after it are not pinned: a later run may replace them with better ones."""
    after = apply_change(Edits(), put(9, "features", 1), lineup([1, 2, 3, 4], [5, 6]))
    assert after.features == ids(1, 9)
    lead = apply_change(Edits(), put(9, "features", 0), lineup([1, 2, 3, 4], [5, 6]))
    assert lead.features == ids(9)


def test_pins_after_a_placed_story_keep_their_order() -> None:
    """Placing a story first keeps the order of the stories pinned before."""
    edits = Edits(features=ids(1, 2, 3))
    after = apply_change(edits, put(9, "features", 0), lineup([1, 2, 3, 4], [5], pinned=(1, 2, 3)))
    assert after.features == ids(9, 1, 2, 3)


def test_a_story_is_in_one_section() -> None:
    """Moving a feature to the reads moves its pin; placing a dropped story restores it."""
    edits = Edits(features=ids(1, 2), drops=ids(7))
    slots = lineup([1, 2, 3, 4], [5, 6], pinned=(1, 2))
    assert apply_change(edits, put(2, "reads", 0), slots) == Edits(features=ids(1), reads=ids(2), drops=ids(7))
    assert apply_change(edits, put(7, "reads", 1), slots).drops == ()


def test_another_story_of_the_event_replaces_the_one_shown() -> None:
    """Only one of the two is pinned."""
    slots = lineup([1, 2, 3, 4], [5], events=[(2, 8)])
    after = apply_change(Edits(features=ids(1, 2)), put(8, "features", 1), slots)
    assert after.features == ids(1, 8)


def test_dropping_a_story_drops_its_event() -> None:
    """Otherwise another story of the event would take the slot."""
    slots = lineup([1, 2], [5], pinned=(2,), events=[(2, 8, 9)])
    out = apply_change(Edits(features=ids(1, 2)), {"kind": "drop", "story": story(2)}, slots)
    assert out == Edits(features=ids(1), drops=ids(2, 8, 9))
    assert apply_change(out, {"kind": "restore", "story": story(9)}, slots).drops == ()


def test_a_text_is_changed_only_if_it_is_the_one_seen() -> None:
    """The second of two editors gets the first one's text; white space at the ends is no difference."""
    edits = Edits(subject="First")
    change = {"kind": "set", "path": "subject", "value": "Second", "was": None}
    with pytest.raises(ConflictError) as clash:
        apply_change(edits, change, lineup([], []))
    assert (clash.value.path, clash.value.current) == ("subject", "First")
    assert apply_change(edits, {**change, "was": " First\n"}, lineup([], [])).subject == "Second"
    assert apply_change(edits, {**change, "value": "First"}, lineup([], [])) == edits


def test_a_story_without_edits_is_removed() -> None:
    """None restores the generated text; an empty text is an edit, a story without any edit is not kept."""
    path = f"stories.{story(1)}.kicker"
    worded = apply_change(Edits(), {"kind": "set", "path": path, "value": "", "was": None}, lineup([1], []))
    assert worded.stories == {story(1): StoryEdit(kicker="")}
    assert apply_change(worded, {"kind": "set", "path": path, "value": None, "was": ""}, lineup([1], [])) == Edits()


def test_a_pair_has_one_verdict() -> None:
    """A new verdict replaces the old one; None removes it."""
    pair = {"kind": "judge", "one": story(1), "other": story(2)}
    same = apply_change(Edits(), {**pair, "verdict": "same"}, lineup([], []))
    assert same.same_event == (ids(1, 2),)
    other = apply_change(
        same, {"kind": "judge", "one": story(2), "other": story(1), "verdict": "other"}, lineup([], [])
    )
    assert (other.same_event, other.other_event) == ((), (ids(2, 1),))
    assert apply_change(other, {**pair, "verdict": None}, lineup([], [])) == Edits()


texts = st.none() | st.text("abc äß漢", min_size=1).map(str.strip).filter(bool)
any_edits = st.builds(
    Edits,
    features=st.lists(st.integers(1, 9), unique=True).map(lambda found: ids(*found)),
    drops=st.lists(st.integers(10, 19), unique=True).map(lambda found: ids(*found)),
    stories=st.dictionaries(
        st.integers(1, 5).map(story),
        st.builds(StoryEdit, kicker=texts, headline=texts, crop=st.none() | st.just((0.5, 0.25, 1.5))),
    ).map(lambda found: {key: each for key, each in found.items() if each != StoryEdit()}),
    subject=texts,
    letter=texts,
    same_event=st.lists(st.tuples(st.just(story(1)), st.integers(2, 4).map(story)), max_size=2, unique=True).map(tuple),
)


@given(any_edits, any_edits)
def test_undo_restores_every_value(before: Edits, after: Edits) -> None:
    """For any two states, the undo changes turn the later one into the earlier one."""
    back = after
    for change in undo_changes(before, after):
        back = apply_change(back, change, lineup([], []))
    assert flatten(back) == flatten(before)


@pytest.mark.parametrize("value", ["a\x00b", "a\x1b[31mb", "a\u2028b", "a\ud800b"])
def test_control_characters_are_removed(value: str) -> None:
    """YAML cannot contain all the characters that a paste can."""
    after = apply_change(Edits(), {"kind": "set", "path": "subject", "value": value, "was": None}, lineup([], []))
    assert after.subject in ("ab", "a[31mb")


def test_a_line_break_in_a_line_becomes_a_space() -> None:
    """In the letter it stays."""
    set_ = {"kind": "set", "value": "One\r\nTwo", "was": None}
    assert apply_change(Edits(), {**set_, "path": "subject"}, lineup([], [])).subject == "One Two"
    assert apply_change(Edits(), {**set_, "path": "letter"}, lineup([], [])).letter == "One\nTwo"
    with pytest.raises(UsageError):
        apply_change(Edits(), {**set_, "path": "name"}, lineup([], []))
