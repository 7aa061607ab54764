"""New stories against those that earlier issues carried: copies of them, and new turns of their events."""

from collections import defaultdict
from collections.abc import Sequence

from pipeline.records import Event, Story
from pipeline.stages.dedupe.aliases import Aliases, default_aliases
from pipeline.stages.dedupe.bodies import read_bodies
from pipeline.stages.dedupe.copies import comparable, find_copies, is_told
from pipeline.stages.dedupe.events import cosines
from pipeline.stages.dedupe.settings import DEFAULTS, Settings


def carried_copies(
    stories: Sequence[Story], carried: Sequence[Story], *, settings: Settings = DEFAULTS
) -> dict[str, str]:
    """New stories that are copies of a carried one, each with that one's id; a carried story itself is not new."""
    told = {story.id: story for story in carried}
    everyone = comparable([*({story.id: story for story in stories} | told).values()])
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for copy in find_copies(everyone, read_bodies(everyone, settings), {}, settings).copies:
        alike[copy.winner].append(copy.story)
    found: dict[str, str] = {}
    for winner, folded in alike.items():
        group = sorted([winner, *folded])
        before = next((name for name in group if name in told), None)
        if before is not None:
            found |= {name: before for name in group if name not in told}
    return dict(sorted(found.items()))


def follow_ups(
    events: Sequence[Event],
    stories: Sequence[Story],
    carried: Sequence[Story],
    *,
    settings: Settings = DEFAULTS,
    aliases: Aliases | None = None,
) -> dict[str, str]:
    """Events that are a new turn of one an approved issue carried: event id → the carried story it goes on from.

    An event has something new where one of its stories is neither carried nor a copy of one that is. It goes on from
    the carried story it holds, or holds a copy of, else from the one most like its new stories, however long ago.
    """
    told = {story.id: story for story in carried}
    before = {name: name for name in told} | carried_copies(stories, carried, settings=settings)
    known = {story.id: story for story in stories if is_told(story)}
    found: dict[str, str] = {}
    event_of: dict[str, str] = {}
    for event in events:
        new = [name for name in event.stories if name not in before and name in known]
        held = sorted(before[name] for name in event.stories if name in before)
        if new and held:
            found[event.id] = held[0]
        elif new:
            event_of |= dict.fromkeys(new, event.id)
    both = sorted([known[name] for name in event_of] + list(told.values()), key=lambda story: story.id)
    best: dict[str, tuple[float, str]] = {}
    for one, other, cosine in cosines(both, aliases or default_aliases(), settings):
        names = {both[one].id, both[other].id}
        if len(names & told.keys()) == 1:
            old = (names & told.keys()).pop()
            event_id = event_of[(names - {old}).pop()]
            best[event_id] = min(best.get(event_id, (0.0, "")), (-round(cosine, 9), old))
    return dict(sorted((found | {event_id: old for event_id, (_, old) in best.items()}).items()))
