"""Copies of one article, by address, by body, by near copy, and which of them stands for the others.

Every decision rests on the stories in question alone, so that an unrelated one changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.stages.dedupe.bodies import Body
from pipeline.stages.dedupe.components import Edge, components
from pipeline.stages.dedupe.likeness import compare_bodies, jaccard, share_of_smaller
from pipeline.stages.dedupe.reading import Gist
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.winner import credited_outlets, rank

_LONG_BODY = 80  # words from which an equal body is a copy under any title
_SHORT_BODY = 25  # words below which an equal body under another title proves nothing: "subscribe to read on"


@dataclass(frozen=True, slots=True)
class Copy:
    """One folded story: into which, by which rule, on which figure."""

    story: str
    winner: str
    rule: str
    figure: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a story was compared with: which other, what they share, and what was wanting; nothing for a copy."""

    story: str
    jaccard: float
    contained: float  # of the smaller text
    wanting: str


@dataclass(frozen=True, slots=True)
class Folding:
    """The folded stories by id, and for stories by id the few that they are most like."""

    copies: list[Copy]
    compared: dict[str, list[Likeness]]


@dataclass(frozen=True, slots=True)
class _Class:
    """Stories that are the same by address or body, and the fullest of their bodies."""

    members: tuple[tuple[Gist, Body], ...]
    body: Body
    outlets: frozenset[str]


def find_copies(
    stories: Sequence[Gist], bodies: Sequence[Body], weights: Mapping[str, float], settings: Settings
) -> Folding:
    """Which stories are copies of which. The stories come in the order of their ids."""
    same = [*_same_address(stories), *_same_body(stories, bodies)]
    both = list(zip(stories, bodies, strict=True))
    classes = [_gather([both[place] for place in group]) for group in components(len(both), same)]
    compared = compare_bodies([each.body for each in classes], [each.outlets for each in classes], settings)
    found: list[Copy] = []
    waiting = _groups(range(len(classes)), compared.pairs)
    while waiting:
        group, edges = waiting.pop()
        copies, left = _fold([classes[place] for place in group], weights, settings)
        found += copies
        waiting += _groups([group[place] for place in left], edges)
    told = {
        story.id: [
            Likeness(
                classes[near.place].members[0][0].id, round(near.jaccard, 4), round(near.contained, 4), near.wanting
            )
            for near in nearest
        ]
        for place, nearest in compared.nearest.items()
        for story, _ in classes[place].members
    }
    return Folding(sorted(found, key=lambda copy: copy.story), told)


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


def _gather(members: list[tuple[Gist, Body]]) -> _Class:
    fullest = max(members, key=lambda member: (len(member[1].shingles), member[0].id))
    return _Class(tuple(members), fullest[1], frozenset(story.outlet for story, _ in members if story.outlet))


def _same_address(stories: Sequence[Gist]) -> Iterator[Edge]:
    """Pairs of stories at one address. A front page is no story's address; the parts of one document share theirs."""
    first: dict[str, int] = {}
    for place, story in enumerate(stories):
        address = story.address
        if not address or not (urlsplit(address).path.strip("/") or urlsplit(address).query):
            continue
        other = first.setdefault(address, place)
        if other != place and not _are_parts(story, stories[other]):
            yield other, place


def _are_parts(one: Gist, other: Gist) -> bool:
    return one.entry == other.entry != "" or (one.document is not None and one.document == other.document)


def _same_body(stories: Sequence[Gist], bodies: Sequence[Body]) -> Iterator[Edge]:
    """Pairs of stories with all words of their bodies equal; short bodies need the same title or another outlet."""
    alike: defaultdict[int, list[int]] = defaultdict(list)
    for place, body in enumerate(bodies):
        if body.key:
            alike[body.key].append(place)
    for places in alike.values():
        titles: dict[str, int] = {}
        for place in places:
            other = titles.setdefault(stories[place].title, place)
            if other != place:
                yield other, place
        if len(titles) > 1 and _proves(bodies[places[0]].words, [stories[place].outlet for place in titles.values()]):
            first, *rest = titles.values()
            yield from ((first, place) for place in rest)


def _proves(words: int, outlets: Sequence[str]) -> bool:
    """Whether an equal body makes stories of different titles copies: one a paywall shows for every story does not."""
    return words >= _LONG_BODY or (words >= _SHORT_BODY and max(map(outlets.count, set(outlets))) <= 2)


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


def _same(story: Gist, body: Body, best: Gist, own: Body) -> Copy:
    by_body = body.key == own.key != 0 and (story.address is None or story.address != best.address)
    return Copy(story.id, best.id, "body" if by_body else "address", 1.0)
