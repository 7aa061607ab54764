"""Fold copies into the best of them."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from pipeline.stages.dedupe.copies import containment, jaccard
from pipeline.stages.dedupe.features import Body, Features
from pipeline.stages.dedupe.postings import Edge, components
from pipeline.stages.dedupe.settings import Settings


@dataclass(frozen=True, slots=True)
class Copy:
    """A folded story, its winner, and the rule and figure that decided."""

    story: str
    winner: str
    rule: str
    figure: float


@dataclass(frozen=True, slots=True)
class _Class:
    """Stories with the same address or body, and the longest of their bodies."""

    members: tuple[tuple[Features, Body], ...]
    body: Body


def fold_copies(
    stories: Sequence[tuple[Features, Body]],
    same: Sequence[Edge],
    near: Sequence[Edge],
    weights: Mapping[str, float],
    settings: Settings,
) -> list[Copy]:
    """Fold copies. `stories` are in the order of their ids; `same` and `near` are pairs of positions in them."""
    groups = components(len(stories), same)
    classes = [_gather([stories[place] for place in group]) for group in groups]
    class_of = {place: number for number, group in enumerate(groups) for place in group}
    found: list[Copy] = []
    waiting = _connected_groups(range(len(classes)), [(class_of[one], class_of[other]) for one, other in near])
    while waiting:
        group, edges = waiting.pop()
        copies, left = _fold([classes[place] for place in group], weights, settings)
        found += copies
        waiting += _connected_groups([group[place] for place in left], edges)
    return sorted(found, key=lambda copy: copy.story)


def _connected_groups(places: Sequence[int], edges: Sequence[Edge]) -> list[tuple[list[int], list[Edge]]]:
    """The connected groups of places, each with the edges inside it."""
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
    """The copies of the best story, and the positions of the classes that share too little with it."""
    stories = [story for each in classes for story, _ in each.members]
    if len(stories) == 1:
        return [], []
    credited = credited_outlets(stories)

    def order(story: Features) -> Rank:
        weight = weights.get(story.source, 1.0)
        return rank(story.id, weight, story.dated_at, story.size, credited=story.outlet in credited)

    best = min(stories, key=order)
    home = next(each for each in classes if any(story.id == best.id for story, _ in each.members))
    best_body = next(body for story, body in home.members if story.id == best.id)
    found: list[Copy] = []
    left: list[int] = []
    for place, each in enumerate(classes):
        if each is home:
            found += [_exact_copy(story, body, best, best_body) for story, body in each.members if story.id != best.id]
        elif containment(each.body, home.body) >= settings.winner_share:
            figure = round(jaccard(each.body, home.body), 4)
            found += [Copy(story.id, best.id, "near copy", figure) for story, _ in each.members]
        else:
            left.append(place)
    return found, left


def _exact_copy(story: Features, body: Body, best: Features, best_body: Body) -> Copy:
    by_body = body.key == best_body.key != 0 and (story.address is None or story.address != best.address)
    return Copy(story.id, best.id, "body" if by_body else "address", 1.0)


_NEVER = datetime.max.replace(tzinfo=UTC)
_CREDITS = (
    "({})", "（{}）", "via {}", "source: {}", "first published by {}", "first published in {}", "first published on {}",
    "originally published by {}", "originally published in {}", "originally published on {}",
    "originally appeared in {}", "originally appeared on {}", "first appeared in {}", "first appeared on {}",
    "quelle: {}", "bron: {}", "來源：{}", "来源：{}", "轉載自{}", "转载自{}", "出典：{}", "提供：{}", "출처: {}",
)  # fmt: skip

Rank: TypeAlias = tuple[bool, str, int, float, datetime, str]


def rank(name: str, weight: float, dated: datetime | None, size: int, *, credited: bool = False) -> Rank:
    """The rank of a story among its copies; the least wins. `weight`: of its source. `size`: characters of the body.

    In order: the credited original, earlier day, longer text, source of more weight, earlier time, id. Only `credited`
    depends on the other copies, so a third copy does not change the order of two. Length counts in steps of a quarter:
    an added caption does not outweigh the source.
    """
    day = dated.astimezone(UTC).date().isoformat() if dated else "9999"
    return not credited, day, -int(math.log(size + 1, 1.25)), -weight, dated or _NEVER, name


def credited_outlets(copies: Iterable[Features]) -> frozenset[str]:
    """The outlets of these copies that one of them credits in its first or last lines."""
    edges, names = set(), set()
    for story in copies:
        edges.add(story.edges)
        names.add(story.outlet)
    text = "\n".join(sorted(edges))
    return frozenset(name for name in names if len(name) > 2 and _is_credited(name.casefold(), text))


def _is_credited(name: str, text: str) -> bool:
    return name in text and any(pattern.format(name) in text for pattern in _CREDITS)
