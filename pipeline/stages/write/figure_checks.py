"""Compare the figures of a proposed sentence with those of its source: numbers, times, dates and currencies."""

import re
from collections.abc import Iterator
from datetime import date as Date  # noqa: N812 - the name `date` is an argument of every function here
from datetime import timedelta

from pipeline.stages.write.currencies import Amount, may_be, read_amounts
from pipeline.stages.write.dates import (
    Day,
    has_relative_month,
    named_days,
    read_bare_days,
    read_dates,
    read_weekdays,
)
from pipeline.stages.write.finding import Finding
from pipeline.stages.write.numbers import Number, is_supported, read_numbers, stated_numbers
from pipeline.stages.write.plain import EASTERN, blank, plain_figures
from pipeline.stages.write.times import Time, read_times
from pipeline.text.languages import primary_language

_NAMES_WITH_DIGITS = re.compile(r"\bCOVID-19\b", re.IGNORECASE)
_UNASKED = frozenset({0.0, 1.0})
_YEARS = range(1900, 2100)
_DAYS_OF_YEAR, _DAYS_OF_MONTH = 365, 30.5
_CLOSE_DAYS = 20  # between a date and a bare day of the month that it gives its month to


def check_figures(text: str, to: str, source: str, language: str, date: Date | None) -> Iterator[Finding]:
    """What a sentence states in figures and the source does not."""
    text, source = plain_figures(text, to), plain_figures(source, language)
    text = _NAMES_WITH_DIGITS.sub(lambda match: " " * len(match[0]), text)
    times, days = read_times(text), read_dates(text, to)
    yield from _check_times(times, source, language)
    yield from _check_dates(days, text, source, language, to, date)
    yield from _check_currencies(text, to, source, language)
    spans = [(each.start, each.end) for each in (*times, *days)]
    yield from _check_numbers(read_numbers(blank(text, spans), to), source, language, date)


def _check_numbers(numbers: tuple[Number, ...], source: str, language: str, date: Date | None) -> Iterator[Finding]:
    values = stated_numbers(source, language) | _UNASKED
    if date:
        values |= {float(date.year + shift) for shift in (-1, 0, 1)}
    for number in numbers:
        if number.asked and not is_supported(number, values):
            yield Finding("number", number.text, "this number is not in the source")


def _check_times(times: tuple[Time, ...], source: str, language: str) -> Iterator[Finding]:
    stated = frozenset().union(*(time.minutes for time in read_times(source)))
    values = stated_numbers(source, language)
    for time in times:
        digits = re.findall(r"\d+", time.text)
        as_score = len(digits) > 1 and time.text[-1].isdigit() and all(float(each) in values for each in digits)
        if not time.minutes & stated and not as_score and time.text not in source:
            yield Finding("time", time.text, "this time is not in the source")


def _check_dates(
    days: tuple[Day, ...], text: str, source: str, language: str, to: str, date: Date | None
) -> Iterator[Finding]:
    by_place: dict[int, list[Day]] = {}
    for day in days:
        by_place.setdefault(day.start, []).append(day)
    for readings in by_place.values():
        if not any(_is_stated(day, source, language, date) for day in readings):
            yield Finding("date", readings[0].text.strip(), "this date is not in the source")
    stated = _stated_weekdays(source, language, date)
    for name, weekday in read_weekdays(text, to, generously=False):
        if weekday not in stated:
            yield Finding("date", name, "this weekday is not in the source")


def _is_stated(day: Day, source: str, language: str, date: Date | None) -> bool:
    numbers = stated_numbers(source, language)
    if day.year and float(day.year) not in numbers and not _may_add_year(day.year, numbers, date):
        return False
    dates = read_dates(source, language)
    pairs = {(each.month, each.day) for each in dates if each.day} | set(named_days(source))
    months = {each.month for each in dates if not each.other} | {month for month, _ in named_days(source)}
    if day.day is None:
        return day.month in months or (_is_relative(source, language) and _is_near_month(day.month, months, date))
    if (day.month, day.day) in pairs:
        return True
    if day.day not in read_bare_days(source, language):
        return False
    alone = {each.month for each in dates if not each.day}
    anchors = [(date.month, date.day)] if date else []
    anchors += [(each.month, each.day) for each in dates if each.day and not each.other]
    return day.month in alone or (not anchors and not months) or any(_is_close(day, *anchor) for anchor in anchors)


def _is_relative(source: str, language: str) -> bool:
    """Whether the month of a date is left open: a day without one, or last month."""
    return has_relative_month(source) or (
        primary_language(language) in EASTERN and bool(read_bare_days(source, language))
    )


def _is_near_month(month: int, months: set[int], date: Date | None) -> bool:
    """Whether a month is next to that of the story's date; without one, to a month that the source names."""
    centres = {date.month} if date else months
    return not centres or any(month - centre in (0, 1, -1, 11, -11) for centre in centres)


def _is_close(day: Day, month: int, of_month: int) -> bool:
    """Whether a day is so close to another date that a text may leave out its month."""
    apart = abs((day.month - month) * _DAYS_OF_MONTH + (day.day or 0) - of_month)
    return min(apart, _DAYS_OF_YEAR - apart) <= _CLOSE_DAYS


def _may_add_year(year: int, numbers: frozenset[float], date: Date | None) -> bool:
    if date:
        return abs(year - date.year) <= 1
    return not any(value in _YEARS for value in numbers)


def _stated_weekdays(source: str, language: str, date: Date | None) -> set[int]:
    stated = {weekday for _, weekday in read_weekdays(source, language, generously=True)}
    if date:
        days = read_bare_days(source, language) | {each.day for each in read_dates(source, language)}
        week = (date + timedelta(days=shift) for shift in range(-31, 32))
        stated |= {each.weekday() for each in week if each.day in days}
    return stated


def _check_currencies(text: str, to: str, source: str, language: str) -> Iterator[Finding]:
    stated = read_amounts(source, language)
    currencies = frozenset(amount.currency for amount in stated)
    for amount in read_amounts(text, to):
        if not amount.number:
            continue
        of_amount = frozenset(
            each.currency for each in stated if each.number and _is_same(amount, each.number)
        )
        if not may_be(amount.currency, of_amount or currencies):
            yield Finding("currency", amount.text.strip(), "the source has no such amount in this currency")


def _is_same(amount: Amount, number: Number) -> bool:
    return bool(amount.number) and is_supported(amount.number, frozenset(number.readings))
