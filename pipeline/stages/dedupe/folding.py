"""Which of several copies stands for all of them."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, TypeAlias

from pipeline.stages.dedupe.copies import jaccard, share_of_smaller
from pipeline.stages.dedupe.features import Body, Features
from pipeline.stages.dedupe.postings import Edge, components
from pipeline.stages.dedupe.settings import Settings


@dataclass(frozen=True, slots=True)
class Copy:
    """One folded story: into which, by which rule, on which figure."""

    story: str
    winner: str
    rule: str
    figure: float


@dataclass(frozen=True, slots=True)
class _Class:
    """Stories that are the same by address or body, and the fullest of their bodies."""

    members: tuple[tuple[Features, Body], ...]
    body: Body


def fold_copies(
    stories: Sequence[tuple[Features, Body]],
    same: Sequence[Edge],
    near: Sequence[Edge],
    weights: Mapping[str, float],
    settings: Settings,
) -> list[Copy]:
    """Which stories are copies of which. They come in the order of their ids, the pairs as their places."""
    groups = components(len(stories), same)
    classes = [_gather([stories[place] for place in group]) for group in groups]
    class_of = {place: number for number, group in enumerate(groups) for place in group}
    found: list[Copy] = []
    waiting = _groups(range(len(classes)), [(class_of[one], class_of[other]) for one, other in near])
    while waiting:
        group, edges = waiting.pop()
        copies, left = _fold([classes[place] for place in group], weights, settings)
        found += copies
        waiting += _groups([group[place] for place in left], edges)
    return sorted(found, key=lambda copy: copy.story)


def _groups(places: Sequence[int], edges: Sequence[Edge]) -> list[tuple[list[int], list[Edge]]]:
    """What hangs together among some places, each group with its own edges."""
    if not places:
        return []
    index = {place: number for number, place in enumerate(places)}
    inner = [(one, other) for one, other in edges if one in index and other in index]
    groups = components(len(places), [(index[one], index[other]) for one, other in inner])
    label = {places[number]: name for name, group in enumerate(groups) for number in group}
    own: defaultdict[int, list[Edge]] = defaultdict(list)
    for one, other in inner:
        own[label[one]].append((one, other))
    return [([places[number] for number in group], own[name]) for name, group in enumerate(groups)]


def _gather(members: list[tuple[Features, Body]]) -> _Class:
    return _Class(tuple(members), max(members, key=lambda member: (len(member[1].shingles), member[0].id))[1])


def _fold(classes: Sequence[_Class], weights: Mapping[str, float], settings: Settings) -> tuple[list[Copy], list[int]]:
    """The copies of the best story, and the places of the classes that share too little with it."""
    everyone = [story for each in classes for story, _ in each.members]
    if len(everyone) == 1:
        return [], []
    credited = credited_outlets(everyone)
    ranked = {story.id: rank(story, weights, credited=story.outlet in credited) for story in everyone}
    best = min(everyone, key=lambda story: ranked[story.id])
    home = next(each for each in classes if any(story.id == best.id for story, _ in each.members))
    own = next(body for story, body in home.members if story.id == best.id)
    found: list[Copy] = []
    left: list[int] = []
    for place, each in enumerate(classes):
        if each is home:
            found += [_same(story, body, best, own) for story, body in each.members if story.id != best.id]
        elif share_of_smaller(each.body, home.body) >= settings.winner_share:
            figure = round(jaccard(each.body, home.body), 4)
            found += [Copy(story.id, best.id, "near copy", figure) for story, _ in each.members]
        else:
            left.append(place)
    return found, left


def _same(story: Features, body: Body, best: Features, own: Body) -> Copy:
    by_body = body.key == own.key != 0 and (story.address is None or story.address != best.address)
    return Copy(story.id, best.id, "body" if by_body else "address", 1.0)


_NEVER = datetime.max.replace(tzinfo=UTC)
_CREDITS = (
    "({})", "（{}）", "via {}", "source: {}", "first published by {}", "first published in {}", "first published on {}",
    "originally published by {}", "originally published in {}", "originally published on {}",
    "originally appeared in {}", "originally appeared on {}", "first appeared in {}", "first appeared on {}",
    "quelle: {}", "bron: {}", "來源：{}", "来源：{}", "轉載自{}", "转载自{}", "出典：{}", "提供：{}", "출처: {}",
)  # fmt: skip

Rank: TypeAlias = tuple[bool, str, int, float, datetime, str]


class Ranked(Protocol):
    """What a story is ranked by."""

    @property
    def id(self) -> str:
        """The story's."""

    @property
    def source(self) -> str:
        """Its name."""

    @property
    def dated_at(self) -> datetime | None:
        """When it was published or first seen."""

    @property
    def size(self) -> int:
        """Characters of the body."""


def rank(story: Ranked, weights: Mapping[str, float], *, credited: bool) -> Rank:
    """The least wins: credited original, earlier day, fuller text, more trusted source, earlier time, id.

    It asks nothing of the other copies but whom they credit, so that two stories never change places when a third
    comes in. Length counts in steps of a quarter: an added caption does not outweigh trust.
    """
    dated = story.dated_at
    return (
        not credited,
        dated.astimezone(UTC).date().isoformat() if dated else "9999",
        -int(math.log(story.size + 1, 1.25)),
        -weights.get(story.source, 1.0),
        dated or _NEVER,
        story.id,
    )


def credited_outlets(copies: Iterable[Features]) -> frozenset[str]:
    """The outlets of these copies that one of them names, in its first or last lines, as where it has the text from."""
    edges, names = set(), set()
    for gist in copies:
        edges.add(gist.edges)
        names.add(gist.outlet)
    said = "\n".join(sorted(edges))
    return frozenset(name for name in names if len(name) > 2 and _is_credited(name.casefold(), said))


def _is_credited(name: str, said: str) -> bool:
    return name in said and any(pattern.format(name) in said for pattern in _CREDITS)
