"""Entries: items of feeds and documents, and which stages each has been through."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.edges.store.codec import decode, encode, format_time, storable_text
from pipeline.edges.store.waiting import waiting_rows
from pipeline.records import Entry

PAGE_TRIES = 3  # then an article page is no longer fetched
CLEAN_AGAIN = 0  # the version of clean that has seen an entry whose boilerplate was learned afterwards


@dataclass(frozen=True, slots=True)
class EncodedEntry:
    """An entry, encoded for the store."""

    id: str
    source: str
    url: str | None
    text: str  # JSON


def encode_entry(entry: Entry) -> EncodedEntry:
    """Encode an entry for the store; a worker does this, so that the parent process need not."""
    return EncodedEntry(entry.id, entry.source, storable_text(entry.url), encode(entry))


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry, with the time it was first seen and the id of the response with its page or document."""

    entry: Entry
    first_seen_at: datetime
    response: int | None


class EntryTable:
    """The table `entry`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put(self, entry: Entry, *, seen_at: datetime, page: str, response: int | None = None) -> bool:
        """Store an entry. True if it is new or has changed, so that clean has to see it.

        `page` is "wanted" if the entry's article page has to be fetched; a changed entry keeps its page.
        """
        return bool(self.put_all([(encode_entry(entry), page)], seen_at=seen_at, response=response))

    def put_all(
        self, entries: Sequence[tuple[EncodedEntry, str]], *, seen_at: datetime, response: int | None = None
    ) -> int:
        """Store entries with their `page`, as `put` does; return how many are new or have changed."""
        ids = json.dumps([entry.id for entry, _ in entries])
        rows = self._connection.execute(
            "SELECT e.id, e.record, e.response FROM json_each(?) wanted JOIN entry e ON e.id = wanted.value", (ids,)
        )
        known = {row[0]: row[1:] for row in rows}
        new, changed, at = [], [], format_time(seen_at)
        for entry, page in entries:
            before = known.get(entry.id)
            if before is None:
                new.append((entry.id, entry.source, entry.url, entry.text, at, page, response))
            elif before[0] != entry.text or response not in (None, before[1]):
                changed.append((entry.text, entry.url, response, entry.id))
            known[entry.id] = (entry.text, response if before is None or response is not None else before[1])
        self._connection.executemany(
            "INSERT INTO entry (id, source, url, record, first_seen_at, page, response) VALUES (?, ?, ?, ?, ?, ?, ?)",
            new,
        )
        self._connection.executemany(
            "UPDATE entry SET record = ?, url = ?, response = coalesce(?, response), cleaned_by = NULL WHERE id = ?",
            changed,
        )
        return len(new) + len(changed)

    def awaiting_page(self) -> list[tuple[str, str, str]]:
        """List (entry id, source, url) of the entries whose article page has to be fetched, in a stable order."""
        return self._connection.execute(
            "SELECT id, source, url FROM entry WHERE page = 'wanted' AND url IS NOT NULL"
            " ORDER BY first_seen_at, source, id"
        ).fetchall()

    def page_fetched(self, entry_id: str, response: int) -> None:
        """Record an entry's article page; the entry waits for clean."""
        self._connection.execute(
            "UPDATE entry SET page = 'kept', response = ?, cleaned_by = NULL WHERE id = ?", (response, entry_id)
        )

    def page_failed(self, entry_id: str, *, again: bool) -> None:
        """Record that a page could not be fetched. With `again` it is tried again, PAGE_TRIES times in all."""
        self._connection.execute(
            "UPDATE entry SET page_tries = page_tries + 1,"
            " page = CASE WHEN ? AND page_tries + 1 < ? THEN 'wanted' ELSE 'failed' END WHERE id = ?",
            (again, PAGE_TRIES, entry_id),
        )

    def awaiting_clean(self, version: int) -> Iterator[StoredEntry]:
        """Yield entries that are new or have changed since this version of clean saw them."""
        rows = waiting_rows(
            self._connection,
            "SELECT DISTINCT cleaned_by FROM entry WHERE cleaned_by < :version OR cleaned_by > :version",
            "SELECT id, record, first_seen_at, response FROM entry WHERE cleaned_by IS :by AND id > :after"
            " ORDER BY id LIMIT :page",
            version,
            first="",
        )
        return (_stored(*row[1:]) for row in rows)

    def count_awaiting_clean(self, version: int) -> int:
        """Count the entries that `awaiting_clean` yields."""
        row = self._connection.execute(
            "SELECT count(*) FROM entry WHERE cleaned_by IS NULL OR cleaned_by < ? OR cleaned_by > ?",
            (version, version),
        ).fetchone()
        return int(row[0])

    def get(self, entry_id: str) -> StoredEntry:
        """Return one entry; KeyError if there is none with that id."""
        row = self._connection.execute(
            "SELECT record, first_seen_at, response FROM entry WHERE id = ?", (entry_id,)
        ).fetchone()
        if row is None:
            raise KeyError(entry_id)
        return _stored(*row)

    def get_all(self, ids: Sequence[str]) -> list[StoredEntry]:
        """List the entries with these ids, ordered by id; unknown ids are left out."""
        rows = self._connection.execute(
            "SELECT record, first_seen_at, response FROM entry WHERE id IN (SELECT value FROM json_each(?))"
            " ORDER BY id",
            (json.dumps(ids),),
        )
        return [_stored(*row) for row in rows]

    def mark_cleaned(self, ids: Iterable[str], version: int) -> None:
        """Record that this version of clean has seen these entries."""
        self._connection.executemany("UPDATE entry SET cleaned_by = ? WHERE id = ?", ((version, i) for i in ids))

    def clean_again(self, ids: Iterable[str]) -> None:
        """Make entries wait for clean again because boilerplate was learned from their stories."""
        self._connection.executemany(
            "UPDATE entry SET cleaned_by = ? WHERE id = ?", ((CLEAN_AGAIN, entry_id) for entry_id in ids)
        )

    def forget_cleaned(self) -> None:
        """Make all entries wait for clean again."""
        self._connection.execute("UPDATE entry SET cleaned_by = NULL")

    def counts(self) -> dict[str, int]:
        """Count the entries: all, those that wait for clean or for a page, and those whose page failed."""
        total, waiting, wanted, failed = self._connection.execute(
            "SELECT count(*), coalesce(sum(coalesce(cleaned_by, 0) = 0), 0), coalesce(sum(page = 'wanted'), 0),"
            " coalesce(sum(page = 'failed'), 0) FROM entry"
        ).fetchone()
        return {"entries": total, "awaiting clean": waiting, "awaiting page": wanted, "page failed": failed}

    def times_by_source(self, since: datetime, most: int) -> dict[str, list[datetime]]:
        """Return the publication times of each source's entries first seen after `since`, newest first.

        An undated entry counts by the time it was first seen. At most `most` times for each source.
        """
        rows = self._connection.execute(
            "SELECT source, at FROM"
            " (SELECT source, at, row_number() OVER (PARTITION BY source ORDER BY at DESC) AS newest"
            " FROM (SELECT source, coalesce(json_extract(record, '$.published_at'), first_seen_at) AS at FROM entry"
            " WHERE first_seen_at > ?)) WHERE newest <= ? ORDER BY source, at DESC",
            (format_time(since), most),
        )
        found: dict[str, list[datetime]] = {}
        for source, text in rows:
            found.setdefault(source, []).append(datetime.fromisoformat(text))
        return found

    def count_by_source(self) -> dict[str, int]:
        """Count the stored entries of each source."""
        return dict(self._connection.execute("SELECT source, count(*) FROM entry GROUP BY source").fetchall())


def _stored(record: str, first_seen_at: str, response: int | None) -> StoredEntry:
    return StoredEntry(decode(Entry, record), datetime.fromisoformat(first_seen_at), response)
