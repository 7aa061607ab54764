# mypy: allow-untyped-calls, no-warn-return-any
"""Stories of one happening, by reciprocal nearest neighbours under average linkage, within a window of time.

Two groups join where the mean cosine over all their pairs reaches a bound that falls with the number of pairs: two
single stories need much in common, large groups less, since a mean of many pairs is a surer figure. Each round joins
all groups that are each other's nearest, so that the answer does not depend on the order of the stories.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from pipeline.records import UNKNOWN_LANGUAGE
from pipeline.stages.dedupe.pieces import self_product, without_common
from pipeline.stages.dedupe.reading import Gist
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.shingles import Hashes, Mask, Places, Weights

_FLOOR = 0.08  # cosines below this count as none
_OTHER_PARTIES = 0.5  # of the cosine of stories about different companies
_SURE_HOURS = 36.0  # apart without loss of likeness
_FALL = 0.25  # exponent of the number of pairs
_DIGITS = 6  # of a cosine that count: sums in another order are no other figures
_ROWS = 2_000  # new stories that are held against earlier ones at a time

Nearest = tuple[int, float]  # place of a story, -1 for none, and the cosine


@dataclass(frozen=True, slots=True)
class Grouping:
    """Places of stories by event, and for each story its nearest in the event and out of it."""

    groups: list[list[int]]
    inside: list[Nearest]
    outside: list[Nearest]


def group_events(told: Sequence[Gist], matrix: csr_array, settings: Settings) -> Grouping:
    """The events among stories that are no copies of each other; they come sorted by id, with their vectors."""
    if not told:
        return Grouping([], [], [])
    alike = _likeness(told, matrix, settings)
    rows = np.repeat(np.arange(alike.shape[0]), np.diff(alike.indptr))
    labels = _join(rows, alike, settings)
    order = np.argsort(labels, kind="stable")
    groups = [part.tolist() for part in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)]
    within = labels[rows] == labels[alike.indices]
    return Grouping(sorted(groups), _nearest(alike, rows, within), _nearest(alike, rows, ~within))


def bound(pairs: Weights, settings: Settings) -> Weights:
    """The mean cosine at which two groups join that make so many pairs."""
    return settings.event_least + (settings.event_pair - settings.event_least) / pairs**_FALL


def _join(rows: Places, alike: csr_array, settings: Settings) -> Places:
    """For each story the least place of its group, when all groups are joined that are each other's nearest.

    Only what a round has joined is added up and weighed anew; a group goes by the least place in it.
    """
    count = alike.shape[0]
    labels, sizes = np.arange(count), np.ones(count, dtype=np.int64)
    edges = _weigh(rows, alike.indices.astype(np.int64), alike.data, sizes, settings)
    while True:
        best = _first_best(edges.mean, edges.row, edges.column, count)
        one = np.flatnonzero(best >= 0)
        one = one[(best[best[one]] == one) & (one < best[one])]
        if not len(one):
            return labels
        target = np.arange(count)
        target[best[one]] = one
        labels = target[labels]
        sizes[one] += sizes[best[one]]
        joined = np.zeros(count, dtype=bool)
        joined[one] = joined[best[one]] = True
        anew = joined[edges.row] | joined[edges.column]
        left = _Edges._make(part[~anew] for part in edges)
        row, column, total = target[edges.row[anew]], target[edges.column[anew]], edges.total[anew]
        apart = row != column
        keys, places = np.unique(row[apart] * count + column[apart], return_inverse=True)
        sums = np.bincount(places, weights=total[apart], minlength=len(keys)).astype(np.float64)
        new = _weigh(keys // count, keys % count, sums, sizes, settings)
        order = np.searchsorted(left.row * count + left.column, keys)
        edges = _Edges._make(np.insert(one, order, other) for one, other in zip(left, new, strict=True))


class _Edges(NamedTuple):
    """Pairs of groups that have something in common, both ways, in order."""

    row: Places
    column: Places
    total: Weights  # of the cosines of all their pairs
    mean: Weights  # 0 where it does not reach the bound


def _weigh(rows: Places, columns: Places, totals: Weights, sizes: Places, settings: Settings) -> _Edges:
    pairs = (sizes[rows] * sizes[columns]).astype(np.float64)
    means = np.round(totals / pairs, 9)  # so that sums in another order are no other means
    return _Edges(rows, columns, totals, np.where(means < bound(pairs, settings), 0.0, means))


def _first_best(values: Weights, rows: Places, columns: Places, size: int) -> Places:
    """For each row the column of its greatest value above 0, the least such column; -1 where there is none.

    Rows come in order, and the columns of each row too.
    """
    best = np.full(size, -1)
    if not len(values):
        return best
    starts = np.flatnonzero(np.concatenate([[True], rows[1:] != rows[:-1]]))
    greatest = np.repeat(np.maximum.reduceat(values, starts), np.diff(np.append(starts, len(rows))))
    places = np.flatnonzero((values == greatest) & (values > 0))[::-1]  # the least column of a row is written last
    best[rows[places]] = columns[places]
    return best


def likest_of(
    told: Sequence[Gist], matrix: csr_array, new: Places, earlier: Places, settings: Settings
) -> Iterator[tuple[int, int, float]]:
    """Places of a new and an earlier story that are alike enough for one event, and their cosine, whenever told."""
    weigh, turned = _Weigher(told), matrix[earlier].T.tocsr()
    for start in range(0, len(new), _ROWS):
        some = new[start : start + _ROWS]
        product = (matrix[some] @ turned).tocoo()
        one, other = some[product.row], earlier[product.col]
        value = np.round(product.data.astype(np.float64) * weigh(one, other), _DIGITS)
        kept = value >= settings.event_pair
        yield from zip(one[kept].tolist(), other[kept].tolist(), value[kept].tolist(), strict=True)


def _likeness(told: Sequence[Gist], matrix: csr_array, settings: Settings) -> csr_array:
    """Cosines, without those of strangers, of other languages and of other weeks; symmetric, without a diagonal."""
    weigh = _Weigher(told)
    hours = np.array([gist.dated_at.timestamp() / 3600 if gist.dated_at else np.nan for gist in told])
    span = max(1.0, settings.event_hours - _SURE_HOURS)
    rows: list[Places] = []
    columns: list[Places] = []
    values: list[Weights] = []
    for one, other, cosine in self_product(without_common(matrix, settings.products)):
        likely = cosine >= _FLOOR
        row, column = one[likely], other[likely]
        gap = np.nan_to_num(np.abs(hours[row] - hours[column]), nan=0.0)
        near = np.clip((settings.event_hours - gap) / span, 0.0, 1.0)
        value = np.round(cosine[likely].astype(np.float64) * weigh(row, column) * near, _DIGITS)
        kept = value >= _FLOOR
        rows.append(row[kept].astype(np.int32))
        columns.append(column[kept].astype(np.int32))
        values.append(value[kept])
    ends = (np.concatenate([*rows, *columns]), np.concatenate([*columns, *rows]))
    graph = csr_array((np.concatenate([*values, *values]), ends), shape=(len(told), len(told)))
    graph.sort_indices()
    return graph


class _Weigher:
    """What a cosine counts for: nothing between languages, half where the titles name different companies."""

    def __init__(self, told: Sequence[Gist]) -> None:
        names = {name: place for place, name in enumerate(sorted({gist.language for gist in told}))}
        names[UNKNOWN_LANGUAGE] = -1
        self._language = np.array([names[gist.language] for gist in told])
        self._parties = _parties(told)
        self._named = np.asarray(self._parties.any(axis=1))

    def __call__(self, one: Places, other: Places) -> Weights:
        first, second = self._language[one], self._language[other]
        same = (first == second) | (first < 0) | (second < 0)
        together = np.asarray((self._parties[one] & self._parties[other]).any(axis=1))
        apart = self._named[one] & self._named[other] & ~together
        return np.where(same, np.where(apart, _OTHER_PARTIES, 1.0), 0.0)


def _parties(told: Sequence[Gist]) -> Hashes:
    """Stories by words of 64 bits, a bit for each company that some title names."""
    places = {name: place for place, name in enumerate(sorted({name for gist in told for name in gist.companies}))}
    bits = np.zeros((len(told), len(places) // 64 + 1), dtype=np.uint64)
    for row, gist in enumerate(told):
        for name in gist.companies:
            bits[row, places[name] // 64] |= np.uint64(1 << places[name] % 64)
    return bits


def _nearest(alike: csr_array, rows: Places, counts: Mask) -> list[Nearest]:
    """For each story its nearest by the entries that count."""
    values = np.where(counts, alike.data, 0.0)
    best = _first_best(values, rows, alike.indices, alike.shape[0])
    value = np.zeros(alike.shape[0])
    np.maximum.at(value, rows, values)
    return [(int(place), round(float(cosine), 4)) for place, cosine in zip(best, value, strict=True)]
