"""How values stand in columns."""

import json
from datetime import UTC, datetime
from typing import Any

from pipeline.records import to_json


def encode(record: Any) -> str:
    """A record as compact JSON text."""
    return json.dumps(to_json(record), ensure_ascii=False, separators=(",", ":"))


def time_text(moment: datetime) -> str:
    """A moment in UTC, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str | None) -> datetime | None:
    """The inverse of `time_text`."""
    return datetime.fromisoformat(text) if text else None
