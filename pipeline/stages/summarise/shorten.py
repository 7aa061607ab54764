"""Text cut to a display width: between words, never inside a grapheme, and as CJK punctuation allows."""

import re
from functools import cache

import budoux
import regex
import wcwidth

ELLIPSIS = "…"
CJK_ELLIPSIS = "……"  # in Chinese and Japanese the ellipsis has six dots over two cells
_CJK = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_THAI = regex.compile(r"\p{Thai}")
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
# Kinsoku: what may not begin a line, and what may not end one.
_NOT_FIRST = frozenset(
    "、。，．,.：；:;！？!?）)］]｝}」』】》〉〕〗”’»›%％‰℃°々ー・…‥ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ～〜"
)
_NOT_LAST = frozenset("（(［[｛{「『【《〈〔〖“‘«‹¿¡$＄￥¥€£#＃@„‚")
_TRAILING = "，、。；：,;:.·・-–— \u3000\u00a0"
_NUMBER = re.compile(r"[0-9０-９][0-9０-９.,，．]*\s?[\w%％億亿万萬兆千百元円ドル年月日時时分点點个個]?")


def display_width(text: str) -> int:
    """Columns a text takes in a fixed grid: CJK and emoji two, combining marks none."""
    return sum(map(_cell, regex.findall(r"\X", text)))


def shorten(text: str, width: int) -> str:
    """The text on one line within `width` columns: cut between words, and ended by its script's ellipsis."""
    line = " ".join(text.split())
    if display_width(line) <= width:
        return line
    ellipsis = CJK_ELLIPSIS if _is_cjk(line) else ELLIPSIS
    room = width - _ellipsis_width(ellipsis)
    if room <= 0:
        return ""
    kept = _trimmed(_longest(line, room))
    if not kept:
        kept = _trimmed(_graphemes_within(line, room))
    return f"{kept}{ellipsis}" if kept else ""


def _longest(line: str, room: int) -> str:
    """The longest beginning within the room that ends where a line may end; "" where there is none."""
    best, used, last = 0, 0, 0
    breaks = _breaks(line)
    for match in regex.finditer(r"\X", line):
        if used > room:
            break
        if match.start() in breaks and used <= room:
            best = match.start()
        used += _cell(match.group())
        last = match.end()
    if used <= room:
        best = last
    return line[:best]


def _graphemes_within(line: str, room: int) -> str:
    """A word that is longer than the whole room has to be cut somewhere: between graphemes."""
    kept, used = "", 0
    for grapheme in regex.findall(r"\X", line):
        used += _cell(grapheme)
        if used > room:
            break
        kept += grapheme
    return kept


def _breaks(line: str) -> set[int]:
    """The places where a line may be broken."""
    places = {match.start() for match in re.finditer(r"\s+", line)}
    if _CJK.search(line) or _THAI.search(line):
        place = 0
        for phrase in _parser(line).parse(line):
            place += len(phrase)
            places.add(place)
        # Chinese and Japanese may also break at their punctuation.
        places |= {match.end() for match in re.finditer(r"[、。，；：！？」』）》】]+", line)}
    return {place for place in places if _may_break(line, place)}


def _may_break(line: str, place: int) -> bool:
    if not 0 < place < len(line):
        return False
    before, after = line[place - 1], line[place]
    if after in _NOT_FIRST or before in _NOT_LAST:
        return False
    if before.isascii() and after.isascii() and before.isalnum() and after.isalnum():
        return False
    return not (before.isdigit() and _NUMBER.fullmatch(before + after) is not None)


def _trimmed(text: str) -> str:
    """Without the punctuation and opening marks that would stand before the ellipsis."""
    while text and (text[-1] in _TRAILING or text[-1] in _NOT_LAST):
        text = text[:-1]
    return text


def _is_cjk(text: str) -> bool:
    return len(_CJK.findall(text)) * 4 >= sum(map(str.isalpha, text))


def _ellipsis_width(ellipsis: str) -> int:
    # CJK fonts draw each half of the ellipsis over a whole cell.
    return 4 if ellipsis == CJK_ELLIPSIS else 1


@cache
def _load(name: str) -> budoux.Parser:
    loader = {
        "ja": budoux.load_default_japanese_parser,
        "th": budoux.load_default_thai_parser,
        "zh-Hant": budoux.load_default_traditional_chinese_parser,
        "zh-Hans": budoux.load_default_simplified_chinese_parser,
    }
    return loader[name]()


def _parser(line: str) -> budoux.Parser:
    if _KANA.search(line):
        return _load("ja")
    if _THAI.search(line):
        return _load("th")
    try:
        line.encode("gb2312", "strict")
    except UnicodeEncodeError:
        return _load("zh-Hant")
    return _load("zh-Hans")


def _cell(grapheme: str) -> int:
    return max(0, wcwidth.wcswidth(grapheme)) if len(grapheme) > 1 else max(0, wcwidth.wcwidth(grapheme))
