# mypy: allow-untyped-calls, no-warn-return-any
"""Titles and leads as vectors for events: words, and the runs of four and five characters within them.

A feature weighs df**-0.15, df being the stories that have it, and not log(N / df): the weight does not know how many
stories there are, so that an unrelated story leaves every cosine as it was.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array, diags_array, hstack

from pipeline.stages.dedupe.bodies import Body
from pipeline.stages.dedupe.function_words import FUNCTION_WORDS
from pipeline.stages.dedupe.shingles import UNSPACED, Hashes, Weights, hash_all

_RARITY = 0.15  # exponent of the document frequency
_LEAD_WORDS = 60  # of the body, from its start, where news says what happened
_LEAD_WEIGHT = 0.5  # of a feature that only the lead has; one of the title weighs 1
_RUN = re.compile(rf"[{UNSPACED}]+|[^\W_{UNSPACED}]+")
_HIRAGANA = re.compile(r"[\u3041-\u309f\u30fc]+")
_UNSPACED = re.compile(rf"[{UNSPACED}]")
_CHARACTERS_A_WORD = 2  # of a script without spaces


class _Features(NamedTuple):
    """What a word adds to the two blocks of a vector."""

    words: Hashes
    runs: Hashes


class _Seen(dict[str, _Features]):
    """The features of each word, made once."""

    def __missing__(self, word: str) -> _Features:
        made = self[word] = _unspaced_features(word) if _UNSPACED.match(word) else _spaced_features(word)
        return made


def vectors(bodies: Sequence[Body]) -> csr_array:
    """Stories by features, each row of length 1, or 0 where a story has neither title nor body."""
    seen = _Seen()
    read = [(_features(_RUN.findall(body.headline), seen), _features(_lead(body.lead), seen)) for body in bodies]
    blocks = [_block([(title[part], lead[part]) for title, lead in read]) for part in (0, 1)]
    return _unit(hstack(blocks, format="csr"))


def _lead(text: str) -> list[str]:
    taken: list[str] = []
    left = _LEAD_WORDS
    for run in _RUN.findall(text):
        if left <= 0:
            break
        taken.append(run)
        left -= max(1, len(run) // _CHARACTERS_A_WORD) if _UNSPACED.match(run) else run not in FUNCTION_WORDS
    return taken


def _features(words: Sequence[str], seen: _Seen) -> _Features:
    known = [seen[word] for word in words if word not in FUNCTION_WORDS]
    if not known:
        return _Features(_NOTHING, _NOTHING)
    return _Features(*(np.unique(np.concatenate(parts)) for parts in zip(*known, strict=True)))


_NOTHING: Hashes = np.empty(0, dtype=np.uint64)


def _spaced_features(word: str) -> _Features:
    padded = f" {word} "
    return _Features(hash_all([word]), hash_all(_runs(padded, 4) + _runs(padded, 5) or [padded]))


def _unspaced_features(run: str) -> _Features:
    pairs = [pair for pair in _runs(run, 2) if not _HIRAGANA.fullmatch(pair)]
    return _Features(hash_all(pairs), hash_all(each for each in _runs(run, 3) if not _HIRAGANA.fullmatch(each)))


def _runs(text: str, size: int) -> list[str]:
    return [text[place : place + size] for place in range(len(text) - size + 1)]


def _block(pairs: Sequence[tuple[Hashes, Hashes]]) -> csr_array:
    """One block: features of title and lead, weighted, each row of length 1."""
    leads = [np.setdiff1d(lead, title, assume_unique=True) for title, lead in pairs]
    lengths = np.array([len(title) + len(lead) for (title, _), lead in zip(pairs, leads, strict=True)], dtype=np.int64)
    rows = [array for (title, _), lead in zip(pairs, leads, strict=True) for array in (title, lead)]
    values, places, counts = np.unique(np.concatenate(rows), return_inverse=True, return_counts=True)
    own = np.concatenate(
        [np.repeat([1.0, _LEAD_WEIGHT], [len(title), len(lead)]) for (title, _), lead in zip(pairs, leads, strict=True)]
    )
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    data: Weights = own * counts[places] ** -_RARITY
    block = csr_array((data, places, indptr), shape=(len(pairs), len(values)))
    block.sort_indices()
    return _unit(block)


def _unit(block: csr_array) -> csr_array:
    lengths = np.sqrt(np.asarray(block.multiply(block).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1.0
    return (diags_array(1.0 / lengths) @ block).tocsr()
