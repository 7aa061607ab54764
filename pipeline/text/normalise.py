"""Text made regular: on one line, in one Unicode form, of limited length, without invisible characters."""

import re
import unicodedata
from functools import lru_cache

# Joiners carry meaning in Arabic, Indic and emoji sequences, which have such a character on their left.
_IDLE_JOINER = re.compile("(?<![\u0600-\u06ff\u0900-\u0dff\u2600-\u27bf\U0001f000-\U0001faff\ufe0f])[\u200c\u200d]")
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u2060\ufeff\ufffc]")
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
# What XML 1.0 forbids, and lone surrogates.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def one_line(text: str) -> str:
    """The text with runs of white space as single spaces, and none at its ends."""
    return " ".join(text.split())


def printable_line(text: str) -> str:
    """The text on one line, without control and other unprintable characters."""
    return one_line(text if text.isprintable() else "".join(c for c in text if c.isprintable() or c.isspace()))


def truncate(text: str, limit: int) -> str:
    """The text in at most `limit` characters, with an ellipsis at the end where it is cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def strip_illegal(text: str) -> str:
    """The text without the characters that XML forbids; tabs and line ends stay."""
    return text if text.isprintable() else _ILLEGAL.sub("", text)


def normalise(text: str) -> str:
    """The text on one line in NFC, without invisible characters."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        if "\u200c" in text or "\u200d" in text:
            text = _IDLE_JOINER.sub("", text)
        text = _INVISIBLE.sub("", text)
    elif not text.isprintable():
        text = _INVISIBLE.sub("", text)
    return one_line(text)


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """The letters and digits of the text in NFKC, case folded: lines that differ only in dress compare equal."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _NOT_ALPHANUMERIC.sub("", text.casefold())
