"""Text cut to a display width: between words, never inside a grapheme, and as CJK punctuation allows."""

import re
from functools import cache

import budoux
import regex
import wcwidth

ELLIPSIS = "…"
CJK_ELLIPSIS = "……"  # six dots in Chinese and Japanese
_CJK_ELLIPSIS_WIDTH = 4  # CJK fonts draw each half over a whole cell
_CJK = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}ー]+|[\p{Thai}]+")
_THAI = regex.compile(r"\p{Thai}")
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
# Kinsoku: what may not begin a line, and what may not end one.
_NOT_FIRST = frozenset(
    "、。，．,.：；:;！？!?）)］]｝}」』】》〉〕〗”’»›%％‰℃°々ー・…‥ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ～〜"
)
_NOT_LAST = frozenset("（(［[｛{「『【《〈〔〖“‘«‹¿¡$＄￥¥€£#＃@„‚")
_TRAILING = "，、。；：,;:.·・-–— \u3000\u00a0"
_OPENERS = "（(［[｛{「『【《〈“«„"
_CLOSERS = frozenset("）)］]｝}」』】》〉”»“")
_HARDLY_BEGUN = 6  # characters
_CONTEXT = 40  # characters after the cut that the phrases before it are judged by
_NUMBER = re.compile(r"[0-9０-９][0-9０-９.,，．]*\s?[\w%％億亿万萬兆千百元円ドル年月日時时分点點个個]?")


def display_width(text: str) -> int:
    """Columns a text takes in a fixed grid: CJK and emoji two, combining marks none."""
    return sum(map(_cell, regex.findall(r"\X", text)))


def shorten(text: str, width: int) -> str:
    """The text on one line within `width` columns: cut between words, and ended by its script's ellipsis."""
    line = " ".join(text.split())
    over = _overflow(line, width)
    if over is None:
        return line
    line = line[: over + _CONTEXT]
    ellipsis = CJK_ELLIPSIS if _is_cjk(line) and width >= 2 * _CJK_ELLIPSIS_WIDTH else ELLIPSIS
    room = width - (_CJK_ELLIPSIS_WIDTH if ellipsis == CJK_ELLIPSIS else 1)
    kept = _trimmed(_longest(line, room))
    if not any(map(str.isalnum, kept)):
        # A word that is longer than the whole room has to be cut somewhere: between graphemes.
        kept = _trimmed(_graphemes_within(line, room))
    return f"{kept}{ellipsis}" if width > 0 else ""


def _overflow(line: str, width: int) -> int | None:
    """Where the grapheme begins that is over the width; None for a line that fits."""
    used = 0
    for match in regex.finditer(r"\X", line):
        used += _cell(match.group())
        if used > width:
            return match.start()
    return None


def _longest(line: str, room: int) -> str:
    """The longest beginning within the room that ends where a line may end; "" where there is none."""
    breaks = _breaks(line)
    best = used = 0
    for match in regex.finditer(r"\X", line):
        if match.start() in breaks:
            best = match.start()
        used += _cell(match.group())
        if used > room:
            break
    return line[:best]


def _graphemes_within(line: str, room: int) -> str:
    kept, used = [], 0
    for grapheme in regex.findall(r"\X", line):
        used += _cell(grapheme)
        if used > room:
            break
        kept.append(grapheme)
    return "".join(kept)


def _breaks(line: str) -> set[int]:
    """The places where a line may be broken: spaces, and in scripts without them between phrases and after marks."""
    places = {match.start() for match in re.finditer(r"\s+", line)}
    parser = _parser(line) if _UNSPACED.search(line) else None
    for run in _UNSPACED.finditer(line):
        place = run.start()
        places.add(place)
        for phrase in parser.parse(run.group()) if parser else ():
            place += len(phrase)
            places.add(place)
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
    """Without the punctuation that would stand before the ellipsis, and without a quotation that has hardly begun."""
    opener = max(map(text.rfind, _OPENERS))
    if opener >= 0 and len(text) - opener <= _HARDLY_BEGUN and not _CLOSERS & set(text[opener:]):
        text = text[:opener]
    while text and (text[-1] in _TRAILING or text[-1] in _NOT_LAST):
        text = text[:-1]
    return text


def _is_cjk(text: str) -> bool:
    return len(_CJK.findall(text)) * 4 >= sum(map(str.isalpha, text))


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
