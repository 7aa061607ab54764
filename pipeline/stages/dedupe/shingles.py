"""Texts as sets of 64-bit shingles: what two copies share, whatever their script.

Hashes are BLAKE2b of the words, combined arithmetically, so that they are the same in every process.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Hashes: TypeAlias = npt.NDArray[np.uint64]
Mask: TypeAlias = npt.NDArray[np.bool_]
Places: TypeAlias = npt.NDArray[np.int64]
Weights: TypeAlias = npt.NDArray[np.float64]

# Scripts written without spaces between words: Thai, Lao, Myanmar, Khmer, kana, Han with its extensions.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_TOKEN = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")
_UNSPACED = re.compile(rf"[{UNSPACED}]")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")
_ODD = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9))


def digest(text: str) -> int:
    """A 64-bit hash of a text, the same in every process."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


class _Words(dict[str, int]):
    """Word hashes, computed once for each word of a run."""

    def __missing__(self, word: str) -> int:
        value = self[word] = digest(word)
        return value


def new_words() -> dict[str, int]:
    """An empty memory of word hashes, to be shared by the texts of one run."""
    return _Words()


def compatible(text: str) -> str:
    """A text with full-width letters and other compatibility forms folded."""
    return unicodedata.normalize("NFKC", text)


def normalise(text: str) -> str:
    """A text as it is compared: compatibility forms and case folded."""
    return compatible(text).casefold()


def tokens(text: str) -> list[str]:
    """Words of a normalised text; each character of a script without spaces is one. Punctuation is left out."""
    return _TOKEN.findall(text)


def sentences(text: str) -> list[str]:
    """The lines and sentences of a text, none empty."""
    return [part for piece in _SENTENCE.split(text) if (part := piece.strip())]


def is_unspaced(words: Sequence[str]) -> bool:
    """Whether half of the words or more are single characters of a script without spaces."""
    return 2 * sum(1 for word in words if _UNSPACED.match(word)) >= len(words) > 0


def shingle(words: Sequence[str], known: dict[str, int], width: int) -> Hashes:
    """The distinct runs of `width` words as sorted hashes; `known` comes from `new_words`."""
    hashed = np.fromiter((known[word] for word in words), dtype=np.uint64, count=len(words))
    if len(hashed) < width:
        return np.empty(0, dtype=np.uint64)
    mixed = np.zeros(len(hashed) - width + 1, dtype=np.uint64)
    for place in range(width):
        mixed = (mixed ^ hashed[place : len(hashed) - width + 1 + place]) * _ODD[place]
        mixed ^= mixed >> np.uint64(29)
    return np.unique(mixed)


def shared(one: Hashes | Places, other: Hashes | Places) -> int:
    """How many members two sorted sets have in common."""
    return len(np.intersect1d(one, other, assume_unique=True))


def hash_all(parts: Iterable[str]) -> Hashes:
    """The hash of each text, in their order."""
    return np.fromiter((digest(part) for part in parts), dtype=np.uint64)
