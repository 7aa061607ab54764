"""Display width: the columns a text takes in a fixed grid."""

from functools import lru_cache

import regex
import wcwidth


def graphemes(text: str) -> list[str]:
    """The user-perceived characters of a text."""
    return regex.findall(r"\X", text)


def display_width(text: str) -> int:
    """The columns a text takes: two for a CJK character or an emoji, none for a combining mark."""
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(map(grapheme_width, graphemes(text)))


@lru_cache(maxsize=8192)
def grapheme_width(grapheme: str) -> int:
    """The columns one grapheme takes; none for a control character."""
    return max(0, wcwidth.wcswidth(grapheme) if len(grapheme) > 1 else wcwidth.wcwidth(grapheme))
