"""Compare the figures of a proposed sentence with those of its source: numbers, times, dates and currencies."""

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.stages.write.currencies import Amount, may_be, read_amounts
from pipeline.stages.write.date_checks import check_dates, check_weekdays
from pipeline.stages.write.dates import read_dates
from pipeline.stages.write.evidence import Evidence
from pipeline.stages.write.finding import Finding
from pipeline.stages.write.numbers import Number, is_supported, read_numbers, stated_numbers
from pipeline.stages.write.plain import blank, plain_figures
from pipeline.stages.write.times import Time, read_times, stated_minutes

_NAMED_WITH_DIGITS = re.compile(r"\bCOVID-19\b", re.IGNORECASE)
_MISNAMED = re.compile(r"\bCOVID-(?!19\b)\d+", re.IGNORECASE)
_UNASKED = frozenset({0.0, 1.0})


def check_figures(text: str, to: str, evidence: Evidence) -> Iterator[Finding]:
    """What a sentence states in figures and the source does not."""
    text, source = plain_figures(text, to), replace(evidence, text=plain_figures(evidence.text, evidence.language))
    text = _NAMED_WITH_DIGITS.sub(lambda match: " " * len(match[0]), text)
    for name in _MISNAMED.findall(text):
        if name not in source.text:
            yield Finding("number", name, "this name with a number is not in the source")
    times, days = read_times(text, to), read_dates(text, to)
    yield from _check_times(times, source)
    yield from check_dates(days, source)
    yield from check_weekdays(text, to, source)
    yield from _check_currencies(text, to, source)
    spans = [(each.start, each.end) for each in times] + [(each.start, each.end) for each in days]
    yield from _check_numbers(read_numbers(blank(text, spans), to), source)


def _check_numbers(numbers: tuple[Number, ...], source: Evidence) -> Iterator[Finding]:
    values = stated_numbers(source.text, source.language) | _UNASKED
    if date := source.date:
        values |= {float(date.year + shift) for shift in (-1, 0, 1)}
    for number in numbers:
        if number.asked and not is_supported(number, values):
            yield Finding("number", number.text, "this number is not in the source")


def _check_times(times: tuple[Time, ...], source: Evidence) -> Iterator[Finding]:
    stated = stated_minutes(source.text, source.language)
    values = stated_numbers(source.text, source.language)
    for time in times:
        digits = re.findall(r"\d+", time.text)
        is_count = all(float(each) in values for each in digits) and (  # a score, or hours that pass
            (len(digits) > 1 and time.text[-1].isdigit()) or time.text.endswith(("uur", "heure", "heures"))
        )
        if not time.minutes & stated and not is_count and time.text not in source.text:
            yield Finding("time", time.text, "this time is not in the source")


def _check_currencies(text: str, to: str, source: Evidence) -> Iterator[Finding]:
    stated = read_amounts(source.text, source.language)
    currencies = frozenset(amount.currency for amount in stated)
    for amount in read_amounts(text, to):
        if not amount.number:
            continue
        of_amount = frozenset(each.currency for each in stated if each.number and _is_same(amount, each.number))
        if not may_be(amount.currency, of_amount or currencies):
            yield Finding("currency", amount.text.strip(), "the source has no such amount in this currency")


def _is_same(amount: Amount, number: Number) -> bool:
    return amount.number is not None and is_supported(amount.number, frozenset(number.readings))
