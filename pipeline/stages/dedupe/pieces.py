# mypy: allow-untyped-calls, no-warn-return-any
"""Products of the rows of a sparse matrix with each other, a piece at a time, so that memory stays bounded."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from pipeline.stages.dedupe.shingles import Places

_PIECE = 5_000_000  # multiplications in one piece


def self_product(matrix: csr_array) -> Iterator[tuple[Places, Places, npt.NDArray[Any]]]:
    """Places of rows, lesser and greater, that share a column, and the product of the two rows."""
    turned = matrix.T.tocsr()
    spread = np.diff(turned.indptr)[matrix.indices]
    costs = np.concatenate([[0], np.cumsum(spread, dtype=np.int64)])[matrix.indptr]  # multiplications before each row
    for start, end in _spans(costs):
        product = (matrix[start:end] @ turned).tocoo()
        rows = product.row.astype(np.int64) + start
        upper = rows < product.col
        yield rows[upper], product.col[upper].astype(np.int64), product.data[upper]


def pair_products(matrix: csr_array, one: Places, other: Places) -> Places:
    """The product of the two rows of each pair of places; of ones and zeros, what they share."""
    sizes = np.diff(matrix.indptr)
    costs = np.concatenate([[0], np.cumsum(sizes[one] + sizes[other], dtype=np.int64)])
    parts = [
        matrix[one[start:end]].multiply(matrix[other[start:end]]).sum(axis=1, dtype=np.int64).ravel()
        for start, end in _spans(costs)
    ]
    return np.concatenate([np.empty(0, dtype=np.int64), *parts])


def _spans(costs: Places) -> Iterator[tuple[int, int]]:
    """The spans of what costs so much in all before each place, none dearer than a piece but for single ones."""
    start = 0
    while start < len(costs) - 1:
        end = max(start + 1, int(np.searchsorted(costs, costs[start] + _PIECE, side="right")) - 1)
        yield start, end
        start = end


def without_common(matrix: csr_array, products: int) -> csr_array:
    """The matrix without as many of its commonest columns as keeps `self_product` within that many multiplications."""
    counts = np.bincount(matrix.indices, minlength=matrix.shape[1])
    order = np.argsort(counts, kind="stable")
    within = np.cumsum(counts[order].astype(np.int64) ** 2) <= products
    if within.all():
        return matrix
    keep = np.zeros(matrix.shape[1], dtype=bool)
    keep[order[within]] = True
    kept = keep[matrix.indices]
    before = np.concatenate([[0], np.cumsum(kept)])
    return csr_array((matrix.data[kept], matrix.indices[kept], before[matrix.indptr]), shape=matrix.shape)
