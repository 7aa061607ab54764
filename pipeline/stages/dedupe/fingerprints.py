"""Fingerprints of stories for the archive: MinHash of 128 permutations in 64 bands of two.

At a Jaccard of .3 two texts share two bands or more with a probability of .98, at .01 (strangers) of .00002.
"""

from collections.abc import Sequence

import numpy as np

from pipeline.records import Fingerprint, Story
from pipeline.stages.dedupe.bodies import Body, read_bodies
from pipeline.stages.dedupe.copies import is_told
from pipeline.stages.dedupe.settings import DEFAULTS, Settings
from pipeline.stages.dedupe.shingles import Hashes, digest

_BANDS, _ROWS = 64, 2
_PIECE = 4_096  # shingles at a time: bounds the memory of a long story
_FACTORS = np.array([digest(f"factor {row}") | 1 for row in range(_BANDS * _ROWS)], dtype=np.uint64)[:, None]
_ADDENDS = np.array([digest(f"addend {row}") for row in range(_BANDS * _ROWS)], dtype=np.uint64)[:, None]
_BAND_SEEDS = np.array([digest(f"band {band}") for band in range(_BANDS)], dtype=np.uint64)


def fingerprint_stories(stories: Sequence[Story], settings: Settings = DEFAULTS) -> list[Fingerprint]:
    """A fingerprint for each story but letters and reads, in their order; boilerplate is what these stories repeat."""
    able = list(filter(is_told, stories))
    return [_fingerprint(story, body, settings) for story, body in zip(able, read_bodies(able, settings), strict=True)]


def _fingerprint(story: Story, body: Body, settings: Settings) -> Fingerprint:
    exact = []
    if story.canonical_url:
        exact.append(_signed(digest(f"address {story.canonical_url}")))
    if body.key:
        exact.append(_signed(body.key))
    bands = _bands(body.shingles) if len(body.shingles) >= settings.least_shingles else ()
    return Fingerprint(story.id, tuple(exact), bands)


def _bands(shingles: Hashes) -> tuple[int, ...]:
    least = np.full(_BANDS * _ROWS, np.iinfo(np.uint64).max, dtype=np.uint64)
    for start in range(0, len(shingles), _PIECE):
        permuted = (shingles[None, start : start + _PIECE] * _FACTORS + _ADDENDS) >> np.uint64(16)
        least = np.minimum(least, permuted.min(axis=1))
    pairs = least.reshape(_BANDS, _ROWS)
    mixed = (pairs[:, 0] * _FACTORS[0, 0] ^ _BAND_SEEDS) * _FACTORS[1, 0] + pairs[:, 1]
    mixed = (mixed ^ (mixed >> np.uint64(31))) * _FACTORS[2, 0]
    return tuple(mixed.view(np.int64).tolist())


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value
