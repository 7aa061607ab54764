"""Fingerprints of stories for the archive: MinHash in twelve groups of six bands of two rows.

The bands of a group have their first row in common, and their keys begin with it: in an index they stand together, so
that a story costs twelve places of it, not 72. A story is kept under the least hashes, and looked for under the least
and the second least of either row, for what an edit has taken is mostly the one or the other. At a Jaccard of .3 two
texts share three bands or more with a probability of .984, at .2 of .83, at .01 (strangers) of .00002.
"""

from collections.abc import Iterable

import numpy as np

from pipeline.records import Fingerprint, StoredFeatures
from pipeline.stages.dedupe.features import FEATURES_VERSION, Features, open_features
from pipeline.stages.dedupe.settings import DEFAULTS, Settings
from pipeline.stages.dedupe.shingles import Places, Words, digest, distinct, mix
from pipeline.stages.dedupe.terms import CHARACTER, FUNCTION, HIRAGANA, LETTER

FINGERPRINT_VERSION = 100 * FEATURES_VERSION + 1  # raise it when a fingerprint of the same reading changes
_GROUPS, _BANDS = 12, 6  # bands in each
_WORDS, _CHARACTERS, _LETTERS = 2, 3, 8  # in a shingle
_PIECE = 4_096  # shingles at a time: bounds the memory of a long story
_FIRST_BITS, _SECOND_BITS = 20, 12  # of a key
_ROWS = _GROUPS + _GROUPS * _BANDS  # the first row of each group, then the second ones
_FACTORS = np.array([digest(f"factor {row}") >> 32 | 1 for row in range(_ROWS)], dtype=np.uint32)[:, None]
_ADDENDS = np.array([digest(f"addend {row}") >> 32 for row in range(_ROWS)], dtype=np.uint32)[:, None]
_SEEDS = np.array([digest(f"seed {row}") for row in range(_ROWS)], dtype=np.uint64)[:, None]
_MIXER = np.uint64(digest("mixer") | 1)


def fingerprint_features(features: Iterable[StoredFeatures], settings: Settings = DEFAULTS) -> list[Fingerprint]:
    """A fingerprint for each story but letters and reads, by id; each rests on its own story alone."""
    return [_fingerprint(gist, settings) for gist in open_features(features) if gist.is_told]


def _fingerprint(gist: Features, settings: Settings) -> Fingerprint:
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
    return Fingerprint(gist.id, tuple(exact), tuple(keys[:, 0, :, 0].ravel().tolist()), tuple(keys.ravel().tolist()))


def _shingles(gist: Features, start: int) -> Words:
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
    return distinct((mixed[saying] >> np.uint64(32)).astype(np.uint32))


def _keys(shingles: Words) -> Places:
    """Keys by group, by its first row's least hash and second least, by band, and by the same two of its second row."""
    found: list[Words] = []
    for start in range(0, len(shingles), _PIECE):
        found += _two_least(shingles[start : start + _PIECE] * _FACTORS + _ADDENDS)
    mixed = (np.stack(_two_least(np.stack(found, axis=1)), axis=1) ^ _SEEDS) * _MIXER
    mixed ^= mixed >> np.uint64(32)
    mixed *= _MIXER
    first = mixed[:_GROUPS] >> np.uint64(64 - _FIRST_BITS) << np.uint64(_SECOND_BITS)
    second = (mixed[_GROUPS:] >> np.uint64(64 - _SECOND_BITS)).reshape(_GROUPS, _BANDS, 2)
    keys = (first[:, :, None, None] | second[:, None, :, :]).astype(np.int64)
    signed: Places = keys - (1 << (_FIRST_BITS + _SECOND_BITS - 1))
    return signed


def _two_least(hashes: Words) -> tuple[Words, Words]:
    """The least and the second least of each row."""
    each, places = np.arange(len(hashes)), hashes.argmin(axis=1)
    least = hashes[each, places]
    hashes[each, places] = np.iinfo(np.uint32).max
    return least, hashes.min(axis=1)


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value
