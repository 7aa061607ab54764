"""Words as hashes with their kind, and what titles and leads are compared by.

Words stand for themselves, but for function words. Scripts without spaces give pairs of characters, and Korean, whose
particles cling to their words, pairs of syllables; alphabets without spaces (Thai, Lao, Khmer, Burmese) give runs of
six letters, since pairs of letters are in every text.
"""

import re
from collections.abc import Sequence

import numpy as np

from pipeline.stages.dedupe.shingles import (
    Kinds,
    Mask,
    Places,
    Words,
    digest,
    distinct,
    hash_all,
    mix,
    tokens,
)
from pipeline.text.function_words import function_words
from pipeline.text.scripts import SOUTHEAST_ASIAN, UNSPACED

# Kinds of words: bits.
DIGITS, CHARACTER, HIRAGANA, FUNCTION, LETTER = 1, 2, 4, 8, 16
_PAIR, _LETTERS = 2, 6
_RUN = re.compile(rf"[{UNSPACED}]+|[^\W_{UNSPACED}]+")
_UNSPACED = re.compile(rf"[{UNSPACED}]")
_HIRAGANA = re.compile(r"[\u3041-\u309f\u30fc]")
_LETTER = re.compile(f"[{SOUTHEAST_ASIAN}]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_KNOWN = 1 << 17  # words whose hashes are kept at hand


def read_words(words: Sequence[str], language: str) -> tuple[Words, Kinds]:
    """The hash and the kind of each word of a text in that language."""
    both = np.fromiter(map(_READ[function_words(language)].__getitem__, words), dtype=np.uint64, count=len(words))
    return (both >> np.uint64(8)).astype(np.uint32), both.astype(np.uint8)


class _ReadWords(dict[str, int]):
    """Words read before, each as its hash and, in the last eight bits, its kind: most words of a text are known."""

    def __init__(self, functional: frozenset[str]) -> None:
        super().__init__()
        self._functional = functional

    def __missing__(self, word: str) -> int:
        if len(self) >= _KNOWN:
            self.clear()
        self[word] = found = _read(word, word in self._functional)
        return found


class _ReadLanguages(dict[frozenset[str], _ReadWords]):
    """Such words by the function words of their language."""

    def __missing__(self, functional: frozenset[str]) -> _ReadWords:
        self[functional] = found = _ReadWords(functional)
        return found


_READ = _ReadLanguages()


def _read(word: str, is_function: bool) -> int:
    kind = DIGITS if word[0].isdigit() else 0
    if _UNSPACED.match(word):
        kind |= CHARACTER
        kind |= LETTER if _LETTER.match(word) else HIRAGANA if _HIRAGANA.match(word) else 0
    elif is_function:
        kind |= FUNCTION
    return (digest(word) & 0xFFFFFFFF) << 8 | kind


def terms(words: Words, kinds: Kinds) -> Words:
    """What a text is compared by: its words, and pairs or runs of the characters that stand without spaces; sorted."""
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
    """The runs of so many words that are all of one kind, as hashes, in their order."""
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
    """What a folded title is compared by; a Korean one by its syllables too."""
    words, kinds = read_words(tokens(title), language)
    syllables = [each for run in _RUN.findall(title) if _HANGUL.match(run) for each in _runs(f" {run}", _PAIR)]
    found = terms(words, kinds)
    return distinct(np.concatenate([found, _hashes(syllables)])) if syllables else found


def title_runs(title: str, language: str) -> Words:
    """The runs of four and five characters of a folded title, words apart; of three where words have no spaces."""
    found: list[str] = []
    functional = function_words(language)
    for run in _RUN.findall(title):
        if _UNSPACED.match(run):
            found += [each for each in _runs(run, 3) if not all(map(_HIRAGANA.match, each))]
        elif _HANGUL.match(run):
            found += _runs(f" {run}", 3)
        elif run not in functional:
            found += _runs(f" {run} ", 4) + _runs(f" {run} ", 5) or [run]
    return distinct(_hashes(found))


def _hashes(texts: Sequence[str]) -> Words:
    return hash_all(texts).astype(np.uint32)


def _runs(text: str, size: int) -> list[str]:
    return [text[place : place + size] for place in range(len(text) - size + 1)]
