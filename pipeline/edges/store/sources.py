"""The state of each source between two polls."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from pipeline.edges.store.codec import format_time, parse_time, storable_text


@dataclass(frozen=True, slots=True)
class SourceState:
    """The health of one source, and the validators to send next time."""

    name: str
    etag: str | None = None
    last_modified: str | None = None
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None
    next_poll_at: datetime | None = None
    failures: int = 0  # consecutive
    error: str | None = None
    moved_to: str | None = None  # target of a permanent redirect
    moved_seen: int = 0  # how many polls in a row were redirected there
    entries: int = 0  # in the last response that had any
    location: str | None = None  # the config's address that this state belongs to
    adopted_url: str | None = None  # where it has moved permanently; polled instead of the config's address
    gone_at: datetime | None = None  # when it answered 410; it is no longer polled
    failing_since: datetime | None = None
    notes: tuple[str, ...] = ()  # oddities of its last response
    feeds: tuple[str, ...] = ()  # feeds that a web page links to that came instead of a feed


_COLUMNS = tuple(field.name for field in fields(SourceState))
_TIMES = ("polled_at", "succeeded_at", "next_poll_at", "gone_at", "failing_since")
_LISTS = ("notes", "feeds")


class SourceTable:
    """The table `source_state`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def states(self) -> dict[str, SourceState]:
        """Map the name of every source that was ever polled to its state."""
        rows = self._connection.execute(f"SELECT {', '.join(_COLUMNS)} FROM source_state")  # noqa: S608 - all ours
        return {row[0]: _state(dict(zip(_COLUMNS, row, strict=True))) for row in rows}

    def put(self, states: Iterable[SourceState]) -> None:
        """Store these states; they replace earlier ones."""
        marks = ", ".join("?" * len(_COLUMNS))
        self._connection.executemany(
            f"INSERT OR REPLACE INTO source_state ({', '.join(_COLUMNS)}) VALUES ({marks})",  # noqa: S608 - all ours
            (tuple(_to_column(getattr(state, name)) for name in _COLUMNS) for state in states),
        )


def _state(values: dict[str, Any]) -> SourceState:
    for name in _TIMES:
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
