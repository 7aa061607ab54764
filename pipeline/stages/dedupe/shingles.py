"""Texts as sets of 64-bit shingles: what two copies share, whatever their script.

Hashes are BLAKE2b of the words, combined arithmetically, so that they are the same in every process.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from pipeline.text.scripts import UNSPACED

Hashes: TypeAlias = npt.NDArray[np.uint64]
Words: TypeAlias = npt.NDArray[np.uint32]  # hashes of single words: 32 bits tell them apart well enough
Kinds: TypeAlias = npt.NDArray[np.uint8]  # what each word is, see terms.py
Mask: TypeAlias = npt.NDArray[np.bool_]
Places: TypeAlias = npt.NDArray[np.int64]
Weights: TypeAlias = npt.NDArray[np.float64]
Number = TypeVar("Number", np.uint64, np.uint32, np.int64)
Labels: TypeAlias = npt.NDArray[np.object_]

_TOKEN = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")
_ASCII_TOKEN = re.compile(r"[0-9A-Za-z]+")
_SENTENCE_END = re.compile(
    r"[.!?。！？\n](?:(?<=[。！？\n])|(?=\s))"
)  # begins with what it is sought by: so it is fast
_BLANK_DIGEST = hashlib.blake2b(digest_size=8)
_ODD = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9))


def digest(text: str) -> int:
    """A 64-bit hash of a text, the same in every process."""
    return int.from_bytes(_digest(text), "big")


def _digest(text: str) -> bytes:
    hashing = _BLANK_DIGEST.copy()  # in half the time that a new one takes
    hashing.update(text.encode("utf-8", "surrogatepass"))
    return hashing.digest()


def compatible(text: str) -> str:
    """A text with full-width letters and other compatibility forms folded."""
    return unicodedata.normalize("NFKC", text)


def normalise(text: str) -> str:
    """A text as it is compared: compatibility forms and case folded."""
    return compatible(text).casefold()


def tokens(text: str) -> list[str]:
    """Words of a normalised text; each character of a script without spaces is one. Punctuation is left out."""
    return (_ASCII_TOKEN if text.isascii() else _TOKEN).findall(text)


def sentences(text: str) -> list[str]:
    """The lines and sentences of a text, none empty."""
    ends = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    return [part for start, end in pairwise(ends) if (part := text[start:end].strip())]


def mix(words: Words, width: int) -> Hashes:
    """Each run of `width` words as one hash, in their order."""
    count = max(0, len(words) - width + 1)
    mixed = np.zeros(count, dtype=np.uint64)
    for place in range(width):
        mixed = (mixed ^ words[place : count + place]) * _ODD[place % len(_ODD)]
        mixed ^= mixed >> np.uint64(29)
    return mixed


def shingle(words: Words, width: int) -> Hashes:
    """The distinct runs of `width` words as sorted hashes."""
    return distinct(mix(words, width))


def distinct(values: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """The members of an array in order, each once: numpy's own way by a table of hashes takes many times as long."""
    ordered = np.sort(values)
    return ordered[changes(ordered)]


def changes(*columns: npt.NDArray[Any]) -> Mask:
    """Where a row of some columns is not the same as the one before; the first one never is."""
    new = np.zeros(len(columns[0]), dtype=bool)
    new[:1] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return new


def shared(one: Hashes, other: Hashes) -> int:
    """How many members two sorted sets have in common."""
    return len(np.intersect1d(one, other, assume_unique=True))


def hash_all(parts: Iterable[str]) -> Hashes:
    """The hash of each text, in their order."""
    return np.frombuffer(b"".join(map(_digest, parts)), dtype=">u8").astype(np.uint64)
