"""New stories against earlier issues: copies are out, new turns are marked."""

from datetime import UTC, datetime, timedelta

from pipeline.records import Block, Story
from pipeline.stages.dedupe import carried_copies, dedupe_stories, follow_ups

MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)


def story(name: str, title: str, body: str, day: int = 0, language: str = "en") -> Story:
    return Story(
        id=name,
        entry=name,
        source="s",
        outlet=f"Outlet {name}",
        title=title,
        url=None,
        canonical_url=None,
        published_at=MONDAY + timedelta(days=day),
        language=language,
        blocks=(Block("paragraph", body),),
    )


WIRE = (
    "The harbour authority of Kisui has halted all ferries to the northern islands after a fault in the new signalling"
    " system left two vessels without position data for most of an hour on Friday evening, officials told reporters,"
    " and an inquiry by the transport ministry will look at the software that Meridian Signals delivered in spring."
)
CARRIED = story("carried", "Kisui halts ferries after signalling fault", WIRE, day=-9)
TURN = story(
    "turn",
    "Kisui ferries resume after Meridian replaces signalling software",
    "Ferries from Kisui to the northern islands sail again. Meridian Signals has replaced the signalling software whose"
    " fault left two vessels without position data. The ministry's inquiry goes on.",
)
OTHER = story("other", "Rice prices fall for a third week", "Growers in the delta expect a record harvest this winter.")


def test_a_copy_of_a_carried_story_is_named_with_it() -> None:
    copy = story("copy", "Ferries stopped", WIRE.replace("Friday", "Saturday") + " Passengers were stranded.")
    assert carried_copies([copy, TURN, OTHER], [CARRIED]) == {"copy": "carried"}


def test_a_carried_story_that_comes_in_again_is_not_a_copy_of_itself() -> None:
    assert carried_copies([CARRIED, OTHER], [CARRIED]) == {}


def test_a_new_turn_is_marked_and_an_unrelated_event_is_not() -> None:
    stories = [TURN, OTHER]
    events = dedupe_stories(stories).events
    event_of = {name: event.id for event in events for name in event.stories}
    assert follow_ups(events, stories, [CARRIED]) == {event_of["turn"]: "carried"}


def test_a_copy_alone_is_no_new_turn() -> None:
    copy = story("copy", "Ferries stopped", WIRE)
    assert follow_ups(dedupe_stories([copy]).events, [copy], [CARRIED]) == {}


def test_an_event_that_holds_the_carried_story_and_a_new_one_follows_it() -> None:
    lately = story("carried", CARRIED.title, WIRE, day=-1)
    found = dedupe_stories([lately, TURN])
    assert [sorted(event.stories) for event in found.events] == [["carried", "turn"]]
    assert follow_ups(found.events, [lately, TURN], [lately]) == {found.events[0].id: "carried"}
