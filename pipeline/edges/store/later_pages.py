"""The later pages of stories that their outlets divide, which are fetched after the first page has been read."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime

from pipeline.edges.store.codec import format_time
from pipeline.edges.store.entries import PAGE_TRIES


class LaterPageTable:
    """The table `later_page`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def want(self, entry_id: str, urls: Iterable[str]) -> None:
        """Ask for later pages of an entry's page, in order; those that are known stay as they are.

        Only entries whose page was fetched have later pages: those of files and web archives come with them.
        """
        self._connection.executemany(
            "INSERT OR IGNORE INTO later_page (entry, url) SELECT id, ? FROM entry WHERE id = ? AND page = 'kept'",
            ((url, entry_id) for url in urls),
        )

    def awaiting(self, since: datetime) -> list[tuple[str, str, str]]:
        """List (entry id, source, url) of the later pages that have to be fetched, of entries first seen `since`."""
        return self._connection.execute(
            "SELECT l.entry, e.source, l.url FROM later_page l JOIN entry e ON e.id = l.entry"
            " WHERE l.state = 'wanted' AND e.first_seen_at >= ? ORDER BY e.first_seen_at, e.source, l.rowid",
            (format_time(since),),
        ).fetchall()

    def fetched(self, entry_id: str, url: str, response: int) -> None:
        """Record a later page; the entry waits for clean."""
        self._connection.execute(
            "UPDATE later_page SET state = 'kept', response = ? WHERE entry = ? AND url = ?", (response, entry_id, url)
        )
        self._connection.execute("UPDATE entry SET cleaned_by = NULL WHERE id = ?", (entry_id,))

    def failed(self, entry_id: str, url: str, *, again: bool) -> None:
        """Record that a later page could not be fetched. With `again` it is tried again, PAGE_TRIES times in all."""
        self._connection.execute(
            "UPDATE later_page SET tries = tries + 1,"
            " state = CASE WHEN ? AND tries + 1 < ? THEN 'wanted' ELSE 'failed' END WHERE entry = ? AND url = ?",
            (again, PAGE_TRIES, entry_id, url),
        )

    def responses_of(self, entry_ids: Sequence[str]) -> dict[str, dict[str, int]]:
        """Map entries to their fetched later pages: addresses to ids of responses."""
        rows = self._connection.execute(
            "SELECT entry, url, response FROM later_page WHERE response IS NOT NULL"
            " AND entry IN (SELECT value FROM json_each(?))",
            (json.dumps(entry_ids),),
        )
        found: dict[str, dict[str, int]] = {}
        for entry_id, url, response in rows:
            found.setdefault(entry_id, {})[url] = response
        return found
