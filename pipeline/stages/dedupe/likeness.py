# mypy: allow-untyped-calls
"""How much of their text two bodies share, and which pairs share enough to be copies.

Candidates share enough of their samples (bottom-k sketches, Broder 1997), counted by a product of sparse matrices;
each is then compared exactly. A shingle in more than `common_shingle` bodies has no part in finding them, so that the
cost grows with the stories and not with their pairs; and what is left of two bodies without such shingles has to be
alike as well.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from pipeline.stages.dedupe.bodies import Body
from pipeline.stages.dedupe.index import NEAR, Index, Table, chunks
from pipeline.stages.dedupe.postings import products, rows
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.shingles import Mask, Places, Words, shared

NEAR_COPY, NEARER, CONTRADICTING = 1, 2, 4  # flags of a pair

_SAMPLED = 0.08  # of the smaller sample that candidates share: half of what near copies do at the least
_LEAST_SAMPLED = 3
_LEAST_CONTAINED = 30  # shingles below which a text inside a longer one is a quotation
_TIMES_CONTAINED = 12  # a text so many times longer has most phrases of its language
_OWN_SHARE = 0.2  # of the smaller sample, without common shingles, that copies share
_FIGURES = 3  # numbers two texts have to name before they can contradict
_FIGURES_SHARED = 0.34  # below this the words are a form that is filled in anew each time: quarterly results, weather
_TOGETHER = 1_000  # candidates that are compared at a time: bounds the bodies in memory

Bodies = Callable[[Places], Mapping[int, Body]]  # by number


class _Candidates(NamedTuple):
    """Pairs of stories by number, the first one new, and what they share of their samples."""

    one: Places
    other: Places
    both: Places


def jaccard(one: Body, other: Body) -> float:
    """Shared shingles over all, 0 to 1."""
    both = shared(one.shingles, other.shingles)
    return both / max(1, len(one.shingles) + len(other.shingles) - both)


def share_of_smaller(one: Body, other: Body) -> float:
    """Shared shingles over those of the smaller text, 0 to 1."""
    return shared(one.shingles, other.shingles) / max(1, min(len(one.shingles), len(other.shingles)))


def compare_bodies(index: Index, new: Places, bodies: Bodies, settings: Settings) -> Table:
    """What each new story's body has in common with those it may be a copy of: rows of NEAR.

    `new` are numbers of stories that stand for all that have their body, in order.
    """
    found = _candidates(index, new, settings)
    own = _own_sizes(index, np.union1d(found.one, found.other), settings)
    table = np.empty(len(found.one), dtype=NEAR)
    order = np.lexsort((found.other, found.one))
    for start in range(0, len(order), _TOGETHER):
        some = order[start : start + _TOGETHER]
        one, other = found.one[some], found.other[some]
        read = bodies(np.union1d(one, other))
        smaller = np.minimum(own[one], own[other])
        has_own = (smaller >= _LEAST_SAMPLED) & (found.both[some] >= _OWN_SHARE * smaller)
        for row, first, second, is_own in zip(
            range(start, start + len(some)), one.tolist(), other.tolist(), has_own.tolist(), strict=True
        ):
            table[row] = (first, second, *_compared(read[first], read[second], is_own, settings))
    return table


def _candidates(index: Index, new: Places, settings: Settings) -> _Candidates:
    """Pairs of a new story and another whose samples share enough that the bodies may be near, each pair once."""
    is_new = index.mask(new)
    parts = [_Candidates(*np.empty((3, 0), dtype=np.int64))]
    for some in chunks(new):
        parts += _candidates_of(index, some, is_new, settings)
    return _Candidates(*map(np.concatenate, zip(*parts, strict=True)))


def _candidates_of(index: Index, new: Places, is_new: Mask, settings: Settings) -> Iterator[_Candidates]:
    keys, whose = index.keys("sample", index.mask(new))
    wanted, columns = np.unique(keys, return_inverse=True)
    others = index.alive & index.state["sampled"]
    places, stories = index.entries("sample", wanted, others)
    counts = np.bincount(places, minlength=len(wanted))
    some = (counts > 1) & (counts <= settings.common_shingle)
    place_of = np.zeros(len(index), dtype=np.int64)
    place_of[new] = np.arange(len(new))
    of_new, of_all = some[columns], some[places]
    matrix = _ones(place_of[whose[of_new]], columns[of_new], (len(new), len(wanted)))
    turned = _ones(places[of_all], stories[of_all], (len(wanted), len(index)))
    sampled = index.stories["sampled"]
    for row, other, both in products(matrix, turned):
        one = new[row]
        enough = both >= np.maximum(_LEAST_SAMPLED, _SAMPLED * np.minimum(sampled[one], sampled[other]))
        kept = enough & ((other < one) | ~is_new[other])
        yield _Candidates(one[kept], other[kept], both[kept])


def _ones(places: Places, columns: Places, shape: tuple[int, int]) -> csr_array:
    return rows(places, columns, np.ones(len(places), dtype=np.int32), shape)


def _own_sizes(index: Index, stories: Places, settings: Settings) -> Places:
    """For each story by number how much of its sample is in no more bodies than boilerplate is."""
    keys, whose = index.keys("sample", index.mask(stories))
    wanted, columns = np.unique(keys, return_inverse=True)
    places, _ = index.entries("sample", wanted, index.alive & index.state["sampled"])
    few = np.bincount(places, minlength=len(wanted)) <= settings.common_shingle
    return np.bincount(whose[few[columns]], minlength=len(index))


def _compared(one: Body, other: Body, has_own: bool, settings: Settings) -> tuple[float, float, int]:
    both = shared(one.shingles, other.shingles)
    smaller, larger = sorted((len(one.shingles), len(other.shingles)))
    alike, contained = both / max(1, smaller + larger - both), both / max(1, smaller)
    flags = 0
    least_alike, least_contained = _bounds(one, other, settings)
    near = smaller >= settings.least_shingles and alike >= least_alike
    inside = smaller >= _LEAST_CONTAINED and larger <= _TIMES_CONTAINED * smaller and contained >= least_contained
    if has_own and (near or inside):
        flags |= NEAR_COPY
    if smaller >= settings.own_outlet_shingles and (
        alike >= settings.own_outlet_jaccard or contained >= settings.own_outlet_containment
    ):
        flags |= NEARER
    if _contradict(one.figures, other.figures):
        flags |= CONTRADICTING
    return round(alike, 4), round(contained, 4), flags


def _bounds(one: Body, other: Body, settings: Settings) -> tuple[float, float]:
    """What two bodies have to share of all shingles, or of the smaller's."""
    smaller, larger = sorted((len(one.shingles), len(other.shingles)))
    alike, contained = settings.word_jaccard, settings.word_containment
    if one.unspaced and other.unspaced:
        is_brief = smaller < settings.brief
        alike = settings.brief_jaccard if is_brief else settings.character_jaccard
        contained = settings.brief_containment if is_brief else settings.character_containment
    return alike, settings.short_containment if 2 * smaller < larger else contained


def _contradict(one: Words, other: Words) -> bool:
    fewer = min(len(one), len(other))
    return fewer >= _FIGURES and len(np.intersect1d(one, other, assume_unique=True)) < _FIGURES_SHARED * fewer


def wanting(flags: int, same_outlet: bool) -> str:
    """What is wanting for a pair to be copies; nothing where they are."""
    if not flags & NEAR_COPY:
        return "too little in common"
    if same_outlet and not flags & NEARER:
        return "too little in common for one outlet"
    return "the same words with other figures" if flags & CONTRADICTING else ""
