"""A judge's grades, kept so that a replay asks nothing."""

import json
import sqlite3
from collections.abc import Iterable, Mapping


class GradeTable:
    """The table `grade`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, keys: Iterable[str]) -> dict[str, int | None]:
        """Map keys to their grades; None for a story that the judge could not grade."""
        rows = self._connection.execute(
            "SELECT key, grade FROM grade WHERE key IN (SELECT value FROM json_each(?))", (json.dumps(list(keys)),)
        )
        return dict(rows.fetchall())

    def put(self, grades: Mapping[str, int | None]) -> None:
        """Store grades."""
        self._connection.executemany("INSERT OR REPLACE INTO grade VALUES (?, ?)", grades.items())
