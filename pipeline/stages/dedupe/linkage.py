# mypy: allow-untyped-calls, no-warn-return-any
"""Average linkage by reciprocal nearest neighbours, with a bound that falls with the number of pairs."""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.shingles import Places, Weights

_FALL = 0.25  # exponent of the number of pairs


def bound(pairs: Weights, settings: Settings) -> Weights:
    """The mean cosine at which two groups join that make so many pairs."""
    return settings.event_least + (settings.event_pair - settings.event_least) / pairs**_FALL


def join(alike: csr_array, settings: Settings) -> Places:
    """For each row the least place of its group, when all groups are joined that are each other's nearest.

    Only what a round has joined is added up and weighed anew; a group goes by the least place in it.
    """
    count = alike.shape[0]
    labels, sizes = np.arange(count), np.ones(count, dtype=np.int64)
    lines = np.repeat(labels, np.diff(alike.indptr))
    edges = _weigh(lines, alike.indices.astype(np.int64), alike.data, sizes, settings)
    while True:
        best = first_best(edges.mean, edges.row, edges.column, count)
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


def first_best(values: Weights, rows: Places, columns: Places, size: int) -> Places:
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
