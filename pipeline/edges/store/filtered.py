"""What the user's filters answered: an entry goes through them once."""

import sqlite3
from dataclasses import dataclass

from pipeline.edges.store.codec import decode, encode
from pipeline.records import Entry


@dataclass(frozen=True, slots=True)
class FilterResult:
    """The entry as the filters left it; None where they dropped it."""

    entry: Entry | None


class FilterTable:
    """The table `filtered`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, entry_id: str, asked: str) -> FilterResult | None:
        """The answer to the same question; None where it was never asked."""
        row = self._connection.execute(
            "SELECT answer FROM filtered WHERE entry = ? AND asked = ?", (entry_id, asked)
        ).fetchone()
        return None if row is None else FilterResult(None if row[0] is None else decode(Entry, row[0]))

    def put(self, entry_id: str, asked: str, answer: Entry | None) -> None:
        """Keep an answer in place of the earlier one."""
        text = None if answer is None else encode(answer)
        self._connection.execute("INSERT OR REPLACE INTO filtered VALUES (?, ?, ?)", (entry_id, asked, text))
