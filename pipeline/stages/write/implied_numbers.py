"""Numbers that a source implies: 三成 is 30 percent, 令和8年 is 2026, 2年半 is 2.5, the 80s began in 1980."""

import re
from collections.abc import Callable, Iterator, Mapping

from pipeline.stages.write.east_numbers import read_east_numbers
from pipeline.text.languages import primary_language

_COUNT = r"(\d[\d,]*(?:\.\d+)?|[零〇一二兩两三四五六七八九十百]+)"
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867, "民國": 1911, "民国": 1911}
_ERA = re.compile(rf"({'|'.join(_ERAS)}|[RHST](?=\d))\s?(元|\d{{1,3}}|[一二三四五六七八九十]+)")
_SHORT_ERAS = {"R": 2018, "H": 1988, "S": 1925, "T": 1911}
_TENTHS = re.compile(rf"{_COUNT}[成割](?:{_COUNT}分)?(?:{_COUNT}[厘釐])?")
_TENTHS_RANGE = re.compile(r"(\d)割(\d)[~-](\d)分")
_SHORT_YEAR = re.compile(r"(?<![\d.,])['’]?(\d\d)(?=年|後|后|er\b|s\b|년|[-~・、](?=\d\d年))")
_DOTTED = re.compile(r"(?<!\d)(\d{1,3})[・·‐/](\d{1,4})(?!\d)")
_RANGE = re.compile(r"(?<!\d)(\d\d)(\d\d)\s?[/–-]\s?(\d\d)(?!\d)")
_HALVES = ("半", "half", "halb", "hälfte", "helft", "halve", "moitié", "demi", "mitad", "medio", "절반", "반")
_AND_A_HALF = re.compile(
    rf"{_COUNT}(?:年|個月|个月|か月|ヶ月|時間|小時|小时|天|日|週|周|倍|歲|岁|世紀|년|개월|시간|배)半"
)
_TIMES = re.compile(rf"{_COUNT}\s?(?:倍|배|-?fach|-?mal|-?voud|fois|times|-?fold)", re.IGNORECASE)
_WITH_OTHERS = re.compile(rf"(?:ら|等){_COUNT}[人名]")  # 田中ら4人: Tanaka and three others
_THOUSANDTHS = re.compile(rf"千分之{_COUNT}")
_UNITS: Mapping[str, float] = {"亩": 1 / 15, "畝": 1 / 15, "斤": 0.5, "里": 0.5, "公里": 1 / 1.609344}
_UNIT = re.compile(r"(\d[\d,.]*[十百千万亿萬億]*|[一二三四五六七八九十百千万亿]+)(?:余|多)?(公里|亩|畝|斤|里)")
_WORDS: Mapping[str, tuple[float, ...]] = {
    "初": (1,), "首": (1,), "元": (1,), "翌": (1,), "零": (0,), "双": (2,), "雙": (2,), "兩": (2,), "両": (2,),
    "準々決勝": (8,), "achtelfinal": (16,), "viertelfinal": (8, 4), "sechzehntelfinal": (32,), "ein": (1,),
    "null": (0,), "nil": (0,), "zero": (0,), "quarter": (25, 0.25, 15), "viertel": (25, 0.25, 15), "kwart": (25, 15),
    "quart": (25, 15), "century": (100,), "decade": (10,), "jahrzehnt": (10,), "decennium": (10,), "décennie": (10,),
    "dutzend": (12,), "dozen": (12,), "fortnight": (2, 14), "everyone": (100,), "doppel": (2,), "third": (3, 33),
    "drittel": (3, 33), "derde": (3, 33), "tiers": (3, 33), "twice": (2,), "double": (2,),
    "ワン": (1,), "ツー": (2,), "スリー": (3,), "フォー": (4,), "ファイブ": (5,), "シックス": (6,), "セブン": (7,),
    "エイト": (8,), "ナイン": (9,), "テン": (10,),
}  # fmt: skip


def implied_numbers(source: str, language: str) -> Iterator[float]:
    """The values that a source implies, on top of those that its digits and number words state."""
    lowered = source.lower()
    for word, values in _WORDS.items():
        if word in lowered:
            yield from values
    if any(half in lowered for half in _HALVES):
        yield from (0.5, 50, 30)
    for match in _SHORT_YEAR.finditer(source):
        yield from (1900 + float(match[1]), 2000 + float(match[1]))
    for match in _RANGE.finditer(source):
        yield float(match[1] + match[3])  # 2019/20
    for match in _TIMES.finditer(source):
        value = _value(match[1])
        yield from (value + 1, value - 1, 100 * value, 100 * (value - 1))
    for match in _DOTTED.finditer(source):
        yield from (float(match[1]), float(match[2]), float(f"{match[1]}.{match[2]}"))
    if primary_language(language) in ("zh", "ja", "ko"):
        for read in _EASTERN:
            yield from read(source)


def _value(count: str) -> float:
    return next((readings[0] for readings, _, _ in read_east_numbers(count)), 0.0)


def _years(source: str) -> Iterator[float]:
    for match in _ERA.finditer(source):
        year = 1.0 if match[2] == "元" else _value(match[2])
        yield from (_ERAS.get(match[1], _SHORT_ERAS.get(match[1], 0)) + year, year)


def _tenths(source: str) -> Iterator[float]:
    for match in _TENTHS.finditer(source):
        tenths, hundredths, thousandths = (_value(count) if count else 0.0 for count in match.groups())
        share = round(tenths / 10 + hundredths / 100 + thousandths / 1_000, 6)
        yield from (share, round(100 * share, 4), tenths)
    for match in _TENTHS_RANGE.finditer(source):
        yield from (int(match[1]) / 10 + int(digit) / 100 for digit in match.groups()[1:])
    for match in _THOUSANDTHS.finditer(source):
        yield _value(match[1]) / 10


def _halves(source: str) -> Iterator[float]:
    for match in _AND_A_HALF.finditer(source):
        value = _value(match[1])
        yield from (value + 0.5, 12 * value + 6, 60 * value + 30)
    for scale, value in (("万", 1e4), ("億", 1e8), ("亿", 1e8), ("千", 1e3), ("百", 1e2)):
        if scale in source:
            yield value  # 万亩: ten thousand mu, or tens of thousands
    if "半年" in source:
        yield 6
    for match in _WITH_OTHERS.finditer(source):
        yield from (_value(match[1]) - 1, _value(match[1]) - 2)


def _measures(source: str) -> Iterator[float]:
    for match in _UNIT.finditer(source):
        yield _value(match[1]) * _UNITS[match[2]]


_EASTERN: tuple[Callable[[str], Iterator[float]], ...] = (_years, _tenths, _halves, _measures)
