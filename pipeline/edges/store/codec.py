"""Convert between records, times and texts and what the columns of the store contain."""

import json
import re
import sqlite3
from datetime import UTC, datetime
from typing import Any, TypeVar

from pipeline.records import from_json, json_layer

Record = TypeVar("Record")

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=json_layer)
_SURROGATE = re.compile("[\ud800-\udfff]")


def encode(record: Any) -> str:
    """Encode a record as compact JSON."""
    text = _ENCODER.encode(record)
    try:
        text.encode()
    except UnicodeEncodeError:
        # A lone surrogate, from a broken header or feed, has no UTF-8 form, but JSON can escape it.
        return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)
    return text


def decode(kind: type[Record], text: str) -> Record:
    """Invert `encode`. Text that cannot be decoded means a damaged file: sqlite3.DatabaseError."""
    try:
        return from_json(kind, json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise sqlite3.DatabaseError(f"{kind.__name__} that cannot be read: {error}") from error


def storable_text(text: str | None) -> str | None:
    """Replace lone surrogates, which have no UTF-8 form, by question marks."""
    return None if text is None else text.encode("utf-8", "replace").decode()


def format_time(moment: datetime) -> str:
    """Format a time as ISO 8601 in UTC, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def parse_time(text: str | None) -> datetime | None:
    """Invert `format_time`; None for a column without a time."""
    return datetime.fromisoformat(text) if text else None
