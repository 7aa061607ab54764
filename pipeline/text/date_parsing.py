"""Read the dates of feeds and pages: RFC 822 and ISO 8601 as publishers write them, epochs, and dates in words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipeline.text.months import month_number
from pipeline.text.normalise import one_line, printable_line

FIRST_YEAR = 1990  # feeds are younger than the Web, so an earlier date is a default value
LAST_YEAR = 2200
_BUDDHIST_YEAR, _BUDDHIST_SHIFT = 2500, 543  # years of the Thai calendar

# Names with one meaning, or with the one of RFC 822 (EST to PDT are American there).
_ZONES = {
    "GMT": 0, "UTC": 0, "UT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MET": 1, "MEZ": 1, "WAT": 1,
    "CEST": 2, "MEST": 2, "MESZ": 2, "EET": 2, "CAT": 2, "SAST": 2, "EEST": 3, "EAT": 3, "MSK": 3, "TRT": 3, "IDT": 3,
    "SAMT": 4, "GET": 4, "AZT": 4, "PKT": 5, "UZT": 5, "YEKT": 5, "IST": 5.5, "NPT": 5.75, "BDT": 6, "OMST": 6,
    "MMT": 6.5, "ICT": 7, "WIB": 7, "KRAT": 7, "NOVT": 7, "HKT": 8, "SGT": 8, "MYT": 8, "PHT": 8, "AWST": 8, "WITA": 8,
    "IRKT": 8, "JST": 9, "KST": 9, "WIT": 9, "YAKT": 9, "ACST": 9.5, "AEST": 10, "VLAT": 10, "CHST": 10, "ACDT": 10.5,
    "AEDT": 11, "MAGT": 11, "NZST": 12, "PETT": 12, "FJT": 12, "NZDT": 13, "NST": -3.5, "NDT": -2.5, "BRT": -3,
    "ART": -3, "UYT": -3, "CLST": -3, "BRST": -2, "CLT": -4, "BOT": -4, "VET": -4, "AST": -4, "ADT": -3, "COT": -5,
    "PET": -5, "ECT": -5, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "AKST": -9, "AKDT": -8, "HST": -10,
}  # fmt: skip
_ENGLISH = {
    name: number
    for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)  # noqa: SIM905
}
_MAIL_DATE = re.compile(
    r"(?:[A-Z][a-z]{2},? )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) "
    r"(\d\d):(\d\d)(?::(\d\d))?"
    r" (?:([+-])(\d\d)(\d\d)|GMT|UTC|Z)",
    re.ASCII,
)
_ISO_DATE = re.compile(
    r"(\d{4})(-?)(\d\d)\2(\d\d)(?:(?:[Tt]|,? )(\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?(.*))?", re.ASCII
)
_EPOCH = re.compile(r"(\d{10})(?:\d{3}|\.\d+)?", re.ASCII)  # seconds or milliseconds
_OFFSET = re.compile(r"(?:GMT|UTC?|Z)? ?([+\u2212-]) ?(\d{1,2})(?::?(\d\d))?", re.IGNORECASE)
_HALF_OF_DAY = re.compile(r" ?[AP]\.? ?M\b", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]*\)?")
# What may follow a time and is no zone.
_IDLE_WORDS = frozenset({"uhr", "h", "hs", "hrs", "hours", "horas", "ч", "г"})

_CLOCK = re.compile(
    r"(?<![\d.:])(\d{1,2})[:h](\d\d)(?::(\d\d)(?:[.,]\d+)?)?(?!\d)(?: ?([AP])\.? ?M\b\.?)?", re.IGNORECASE
)
_DOTTED_CLOCK = re.compile(r"(?<![\d.])(\d{1,2})\.(\d\d)(?:\.(\d\d))?(?![\d.])()$")  # Finnish, Danish: klo 10.30
_ZONE = re.compile(r"[ ,]*((?:GMT|UTC?|Z)? ?[+\u2212-] ?\d{1,2}(?::?\d\d)?|[A-Z]{1,5})(?![\w:])")
_VIETNAMESE_MONTH = re.compile(r" *(?:tháng|thg) *(\d{1,2})[ ,]*(?:năm )?", re.IGNORECASE)
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})([./-]) ?(\d{1,2})\2 ?(\d{4})(?!\d)")
_WORD = r"[^\W\d_][^\s\d,;:/()-]*"
_OF = r"(?:(?:de|del|di|of|m\.|gada)\s)?"
_DAY = r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th|er|[.ºª°])?"
_MONTH, _YEAR = rf"(?P<month>{_WORD})", r"(?P<year>\d{4})(?!\d)"
_IN_WORDS = (
    re.compile(rf"{_DAY}[ ,-]*{_OF}{_MONTH}[ ,.-]*{_OF}(?:{_YEAR}|(?P<short>\d\d)(?!\d))", re.IGNORECASE),
    re.compile(rf"{_MONTH} {_DAY}[ ,]+{_YEAR}", re.IGNORECASE),
    re.compile(rf"{_YEAR}[ .,-]+{_OF}{_MONTH}[ -]+{_DAY}", re.IGNORECASE),
    re.compile(rf"{_YEAR}[ .,-]+{_OF}{_DAY} {_MONTH}", re.IGNORECASE),
)
_EAST_ASIAN_DATE = re.compile(
    r"(\d{4})\s*[年년./-]\s*(\d{1,2})\s*[月월./-]\s*(\d{1,2})\s*[日일]?"
    r"(?:\D{0,12}?(\d{1,2})\s*[:時时시点]\s*(\d{1,2})(?:\s*[:分분]\s*(\d{1,2}))?)?"
)
_AFTERNOON = re.compile("下午|晚上|午後|오후|PM", re.IGNORECASE)
_SLASHED = re.compile(r"\s*(\d{1,2})[/-](\d{1,2})[/-]\d{4}(?!\d)")


@dataclass(frozen=True, slots=True)
class DateStyle:
    """What a feed shows about its dates: the language of the months, and the order of 5/6/2026."""

    language: str | None = None
    month_first: bool | None = None  # None where no date shows it


def date_style(dates: Iterable[object], language: str | None) -> DateStyle:
    """The style of a feed's dates: a number above 12 is a day, wherever the others of the feed are."""
    found = {
        int(first) <= 12
        for date in dates
        if isinstance(date, str) and (match := _SLASHED.match(date))
        for first, second in [match.groups()]
        if max(int(first), int(second)) > 12
    }
    return DateStyle(language, found.pop() if len(found) == 1 else None)


def unread_dates(unread: Sequence[str], entries: int) -> tuple[str, ...]:
    """A note on the dates of a feed that cannot be read, with one of them; empty where there are none."""
    if not unread:
        return ()
    example = printable_line(unread[0])[:60]
    return (f"{len(unread)} of {entries} dates cannot be read, such as {example!r}; the first sight counts instead",)


def parse_date(value: object, style: DateStyle = DateStyle()) -> datetime | None:
    """Parse a date to an aware time in UTC. A missing zone means UTC; an unclear date or unknown zone gives None."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = f"{value:.0f}"
    if not isinstance(value, str) or not 4 <= len(text := one_line(value)) <= 100:
        return None
    for read in (_mail_date, _iso_date, _epoch, _east_asian_date):
        try:
            if moment := read(text):
                return _plausible(moment)
        except (ValueError, OverflowError):
            return None
    try:
        moment = _date_in_words(text, style)
        return _plausible(moment) if moment else None
    except (ValueError, OverflowError):
        return None


def _plausible(moment: datetime) -> datetime | None:
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=0) if FIRST_YEAR <= moment.year <= LAST_YEAR else None


def _moment(year: int, month: int, day: int, clock: Iterable[str | int | None], offset: timedelta) -> datetime:
    """The time in UTC. Some programs write midnight and the hour after it as 24."""
    hour, minute, second = (int(part or 0) for part in clock)
    if year >= _BUDDHIST_YEAR:
        year -= _BUDDHIST_SHIFT
    local = datetime(year, month, day, hour % 24 if hour == 24 else hour, minute, min(second, 59), tzinfo=UTC)
    return local + timedelta(days=hour == 24) - offset


def _mail_date(text: str) -> datetime | None:
    found = _MAIL_DATE.fullmatch(text)
    if not found or found[2] not in _ENGLISH:
        return None
    offset = timedelta(hours=int(found[8] or 0), minutes=int(found[9] or 0))
    return _moment(
        int(found[3]), _ENGLISH[found[2]], int(found[1]), found.groups()[3:6], -offset if found[7] == "-" else offset
    )


def _iso_date(text: str) -> datetime | None:
    found = _ISO_DATE.fullmatch(text)
    if not found or _HALF_OF_DAY.match(found[8] or ""):
        return None
    offset = _offset(found[8] or "")
    if offset is None:
        raise ValueError(f"unknown zone {found[8]!r}")
    return _moment(int(found[1]), int(found[3]), int(found[4]), found.groups()[4:7], offset)


def _epoch(text: str) -> datetime | None:
    found = _EPOCH.fullmatch(text)
    return datetime.fromtimestamp(int(found[1]), UTC) if found else None


def _offset(text: str) -> timedelta | None:
    """The offset of a zone from UTC; none is 0, and None stands for a zone that is not known."""
    text = _COMMENT.sub("", text).strip(" ,.;")
    if found := _OFFSET.fullmatch(text):
        offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return (offset if found[1] == "+" else -offset) if offset < timedelta(hours=15) else None
    if not text or text.lower() in _IDLE_WORDS:
        return timedelta()
    if len(text) == 1 and text.isalpha():
        return timedelta()  # RFC 5322: military zones were used both ways, so they say nothing
    hours = _ZONES.get(text)
    return None if hours is None else timedelta(hours=hours)


def _east_asian_date(text: str) -> datetime | None:
    found = _EAST_ASIAN_DATE.match(text)
    if not found:
        return None
    numbers = [int(number or 0) for number in found.groups()]
    if 0 < numbers[3] < 12 and _AFTERNOON.search(text):
        numbers[3] += 12
    zone = re.search(r"(?:GMT|UTC)? ?[+-]\d\d?(?::?\d\d)?$", text[found.end() :])
    offset = _offset(zone[0]) if zone else timedelta()
    return _moment(numbers[0], numbers[1], numbers[2], numbers[3:], offset or timedelta())


def _date_in_words(text: str, style: DateStyle) -> datetime | None:
    """Read a date with the month's name in any language, or in numbers of which one has to be the day."""
    text = _COMMENT.sub(" ", _VIETNAMESE_MONTH.sub(r".\1.", text))
    clock = _CLOCK.search(text) or _DOTTED_CLOCK.search(text)
    before, after = (text[: clock.start()], text[clock.end() :]) if clock else (text, "")
    zone = _ZONE.match(after) if clock else None
    offset = _offset(zone[1]) if zone else timedelta()
    after = after[zone.end() :] if zone else after
    half = (clock[4] or "").lower() if clock else ""
    day = _day(before, style, american=bool(half))
    if day is None:
        day = _day(f"{before} {after}", style, american=bool(half))
    elif after.strip(" ,.;").lower() not in {"", *_IDLE_WORDS}:
        return None  # a zone in words, which is not known
    if day is None or offset is None:
        return None
    parts: list[str | None] = list(clock.groups()[:3]) if clock else [None, None, None]
    if half:
        parts[0] = str(int(parts[0] or 0) % 12 + 12 * (half == "p"))
    return _moment(*day, parts, offset)


def _day(text: str, style: DateStyle, *, american: bool) -> tuple[int, int, int] | None:
    """Year, month and day."""
    if found := _NUMBERS.search(text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        return _in_order(first, second, year, style, dotted=found[2] == ".", american=american)
    for form in _IN_WORDS:
        for found in form.finditer(text):
            month = month_number(found["month"], style.language)
            if month:
                parts = found.groupdict()
                year = int(parts["year"]) if parts["year"] else _full_year(int(parts["short"]))
                return year, month, int(parts["day"])
    return None


def _in_order(
    first: int, second: int, year: int, style: DateStyle, *, dotted: bool, american: bool
) -> tuple[int, int, int] | None:
    """Order the numbers by their size, the dots, the other dates of the feed, or AM and PM, which is American."""
    if second > 12 and not dotted:
        return year, first, second
    if dotted or first > 12 or first == second or style.month_first is False:
        return year, second, first
    return (year, first, second) if style.month_first or american else None


def _full_year(short: int) -> int:
    return short + (2000 if short < 70 else 1900)
