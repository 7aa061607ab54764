"""The stored index of dedupe, as bytes: its state, and parts that are written once."""

import sqlite3
from collections.abc import Sequence

_STATE = 0  # the part number of the state


class IndexTable:
    """The table `compared`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self) -> tuple[bytes | None, list[bytes]]:
        """The state, None before the first run, and the parts in order."""
        rows = self._connection.execute("SELECT part, data FROM compared ORDER BY part").fetchall()
        state = next((data for part, data in rows if part == _STATE), None)
        return state, [data for part, data in rows if part != _STATE]

    def put(self, state: bytes, parts: Sequence[bytes], *, replace_all: bool) -> None:
        """Store the state and add parts, or replace all parts."""
        if replace_all:
            self._connection.execute("DELETE FROM compared")
        self._connection.execute("INSERT OR REPLACE INTO compared VALUES (?, ?)", (_STATE, state))
        # The state has the least number, so a new part always gets the next number.
        self._connection.executemany("INSERT INTO compared (data) VALUES (?)", ((part,) for part in parts))
