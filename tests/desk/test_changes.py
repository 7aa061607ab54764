"""What an editor does, as changes of the edits: slots, pins, drops, words, pairs; conflicts and undoing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.desk.changes import ConflictError, Table, apply_change, flatten, undoing
from pipeline.errors import UsageError
from pipeline.records import Edits, Slot, StoryEdit


def story(number: int) -> str:
    """A story's id."""
    return f"s{number:015x}"


def table(features: list[int], reads: list[int], pinned: tuple[int, ...] = (), events: Any = ()) -> Table:
    """Stories in their slots; `events` are those that tell one thing together."""
    slots = [Slot(story(n), f"e{n}", "features", 0.5, n in pinned) for n in features]
    slots += [Slot(story(n), f"e{n}", "reads", 0.4, n in pinned) for n in reads]
    members = {story(n): tuple(map(story, event)) for event in events for n in event}
    return Table(slots, members, {}, {"features": 4, "reads": 6})


def ids(*numbers: int) -> tuple[str, ...]:
    """Stories' ids."""
    return tuple(map(story, numbers))


def put(number: int, section: str, index: int) -> dict[str, Any]:
    """A move."""
    return {"kind": "place", "story": story(number), "section": section, "index": index}


def test_a_moved_story_is_pinned_with_what_stands_before_it_and_no_more() -> None:
    """What follows stays the machine's: a later run may put something better there."""
    after = apply_change(Edits(), put(9, "features", 1), table([1, 2, 3, 4], [5, 6]))
    assert after.features == ids(1, 9)
    lead = apply_change(Edits(), put(9, "features", 0), table([1, 2, 3, 4], [5, 6]))
    assert lead.features == ids(9)


def test_a_pin_further_down_stays_where_it_is() -> None:
    """Moving a story to the top keeps the order of those that were pinned before."""
    edits = Edits(features=ids(1, 2, 3))
    after = apply_change(edits, put(9, "features", 0), table([1, 2, 3, 4], [5], pinned=(1, 2, 3)))
    assert after.features == ids(9, 1, 2, 3)


def test_a_story_stands_in_one_section() -> None:
    """From the features to the reads, its pin goes along; a dropped one is in again."""
    edits = Edits(features=ids(1, 2), drops=ids(7))
    slots = table([1, 2, 3, 4], [5, 6], pinned=(1, 2))
    assert apply_change(edits, put(2, "reads", 0), slots) == Edits(features=ids(1), reads=ids(2), drops=ids(7))
    assert apply_change(edits, put(7, "reads", 1), slots).drops == ()


def test_the_winner_of_an_event_is_swapped_in_its_place() -> None:
    """Another story of the event in the place of the one shown: one of them is pinned, never both."""
    slots = table([1, 2, 3, 4], [5], events=[(2, 8)])
    after = apply_change(Edits(features=ids(1, 2)), put(8, "features", 1), slots)
    assert after.features == ids(1, 8)


def test_out_means_the_whole_event() -> None:
    """Dropping a story drops those that tell the same, or another of them would take its place."""
    slots = table([1, 2], [5], pinned=(2,), events=[(2, 8, 9)])
    out = apply_change(Edits(features=ids(1, 2)), {"kind": "drop", "story": story(2)}, slots)
    assert out == Edits(features=ids(1), drops=ids(2, 8, 9))
    assert apply_change(out, {"kind": "restore", "story": story(9)}, slots).drops == ()


def test_a_word_is_changed_only_where_it_is_what_was_seen() -> None:
    """The second of two editors gets to know what the first one said; white space at the ends is no change."""
    edits = Edits(subject="First")
    change = {"kind": "set", "path": "subject", "value": "Second", "was": None}
    with pytest.raises(ConflictError) as clash:
        apply_change(edits, change, table([], []))
    assert (clash.value.path, clash.value.current) == ("subject", "First")
    assert apply_change(edits, {**change, "was": " First\n"}, table([], [])).subject == "Second"
    assert apply_change(edits, {**change, "value": "First"}, table([], [])) == edits


def test_taking_back_the_last_word_on_a_story_leaves_nothing_of_it() -> None:
    """None gives the machine's word again; an empty kicker is a word, an empty story is none."""
    path = f"stories.{story(1)}.kicker"
    worded = apply_change(Edits(), {"kind": "set", "path": path, "value": "", "was": None}, table([1], []))
    assert worded.stories == {story(1): StoryEdit(kicker="")}
    assert apply_change(worded, {"kind": "set", "path": path, "value": None, "was": ""}, table([1], [])) == Edits()


def test_a_pair_is_judged_once() -> None:
    """The same event, two events, open again: the other verdict goes."""
    pair = {"kind": "judge", "one": story(1), "other": story(2)}
    same = apply_change(Edits(), {**pair, "verdict": "same"}, table([], []))
    assert same.same_event == (ids(1, 2),)
    other = apply_change(same, {"kind": "judge", "one": story(2), "other": story(1), "verdict": "other"}, table([], []))
    assert (other.same_event, other.other_event) == ((), (ids(2, 1),))
    assert apply_change(other, {**pair, "verdict": None}, table([], [])) == Edits()


words = st.none() | st.text("abc äß漢", min_size=1).map(str.strip).filter(bool)
edits_of_any_kind = st.builds(
    Edits,
    features=st.lists(st.integers(1, 9), unique=True).map(lambda found: ids(*found)),
    drops=st.lists(st.integers(10, 19), unique=True).map(lambda found: ids(*found)),
    stories=st.dictionaries(
        st.integers(1, 5).map(story),
        st.builds(StoryEdit, kicker=words, headline=words, crop=st.none() | st.just((0.5, 0.25, 1.5))),
    ).map(lambda found: {key: each for key, each in found.items() if each != StoryEdit()}),
    subject=words,
    letter=words,
    same_event=st.lists(st.tuples(st.just(story(1)), st.integers(2, 4).map(story)), max_size=2, unique=True).map(tuple),
)


@given(edits_of_any_kind, edits_of_any_kind)
def test_undoing_leads_back_to_every_word_as_it_was(before: Edits, after: Edits) -> None:
    """For any two states the changes that undo lead from the one to the other, and those of that back again."""
    back = after
    for change in undoing(before, after):
        back = apply_change(back, change, table([], []))
    assert flatten(back) == flatten(before)


@pytest.mark.parametrize("value", ["a\x00b", "a\x1b[31mb", "a\u2028b", "a\ud800b"])
def test_what_no_file_can_hold_is_taken_out(value: str) -> None:
    """Control characters of a paste do not reach edits.yaml."""
    after = apply_change(Edits(), {"kind": "set", "path": "subject", "value": value, "was": None}, table([], []))
    assert after.subject in ("ab", "a[31mb")


def test_a_line_stays_a_line() -> None:
    """A pasted line break in a headline becomes a space; in the letter it stays."""
    set_ = {"kind": "set", "value": "One\r\nTwo", "was": None}
    assert apply_change(Edits(), {**set_, "path": "subject"}, table([], [])).subject == "One Two"
    assert apply_change(Edits(), {**set_, "path": "letter"}, table([], [])).letter == "One\nTwo"
    with pytest.raises(UsageError):
        apply_change(Edits(), {**set_, "path": "name"}, table([], []))
