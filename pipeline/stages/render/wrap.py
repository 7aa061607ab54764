"""Wrap text of any script by its display width."""

import re
from functools import lru_cache

from pipeline.text.scripts import HAN_KANA, HAN_MARKS
from pipeline.text.width import display_width

# Lines may break between any two characters of Han, kana and full-width forms; Hangul has spaces.
_IDEOGRAPH = "\u2e80-\u2fdf" + HAN_MARKS + HAN_KANA
_NO_START = "、。，．・：；？！）］｝〕〉》」』】〗〙’”…ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ゛゜％"
_NO_END = "（［｛〔〈《「『【〖〘‘“"
_PIECE = re.compile(
    rf"(\s*)([{_NO_END}]*[{_IDEOGRAPH}][{_NO_START}]*"  # an ideograph with the marks that stay on its line
    rf"|[^\s{_IDEOGRAPH}{_NO_END}]+[{_NO_START}]*"  # a word
    rf"|[{_NO_END}]+[^\s{_IDEOGRAPH}]*)"
)
_piece_width = lru_cache(maxsize=8192)(display_width)  # pieces are words, and words repeat


def wrap(text: str, width: int = 72, indent: str = "") -> str:
    """Wrap into lines of at most `width` columns, `indent` included; a word or address is never broken."""
    room = width - display_width(indent)
    lines: list[str] = []
    line, used = "", 0
    for before, piece in _PIECE.findall(text.strip()):
        space = " " if before and line else ""
        columns = _piece_width(piece)
        if line and used + len(space) + columns > room:
            lines.append(line)
            line, used = piece, columns
        else:
            line, used = line + space + piece, used + len(space) + columns
    return "\n".join(f"{indent}{line}" for line in [*lines, line] if line)
