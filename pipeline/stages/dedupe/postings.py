# mypy: allow-untyped-calls, no-warn-return-any
"""An inverted index: which stories have which keys, in parts that are written once, and products by way of it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from pipeline.stages.dedupe.terms import Hashes, Mask, Places

Edge: TypeAlias = tuple[int, int]


def components(size: int, edges: Sequence[Edge]) -> list[list[int]]:
    """The places 0 … size - 1 in groups, each sorted, in the order of their least place."""
    if not size:
        return []
    ends = np.array(edges, dtype=np.int64).reshape(-1, 2)
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for place, label in enumerate(component_labels(size, ends[:, 0], ends[:, 1]).tolist()):
        groups[label].append(place)
    return list(groups.values())


def component_labels(size: int, one: Places, other: Places) -> Places:
    """For each place 0 … size - 1 a number that it has in common with all it hangs together with by these edges."""
    graph = coo_array((np.ones(len(one), dtype=np.int8), (one, other)), shape=(size, size))
    return connected_components(graph, directed=False)[1].astype(np.int64)


_PIECE = 1_000_000  # multiplications in one piece: bounds memory


@dataclass(frozen=True, slots=True)
class Postings:
    """Keys in order, and the number of a story that has each."""

    keys: Hashes
    docs: npt.NDArray[np.int32]

    def of_keys(self, wanted: Hashes) -> "Entries":
        """Who has one of these keys, which are distinct and in order."""
        low = np.searchsorted(self.keys, wanted, side="left")
        counts = np.searchsorted(self.keys, wanted, side="right") - low
        starts = np.repeat(low - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
        return Entries(
            np.repeat(np.arange(len(wanted)), counts), self.docs[starts + np.arange(len(starts))].astype(np.int64)
        )

    def of_docs(self, mask: Mask) -> tuple[Hashes, Places]:
        """The keys of the stories in the mask, and the number of the story for each."""
        kept = mask[self.docs]
        return self.keys[kept], self.docs[kept].astype(np.int64)


class Entries(NamedTuple):
    """Entries of an index: the place of the key among those asked for, and the story's number."""

    places: Places
    docs: Places


NONE = Postings(np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int32))


def invert(rows: Sequence[Hashes], docs: Places) -> Postings:
    """The index of so many rows of keys, one for each of the stories."""
    if not len(rows):
        return NONE
    keys = np.concatenate(rows).astype(np.uint64)
    whose = np.repeat(docs, list(map(len, rows))).astype(np.int32)
    order = np.argsort(keys, kind="stable")
    return Postings(keys[order], whose[order])


def renumbered(parts: Sequence[Postings], numbers: Places) -> Postings:
    """Parts as one, each story under its new number; those of number -1 are left out."""
    docs = numbers[np.concatenate([NONE.docs, *(part.docs for part in parts)])]
    keys = np.concatenate([NONE.keys, *(part.keys for part in parts)])
    kept = docs >= 0
    keys, docs = keys[kept], docs[kept]
    order = np.lexsort((docs, keys))
    return Postings(keys[order], docs[order].astype(np.int32))


def entries_of(parts: Sequence[Postings], wanted: Hashes, mask: Mask) -> Entries:
    """Who has one of these keys in any part, of the stories in the mask."""
    found = [part.of_keys(wanted) for part in parts]
    places = np.concatenate([np.empty(0, dtype=np.int64), *(each.places for each in found)])
    docs = np.concatenate([np.empty(0, dtype=np.int64), *(each.docs for each in found)])
    kept = mask[docs]
    return Entries(places[kept], docs[kept])


def keys_of(parts: Sequence[Postings], mask: Mask) -> tuple[Hashes, Places]:
    """The keys of the stories in the mask, and the number of the story for each, in no order."""
    found = [part.of_docs(mask) for part in parts]
    keys = np.concatenate([NONE.keys, *(each for each, _ in found)])
    return keys, np.concatenate([np.empty(0, dtype=np.int64), *(each for _, each in found)])


def rows(places: Places, columns: Places, data: npt.NDArray[Any], shape: tuple[int, int]) -> csr_array:
    """A matrix of such entries; the columns of each row stand in order."""
    matrix = csr_array((data, (places, columns)), shape=shape)
    matrix.sort_indices()
    return matrix


def products(matrix: csr_array, turned: csr_array) -> Iterator[tuple[Places, Places, npt.NDArray[Any]]]:
    """Places of a row and a column, and their product where it is not 0, a piece at a time."""
    spread = np.diff(turned.indptr)[matrix.indices]
    costs = np.concatenate([[0], np.cumsum(spread, dtype=np.int64)])[matrix.indptr]  # multiplications before each row
    start = 0
    while start < len(costs) - 1:
        end = max(start + 1, int(np.searchsorted(costs, costs[start] + _PIECE, side="right")) - 1)
        product = (matrix[start:end] @ turned).tocoo()
        yield product.row.astype(np.int64) + start, product.col.astype(np.int64), product.data
        start = end
