"""Shortening to a display width, and phrases: between words, never inside a grapheme, and as CJK punctuation allows."""

import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import regex

from pipeline.text.normalise import one_line
from pipeline.text.scripts import HALFWIDTH_KANA, HAN_KANA, HAN_MARKS, THAI
from pipeline.text.width import grapheme_width, graphemes

if TYPE_CHECKING:
    import budoux

ELLIPSIS = "…"
CJK_ELLIPSIS = "……"  # six dots in Chinese and Japanese
_CJK_ELLIPSIS_WIDTH = 4  # CJK fonts draw each half over a whole cell
_CJK = re.compile(f"[{HAN_KANA}{HAN_MARKS}{HALFWIDTH_KANA}]")
_UNSPACED_RUN = re.compile(rf"(?:[{HAN_KANA}{HAN_MARKS}{HALFWIDTH_KANA}](?<![・゠]))+|[{THAI}]+")
_THAI = re.compile(f"[{THAI}]")
_KANA = re.compile(f"[\u3041-\u309f\u30a1-\u30fa\u30fd-\u30ff\u31f0-\u31ff{HALFWIDTH_KANA}]")
# Kinsoku: what may not begin a line, and what may not end one.
_NOT_FIRST = frozenset(
    "、。，．,.：；:;！？!?）)］]｝}」』】》〉〕〗”’»›%％‰℃°々ー・…‥ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ～〜"
)
_NOT_LAST = frozenset("（(［[｛{「『【《〈〔〖“‘«‹¿¡$＄￥¥€£#＃@„‚")
_TRAILING = "，、。；：,;:.·・-–— \u3000\u00a0"
_OPENERS = "（(［[｛{「『【《〈“«„"
_CLOSERS = frozenset("）)］]｝}」』】》〉”»“")
_HARDLY_BEGUN = 6  # characters
_SHORTEST_PHRASE = 2  # characters
_LONGEST_PHRASE = 16  # columns, of which a phone shows 20 in the largest headline
_CONTEXT = 40  # characters after the limit: BudouX judges the phrases before it by them
_NUMBER = re.compile(r"[0-9０-９][0-9０-９.,，．]*\s?[\w%％億亿万萬兆千百元円ドル年月日時时分点點个個]?")


def shorten(text: str, width: int) -> str:
    """The text on one line within `width` columns: cut between words, and ended by its script's ellipsis."""
    line = one_line(text)
    limit = _overflow(line, width)
    if limit is None:
        return line
    line = line[: limit + _CONTEXT]
    ellipsis = CJK_ELLIPSIS if _is_cjk(line) and width >= 2 * _CJK_ELLIPSIS_WIDTH else ELLIPSIS
    room = width - (_CJK_ELLIPSIS_WIDTH if ellipsis == CJK_ELLIPSIS else 1)
    kept = _trim_end(_longest_start(line, room))
    if not any(map(str.isalnum, kept)):
        # A word longer than the whole room has to be cut somewhere: between graphemes.
        kept = _trim_end(_graphemes_within(line, room))
    return f"{kept}{ellipsis}" if width > 0 else ""


def split_phrases(text: str) -> tuple[str, ...]:
    """The phrases of an unspaced text, which its lines may break between; none is a single character."""
    phrases = [""]
    for start, end in pairwise([0, *sorted(_breaks(text)), len(text)]):
        for piece in _pieces(text[start:end]):
            if len(phrases[-1].strip()) < _SHORTEST_PHRASE or piece.isspace():
                phrases[-1] += piece
            else:
                phrases.append(piece)
    if len(phrases) > 1 and len(phrases[-1].strip()) < _SHORTEST_PHRASE:
        phrases[-2:] = ["".join(phrases[-2:])]
    return tuple(phrases)


def _pieces(phrase: str) -> list[str]:
    """A phrase, cut if it may not fit on a line of a phone."""
    pieces = [""]
    for grapheme in graphemes(phrase):
        if sum(map(grapheme_width, pieces[-1])) >= _LONGEST_PHRASE and grapheme not in _NOT_FIRST:
            pieces.append("")
        pieces[-1] += grapheme
    return pieces


def _overflow(line: str, width: int) -> int | None:
    """The position of the first grapheme beyond the width; None for a line that fits."""
    used = 0
    for match in regex.finditer(r"\X", line):
        used += grapheme_width(match.group())
        if used > width:
            return match.start()
    return None


def _longest_start(line: str, room: int) -> str:
    """The longest start of the line within the room that ends at a break; "" where there is none."""
    breaks = _breaks(line)
    best = used = 0
    for match in regex.finditer(r"\X", line):
        if match.start() in breaks:
            best = match.start()
        used += grapheme_width(match.group())
        if used > room:
            break
    return line[:best]


def _graphemes_within(line: str, room: int) -> str:
    kept, used = [], 0
    for grapheme in graphemes(line):
        used += grapheme_width(grapheme)
        if used > room:
            break
        kept.append(grapheme)
    return "".join(kept)


def _breaks(line: str) -> set[int]:
    """Positions where the line may break: at spaces and, in unspaced scripts, between phrases and after marks."""
    positions = {match.start() for match in re.finditer(r"\s+", line)}
    parser = _parser(line) if _UNSPACED_RUN.search(line) else None
    for run in _UNSPACED_RUN.finditer(line):
        position = run.start()
        positions.add(position)
        for phrase in parser.parse(run.group()) if parser else ():
            position += len(phrase)
            positions.add(position)
    positions |= {match.end() for match in re.finditer(r"[、。，；：！？」』）》】]+", line)}
    return {position for position in positions if _may_break(line, position)}


def _may_break(line: str, position: int) -> bool:
    if not 0 < position < len(line):
        return False
    before, after = line[position - 1], line[position]
    if after in _NOT_FIRST or before in _NOT_LAST:
        return False
    if before.isascii() and after.isascii() and before.isalnum() and after.isalnum():
        return False
    return not (before.isdigit() and _NUMBER.fullmatch(before + after) is not None)


def _trim_end(text: str) -> str:
    """The text without the punctuation before the ellipsis, and without a quotation that has hardly begun."""
    opener = max(map(text.rfind, _OPENERS))
    if opener >= 0 and len(text) - opener <= _HARDLY_BEGUN and not _CLOSERS & set(text[opener:]):
        text = text[:opener]
    while text and (text[-1] in _TRAILING or text[-1] in _NOT_LAST):
        text = text[:-1]
    return text


def _is_cjk(text: str) -> bool:
    return len(_CJK.findall(text)) * 4 >= sum(map(str.isalpha, text))


def _parser(line: str) -> "budoux.Parser":
    if _KANA.search(line):
        return _load_parser("ja")
    if _THAI.search(line):
        return _load_parser("th")
    try:
        line.encode("gb2312", "strict")
    except UnicodeEncodeError:
        return _load_parser("zh-Hant")
    return _load_parser("zh-Hans")


@cache
def _load_parser(language: str) -> "budoux.Parser":
    import budoux

    load = {
        "ja": budoux.load_default_japanese_parser,
        "th": budoux.load_default_thai_parser,
        "zh-Hant": budoux.load_default_traditional_chinese_parser,
        "zh-Hans": budoux.load_default_simplified_chinese_parser,
    }
    return load[language]()
