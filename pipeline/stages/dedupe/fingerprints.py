"""Fingerprints of stories for the archive: MinHash in 40 bands of two rows, which are looked for in more than one way.

A story is kept under 36 keys, each made of the least hashes of two permutations. It is looked for under four keys a
band: of each permutation the least hash or the second least, for what an edit has taken is mostly one of the two. That
finds what twice the keys would that are looked for once. At a Jaccard of .3 two texts share two bands or more with a
probability of .993, at .01 (strangers) of .00004.
"""

from collections.abc import Iterable

import numpy as np

from pipeline.records import Fingerprint, Reading
from pipeline.stages.dedupe.reading import READING_VERSION, Gist, open_readings
from pipeline.stages.dedupe.settings import DEFAULTS, Settings
from pipeline.stages.dedupe.shingles import Places, Words, digest, mix
from pipeline.stages.dedupe.terms import CHARACTER, FUNCTION, HIRAGANA, LETTER

FINGERPRINT_VERSION = 100 * READING_VERSION + 1  # raise it when a fingerprint of the same reading changes
_BANDS, _ROWS = 40, 2
_WORDS, _CHARACTERS, _LETTERS = 2, 3, 8  # in a shingle
_PIECE = 4_096  # shingles at a time: bounds the memory of a long story
_FIRST_BITS, _SECOND_BITS = 18, 14  # of a key
_FACTORS = np.array([digest(f"factor {row}") >> 32 | 1 for row in range(_BANDS * _ROWS)], dtype=np.uint32)[:, None]
_ADDENDS = np.array([digest(f"addend {row}") >> 32 for row in range(_BANDS * _ROWS)], dtype=np.uint32)[:, None]
_SEEDS = np.array([digest(f"band {band}") for band in range(_BANDS)], dtype=np.uint64)[:, None]
_MIXERS = [np.uint64(digest(f"mixer {row}") | 1) for row in range(_ROWS)]


def fingerprint_readings(readings: Iterable[Reading], settings: Settings = DEFAULTS) -> list[Fingerprint]:
    """A fingerprint for each story but letters and reads, by id; each rests on its own story alone."""
    return [_fingerprint(gist, settings) for gist in open_readings(readings) if gist.is_told]


def _fingerprint(gist: Gist, settings: Settings) -> Fingerprint:
    start = int(gist.ends[gist.standfirst - 1]) if gist.standfirst else 0
    exact = []
    if gist.address:
        exact.append(_signed(digest(f"address {gist.address}")))
    if start < len(gist.words):
        exact.append(_signed(digest(gist.words[start:].tobytes().hex())))
    shingles = _shingles(gist, start)
    if len(shingles) < settings.least_shingles:
        return Fingerprint(gist.id, tuple(exact), ())
    keys = _keys(shingles)
    return Fingerprint(gist.id, tuple(exact), tuple(keys[:, 0].tolist()), tuple(keys.ravel().tolist()))


def _shingles(gist: Gist, start: int) -> Words:
    """The body's runs of words, but for those of function words alone: strangers have little else in common."""
    words, kinds = gist.words[start:], gist.kinds[start:]
    characters, letters = (int(np.count_nonzero(kinds & kind)) for kind in (CHARACTER, LETTER))
    width = _WORDS
    if 2 * characters >= len(words):
        width = _LETTERS if 2 * letters >= characters else _CHARACTERS
    mixed = mix(words, width)
    says = (kinds & (FUNCTION | HIRAGANA)) == 0
    saying = np.zeros(len(mixed), dtype=bool)
    for place in range(width):
        saying |= says[place : len(mixed) + place]
    return np.unique((mixed[saying] >> np.uint64(32)).astype(np.uint32))


def _keys(shingles: Words) -> Places:
    """For each band its keys, first the one that the story is kept under. Those of one first row stand together."""
    found: list[Words] = []
    for start in range(0, len(shingles), _PIECE):
        found += _two_least(shingles[start : start + _PIECE] * _FACTORS + _ADDENDS)
    rows = np.stack(_two_least(np.stack(found, axis=1)), axis=1).reshape(_BANDS, _ROWS, 2)
    first = ((rows[:, 0] ^ _SEEDS) * _MIXERS[0]) >> np.uint64(64 - _FIRST_BITS)
    second = ((rows[:, 1] ^ _SEEDS) * _MIXERS[1]) >> np.uint64(64 - _SECOND_BITS)
    keys = (first[:, :, None] << np.uint64(_SECOND_BITS)) | second[:, None, :]
    signed: Places = keys.reshape(_BANDS, 4).astype(np.int64) - (1 << (_FIRST_BITS + _SECOND_BITS - 1))
    return signed


def _two_least(hashes: Words) -> tuple[Words, Words]:
    """The least and the second least of each row."""
    each, places = np.arange(len(hashes)), hashes.argmin(axis=1)
    least = hashes[each, places]
    hashes[each, places] = np.iinfo(np.uint32).max
    return least, hashes.min(axis=1)


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value
