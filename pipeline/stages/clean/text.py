"""Measure plain text: words, scripts and sentence ends."""

import functools
import re

from pipeline.text.scripts import HAN_KANA, SOUTHEAST_ASIAN, UNSPACED
from pipeline.text.sentences import CLOSERS

# Average characters per dictionary word in scripts without spaces between words.
_HAN_CHARACTERS = 2
_UNSPACED_CHARACTERS = 5

_HAN = re.compile(f"[{HAN_KANA}]")
_OTHER_UNSPACED = re.compile(f"[{SOUTHEAST_ASIAN}]")
# Vowel signs of Indic and Arabic scripts belong to words, although Python does not count them as letters.
_SIGNS = "\u0610-\u061a\u064b-\u065f\u0900-\u0963\u0966-\u0dff"
_LETTERS = rf"(?:[^\W{UNSPACED}]++|[{_SIGNS}])++"
_WORD = re.compile(rf"{_LETTERS}(?:['’.,-]{_LETTERS})*")
# A faster expression for texts without those scripts and signs.
_PLAIN_WORD = re.compile(r"\w+(?:['’.,-]\w+)*")
_NOT_PLAIN = re.compile(f"[{UNSPACED}{_SIGNS}]")
_UNSPACED_ANY = re.compile(f"[{UNSPACED}]")
_ENDS = ".!?…。！？．؟।॥။៕。‥;；:："
ELLIPSIS = re.compile(r"(?:…|\.\.\.|\. \. \.|⋯|……)[\"'”’»」』)\]\s]*$")


@functools.lru_cache(maxsize=4096)
def count_words(text: str) -> int:
    """Count the words; in scripts without spaces, estimate them from the number of characters."""
    if text.isascii() or not _NOT_PLAIN.search(text):
        return len(_PLAIN_WORD.findall(text))
    han = len(_HAN.findall(text)) / _HAN_CHARACTERS
    unspaced = len(_OTHER_UNSPACED.findall(text)) / _UNSPACED_CHARACTERS
    return len(_WORD.findall(text)) + round(han + unspaced)


def words_of(text: str) -> list[str]:
    """Return the words of spaced scripts in lower case."""
    text = text.casefold()
    plain = text.isascii() or not _NOT_PLAIN.search(text)
    return (_PLAIN_WORD if plain else _WORD).findall(text)


def is_unspaced(text: str) -> bool:
    """Whether most letters belong to a script without spaces between words."""
    if text.isascii() or not _UNSPACED_ANY.search(text):
        return False
    found = len(_UNSPACED_ANY.findall(text))
    return found * 2 > sum(map(str.isalpha, text))


def is_han(text: str) -> bool:
    """Whether more than a fifth of the letters are Han or kana."""
    if text.isascii():
        return False
    found = len(_HAN.findall(text))
    return found > 0 and found * 5 > sum(map(str.isalpha, text))


def is_punctuated(text: str) -> bool:
    """Whether the line ends in punctuation. Captions, titles and labels do not."""
    return text.rstrip(CLOSERS + " ")[-1:] in tuple(_ENDS)


def is_cut_off(text: str) -> bool:
    """Whether the line ends in an ellipsis."""
    return bool(ELLIPSIS.search(text))
