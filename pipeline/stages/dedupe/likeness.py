# mypy: allow-untyped-calls, no-warn-return-any
"""How much of their text two bodies share, and which pairs share enough to be copies.

Candidates share enough of their bottom-k sketches (Broder 1997), counted by a product of sparse matrices; each is then
compared exactly. A shingle in more than `common_shingle` bodies has no part, so that the cost grows with the stories
and not with their pairs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from pipeline.stages.dedupe.bodies import Body
from pipeline.stages.dedupe.pieces import pair_products, self_product
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.shingles import Hashes, Labels, Mask, Places, Weights, Words, shared

_SKETCH = 128  # shingles of a sketch
_SKETCHED = 0.08  # of the smaller sketch that candidates share: half of what near copies do at the least
_LEAST_SKETCHED = 3
_LEAST_CONTAINED = 30  # shingles below which a text inside a longer one is a quotation
_TIMES_CONTAINED = 12  # a text so many times longer has most phrases of its language
_FIGURES = 3  # numbers two texts have to name before they can contradict
_FIGURES_SHARED = 0.34  # below this the words are a form that is filled in anew each time: quarterly results, weather
_TOGETHER = 2_000  # bodies that are looked up at a time
_TOLD = 3  # comparisons that are told of a story


def jaccard(one: Body, other: Body) -> float:
    """Shared shingles over all, 0 to 1."""
    both = shared(one.shingles, other.shingles)
    return both / max(1, len(one.shingles) + len(other.shingles) - both)


def share_of_smaller(one: Body, other: Body) -> float:
    """Shared shingles over those of the smaller text, 0 to 1."""
    return shared(one.shingles, other.shingles) / max(1, min(len(one.shingles), len(other.shingles)))


@dataclass(frozen=True, slots=True)
class Compared:
    """A body that another was compared with: its place, their figures, and what was wanting; nothing for a copy."""

    place: int
    jaccard: float
    contained: float  # of the smaller
    wanting: str


class _Pairs(NamedTuple):
    """Pairs of bodies by their places, with the shingles of each and what they share."""

    one: Places
    other: Places
    smaller: Places
    larger: Places
    alike: Weights
    contained: Weights


@dataclass(frozen=True, slots=True)
class Comparison:
    """Pairs of places whose bodies are near copies, the lesser first; and for each place what it is most like."""

    pairs: list[tuple[int, int]]
    nearest: dict[int, list[Compared]]


def compare_bodies(bodies: Sequence[Body], outlets: Sequence[frozenset[str]], settings: Settings) -> Comparison:
    """Which bodies are near copies; two of one outlet need more in common."""
    if len(bodies) < 2:
        return Comparison([], {})
    matrix, sketch, sizes = _matrices([body.shingles for body in bodies], settings.common_shingle)
    one, other = _candidates(sketch, sizes)
    both = pair_products(matrix, one, other)
    smaller, larger = np.minimum(sizes[one], sizes[other]), np.maximum(sizes[one], sizes[other])
    alike, contained = both / np.maximum(1, smaller + larger - both), both / np.maximum(1, smaller)
    pairs = _Pairs(one, other, smaller, larger, alike, contained)
    wanting = _wanting(pairs, bodies, outlets, settings)
    copies = wanting == ""
    return Comparison(
        list(zip(one[copies].tolist(), other[copies].tolist(), strict=True)),
        _nearest(pairs, wanting),
    )


def _wanting(pairs: _Pairs, bodies: Sequence[Body], outlets: Sequence[frozenset[str]], settings: Settings) -> Labels:
    """For each pair what is wanting for it to be copies, nothing where they are."""
    near = _is_near(pairs, np.array([body.unspaced for body in bodies]), settings)
    wanting = np.where(near, "", "too little in common").astype(object)
    nearer = (pairs.smaller >= settings.own_outlet_shingles) & (
        (pairs.alike >= settings.own_outlet_jaccard) | (pairs.contained >= settings.own_outlet_containment)
    )
    for place in np.flatnonzero(near).tolist():
        one, other = int(pairs.one[place]), int(pairs.other[place])
        if outlets[one] & outlets[other] and not nearer[place]:
            wanting[place] = "too little in common for one outlet"
        elif _contradict(bodies[one].figures, bodies[other].figures):
            wanting[place] = "the same words with other figures"
    return wanting


def _nearest(pairs: _Pairs, wanting: Labels) -> dict[int, list[Compared]]:
    """The likest few of what each place was compared with."""
    ends = np.concatenate([pairs.one, pairs.other]), np.concatenate([pairs.other, pairs.one])
    order = np.lexsort((ends[1], -np.concatenate([pairs.alike, pairs.alike]), ends[0]))
    found: dict[int, list[Compared]] = {}
    for place in order.tolist():
        told = found.setdefault(int(ends[0][place]), [])
        if len(told) < _TOLD:
            pair = place % len(pairs.one)
            told.append(
                Compared(
                    int(ends[1][place]), float(pairs.alike[pair]), float(pairs.contained[pair]), str(wanting[pair])
                )
            )
    return found


def _candidates(sketch: csr_array, sizes: Places) -> tuple[Places, Places]:
    """Places of rows whose sketches, the columns of least hash of each, share enough that the rows may be near."""
    least = np.minimum(sizes, _SKETCH)
    rows: list[Places] = [np.empty(0, dtype=np.int64)]
    columns: list[Places] = [np.empty(0, dtype=np.int64)]
    for row, column, both in self_product(sketch):
        likely = both >= np.maximum(_LEAST_SKETCHED, _SKETCHED * np.minimum(least[row], least[column]))
        rows.append(row[likely])
        columns.append(column[likely])
    return np.concatenate(rows), np.concatenate(columns)


def _is_near(pairs: _Pairs, is_unspaced: Mask, settings: Settings) -> Mask:
    unspaced = is_unspaced[pairs.one] & is_unspaced[pairs.other]
    smaller, larger = pairs.smaller, pairs.larger
    least_alike = np.where(unspaced, settings.character_jaccard, settings.word_jaccard)
    least_contained = np.where(unspaced, settings.character_containment, settings.word_containment)
    least_contained = np.where(2 * smaller < larger, settings.short_containment, least_contained)
    inside = (
        (pairs.contained >= least_contained) & (smaller >= _LEAST_CONTAINED) & (larger <= _TIMES_CONTAINED * smaller)
    )
    return (smaller >= settings.least_shingles) & ((pairs.alike >= least_alike) | inside)


def _contradict(one: Words, other: Words) -> bool:
    fewer = min(len(one), len(other))
    return fewer >= _FIGURES and len(np.intersect1d(one, other, assume_unique=True)) < _FIGURES_SHARED * fewer


def _matrices(rows: Sequence[Hashes], common: int) -> tuple[csr_array, csr_array, Places]:
    """Bodies by the shingles that some but not too many share; the same of their sketches alone; and how many
    shingles each body has, shared or not, but for those of too many. Columns stand in the order of their hashes."""
    every = np.concatenate(rows)
    every.sort()
    starts = np.flatnonzero(np.concatenate([[True], every[1:] != every[:-1]])) if len(every) else np.empty(0, int)
    counts = np.diff(starts, append=len(every))
    some, many = every[starts[(counts > 1) & (counts <= common)]], every[starts[counts > common]]
    del every, starts, counts
    sizes = np.zeros(len(rows), dtype=np.int64)
    parts: list[tuple[Places, Places, Mask]] = []  # row, column, whether it belongs to the sketch
    for start in range(0, len(rows), _TOGETHER):
        told = rows[start : start + _TOGETHER]
        row = np.repeat(np.arange(start, start + len(told)), list(map(len, told)))
        values = np.concatenate(told)
        left = ~_is_in(values, many)
        row, values = row[left], values[left]
        sizes += np.bincount(row, minlength=len(rows))
        first = np.searchsorted(row, row)  # of each entry's row
        kept = _is_in(values, some)
        in_sketch = (np.arange(len(row)) - first)[kept] < _SKETCH
        parts.append((row[kept], np.searchsorted(some, values[kept]).astype(np.int32), in_sketch))
    row, column, in_sketch = (np.concatenate(part) for part in zip(*parts, strict=True))
    shape = len(rows), max(1, len(some))
    return _ones(row, column, shape), _ones(row[in_sketch], column[in_sketch], shape), sizes


def _is_in(values: Hashes, members: Hashes) -> Mask:
    """Which values are among the members, which are sorted."""
    if not len(members):
        return np.zeros(len(values), dtype=bool)
    return members[np.minimum(np.searchsorted(members, values), len(members) - 1)] == values


def _ones(row: Places, column: Places, shape: tuple[int, int]) -> csr_array:
    indptr = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=shape[0]))])
    return csr_array((np.ones(len(column), dtype=np.int32), column, indptr), shape=shape)
