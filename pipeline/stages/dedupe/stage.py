"""One story once: copies folded into their winner, the winners grouped into events, each step as a decision."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from pipeline.records import Decision, Event, Reading, Story, stable_id
from pipeline.stages.dedupe.aliases import Aliases
from pipeline.stages.dedupe.bodies import read_bodies
from pipeline.stages.dedupe.carried import carried_before, follow_ups
from pipeline.stages.dedupe.copies import find_copies
from pipeline.stages.dedupe.decisions import decide_carried, decide_copies, decide_events, decide_suggestions
from pipeline.stages.dedupe.events import group_events
from pipeline.stages.dedupe.reading import Gist, open_readings, read_story
from pipeline.stages.dedupe.settings import DEFAULTS, Settings
from pipeline.stages.dedupe.suggest import Suggestion, suggest_events
from pipeline.stages.dedupe.vectors import vectors
from pipeline.stages.dedupe.winner import rank

_NOTHING: Mapping[str, float] = MappingProxyType({})
_NONE: Mapping[str, str] = MappingProxyType({})


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
    weights: Mapping[str, float] = _NOTHING,
    settings: Settings = DEFAULTS,
    aliases: Aliases | None = None,
    carried: Mapping[str, str] = _NONE,
) -> Deduped:
    """The same of stories that were not read yet."""
    return dedupe_readings(
        (read_story(story, aliases) for story in stories), weights=weights, settings=settings, carried=carried
    )


def dedupe_readings(
    readings: Iterable[Reading],
    *,
    weights: Mapping[str, float] = _NOTHING,
    settings: Settings = DEFAULTS,
    carried: Mapping[str, str] = _NONE,
) -> Deduped:
    """Copies, events and suggestions among stories, the same whatever their order.

    `weights` are by source name. `carried` are those of the stories that approved issues carried, with the issue's key.
    """
    gists = open_readings(readings)
    told = [gist for gist in gists if gist.is_told]
    bodies = read_bodies(told, settings)
    folding = find_copies(told, bodies, weights, settings)
    copies = {copy.story: copy.winner for copy in folding.copies}
    winners = [(gist, body.lead) for gist, body in zip(told, bodies, strict=True) if gist.id not in copies]
    del bodies  # the shingles are most of the memory, and have done their part
    kept = [gist for gist, _ in winners]
    matrix = vectors(kept, [lead for _, lead in winners])
    grouping = group_events(kept, matrix, settings)
    pointing = [gist for gist in gists if not gist.is_told]
    events = _events([[kept[place] for place in group] for group in grouping.groups], pointing, weights)
    before = carried_before(copies, {gist.id for gist in gists} & carried.keys())
    turns = follow_ups(events, kept, matrix, before, settings) if before else {}
    events = [replace(event, follows=turns.get(event.id)) for event in events]
    suggestions = suggest_events(events, kept, settings)
    return Deduped(
        copies=copies,
        events=tuple(events),
        decisions=(
            *decide_copies(gists, folding, settings),
            *decide_carried(before, carried),
            *decide_events(kept, grouping, events, pointing, settings),
            *decide_suggestions(suggestions),
        ),
        suggestions=tuple(suggestions),
    )


def _events(groups: Sequence[list[Gist]], pointing: Sequence[Gist], weights: Mapping[str, float]) -> list[Event]:
    """The events by id. A read joins the one that has a story of its title; letters and other reads are their own."""
    members = [list(group) for group in groups]
    by_title = {gist.title: group for group in reversed(members) for gist in group if gist.title}
    for gist in pointing:
        group = by_title.get(gist.title) if gist.role == "read" else None
        if group is None:
            members.append([gist])
        else:
            group.append(gist)
    return sorted((_event(group, weights) for group in members), key=lambda event: event.id)


def _event(members: Sequence[Gist], weights: Mapping[str, float]) -> Event:
    """Its id is that of its first story in time, which a later one does not change; best: trust, then `rank`."""

    def order(gist: Gist) -> tuple[object, ...]:
        return (not gist.is_told, -weights.get(gist.source, 1.0), rank(gist, weights, credited=False))

    first = min(members, key=lambda gist: (gist.dated_at is None, str(gist.dated_at or ""), gist.id))
    best_first = sorted(members, key=order)
    return Event(stable_id("event", first.id), best_first[0].id, tuple(gist.id for gist in best_first))
