"""Words as hashes with their kind, and the terms that titles and leads are compared by.

Terms are words, except function words. Scripts without spaces give pairs of characters; Korean, where particles join
their words, gives pairs of syllables too; alphabets without spaces (Thai, Lao, Khmer, Burmese) give runs of six
letters, since every text has the same pairs of letters.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from pipeline.text.function_words import function_words
from pipeline.text.scripts import SOUTHEAST_ASIAN, UNSPACED

Hashes: TypeAlias = npt.NDArray[np.uint64]
Words: TypeAlias = npt.NDArray[np.uint32]  # 32-bit hashes of words
Kinds: TypeAlias = npt.NDArray[np.uint8]  # of words, as bits: see DIGITS
Mask: TypeAlias = npt.NDArray[np.bool_]
Places: TypeAlias = npt.NDArray[np.int64]
Weights: TypeAlias = npt.NDArray[np.float64]
Number = TypeVar("Number", np.uint64, np.uint32, np.int64)

_TOKEN = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")
_ASCII_TOKEN = re.compile(r"[0-9A-Za-z]+")
_SENTENCE_END = re.compile(r"[.!?。！？\n](?:(?<=[。！？\n])|(?=\s))")  # fast, since it begins with a fixed set
_BLANK_DIGEST = hashlib.blake2b(digest_size=8)
_ODD = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9))


def digest(text: str) -> int:
    """A 64-bit hash of a text, the same in every process."""
    return int.from_bytes(_digest(text), "big")


def _digest(text: str) -> bytes:
    hashing = _BLANK_DIGEST.copy()  # twice as fast as a new one
    hashing.update(text.encode("utf-8", "surrogatepass"))
    return hashing.digest()


def compatible(text: str) -> str:
    """Fold full-width letters and other compatibility forms."""
    return unicodedata.normalize("NFKC", text)


def normalise(text: str) -> str:
    """Fold compatibility forms and case."""
    return compatible(text).casefold()


def tokens(text: str) -> list[str]:
    """Split a normalised text into words, and into characters in scripts without spaces; drop punctuation."""
    return (_ASCII_TOKEN if text.isascii() else _TOKEN).findall(text)


def sentences(text: str) -> list[str]:
    """Split a text into its non-empty lines and sentences."""
    ends = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    return [part for start, end in pairwise(ends) if (part := text[start:end].strip())]


def mix(words: Words, width: int) -> Hashes:
    """Hash each run of `width` words, in order."""
    count = max(0, len(words) - width + 1)
    mixed = np.zeros(count, dtype=np.uint64)
    for place in range(width):
        mixed = (mixed ^ words[place : count + place]) * _ODD[place % len(_ODD)]
        mixed ^= mixed >> np.uint64(29)
    return mixed


def shingle(words: Words, width: int) -> Hashes:
    """The sorted, distinct hashes of the runs of `width` words."""
    return distinct(mix(words, width))


def distinct(values: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """The sorted, distinct values of an array. Many times as fast as `numpy.unique`, which hashes."""
    ordered = np.sort(values)
    return ordered[changes(ordered)]


def changes(*columns: npt.NDArray[Any]) -> Mask:
    """Mark the rows that differ from the row before, and the first row."""
    new = np.zeros(len(columns[0]), dtype=bool)
    new[:1] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return new


def contains(ordered: npt.NDArray[Number], values: npt.NDArray[Number]) -> Mask:
    """Which values are in a sorted array. Faster than `numpy.isin`, which sorts both."""
    if not len(ordered):
        return np.zeros(len(values), dtype=bool)
    found: Mask = ordered[np.searchsorted(ordered, values) % len(ordered)] == values
    return found


def shared(one: Hashes, other: Hashes) -> int:
    """Count the common members of two sorted sets."""
    return len(np.intersect1d(one, other, assume_unique=True))


def hash_all(parts: Iterable[str]) -> Hashes:
    """Hash each text, in order."""
    return np.frombuffer(b"".join(map(_digest, parts)), dtype=">u8").astype(np.uint64)


# Kinds of words: bits.
DIGITS, CHARACTER, HIRAGANA, FUNCTION, LETTER = 1, 2, 4, 8, 16
_PAIR, _LETTERS = 2, 6
_RUN = re.compile(rf"[{UNSPACED}]+|[^\W_{UNSPACED}]+")
_UNSPACED = re.compile(rf"[{UNSPACED}]")
_HIRAGANA = re.compile(r"[\u3041-\u309f\u30fc]")
_LETTER = re.compile(f"[{SOUTHEAST_ASIAN}]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_MOST_CACHED = 1 << 17  # words


def read_words(words: Sequence[str], language: str) -> tuple[Words, Kinds]:
    """Hash each word of a text, and find its kind."""
    both = np.fromiter(map(_CACHES[function_words(language)].__getitem__, words), dtype=np.uint64, count=len(words))
    return (both >> np.uint64(8)).astype(np.uint32), both.astype(np.uint8)


class _WordCache(dict[str, int]):
    """Maps words to their hash and, in the last eight bits, their kind."""

    def __init__(self, functional: frozenset[str]) -> None:
        super().__init__()
        self._functional = functional

    def __missing__(self, word: str) -> int:
        if len(self) >= _MOST_CACHED:
            self.clear()
        self[word] = found = _hash_and_kind(word, word in self._functional)
        return found


class _WordCaches(dict[frozenset[str], _WordCache]):
    """Caches of words by the function words of their language."""

    def __missing__(self, functional: frozenset[str]) -> _WordCache:
        self[functional] = found = _WordCache(functional)
        return found


_CACHES = _WordCaches()


def _hash_and_kind(word: str, is_function: bool) -> int:
    kind = DIGITS if word[0].isdigit() else 0
    if _UNSPACED.match(word):
        kind |= CHARACTER
        kind |= LETTER if _LETTER.match(word) else HIRAGANA if _HIRAGANA.match(word) else 0
    elif is_function:
        kind |= FUNCTION
    return (digest(word) & 0xFFFFFFFF) << 8 | kind


def terms(words: Words, kinds: Kinds) -> Words:
    """The terms of a text, sorted: words, and pairs or runs of characters in scripts without spaces."""
    character = (kinds & CHARACTER) != 0
    plain = words[~character & ((kinds & FUNCTION) == 0)]
    if not character.any():
        return distinct(plain)
    letter, hiragana = (kinds & LETTER) != 0, (kinds & HIRAGANA) != 0
    pairs = _grams(words, character & ~letter, _PAIR)
    if len(words) >= _PAIR:
        pairs = pairs[~(hiragana[:-1] & hiragana[1:])[_starts(character & ~letter, _PAIR)]]
    return distinct(np.concatenate([plain, pairs, _grams(words, letter, _LETTERS)]))


def _grams(words: Words, mask: Mask, width: int) -> Words:
    """Hash the runs of `width` words that are all in the mask, in order."""
    starts = _starts(mask, width)
    if not len(starts):
        return np.empty(0, dtype=np.uint32)
    return (mix(words, width)[starts] >> np.uint64(32)).astype(np.uint32)


def _starts(mask: Mask, width: int) -> Places:
    count = max(0, len(mask) - width + 1)
    whole = mask[:count]
    for place in range(1, width):
        whole = whole & mask[place : count + place]
    return np.flatnonzero(whole)


def title_terms(title: str, language: str) -> Words:
    """The terms of a folded title, with pairs of syllables for Korean."""
    words, kinds = read_words(tokens(title), language)
    syllables = [pair for run in _RUN.findall(title) if _HANGUL.match(run) for pair in _runs(f" {run}", _PAIR)]
    found = terms(words, kinds)
    return distinct(np.concatenate([found, _hashes(syllables)])) if syllables else found


def title_runs(title: str, language: str) -> Words:
    """Hash the runs of four and five characters in each word of a folded title; of three in scripts without spaces."""
    return distinct(_hashes(_title_runs(title, language)))


def opening_and_figures(title: str, language: str) -> tuple[int, int]:
    """Hash the first run of a folded title that has no digit, and all its figures; 0 for none."""
    first = next((run for run in _title_runs(title, language) if not any(map(str.isdigit, run))), "")
    numbers = sorted(set(_FIGURE.findall(title)))
    return (int(_hashes([first])[0]) if first else 0), (digest(" ".join(numbers)) if numbers else 0)


def _title_runs(title: str, language: str) -> list[str]:
    found: list[str] = []
    functional = function_words(language)
    for run in _RUN.findall(title):
        if _UNSPACED.match(run):
            found += [each for each in _runs(run, 3) if not all(map(_HIRAGANA.match, each))]
        elif _HANGUL.match(run):
            found += _runs(f" {run}", 3)
        elif run not in functional:
            found += _runs(f" {run} ", 4) + _runs(f" {run} ", 5) or [run]
    return found


def _hashes(texts: Sequence[str]) -> Words:
    return hash_all(texts).astype(np.uint32)


def _runs(text: str, size: int) -> list[str]:
    return [text[place : place + size] for place in range(len(text) - size + 1)]
