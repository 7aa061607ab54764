"""The index that dedupe compares stories by, as bytes: what was decided, and parts that are written once."""

import sqlite3
from collections.abc import Sequence

_STATE = 0  # the number of what was decided


class IndexTable:
    """The table `compared`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self) -> tuple[bytes | None, list[bytes]]:
        """What was decided, None where nothing was yet, and the parts in their order."""
        rows = self._connection.execute("SELECT part, data FROM compared ORDER BY part").fetchall()
        state = next((data for part, data in rows if part == _STATE), None)
        return state, [data for part, data in rows if part != _STATE]

    def put(self, state: bytes, parts: Sequence[bytes], *, anew: bool) -> None:
        """Keep what was decided, and parts: beside the earlier ones, or with `anew` in place of them all."""
        if anew:
            self._connection.execute("DELETE FROM compared")
        self._connection.execute("INSERT OR REPLACE INTO compared VALUES (?, ?)", (_STATE, state))
        # The state has the least number, so that a part always gets one above those there are.
        self._connection.executemany("INSERT INTO compared (data) VALUES (?)", ((part,) for part in parts))
