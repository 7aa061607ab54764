"""Compare the dates and weekdays of a proposed sentence with those of its source."""

from collections.abc import Iterator
from datetime import date as Date  # noqa: N812 - the field of the evidence is named date
from datetime import timedelta

from pipeline.stages.write.dates import (
    Day,
    has_relative_month,
    named_days,
    read_bare_days,
    read_dates,
    read_weekdays,
)
from pipeline.stages.write.evidence import Evidence
from pipeline.stages.write.finding import Finding
from pipeline.stages.write.numbers import stated_numbers
from pipeline.stages.write.plain import EASTERN
from pipeline.text.languages import primary_language

_YEARS = range(1900, 2100)
_DAYS_OF_YEAR, _DAYS_OF_MONTH = 365, 30.5
_CLOSE_DAYS = 20  # between a date and a day that takes its month from it


def check_dates(days: tuple[Day, ...], source: Evidence) -> Iterator[Finding]:
    """The dates that name another month, day or year than the source."""
    by_place: dict[int, list[Day]] = {}
    for day in days:
        by_place.setdefault(day.start, []).append(day)
    for readings in by_place.values():
        if not any(_is_stated(day, source) for day in readings):
            yield Finding("date", readings[0].text.strip(), "this date is not in the source")


def check_weekdays(text: str, to: str, source: Evidence) -> Iterator[Finding]:
    """The weekdays that the source does not have."""
    stated = _stated_weekdays(source)
    for name, weekday in read_weekdays(text, to, generously=False):
        if weekday not in stated:
            yield Finding("date", name, "this weekday is not in the source")


def _is_stated(day: Day, source: Evidence) -> bool:
    numbers = stated_numbers(source.text, source.language)
    if day.year and float(day.year) not in numbers and not _may_add_year(day.year, numbers, source.date):
        return False
    dates = read_dates(source.text, source.language)
    pairs = {(each.month, each.day) for each in dates if each.day} | set(named_days(source.text))
    months = {each.month for each in dates if not each.other} | {month for month, _ in named_days(source.text)}
    if day.day is None:
        return day.month in months or (_leaves_month_open(source) and _is_near_month(day.month, months, source.date))
    if (day.month, day.day) in pairs:
        return True
    return day.day in read_bare_days(source.text, source.language) and _has_its_month(day, source)


def _has_its_month(day: Day, source: Evidence) -> bool:
    """Whether a day that the source has without a month can be of this one."""
    dates = read_dates(source.text, source.language)
    alone = {each.month for each in dates if not each.day}
    if day.month in alone:
        return True
    anchors = [(each.month, each.day) for each in dates if each.day and not each.other]
    anchors += [(source.date.month, source.date.day)] if source.date else []
    anchors = anchors or [(each.month, each.day) for each in source.proposed if each.day and each.text != day.text]
    return not anchors or any(_is_close(day, *anchor) for anchor in anchors)


def _leaves_month_open(source: Evidence) -> bool:
    """Whether a source has a day without its month, or speaks of the last month."""
    return has_relative_month(source.text) or (
        primary_language(source.language) in EASTERN and bool(read_bare_days(source.text, source.language))
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


def _stated_weekdays(source: Evidence) -> set[int]:
    stated = {weekday for _, weekday in read_weekdays(source.text, source.language, generously=True)}
    if date := source.date:
        days = {each.day for each in read_dates(source.text, source.language)}
        days |= read_bare_days(source.text, source.language)
        week = (date + timedelta(days=shift) for shift in range(-31, 32))
        stated |= {each.weekday() for each in week if each.day in days}
    return stated
