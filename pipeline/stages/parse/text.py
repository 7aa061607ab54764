"""Parse the plain values of feeds: titles, URLs, dates, names."""

import html
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from pipeline.text.dates import as_utc
from pipeline.text.normalise import one_line, strip_illegal, truncate

TITLE_CHARS = 1_000
NAME_CHARS = 200
URL_CHARS = 4_000
FIRST_YEAR = 1990  # feeds are younger than the Web, so an earlier date is a default value

COMMENT, COMMENT_END = re.compile("<!--"), re.compile("-->")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TWICE = re.compile(r"&(?:amp|quot|apos|nbsp|#0?39|#8\d{3}|[lr][sd]quo|[mn]dash|hellip);")
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|br|cite|code|del|div|em|font|h[1-6]|i|img|ins|li|mark|ol|p|q|s|script|small|span|strike"
    r"|strong|style|sub|sup|tt|u|ul|wbr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?li|/?h[1-6])\b", re.IGNORECASE)
_PLAIN_URL = re.compile(r"https?://[a-z0-9][a-z0-9.-]*(?:/[\w%/:=&?~+!$,;@()*.#-]*)?", re.ASCII)
_SPACE = re.compile(r"\s+")
_MAILBOX = re.compile(r"<?(?:mailto:)?[^\s<>()@]{1,100}@[^\s<>()@]{1,100}>?")
_ZONES = {
    "JST": 9, "KST": 9, "HKT": 8, "SGT": 8, "MYT": 8, "PHT": 8, "AWST": 8, "WIB": 7, "ICT": 7, "IST": 5.5,
    "CET": 1, "MET": 1, "WEST": 1, "BST": 1, "CEST": 2, "MEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "AEST": 10,
    "AEDT": 11, "NZST": 12, "NZDT": 13, "WET": 0, "UTC": 0, "UT": 0, "GMT": 0, "Z": 0,
}  # fmt: skip
_ZONE_NAME = re.compile(r"\s*\(?\b([A-Z]{1,5})\)?\s*$")
_EAST_ASIAN_DATE = re.compile(
    r"(\d{4})\s*[年년./-]\s*(\d{1,2})\s*[月월./-]\s*(\d{1,2})\s*[日일]?"
    r"(?:\D{0,12}?(\d{1,2})\s*[:時时시点]\s*(\d{1,2})(?:\s*[:分분]\s*(\d{1,2}))?)?"
)
_AFTERNOON = re.compile("下午|晚上|午後|오후|PM", re.IGNORECASE)


def plain_text(value: object, *, markup: bool = True, limit: int = TITLE_CHARS) -> str:
    """Return one line of text without tags (where the value may be markup), with references decoded."""
    if not isinstance(value, str):
        return ""
    text = value[: limit * 4]
    if markup and "<" in text:
        text = drop_between(text, COMMENT, COMMENT_END)
        text = _TAG.sub(lambda tag: " " if _BREAK.match(tag[0]) else "", text)
    text = _REFERENCE.sub(lambda found: html.unescape(found[0]), text)
    text = _TWICE.sub(lambda found: html.unescape(found[0]), text)
    return truncate(one_line(strip_illegal(text)), limit)


def drop_between(text: str, opening: re.Pattern[str], closing: re.Pattern[str]) -> str:
    """Remove the parts between two marks in one pass. A part without an end stays."""
    pieces = []
    position = 0
    while (start := opening.search(text, position)) and (end := closing.search(text, start.end())):
        pieces.append(text[position : start.start()])
        position = end.end()
    return "".join(pieces) + text[position:]


def absolute_url(value: object, base: str) -> str | None:
    """Return an absolute http or https URL, in ASCII except for its host, or None."""
    if not isinstance(value, str):
        return None
    if len(value) <= URL_CHARS and _PLAIN_URL.fullmatch(value):
        return value
    url = re.sub(r"[\x00-\x1f\x7f]", "", strip_illegal(value)).strip()
    if not url or len(url) > URL_CHARS:
        return None
    if url.lower().startswith("www."):
        url = f"https://{url}"
    try:
        parts = urlsplit(urljoin(base, url))
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or re.search(r"[\s<>\"'`\\{}|^]", parts.netloc):
        return None
    safe = "%/:=&?~+!$,;'@()*[]-._"
    path, query, fragment = (quote(part, safe=safe) for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme.lower(), parts.netloc, path, query, fragment))


def parse_date(value: object) -> datetime | None:
    """Parse a date to an aware time in UTC. A missing zone means UTC; an unclear date gives None."""
    if not isinstance(value, str) or not 4 <= len(text := _SPACE.sub(" ", value).strip()) <= 100:
        return None
    for read in (_iso_date, _mail_date, _east_asian_date):
        try:
            moment = read(text)
            if moment is not None:
                return _plausible(moment)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def from_time_tuple(parts: object) -> datetime | None:
    """Convert a time tuple in UTC, or return None."""
    if not isinstance(parts, tuple) or len(parts) < 6:
        return None
    try:
        return _plausible(datetime(*(int(part) for part in parts[:6]), tzinfo=UTC))  # type: ignore[arg-type,misc]
    except (ValueError, TypeError, OverflowError):
        return None


def person_name(text: str) -> str:
    """Return the name in "a@b.c (Name)", "Name <a@b.c>" or "Name"."""
    name = _SPACE.sub(" ", _MAILBOX.sub("", text).replace("()", "")).strip(" ,;")
    return name[1:-1].strip() if name.startswith("(") and name.endswith(")") else name


def person_names(values: Iterable[object]) -> tuple[str, ...]:
    """Return people's names in order without repeats. A string with clear separators counts as several names."""
    found: dict[str, None] = {}
    for value in values:
        for name in re.split(r"\s*[;；、]\s*", person_name(plain_text(value, limit=NAME_CHARS))):
            if name and not name.startswith(("http://", "https://")):
                found.setdefault(name)
    return tuple(found)[:20]


def _plausible(moment: datetime) -> datetime | None:
    moment = as_utc(moment)
    return moment.replace(microsecond=0) if moment.year >= FIRST_YEAR else None


def _iso_date(text: str) -> datetime | None:
    # Long fractions and a space before the zone are common, but fromisoformat does not accept them.
    text = re.sub(r"(:\d\d)[.,]\d+", r"\1", text)
    text = re.sub(r"\s+(?=[+-]\d\d:?\d\d$|[zZ]$)", "", text)
    if not re.match(r"\d{4}-?\d\d-?\d\d", text):
        return None
    return datetime.fromisoformat(text)


def _mail_date(text: str) -> datetime | None:
    zone = _ZONE_NAME.search(text)
    if zone and zone[1] in _ZONES:
        local = parsedate_to_datetime(text[: zone.start()] + " +0000")
        return local.replace(tzinfo=timezone(timedelta(hours=_ZONES[zone[1]])))
    if not re.search(r"[A-Za-z]{3}", text):
        return None
    return parsedate_to_datetime(text)


def _east_asian_date(text: str) -> datetime | None:
    found = _EAST_ASIAN_DATE.match(text)
    if not found:
        return None
    numbers = [int(number or 0) for number in found.groups()]
    if 0 < numbers[3] < 12 and _AFTERNOON.search(text):
        numbers[3] += 12
    zone = re.search(r"([+-]\d\d):?(\d\d)$", text[found.end() :])
    offset = timedelta(hours=int(zone[1]), minutes=int(zone[1][0] + zone[2])) if zone else timedelta()
    return datetime(*numbers, tzinfo=timezone(offset))  # type: ignore[arg-type,misc]
