"""What is known of each source from one poll to the next."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pipeline.edges.store.codec import moment, plain, time_text


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


class Sources:
    """The table `source_state`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def states(self) -> dict[str, SourceState]:
        """Every source that was ever polled, by name."""
        rows = self._connection.execute(
            "SELECT name, etag, last_modified, polled_at, succeeded_at, next_poll_at, failures, error, moved_to,"
            " moved_seen, entries FROM source_state"
        )
        return {
            row[0]: SourceState(row[0], row[1], row[2], moment(row[3]), moment(row[4]), moment(row[5]), *row[6:])
            for row in rows
        }

    def put(self, states: Iterable[SourceState]) -> None:
        """Keep these states in place of what was known."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO source_state VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    state.name,
                    plain(state.etag),
                    plain(state.last_modified),
                    *(at and time_text(at) for at in (state.polled_at, state.succeeded_at, state.next_poll_at)),
                    state.failures,
                    plain(state.error),
                    plain(state.moved_to),
                    state.moved_seen,
                    state.entries,
                )
                for state in states
            ),
        )
