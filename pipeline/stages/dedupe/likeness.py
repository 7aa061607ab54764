# mypy: allow-untyped-calls, no-warn-return-any
"""How much of their text two bodies share, and which pairs share enough to be copies.

Candidates share enough of their bottom-k sketches (Broder 1997), counted by a product of sparse matrices; each is then
compared exactly. A shingle in more than `common_shingle` bodies has no part, so that the cost grows with the stories
and not with their pairs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from pipeline.stages.dedupe.bodies import Body
from pipeline.stages.dedupe.components import Edge
from pipeline.stages.dedupe.pieces import self_product
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.shingles import Mask, Places, shared

_SKETCH = 128  # shingles of a sketch
_SKETCHED = 0.08  # of the smaller sketch that candidates share: half of what near copies do at the least
_LEAST_SKETCHED = 3
_LEAST_CONTAINED = 30  # shingles below which a text inside a longer one is a quotation
_TIMES_CONTAINED = 12  # a text so many times longer has most phrases of its language
_FIGURES = 3  # numbers two texts have to name before they can contradict
_FIGURES_SHARED = 0.34  # below this the words are a form that is filled in anew each time: quarterly results, weather


def jaccard(one: Body, other: Body) -> float:
    """Shared shingles over all, 0 to 1."""
    both = shared(one.shingles, other.shingles)
    return both / max(1, len(one.shingles) + len(other.shingles) - both)


def share_of_smaller(one: Body, other: Body) -> float:
    """Shared shingles over those of the smaller text, 0 to 1."""
    return shared(one.shingles, other.shingles) / max(1, min(len(one.shingles), len(other.shingles)))


@dataclass(frozen=True, slots=True)
class Near:
    """The body most like another that is no copy of it: its place, their Jaccard index, and what was wanting."""

    place: int
    jaccard: float
    wanting: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Pairs of places whose bodies are near copies, the lesser first, and for other bodies the nearest to each."""

    pairs: list[Edge]
    nearest: dict[int, Near]


def compare_bodies(bodies: Sequence[Body], outlets: Sequence[frozenset[str]], settings: Settings) -> Comparison:
    """Which bodies are near copies; two of one outlet need more in common."""
    found = Comparison([], {})
    if len(bodies) < 2:
        return found
    matrix = _matrix(bodies, settings.common_shingle)
    rows, columns = _candidates(matrix)
    row_of = np.split(matrix.indices, matrix.indptr[1:-1])
    pairs = list(zip(rows.tolist(), columns.tolist(), strict=True))
    both = np.fromiter((shared(row_of[one], row_of[other]) for one, other in pairs), dtype=np.int64, count=len(pairs))
    sizes = np.diff(matrix.indptr)
    unspaced = np.array([body.unspaced for body in bodies])
    near = _is_near(both, sizes[rows], sizes[columns], unspaced[rows] & unspaced[columns], settings)
    for (one, other), count, enough in zip(pairs, both.tolist(), near.tolist(), strict=True):
        alike = count / int(sizes[one] + sizes[other] - count)
        wanting = "" if enough else "too little in common"
        if enough and outlets[one] & outlets[other] and not _is_nearer(count, sizes[one], sizes[other], settings):
            wanting = "too little in common for one outlet"
        elif enough and _contradict(bodies[one].figures, bodies[other].figures):
            wanting = "the same words with other figures"
        if not wanting:
            found.pairs.append((one, other))
            continue
        for place, held in ((one, other), (other, one)):
            before = found.nearest.get(place)
            if before is None or (-alike, held) < (-before.jaccard, before.place):
                found.nearest[place] = Near(held, alike, wanting)
    return found


def _candidates(matrix: csr_array) -> tuple[Places, Places]:
    """Places of rows whose sketches, the columns of least hash of each, share enough that the rows may be near."""
    sketch = _sketch(matrix)
    sizes = np.minimum(np.diff(matrix.indptr), _SKETCH)
    rows: list[Places] = [np.empty(0, dtype=np.int64)]
    columns: list[Places] = [np.empty(0, dtype=np.int64)]
    for row, column, both in self_product(sketch):
        likely = both >= np.maximum(_LEAST_SKETCHED, _SKETCHED * np.minimum(sizes[row], sizes[column]))
        rows.append(row[likely])
        columns.append(column[likely])
    return np.concatenate(rows), np.concatenate(columns)


def _sketch(matrix: csr_array) -> csr_array:
    """The first columns of each row: their order is that of the shingles' hashes, as good as random."""
    lengths = np.diff(matrix.indptr)
    place = np.arange(len(matrix.indices)) - np.repeat(matrix.indptr[:-1], lengths)
    kept = place < _SKETCH
    indptr = np.concatenate([[0], np.cumsum(np.minimum(lengths, _SKETCH))])
    return csr_array((matrix.data[kept], matrix.indices[kept], indptr), shape=matrix.shape)


def _is_near(both: Places, one: Places, other: Places, unspaced: Mask, settings: Settings) -> Mask:
    smaller, larger = np.minimum(one, other), np.maximum(one, other)
    alike = both / (one + other - both)
    contained = both / np.maximum(1, smaller)
    least_alike = np.where(unspaced, settings.character_jaccard, settings.word_jaccard)
    least_contained = np.where(unspaced, settings.character_containment, settings.word_containment)
    least_contained = np.where(2 * smaller < larger, settings.short_containment, least_contained)
    inside = (contained >= least_contained) & (smaller >= _LEAST_CONTAINED) & (larger <= _TIMES_CONTAINED * smaller)
    return (smaller >= settings.least_shingles) & ((alike >= least_alike) | inside)


def _is_nearer(both: int, one: np.int64, other: np.int64, settings: Settings) -> bool:
    """The stricter bound for two texts of one outlet."""
    return bool(min(one, other) >= settings.own_outlet_shingles) and bool(
        both / (one + other - both) >= settings.own_outlet_jaccard
        or both / min(one, other) >= settings.own_outlet_containment
    )


def _contradict(one: frozenset[str], other: frozenset[str]) -> bool:
    fewer = min(len(one), len(other))
    return fewer >= _FIGURES and len(one & other) < _FIGURES_SHARED * fewer


def _matrix(bodies: Sequence[Body], common: int) -> csr_array:
    """Bodies by shingles, ones and zeros, without the shingles of too many bodies."""
    values, places, counts = np.unique(
        np.concatenate([body.shingles for body in bodies]), return_inverse=True, return_counts=True
    )
    lengths = np.array([len(body.shingles) for body in bodies])
    kept = counts[places] <= common
    rows = np.repeat(np.arange(len(bodies)), lengths)[kept]
    indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(bodies)))])
    return csr_array((np.ones(int(kept.sum()), dtype=np.int32), places[kept], indptr), shape=(len(bodies), len(values)))
