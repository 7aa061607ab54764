"""Breaks text into lines by the width it has on a screen, in any script."""

import re

from wcwidth import wcswidth

# Han, kana and full-width forms break between any two characters; Hangul is written with spaces.
_IDEOGRAPH = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
)
_NO_START = "、。，．・：；？！）］｝〕〉》」』】〗〙’”…ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ゛゜％"
_NO_END = "（［｛〔〈《「『【〖〘‘“"
_PIECE = re.compile(
    rf"(\s*)([{_NO_END}]*[{_IDEOGRAPH}][{_NO_START}]*"  # one ideograph and the marks that stay with it
    rf"|[^\s{_IDEOGRAPH}{_NO_END}]+[{_NO_START}]*"  # a word
    rf"|[{_NO_END}]+[^\s{_IDEOGRAPH}]*)"
)


def width_of(text: str) -> int:
    """How many columns a text takes; a character no terminal knows counts as one."""
    if text.isascii():  # most words of a letter
        return len(text)
    width = int(wcswidth(text))
    return width if width >= 0 else len(text)


def wrap(text: str, width: int = 72, indent: str = "") -> str:
    """The text in lines of at most `width` columns, each after `indent`; a word or address is never broken."""
    room = width - width_of(indent)
    lines: list[str] = []
    line, used = "", 0
    for before, piece in _PIECE.findall(text.strip()):
        space = " " if before and line else ""
        columns = width_of(piece)
        if line and used + len(space) + columns > room:
            lines.append(line)
            line, used = piece, columns
        else:
            line, used = line + space + piece, used + len(space) + columns
    return "\n".join(f"{indent}{each}" for each in [*lines, line] if each)
