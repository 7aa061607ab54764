"""Numbers: a number of the proposal must be one of the source, or one of them rounded.

The source is read generously, with every reading that its words allow, and the proposal strictly.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.stages.write.east_numbers import read_east_numbers
from pipeline.stages.write.implied_numbers import implied_numbers
from pipeline.stages.write.number_words import LARGEST_SMALL, read_number_words
from pipeline.stages.write.plain import EASTERN
from pipeline.text.figures import HAN_DIGITS, SCALES, number
from pipeline.text.languages import primary_language

_DIGITS = r"(?<!\d)(?:\d{1,3}(?:[,.]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?|(?<![\w.])\.\d+)"
_SHORT_DECADE = re.compile(r"['’]?\d0(?:s\b|er\b|-?tal)")
_SECOND_YEAR = re.compile(r"(?<!\d)(19|20)\d\d[-–/]$")  # 2019-20
_PARTS = re.compile(r"\d+")
_LEAST_DIGITS = 2  # of a rounded number: one digit would fit too many
_POWERS_OF_TEN = {10.0**power for power in range(2, 13)}
_ARTICLES = {"a", "an", "ein", "eine", "een", "un", "une"}
_LARGE = 1_000_000


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a text, with every value that it can have."""

    text: str
    readings: tuple[float, ...]
    start: int
    end: int
    asked: bool  # whether a proposal that has it must find it in the source


@lru_cache(maxsize=512)
def read_numbers(text: str, language: str) -> tuple[Number, ...]:
    """The numbers of a text (as `plain_figures` returns it), in digits and in words."""
    east = primary_language(language) in EASTERN
    found = list(_east_numbers(text) if east else _west_numbers(text, language))
    taken = {place for each in found for place in range(each.start, each.end)}
    found += [
        Number(text[start:end], (value,), start, end, _is_asked(value, text[start:end]))
        for value, start, end in read_number_words(text, language)
        if start not in taken
    ]
    return tuple(sorted(found, key=lambda each: each.start))


@lru_cache(maxsize=512)
def stated_numbers(source: str, language: str) -> frozenset[float]:
    """Every value that a source states or implies."""
    values = {value for each in read_numbers(source, language) for value in each.readings}
    for each in read_numbers(source, language):
        parts = _PARTS.findall(each.text)
        values.update(map(float, parts) if len(parts) > 2 or primary_language(language) in EASTERN else ())
    if primary_language(language) not in (*SCALES, *EASTERN):  # whose words for scales are not known
        values |= {value * scale for value in values for scale in (1e3, 1e6, 1e9, 1e12)}
    return frozenset(values | set(implied_numbers(source, language)))


def is_supported(written: Number, values: frozenset[float]) -> bool:
    """Whether a value of the source is the number, or becomes it when it is rounded or cut to as many digits."""
    return any(_equals(reading, values) for reading in written.readings)


def _equals(reading: float, values: frozenset[float]) -> bool:
    if reading in values or any(math.isclose(reading, value, rel_tol=1e-9) for value in values):
        return True
    digits = len(f"{reading:.10g}".replace(".", "").partition("e")[0].strip("0"))
    if digits < _LEAST_DIGITS:
        return False
    unit = 10.0 ** (math.floor(math.log10(abs(reading))) - digits + 1)
    return any(abs(reading - value) < unit * (0.5001 if value < reading else 0.9999) for value in values)


def _is_asked(value: float, words: str) -> bool:
    """Whether a number in words counts something: `twenty` and `a million` do, `hundred` and `a hundred` need not."""
    if value <= LARGEST_SMALL or not value.is_integer():
        return False
    first, _, rest = words.lower().partition(" ")
    return value not in _POWERS_OF_TEN or (bool(rest) and (first not in _ARTICLES or value >= _LARGE))


def _east_numbers(text: str) -> Iterator[Number]:
    for readings, start, end in read_east_numbers(text):
        written = text[start:end]
        has_digits = written[0].isascii()
        counted = has_digits or (len(written) > 1 and any(digit in HAN_DIGITS for digit in written))
        yield Number(written, readings, start, end, counted and (has_digits or max(readings) > LARGEST_SMALL))


def _west_numbers(text: str, language: str) -> Iterator[Number]:
    base = primary_language(language)
    scales = SCALES.get(base, SCALES["en"])
    for match in _west_pattern(base if base in SCALES else "en").finditer(text):
        digits, start, end = match["digits"], match.start("digits"), match.end()
        value = float(digits) if digits[0] == "." else number(digits, base)
        if base not in ("de", "nl") and re.fullmatch(r"\d{1,3}(?:,\d{3})+", digits):
            value = float(digits.replace(",", ""))
        factor = math.prod(scales[word] for word in re.findall(r"[^\W\d_]+", (match["scale"] or "").lower()))
        readings = [value * factor]
        if factor != 1 and len(match["scale"].strip()) == 1:
            readings.append(value)  # 5m: million or metres
        if _SHORT_DECADE.match(text, start) and value < 100:
            readings += [1900 + value, 2000 + value]
        elif century := _SECOND_YEAR.search(text[:start]):
            readings.append(100 * float(century[1]) + value)
        elif 1900 <= value <= 2090 and text[end : end + 1] == "s":
            readings.append(value % 100)
        yield Number(text[start:end], tuple(readings), start, end, asked=True)


@cache
def _west_pattern(language: str) -> re.Pattern[str]:
    words = sorted((word for word in SCALES[language] if " " not in word), key=len, reverse=True)
    long = "|".join(re.escape(word) for word in words if len(word) > 1)
    short = "|".join(re.escape(word) for word in words if len(word) == 1) or "(?!)"
    return re.compile(
        rf"(?P<digits>{_DIGITS})(?P<scale>(?:[\s-]?(?:{long})\b\.?)(?:\s(?:{long})\b\.?)?|(?:{short})\b)?",
        re.IGNORECASE,
    )
