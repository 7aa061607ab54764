"""Dates: the months, days and weekdays that a text names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.stages.write.east_numbers import read_east_numbers
from pipeline.text.languages import primary_language
from pipeline.text.months import month_names

_HAN = r"[一二三四五六七八九十廿]{1,3}"
_EAST_COUNT = rf"(?<![\d.,])\d{{1,2}}|(?<![一二三四五六七八九十廿]){_HAN}"
_DAY_MARK = r"(?:[日号號일](?![間间])|(?=\s?[、,・~至到和及与與-]\s?\d{1,2}\s?[日号號일]))"  # 24、25日
_EAST_DATE = re.compile(
    rf"(?:(?P<year>\d{{4}})\s?[年년]\s?)?(?P<month>{_EAST_COUNT})\s?[月월](?![間经亮光])份?"
    rf"\s?(?:(?P<day>\d{{1,2}}|{_HAN})\s?{_DAY_MARK})?"
)
_FIRST_MONTH = re.compile(  # 1～6月
    rf"(?P<year>)(?P<month>(?<![\d.,月])\d{{1,2}}|(?<![一二三四五六七八九十月]){_HAN})(?P<day>)(?=\s?[~・、至到和-]\s?(?:\d{{1,2}}|{_HAN})\s?[月월])"
)
_EAST_DAY = re.compile(rf"(?P<day>(?<![\d.])\d{{1,2}}|{_HAN})\s?{_DAY_MARK}")
_ISO = re.compile(r"(?<!\d)(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)")
_NUMERIC = re.compile(
    r"(?<![\d.,/])(?P<first>\d{1,2})(?:\.\s?(?P<second>\d{1,2})\.(?:\s?(?P<year>\d{4}|\d\d)(?!\d)|(?![\s]?\d))"
    r"|/(?P<second2>\d{1,2})(?:/(?P<year2>\d{4}|\d\d))?(?![\d/%]))"
)
_RELATIVE_MONTH = re.compile(
    r"[本同当當这這上下今先来來翌前去]\s?(?:个|個)?月|이달|지난달|다음 ?달|\b(?:this|last|next|same) month"
    r"|\b(?:diese[mns]|vergangenen|nächsten|letzten) Monats?\b|\b(?:deze|vorige|volgende) maand|\bmois\b",
    re.IGNORECASE,
)
_NAMED_DAYS = (
    *(("元旦", 1, 1), ("元日", 1, 1), ("New Year's Day", 1, 1), ("Neujahr", 1, 1), ("五一", 5, 1), ("十一", 10, 1)),
    *(("七夕", 7, 7), ("クリスマス", 12, 25), ("Heiligabend", 12, 24), ("圣诞", 12, 25), ("聖誕", 12, 25)),
)
_AMBIGUOUS = {"march", "may", "august", "mars", "mai", "marzo"}  # verbs, names and planets
_CAPITALISING = ("en", "de")  # which write the names of months with a capital
_LEAST_LETTERS = 4  # of a month without a day: less is an abbreviation, or a name
_BEFORE_MONTH = re.compile(
    r"\b(?:in|of|last|this|next|since|until|till|by|from|early|late|mid|every|between|during|through|to|and|before|after|around"
    r"|after|around|en|de|fin|début|im|am|ab|nach|vor|zum|seit|bis|ende|anfang|mitte|vom|eind|begin|sinds|tot)[\s-]$",
    re.IGNORECASE,
)
_AFTER_MONTH = re.compile(r"\.?,?\s(?:of\s)?\d{4}\b")


@dataclass(frozen=True, slots=True)
class Day:
    """A date as a text writes it; what it does not state is None. `other`: in digits, in one of two orders."""

    text: str
    month: int
    day: int | None
    year: int | None
    start: int
    end: int
    other: bool = False


@lru_cache(maxsize=512)
def read_dates(text: str, language: str) -> tuple[Day, ...]:
    """The dates of a text (as `plain_figures` returns it) that name a month."""
    if primary_language(language) in ("zh", "ja", "ko"):
        found = [*_numbered(_EAST_DATE, text), *_numbered(_FIRST_MONTH, text), *_numbered(_ISO, text)]
    else:
        found = [*_named(text, primary_language(language)), *_numbered(_ISO, text)]
    taken = {place for each in found for place in range(each.start, each.end)}
    return tuple(found + [each for each in _numeric(text) if each.start not in taken])


@lru_cache(maxsize=512)
def read_bare_days(text: str, language: str) -> frozenset[int]:
    """The days of a month that a source may mean: numbers with a day's mark, and in the West any small number."""
    if primary_language(language) in ("zh", "ja", "ko"):
        days = {_value(match["day"]) for match in _EAST_DAY.finditer(text)}
    else:
        days = {int(digits) for digits in re.findall(r"(?<![\d.,])(\d{1,2})(?:\.|st|nd|rd|th|er|e)?(?![\d,])", text)}
    return frozenset(day for day in days if 1 <= day <= 31)


def named_days(text: str) -> Iterator[tuple[int, int]]:
    """Month and day of the feasts that a source names."""
    for name, month, day in _NAMED_DAYS:
        if name in text:
            yield month, day


def has_relative_month(text: str) -> bool:
    """Whether a source speaks of this, the last or the next month."""
    return bool(_RELATIVE_MONTH.search(text))


@lru_cache(maxsize=512)
def read_weekdays(text: str, language: str, *, generously: bool) -> tuple[tuple[str, int], ...]:
    """The weekdays of a text as it writes them, Monday as 0; `generously` with abbreviations and weekends."""
    base = primary_language(language)
    names = dict(_weekday_names(base, generously))
    found = [(match[0], names[match[1].casefold()]) for match in _weekday_pattern(base, generously).finditer(text)]
    if generously and re.search(r"周末|週末|주말|weekend|wochenend|week-end", text, re.IGNORECASE):
        found += [("", 5), ("", 6)]
    return tuple(found)


def _value(digits: str) -> int:
    return next((int(readings[-1]) for readings, _, _ in read_east_numbers(digits.replace("廿", "二十"))), 0)


def _numbered(pattern: re.Pattern[str], text: str) -> Iterator[Day]:
    for match in pattern.finditer(text):
        month, day = _value(match["month"]), _value(match["day"]) if match["day"] else None
        if 1 <= month <= 12 and (day is None or 1 <= day <= 31):
            year = int(match["year"]) if match["year"] else None
            yield Day(match[0].strip(), month, day, year, match.start(), match.end())


def _numeric(text: str) -> Iterator[Day]:
    """Dates in digits, in both orders: 24.7., 24/07/2026, 7/24."""
    for match in _NUMERIC.finditer(text):
        first, second = int(match["first"]), int(match["second"] or match["second2"])
        written_year = match["year"] or match["year2"] or ""
        for month, day in dict.fromkeys(((second, first), (first, second))):
            if 1 <= month <= 12 and 1 <= day <= 31:
                year = int(written_year) if len(written_year) == 4 else None
                yield Day(match[0], month, day, year, match.start(), match.end(), other=True)


def _named(text: str, language: str) -> Iterator[Day]:
    names = month_names(language)
    for match in _named_pattern(language).finditer(text):
        name = match["month"].rstrip(".").casefold()
        day = match["day"] or match["day2"]
        if day is None and len(name) < _LEAST_LETTERS and name not in _AMBIGUOUS | {"mei"}:
            continue
        if match["month"].islower() != (language not in _CAPITALISING):
            continue  # may, march; Mars the planet
        if day is None and name in _AMBIGUOUS and not _stands_for_month(text, match):
            continue
        year = match["year"]
        yield Day(match[0], names[name], int(day) if day else None, int(year) if year else None, *match.span())


def _stands_for_month(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 12) : match.start()]
    return bool(_BEFORE_MONTH.search(before) or _AFTER_MONTH.match(text, match.end("month")))


@cache
def _named_pattern(language: str) -> re.Pattern[str]:
    names = "|".join(sorted((re.escape(name) for name in month_names(language) if len(name) > 2), key=len)[::-1])
    day = r"(?<![\d.,:])\d{1,2}(?![\d:]|[.,]\d)"
    after = rf"(?:\s(?:the\s)?(?P<day2>{day})(?:st|nd|rd|th)?)?" if language == "en" else "(?P<day2>(?!))?"
    return re.compile(
        rf"(?:(?P<day>{day})(?:st|nd|rd|th|er|\.)?[\s-](?:of\s|de\s)?)?"
        rf"\b(?P<month>(?:{names or '(?!)'})\b(?:\.(?=\s\d))?)"
        rf"{after}"
        r"(?:,?\s(?:of\s|de\s)?(?P<year>(?:19|20)\d\d)\b)?",
        re.IGNORECASE,
    )


@cache
def _weekday_names(language: str, generously: bool) -> tuple[tuple[str, int], ...]:
    if language == "zh":
        weeks = ("星期", "周", "週", "礼拜", "禮拜")
        return tuple((week + day, min(place, 6)) for week in weeks for place, day in enumerate("一二三四五六日天"))
    if language == "ja":
        forms = ("{}曜", "({})", "（{}）") if generously else ("{}曜",)
        return tuple((form.format(day), place) for form in forms for place, day in enumerate("月火水木金土日"))
    from babel import Locale, UnknownLocaleError

    try:
        days = Locale.parse(language, sep="-").days["format"]
    except (UnknownLocaleError, ValueError):
        return ()
    widths = ("wide", "abbreviated") if generously else ("wide",)
    return tuple((name.rstrip(".").casefold(), place) for width in widths for place, name in days[width].items())


@cache
def _weekday_pattern(language: str, generously: bool) -> re.Pattern[str]:
    names = "|".join(sorted((re.escape(name) for name, _ in _weekday_names(language, generously)), key=len)[::-1])
    if language in ("zh", "ja", "ko"):
        return re.compile(f"({names or '(?!)'})")
    return re.compile(rf"\b({names or '(?!)'})(?:s|abend|morgen|nachmittag|vormittag|nacht|mittag)?\b", re.IGNORECASE)
