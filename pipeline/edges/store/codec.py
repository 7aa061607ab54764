"""How values stand in columns."""

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
    """A record as compact JSON text."""
    text = _ENCODER.encode(record)
    try:
        text.encode()
    except UnicodeEncodeError:
        # Half a surrogate pair, from a broken header or feed, has no UTF-8; JSON can spell it.
        return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)
    return text


def decode(kind: type[Record], text: str) -> Record:
    """The inverse of `encode`; text that is none, as only a damaged file holds, is sqlite3.DatabaseError."""
    try:
        return from_json(kind, json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise sqlite3.DatabaseError(f"{kind.__name__} that cannot be read: {error}") from error


def storable_text(text: str | None) -> str | None:
    """Free text as it can be kept: what has no UTF-8 becomes a question mark."""
    return None if text is None else text.encode("utf-8", "replace").decode()


def format_time(parse_time: datetime) -> str:
    """A moment in UTC, so that text order is time order."""
    return parse_time.astimezone(UTC).isoformat(timespec="microseconds")


def parse_time(text: str | None) -> datetime | None:
    """The inverse of `time_text`."""
    return datetime.fromisoformat(text) if text else None
