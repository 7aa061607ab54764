# mypy: allow-untyped-calls, no-warn-return-any
"""Inverted indices in immutable parts, sparse matrices and their products, and connected components."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from pipeline.stages.dedupe.terms import Hashes, Mask, Places

# scipy is imported where it is used: extracting features in a worker does not need its 15 MB.
if TYPE_CHECKING:
    from scipy.sparse import csr_array

Edge: TypeAlias = tuple[int, int]
Matrix: TypeAlias = "csr_array"


def components(size: int, edges: Sequence[Edge]) -> list[list[int]]:
    """The connected components of 0 … size - 1, each sorted, in the order of their least member."""
    if not size:
        return []
    ends = np.array(edges, dtype=np.int64).reshape(-1, 2)
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for place, label in enumerate(component_labels(size, ends[:, 0], ends[:, 1]).tolist()):
        groups[label].append(place)
    return list(groups.values())


def component_labels(size: int, one: Places, other: Places) -> Places:
    """The label of the connected component of each of 0 … size - 1; the edges are `one` to `other`."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(one), dtype=np.int8), (one, other)), shape=(size, size))
    return connected_components(graph, directed=False)[1].astype(np.int64)


_CHUNK = 1_000_000  # multiplications at a time: bounds memory


@dataclass(frozen=True, slots=True)
class Postings:
    """Sorted keys, each with the number of a story that has it."""

    keys: Hashes
    docs: npt.NDArray[np.int32]

    def find(self, wanted: Hashes) -> "Entries":
        """The entries of wanted keys, which are sorted and distinct."""
        low = np.searchsorted(self.keys, wanted, side="left")
        counts = np.searchsorted(self.keys, wanted, side="right") - low
        starts = np.repeat(low - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
        return Entries(
            np.repeat(np.arange(len(wanted)), counts), self.docs[starts + np.arange(len(starts))].astype(np.int64)
        )

    def keys_of(self, mask: Mask) -> tuple[Hashes, Places]:
        """The keys of the stories in a mask, each with the number of its story."""
        kept = mask[self.docs]
        return self.keys[kept], self.docs[kept].astype(np.int64)


class Entries(NamedTuple):
    """Entries of an inverted index: the position of the key among the wanted keys, and the number of the story."""

    places: Places
    docs: Places


NONE = Postings(np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int32))


def invert(rows: Sequence[Hashes], docs: Places) -> Postings:
    """Return the postings of rows of keys, one row for each story."""
    if not len(rows):
        return NONE
    keys = np.concatenate(rows).astype(np.uint64)
    numbers = np.repeat(docs, list(map(len, rows))).astype(np.int32)
    order = np.argsort(keys, kind="stable")
    return Postings(keys[order], numbers[order])


def merge(parts: Sequence[Postings], numbers: Places) -> Postings:
    """Merge parts, with the new number of each story; stories with number -1 are dropped."""
    docs = numbers[np.concatenate([NONE.docs, *(part.docs for part in parts)])]
    keys = np.concatenate([NONE.keys, *(part.keys for part in parts)])
    kept = docs >= 0
    keys, docs = keys[kept], docs[kept]
    order = np.lexsort((docs, keys))
    return Postings(keys[order], docs[order].astype(np.int32))


def find_entries(parts: Sequence[Postings], wanted: Hashes, mask: Mask) -> Entries:
    """The entries of wanted keys in all parts, for the stories in a mask."""
    found = [part.find(wanted) for part in parts]
    places = np.concatenate([np.empty(0, dtype=np.int64), *(entries.places for entries in found)])
    docs = np.concatenate([np.empty(0, dtype=np.int64), *(entries.docs for entries in found)])
    kept = mask[docs]
    return Entries(places[kept], docs[kept])


def find_keys(parts: Sequence[Postings], mask: Mask) -> tuple[Hashes, Places]:
    """The keys of the stories in a mask, each with the number of its story, in no order."""
    found = [part.keys_of(mask) for part in parts]
    keys = np.concatenate([NONE.keys, *(part for part, _ in found)])
    return keys, np.concatenate([np.empty(0, dtype=np.int64), *(docs for _, docs in found)])


def rows(places: Places, columns: Places, data: npt.NDArray[Any], shape: tuple[int, int]) -> Matrix:
    """Return a sparse matrix of entries, with the columns of each row sorted."""
    from scipy.sparse import csr_array

    matrix = csr_array((data, (places, columns)), shape=shape)
    matrix.sort_indices()
    return matrix


def products(matrix: Matrix, other: Matrix) -> Iterator[tuple[Places, Places, npt.NDArray[Any]]]:
    """Multiply two matrices in chunks of rows; yield rows, columns and values of the products that are not 0."""
    spread = np.diff(other.indptr)[matrix.indices]
    costs = np.concatenate([[0], np.cumsum(spread, dtype=np.int64)])[matrix.indptr]  # multiplications before each row
    start = 0
    while start < len(costs) - 1:
        end = max(start + 1, int(np.searchsorted(costs, costs[start] + _CHUNK, side="right")) - 1)
        product = (matrix[start:end] @ other).tocoo()
        yield product.row.astype(np.int64) + start, product.col.astype(np.int64), product.data
        start = end
