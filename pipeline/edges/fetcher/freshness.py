"""When to fetch an address again, according to the headers of its response."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

Header = Callable[[str], str | None]

MAX_SECONDS = 30 * 86_400.0
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,10})", re.IGNORECASE)


def retry_after_seconds(header: Header, now: datetime) -> float | None:
    """Parse Retry-After, which is in seconds or a date."""
    value = (header("retry-after") or "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:10]), MAX_SECONDS)
    moment = _http_date(value)
    return min(max(0.0, (moment - now).total_seconds()), MAX_SECONDS) if moment else None


def fresh_seconds(header: Header, now: datetime) -> float | None:
    """Return how long a response stays fresh by Cache-Control or Expires; None if neither says."""
    control = (header("cache-control") or "").lower()
    if "no-store" in control or "no-cache" in control:
        return None
    if found := _MAX_AGE.search(control):
        age = (header("age") or "").strip()
        age_seconds = float(age) if age.isascii() and age.isdigit() and len(age) < 10 else 0.0
        return min(max(0.0, float(found[1]) - age_seconds), MAX_SECONDS)
    expires = _http_date(header("expires") or "")
    if expires is None:
        return None
    sent = _http_date(header("date") or "") or now
    return min(max(0.0, (expires - sent).total_seconds()), MAX_SECONDS)


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
