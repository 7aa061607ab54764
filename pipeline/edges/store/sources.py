"""What is known of each source from one poll to the next."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from pipeline.edges.store.codec import format_time, parse_time, storable_text


@dataclass(frozen=True, slots=True)
class SourceState:
    """The health of one source, and what to send it next time."""

    name: str
    etag: str | None = None
    last_modified: str | None = None
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None
    next_poll_at: datetime | None = None
    failures: int = 0
    error: str | None = None
    moved_to: str | None = None
    moved_seen: int = 0
    entries: int = 0
    location: str | None = None  # the config's address when all this was learned
    adopted_url: str | None = None  # where it has moved for good, asked in place of the config's address
    gone_at: datetime | None = None  # when it answered 410: it is not asked again
    failing_since: datetime | None = None
    notes: tuple[str, ...] = ()  # what its last answer had odd about it
    feeds: tuple[str, ...] = ()  # feeds that a page links to that came in place of one


_COLUMNS = tuple(field.name for field in fields(SourceState))
_MOMENTS = ("polled_at", "succeeded_at", "next_poll_at", "gone_at", "failing_since")
_LISTS = ("notes", "feeds")


class SourceTable:
    """The table `source_state`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def states(self) -> dict[str, SourceState]:
        """Every source that was ever polled, by name."""
        rows = self._connection.execute(f"SELECT {', '.join(_COLUMNS)} FROM source_state")  # noqa: S608 - all ours
        return {row[0]: _state(dict(zip(_COLUMNS, row, strict=True))) for row in rows}

    def put(self, states: Iterable[SourceState]) -> None:
        """Keep these states in place of what was known."""
        marks = ", ".join("?" * len(_COLUMNS))
        self._connection.executemany(
            f"INSERT OR REPLACE INTO source_state ({', '.join(_COLUMNS)}) VALUES ({marks})",  # noqa: S608 - all ours
            (tuple(_to_column(getattr(state, name)) for name in _COLUMNS) for state in states),
        )


def _state(values: dict[str, Any]) -> SourceState:
    for name in _MOMENTS:
        values[name] = parse_time(values[name])
    for name in _LISTS:
        values[name] = tuple(json.loads(values[name]))
    return SourceState(**values)


def _to_column(value: object) -> object:
    if isinstance(value, datetime):
        return format_time(value)
    if isinstance(value, tuple):
        return json.dumps(value)
    return storable_text(value) if isinstance(value, str) else value
