"""Results of the user's filters: an unchanged entry goes through the same filters once."""

import sqlite3
from dataclasses import dataclass

from pipeline.edges.store.codec import decode, encode
from pipeline.records import Entry


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The entry as the filters returned it; None if they dropped it."""

    entry: Entry | None


class FilterTable:
    """The table `filtered`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, entry_id: str, asked: str) -> StoredAnswer | None:
        """Return the stored result if `asked`, the hash of the entry and the filters, is the same; else None."""
        row = self._connection.execute(
            "SELECT answer FROM filtered WHERE entry = ? AND asked = ?", (entry_id, asked)
        ).fetchone()
        return None if row is None else StoredAnswer(None if row[0] is None else decode(Entry, row[0]))

    def put(self, entry_id: str, asked: str, result: Entry | None) -> None:
        """Store a result; it replaces the entry's earlier one."""
        text = None if result is None else encode(result)
        self._connection.execute("INSERT OR REPLACE INTO filtered VALUES (?, ?, ?)", (entry_id, asked, text))
