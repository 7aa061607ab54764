"""Fingerprints of stories for the archive: MinHash of 128 permutations in 64 bands of two.

At a Jaccard of .3 two texts share two bands or more with a probability of .98, at .01 (strangers) of .00002.
"""

from collections.abc import Iterable

import numpy as np

from pipeline.records import Fingerprint, Reading
from pipeline.stages.dedupe.bodies import Body, read_body
from pipeline.stages.dedupe.reading import Gist, open_readings
from pipeline.stages.dedupe.settings import DEFAULTS, Settings
from pipeline.stages.dedupe.shingles import Hashes, digest

_BANDS, _ROWS = 64, 2
_PIECE = 4_096  # shingles at a time: bounds the memory of a long story
_FACTORS = np.array([digest(f"factor {row}") | 1 for row in range(_BANDS * _ROWS)], dtype=np.uint64)[:, None]
_ADDENDS = np.array([digest(f"addend {row}") for row in range(_BANDS * _ROWS)], dtype=np.uint64)[:, None]
_BAND_SEEDS = np.array([digest(f"band {band}") for band in range(_BANDS)], dtype=np.uint64)


def fingerprint_readings(readings: Iterable[Reading], settings: Settings = DEFAULTS) -> list[Fingerprint]:
    """A fingerprint for each story but letters and reads, by id; each rests on its own story alone."""
    told = [gist for gist in open_readings(readings) if gist.is_told]
    return [_fingerprint(gist, read_body(gist), settings) for gist in told]


def _fingerprint(gist: Gist, body: Body, settings: Settings) -> Fingerprint:
    exact = []
    if gist.address:
        exact.append(_signed(digest(f"address {gist.address}")))
    if body.key:
        exact.append(_signed(body.key))
    bands = _bands(body.shingles) if len(body.shingles) >= settings.least_shingles else ()
    return Fingerprint(gist.id, tuple(exact), bands)


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
