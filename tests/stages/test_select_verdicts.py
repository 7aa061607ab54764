"""Events as the editors judged them."""

from dataclasses import replace
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Event
from pipeline.stages.select import Verdicts, judge_events

A, B, C, D = (Event(f"v{name}", name, (name, f"{name}2")) for name in "abcd")
ABC = Event("v", "a", ("a", "b", "c"), follows="earlier")


def stories(*events: Event) -> list[tuple[str, ...]]:
    """The stories of each event."""
    return [event.stories for event in events]


def test_events_that_the_editor_joined_are_one() -> None:
    """Under the first one's name and best story, through a third; what one of them follows is not forgotten."""
    b = replace(B, follows="earlier")
    same = (("a", "b2"), ("b", "c"), ("a2", "c2"), ("d", "unknown"))
    joined = judge_events([A, b, C, D], Verdicts(same))
    assert joined == (Event("va", "a", ("a", "a2", "b", "b2", "c", "c2"), follows="earlier"), D)
    assert judge_events([A, D], Verdicts()) == (A, D)


def test_the_second_story_of_a_pair_leaves_the_event() -> None:
    """The event keeps its name; what it follows is known of both."""
    kept, gone = judge_events([ABC], Verdicts(other=(("a", "c"),)))
    assert kept == Event("v", "a", ("a", "b"), follows="earlier")
    assert (gone.stories, gone.best, gone.follows) == (("c",), "c", "earlier")
    assert gone.id != kept.id
    assert judge_events([A, D], Verdicts(other=(("a", "d"), ("a", "unknown")))) == (A, D)


def test_another_story_tells_an_event_that_its_best_left() -> None:
    """The next best."""
    kept, gone = judge_events([ABC], Verdicts(other=(("b", "a"), ("c", "a"))))
    assert (kept.best, kept.stories, gone.stories) == ("b", ("b", "c"), ("a",))


def test_stories_that_leave_stay_together_unless_a_pair_parts_them() -> None:
    """Also one that is parted only from another that leaves stays in the event."""
    assert stories(*judge_events([ABC], Verdicts(other=(("a", "b"), ("a", "c"))))) == [("a",), ("b", "c")]
    assert stories(*judge_events([ABC], Verdicts(other=(("a", "b"), ("a", "c"), ("b", "c"))))) == [
        ("a",),
        ("b",),
        ("c",),
    ]
    assert stories(*judge_events([ABC], Verdicts(other=(("a", "b"), ("b", "c"))))) == [("a", "c"), ("b",)]


def test_a_pair_with_both_verdicts_is_parted() -> None:
    """One edition's editor joined it, another's parted it."""
    assert judge_events([A, D], Verdicts((("a", "d"),), (("d", "a"),))) == (A, D)


def test_a_copy_stands_for_its_original() -> None:
    """A pair of two copies of one story says nothing."""
    verdicts = Verdicts((("a copy", "d"),), (("a copy", "a"),)).of_originals({"a copy": "a"})
    assert verdicts == Verdicts((("a", "d"),))


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")).filter(lambda pair: pair[0] != pair[1]))
)
def test_no_story_is_lost_and_no_parted_pair_stays_together(pairs: list[tuple[str, str]]) -> None:
    """Whatever the pairs, each story is in one event."""
    judged = judge_events([Event("v", "a", tuple("abcdef"))], Verdicts(other=tuple(pairs)))
    assert sorted(chain(*stories(*judged))) == list("abcdef")
    assert len({event.id for event in judged}) == len(judged)
    assert not any({one, other} <= set(event.stories) for event in judged for one, other in pairs)
