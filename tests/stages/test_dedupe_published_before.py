"""New stories and earlier issues: copies are dropped, follow-ups are marked."""

from pipeline.records import Outcome, Story
from pipeline.stages.dedupe import Changes
from tests.deduped import deduped
from tests.factories import days_ago, story

WIRE = (
    "The harbour authority of Kisui has halted all ferries to the northern islands after a fault in the new signalling"
    " system left two vessels without position data for most of an hour on Friday evening, officials told reporters,"
    " and an inquiry by the transport ministry will look at the software that Meridian Signals delivered in spring."
)
PUBLISHED = story("published", WIRE, title="Kisui halts ferries after signalling fault", published_at=days_ago(9))
TURN = story(
    "turn",
    "Ferries from Kisui to the northern islands sail again. Meridian Signals has replaced the signalling software whose"
    " fault left two vessels without position data. The ministry's inquiry goes on.",
    title="Kisui ferries resume after Meridian replaces signalling software",
)
OTHER = story(
    "other", "Growers in the delta expect a record harvest this winter.", title="Rice prices fall for a third week"
)


def after(*stories: Story) -> Changes:
    """Dedupe stories after issue 2026-W45 has published the story `published`."""
    return deduped(stories, published_before={"published": "2026-W45"})


def follows(found: Changes) -> dict[str, str]:
    """Map stories to the published story that their event follows up."""
    return {name: event.follows for event in found.events for name in event.stories if event.follows}


def test_a_copy_of_a_published_story_is_dropped_and_the_issue_named() -> None:
    copy = story("copy", WIRE.replace("Friday", "Saturday") + " Passengers were stranded.", title="Ferries stopped")
    found = after(copy, TURN, OTHER, PUBLISHED)
    assert found.copies == {"copy": "published"}
    lines = [line for line in found.decisions if line.rule == "published before"]
    assert [(line.story, line.outcome, line.detail) for line in lines] == [
        ("copy", Outcome.DROPPED, "a copy of published, which 2026-W45 published")
    ]


def test_a_longer_copy_of_an_earlier_day_is_dropped_too() -> None:
    """It wins over the published story, but it and its other copies count as published."""
    fuller = story(
        "fuller",
        f"{WIRE} {WIRE.replace('harbour', 'port')}",
        title="Ferries stopped",
        published_at=days_ago(12),
    )
    other = story("another", WIRE.replace("Friday", "Sunday"), title="No ferries")
    found = after(fuller, other, PUBLISHED)
    assert found.copies == {"published": "fuller", "another": "fuller"}
    assert {line.story for line in found.decisions if line.rule == "published before"} == {"fuller", "another"}


def test_a_published_story_that_comes_in_again_is_not_a_copy_of_itself() -> None:
    found = after(PUBLISHED, OTHER)
    assert not found.copies
    assert not [line for line in found.decisions if line.rule == "published before"]


def test_a_follow_up_is_marked_and_an_unrelated_event_is_not() -> None:
    assert follows(after(TURN, OTHER, PUBLISHED)) == {"turn": "published"}


def test_a_copy_alone_is_no_follow_up() -> None:
    copy = story("copy", WIRE, title="Ferries stopped")
    assert follows(after(copy, PUBLISHED)) == {}


def test_an_event_with_the_published_story_and_a_new_one_is_a_follow_up() -> None:
    recent = story("published", WIRE, title=PUBLISHED.title, published_at=days_ago(1))
    found = after(recent, TURN)
    assert [sorted(event.stories) for event in found.events] == [["published", "turn"]]
    assert follows(found) == {"published": "published", "turn": "published"}
