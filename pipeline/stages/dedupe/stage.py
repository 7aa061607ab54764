"""One story once: copies folded into their winner, the winners grouped into events, each step as a decision."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from pipeline.records import Decision, Event, Kept, Story, stable_id
from pipeline.stages.dedupe.aliases import Aliases, default_aliases
from pipeline.stages.dedupe.bodies import Body, read_bodies
from pipeline.stages.dedupe.copies import Folding, comparable, find_copies, is_told
from pipeline.stages.dedupe.events import group_events
from pipeline.stages.dedupe.settings import DEFAULTS, Settings
from pipeline.stages.dedupe.shingles import normalise, tokens
from pipeline.stages.dedupe.suggest import Suggestion, suggest_events
from pipeline.stages.dedupe.winner import rank

_STAGE = "dedupe"
_NO_WEIGHTS: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Deduped:
    """What became of each story. Every winner is in exactly one event; every folded story has a winner."""

    copies: Mapping[str, str] = field(default_factory=dict)  # folded story → winner
    events: tuple[Event, ...] = ()
    decisions: tuple[Decision, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()


def dedupe_stories(
    stories: Sequence[Story],
    *,
    weights: Mapping[str, float] = _NO_WEIGHTS,
    settings: Settings = DEFAULTS,
    aliases: Aliases | None = None,
) -> Deduped:
    """Copies, events and suggestions among stories, the same whatever their order; `weights` are by source name."""
    known = {story.id: story for story in sorted(stories, key=lambda story: story.id)}
    told = comparable(known.values())
    bodies = dict(zip((story.id for story in told), read_bodies(told, settings), strict=True))
    folding = find_copies(told, list(bodies.values()), weights, settings)
    folded = {copy.story: copy.winner for copy in folding.copies}
    winners = [story for story in known.values() if story.id not in folded]
    known_names = aliases or default_aliases()
    events, joined = _events(winners, bodies, weights, known_names, settings)
    return Deduped(
        copies=folded,
        events=events,
        decisions=(*_decide_copies(known, folding), *joined),
        suggestions=tuple(suggest_events(events, winners, known_names, settings)),
    )


def _decide_copies(known: Mapping[str, Story], folding: Folding) -> list[Decision]:
    """A line for each story: folded into which by which rule on which figure, or kept."""
    by_story = {copy.story: copy for copy in folding.copies}
    count: defaultdict[str, int] = defaultdict(int)
    for copy in folding.copies:
        count[copy.winner] += 1
    lines = []
    for name, story in known.items():
        if name in by_story:
            copy = by_story[name]
            lines.append(Decision(name, _STAGE, Kept.FOLDED, copy.rule, copy.figure, f"into {copy.winner}"))
        elif not is_told(story):
            lines.append(Decision(name, _STAGE, Kept.KEPT, "not compared", None, f"a {story.role} is no copy"))
        elif count[name]:
            lines.append(
                Decision(name, _STAGE, Kept.KEPT, "best of copies", float(count[name]), f"{count[name]} folded")
            )
        elif near := folding.nearest.get(name):
            detail = f"nearest is {near.story}: {near.wanting}"
            lines.append(Decision(name, _STAGE, Kept.KEPT, "no copy", near.figure, detail))
        else:
            lines.append(Decision(name, _STAGE, Kept.KEPT, "no copy", None, "no other story shares enough to compare"))
    return lines


def _events(
    winners: Sequence[Story],
    bodies: Mapping[str, Body],
    weights: Mapping[str, float],
    aliases: Aliases,
    settings: Settings,
) -> tuple[tuple[Event, ...], list[Decision]]:
    told = comparable(winners)
    grouping = group_events(told, [bodies[story.id] for story in told], aliases, settings)
    members = [[told[place] for place in group] for group in grouping.groups]
    by_title = {_title(story): group for group in reversed(members) for story in group if story.title}
    lines = []
    for story in winners:
        if not is_told(story):
            group = by_title.get(_title(story)) if story.role == "read" else None
            if group is None:
                members.append([story])
            else:
                group.append(story)
                lines.append(Decision(story.id, _STAGE, Kept.KEPT, "event by title", 1.0, f"points to {group[0].id}"))
    for story, (place, cosine) in zip(told, grouping.nearest, strict=True):
        if place >= 0:
            lines.append(Decision(story.id, _STAGE, Kept.KEPT, "event", cosine, f"with {told[place].id}"))
    events = [_event(group, weights) for group in members]
    return tuple(sorted(events, key=lambda event: event.id)), sorted(lines, key=lambda line: line.story)


def _title(story: Story) -> tuple[str, ...]:
    return tuple(tokens(normalise(story.title)))


def _event(members: Sequence[Story], weights: Mapping[str, float]) -> Event:
    """Its id is that of its first story in time, which a later one does not change; best: trust, then `rank`."""

    def order(story: Story) -> tuple[object, ...]:
        return (not is_told(story), -weights.get(story.source, 1.0), rank(story, weights, credited=False))

    first = min(members, key=lambda story: (story.dated_at is None, str(story.dated_at or ""), story.id))
    best_first = sorted(members, key=order)
    return Event(stable_id("event", first.id), best_first[0].id, tuple(story.id for story in best_first))
