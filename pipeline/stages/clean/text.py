"""Plain text, made regular: what two lines are compared by, how long they are, where they end."""

import functools
import re

from pipeline.text.scripts import HAN_KANA, SOUTHEAST_ASIAN, UNSPACED

# Scripts that write no spaces between words: characters per word, as dictionaries of them average.
_HAN_CHARACTERS = 2
_UNSPACED_CHARACTERS = 5

_HAN = re.compile(f"[{HAN_KANA}]")
_OTHER_UNSPACED = re.compile(f"[{SOUTHEAST_ASIAN}]")
# Vowel signs of Indic and Arabic scripts belong to their words, though Python counts them for no letters.
_SIGNS = "\u0610-\u061a\u064b-\u065f\u0900-\u0963\u0966-\u0dff"
_LETTERS = rf"(?:[^\W{UNSPACED}]++|[{_SIGNS}])++"
_WORD = re.compile(rf"{_LETTERS}(?:['’.,-]{_LETTERS})*")
# The same where a text has neither those scripts nor those signs: half the time.
_PLAIN_WORD = re.compile(r"\w+(?:['’.,-]\w+)*")
_NOT_PLAIN = re.compile(f"[{UNSPACED}{_SIGNS}]")
_UNSPACED_ANY = re.compile(f"[{UNSPACED}]")
_CLOSERS = "\"'”’»›)]）】」』〉》*_ "
_ENDS = ".!?…。！？．؟।॥။៕。‥;；:："
_SENTENCE_ENDS = ".!?…。！？؟।॥။"
ELLIPSIS = re.compile(r"(?:…|\.\.\.|\. \. \.|⋯|……)[\"'”’»」』)\]\s]*$")


@functools.lru_cache(maxsize=4096)
def count_words(text: str) -> int:
    """Words, or for scripts without spaces as many as their characters commonly make."""
    if text.isascii() or not _NOT_PLAIN.search(text):
        return len(_PLAIN_WORD.findall(text))
    han = len(_HAN.findall(text)) / _HAN_CHARACTERS
    unspaced = len(_OTHER_UNSPACED.findall(text)) / _UNSPACED_CHARACTERS
    return len(_WORD.findall(text)) + round(han + unspaced)


def words_of(text: str) -> list[str]:
    """The words of spaced scripts, in lower case."""
    text = text.casefold()
    plain = text.isascii() or not _NOT_PLAIN.search(text)
    return (_PLAIN_WORD if plain else _WORD).findall(text)


def is_unspaced(text: str) -> bool:
    """Whether most letters are of a script without spaces between words."""
    if text.isascii() or not _UNSPACED_ANY.search(text):
        return False
    found = len(_UNSPACED_ANY.findall(text))
    return found * 2 > sum(map(str.isalpha, text))


def is_han(text: str) -> bool:
    """Whether the text has Han or kana in a fifth of its letters."""
    if text.isascii():
        return False
    found = len(_HAN.findall(text))
    return found > 0 and found * 5 > sum(map(str.isalpha, text))


def ends_sentence(text: str) -> bool:
    """Whether the line closes as a sentence does, quotation marks and brackets aside."""
    return text.rstrip(_CLOSERS)[-1:] in tuple(_SENTENCE_ENDS)


def is_punctuated(text: str) -> bool:
    """Whether the line ends in any stop: a caption, a title, a label does not."""
    return text.rstrip(_CLOSERS)[-1:] in tuple(_ENDS)


def is_cut_off(text: str) -> bool:
    """Whether the line ends in an ellipsis."""
    return bool(ELLIPSIS.search(text))
