"""Breaks text into lines by the width it has on a screen, in any script."""

import re

from pipeline.text.scripts import HAN_KANA, HAN_MARKS
from pipeline.text.width import display_width

# Han, kana and full-width forms break between any two characters; Hangul is written with spaces.
_IDEOGRAPH = "\u2e80-\u2fdf" + HAN_MARKS + HAN_KANA
_NO_START = "、。，．・：；？！）］｝〕〉》」』】〗〙’”…ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ゛゜％"
_NO_END = "（［｛〔〈《「『【〖〘‘“"
_PIECE = re.compile(
    rf"(\s*)([{_NO_END}]*[{_IDEOGRAPH}][{_NO_START}]*"  # one ideograph and the marks that stay with it
    rf"|[^\s{_IDEOGRAPH}{_NO_END}]+[{_NO_START}]*"  # a word
    rf"|[{_NO_END}]+[^\s{_IDEOGRAPH}]*)"
)


def wrap(text: str, width: int = 72, indent: str = "") -> str:
    """The text in lines of at most `width` columns, each after `indent`; a word or address is never broken."""
    room = width - display_width(indent)
    lines: list[str] = []
    line, used = "", 0
    for before, piece in _PIECE.findall(text.strip()):
        space = " " if before and line else ""
        columns = display_width(piece)
        if line and used + len(space) + columns > room:
            lines.append(line)
            line, used = piece, columns
        else:
            line, used = line + space + piece, used + len(space) + columns
    return "\n".join(f"{indent}{each}" for each in [*lines, line] if each)
