# mypy: allow-untyped-calls, no-warn-return-any
"""Connected components: what belongs together when each pair does."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipeline.stages.dedupe.shingles import Places

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
