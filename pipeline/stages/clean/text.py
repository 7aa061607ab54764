"""Plain text, made regular: what two lines are compared by, how long they are, where they end."""

import functools
import re
import unicodedata

# Scripts that write no spaces between words: characters per word, as dictionaries of them average.
_HAN_KANA = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_HAN_CHARACTERS = 2
_UNSPACED_CHARACTERS = 5

_HAN = re.compile(f"[{_HAN_KANA}]")
_OTHER_UNSPACED = re.compile(f"[{_UNSPACED}]")
# Vowel signs of Indic and Arabic scripts belong to their words, though Python counts them for no letters.
_SIGNS = "\u0610-\u061a\u064b-\u065f\u0900-\u0963\u0966-\u0dff"
_LETTERS = rf"(?:[^\W{_HAN_KANA}{_UNSPACED}]++|[{_SIGNS}])++"
_WORD = re.compile(rf"{_LETTERS}(?:['’.,-]{_LETTERS})*")
# The same where a text has neither those scripts nor those signs: half the time.
_PLAIN_WORD = re.compile(r"\w+(?:['’.,-]\w+)*")
_NOT_PLAIN = re.compile(f"[{_HAN_KANA}{_UNSPACED}{_SIGNS}]")
_UNSPACED_ANY = re.compile(f"[{_HAN_KANA}{_UNSPACED}]")
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
# Joiners carry meaning in Arabic, Indic and emoji sequences: there they have such a neighbour on both sides.
_IDLE_JOINER = re.compile("(?<![\u0600-\u06ff\u0900-\u0dff\u2600-\u27bf\U0001f000-\U0001faff\ufe0f])[\u200c\u200d]")
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u2060\ufeff\ufffc]")
_CLOSERS = "\"'”’»›)]）】」』〉》*_ "
_ENDS = ".!?…。！？．؟।॥။៕。‥;；:："
_SENTENCE_ENDS = ".!?…。！？؟।॥။"
ELLIPSIS = re.compile(r"(?:…|\.\.\.|\. \. \.|⋯|……)[\"'”’»」』)\]\s]*$")


def normalise(text: str) -> str:
    """One line of plain text: NFC, single spaces, nothing invisible."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        if "\u200c" in text or "\u200d" in text:
            text = _IDLE_JOINER.sub("", text)
        text = _INVISIBLE.sub("", text)
    elif not text.isprintable():
        text = _INVISIBLE.sub("", text)
    return " ".join(text.split())


@functools.lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Letters and digits alone, compatibility forms unified: lines that differ only in dress compare equal."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _NOT_ALPHANUMERIC.sub("", text.casefold())


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


def shorten(text: str, length: int = 100) -> str:
    """The line as the ledger shows it."""
    return text if len(text) <= length else f"{text[: length - 1]}…"
