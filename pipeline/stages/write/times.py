"""Times of day: 3:30 p.m., 15.30 Uhr, 14h30, 下午3時30分, 오후 3시 30분."""

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.stages.write.east_numbers import read_east_numbers
from pipeline.stages.write.number_words import read_number_words
from pipeline.text.languages import primary_language

_DAY = 24 * 60
_HAN = r"[零〇一二兩两三四五六七八九十]{1,3}"
_MORNING = ("午前", "上午", "早上", "清晨", "凌晨", "早晨", "오전", "새벽", "아침", "未明", "朝")
_EVENING = ("午後", "下午", "晚上", "晚間", "晚间", "傍晚", "深夜", "中午", "오후", "저녁", "밤", "夜", "夕方", "晚")
_AM_PM = r"(?P<half>[ap])\.?\s?m\b\.?"
_HOUR_WORD = r"Uhr\b|uur\b|heures?\b|h\b|o['’]clock|Hrs\b|hours\b"
_WEST = re.compile(
    rf"(?<![\d:.,])(?P<hour>[01]?\d|2[0-4])"
    rf"(?:(?::\s?)(?P<minute>[0-5]\d)(?![\d:])(?:\s?(?:{_AM_PM}|{_HOUR_WORD}))?"
    r"|(?:\.|\s?h\s?)(?P<minute2>[0-5]\d)"
    rf"(?:\s?(?:{_AM_PM.replace('half', 'half2')}|(?:Uhr|uur)\b)|(?:(?<=h\d\d)|(?<=h \d\d))(?!\d))"
    rf"|\s?(?:{_AM_PM.replace('half', 'half3')}|Uhr\b|uur\b|o['’]clock|heures?\b(?! de| d['’])))",
    re.IGNORECASE,
)
_EAST = re.compile(
    rf"(?P<part>{'|'.join((*_MORNING, *_EVENING))})?\s?(?P<hour>(?<!\d)\d{{1,2}}|{_HAN})\s?(?:时|時|点|點|시)"
    rf"(?![間间期代刻值个個上ご간계사대])(?:钟|鐘)?(?:\s?(?P<minute>\d{{1,2}}|{_HAN}|半|반)\s?[分분]?)?(?!\d)"
)


_NAMED = {
    720: ("正午", "中午", "noon", "mittag", "midi", "middag", "정오", "mediodía"),
    0: ("午夜", "midnight", "mitternacht", "minuit", "middernacht", "자정", "medianoche", "零时", "零時"),
}
_TO_24 = frozenset({"de", "fr", "nl", "it", "es", "pt", "sv", "da", "nb", "fi", "pl", "cs"})
_LATE_WORDS = re.compile(
    r"abends|nachmittags|nachts|avonds|middags|\bsoir|après-midi|tarde|noche|sera\b", re.IGNORECASE
)
_HALF_BEFORE = re.compile(r"\bhal[bf] (\w+)\b", re.IGNORECASE)  # halb neun is 8:30


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day as a text writes it, and the minutes after midnight that it can mean."""

    text: str
    minutes: frozenset[int]
    start: int
    end: int


@lru_cache(maxsize=512)
def read_times(text: str, language: str) -> tuple[Time, ...]:
    """The times of day of a text. One that names no half of the day may be of both if the language counts to 12."""
    found = []
    counts_to_24 = primary_language(language) in _TO_24 and not _LATE_WORDS.search(text)
    for match in _WEST.finditer(text):
        half = match["half"] or match["half2"] or match["half3"]
        minute = int(match["minute"] or match["minute2"] or 0)
        late = {"a": False, "p": True}.get((half or "").lower())
        found.append(_time(match, int(match["hour"]), minute, late, counts_to_24=counts_to_24))
    for match in _EAST.finditer(text):
        late = None if not match["part"] else match["part"] in _EVENING
        minute = 30 if match["minute"] in ("半", "반") else _value(match["minute"] or "0")
        found.append(_time(match, _value(match["hour"]), minute, late))
    return tuple(time for time in found if time.minutes)


def stated_minutes(source: str, language: str) -> frozenset[int]:
    """The minutes after midnight that a source states, in digits or by name."""
    lowered = source.lower()
    found = {minute for time in read_times(source, language) for minute in time.minutes}
    found |= {minute for minute, names in _NAMED.items() if any(name in lowered for name in names)}
    for match in _HALF_BEFORE.finditer(source):
        for hour, _, _ in read_number_words(match[1], language):
            found |= {(int(hour * 60) - 30 + shift) % _DAY for shift in (0, _DAY // 2)}
    return frozenset(found)


def _value(digits: str) -> int:
    return next((int(readings[-1]) for readings, _, _ in read_east_numbers(digits)), 0)


def _time(match: re.Match[str], hour: int, minute: int, late: bool | None, *, counts_to_24: bool = False) -> Time:
    """The time in the half of the day that is stated, else in both."""
    if hour > 24 or minute > 59:
        moments: set[int] = set()
    elif late is None and counts_to_24:
        moments = {hour * 60 + minute}
    elif late is None:
        moments = {hour * 60 + minute} | ({(hour + 12) * 60 + minute} if hour <= 12 else set())
    elif hour > 12:
        moments = {hour * 60 + minute}
    else:
        moments = {(hour % 12 + 12 * late) * 60 + minute} | ({minute} if late and hour == 12 else set())
    return Time(match[0].strip(), frozenset(moment % _DAY for moment in moments), match.start(), match.end())
