# mypy: allow-untyped-calls, no-warn-return-any
"""Connected components: what belongs together when each pair does."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Edge: TypeAlias = tuple[int, int]


def components(size: int, edges: Sequence[Edge]) -> list[list[int]]:
    """The places 0 … size - 1 in groups, each sorted, in the order of their least place."""
    if not size:
        return []
    ends = np.array(edges, dtype=np.int64).reshape(-1, 2)
    graph = coo_array((np.ones(len(ends), dtype=np.int8), (ends[:, 0], ends[:, 1])), shape=(size, size))
    labels = connected_components(graph, directed=False)[1]
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for place, label in enumerate(labels.tolist()):
        groups[label].append(place)
    return list(groups.values())
