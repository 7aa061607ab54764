# mypy: allow-untyped-calls, no-warn-return-any
"""Stories as vectors for events: the words of title and lead, the runs of characters in the title, figures.

No word weighs more for being rare: a cosine is then a matter of two stories alone, which no third one changes, and on
headlines that were grouped by hand it is the better one too.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array, diags_array, hstack

from pipeline.stages.dedupe.reading import Gist
from pipeline.stages.dedupe.shingles import Hashes, Words
from pipeline.stages.dedupe.signs import SIGN_KINDS

# Figures, codes and dates: what accounts of one happening share where they share few words. Names of parties are what
# two happenings share as well.
_SHARE = 0.5  # of what the words count
_TOLD = [SIGN_KINDS.index(kind) for kind in ("amount", "percent", "number", "code", "date")]


def vectors(gists: Sequence[Gist], leads: Sequence[Words]) -> csr_array:
    """Stories by words, runs and figures, each row of length 1, or 0 where a story has neither title nor body."""
    if not gists:
        return csr_array((0, 0), dtype=np.float32)
    words = [np.union1d(gist.headline, lead) for gist, lead in zip(gists, leads, strict=True)]
    runs, figures = [gist.runs for gist in gists], [gist.sign_keys[np.isin(gist.sign_kinds, _TOLD)] for gist in gists]
    return _unit(hstack([_block(words), _block(runs), _SHARE * _block(figures)], format="csr"))


def _block(terms: Sequence[Words | Hashes]) -> csr_array:
    """One block, each row of length 1. Columns stand in the order of their hashes, whatever the other stories."""
    values, columns = np.unique(np.concatenate(terms), return_inverse=True)
    indptr = np.concatenate([[0], np.cumsum(list(map(len, terms)))])
    data = np.ones(len(columns), dtype=np.float32)
    return _unit(csr_array((data, columns.astype(np.int32), indptr), shape=(len(terms), max(1, len(values)))))


def _unit(block: csr_array) -> csr_array:
    lengths = np.sqrt(np.asarray(block.multiply(block).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1.0
    return (diags_array((1.0 / lengths).astype(np.float32)) @ block).tocsr()
