"""Entries: what feeds and documents said, and how far each has come."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.edges.store.codec import decode, encode, format_time, storable_text
from pipeline.edges.store.waiting import waiting_rows
from pipeline.records import Entry

PAGE_TRIES = 3


@dataclass(frozen=True, slots=True)
class EncodedEntry:
    """An entry as it stands in the store."""

    id: str
    source: str
    url: str | None
    text: str


def encode_entry(entry: Entry) -> EncodedEntry:
    """An entry as it is kept."""
    return EncodedEntry(entry.id, entry.source, storable_text(entry.url), encode(entry))


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry, when it was first seen, and the response that holds its page or document."""

    entry: Entry
    first_seen_at: datetime
    response: int | None


class EntryTable:
    """The table `entry`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put(self, entry: Entry, *, seen_at: datetime, page: str, response: int | None = None) -> bool:
        """Keep an entry; True when it is new or says something new, and so waits for clean again.

        `page` is "wanted" where its article page is to be fetched; an entry that changed keeps the page it has.
        """
        return bool(self.put_all([(encode_entry(entry), page)], seen_at=seen_at, response=response))

    def put_all(
        self, entries: Sequence[tuple[EncodedEntry, str]], *, seen_at: datetime, response: int | None = None
    ) -> int:
        """Keep entries, each with its `page`, as `put` does; how many are new or say something new."""
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
        """(entry id, source, url) of the entries whose article page is still to be fetched, a stable order."""
        return self._connection.execute(
            "SELECT id, source, url FROM entry WHERE page = 'wanted' AND url IS NOT NULL"
            " ORDER BY first_seen_at, source, id"
        ).fetchall()

    def page_fetched(self, entry_id: str, response: int) -> None:
        """The page came; the entry waits for clean."""
        self._connection.execute(
            "UPDATE entry SET page = 'kept', response = ?, cleaned_by = NULL WHERE id = ?", (response, entry_id)
        )

    def page_failed(self, entry_id: str, *, again: bool) -> None:
        """The page could not be had; with `again` it is still wanted, until it has failed three times."""
        self._connection.execute(
            "UPDATE entry SET page_tries = page_tries + 1,"
            " page = CASE WHEN ? AND page_tries + 1 < ? THEN 'wanted' ELSE 'failed' END WHERE id = ?",
            (again, PAGE_TRIES, entry_id),
        )

    def awaiting_clean(self, version: int) -> Iterator[StoredEntry]:
        """Entries that the clean of this version has not seen as they are now."""
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
        """How many those are."""
        row = self._connection.execute(
            "SELECT count(*) FROM entry WHERE cleaned_by IS NULL OR cleaned_by < ? OR cleaned_by > ?",
            (version, version),
        ).fetchone()
        return int(row[0])

    def get(self, entry_id: str) -> StoredEntry:
        """One entry; KeyError where there is none of that id."""
        row = self._connection.execute(
            "SELECT record, first_seen_at, response FROM entry WHERE id = ?", (entry_id,)
        ).fetchone()
        if row is None:
            raise KeyError(entry_id)
        return _stored(*row)

    def get_all(self, ids: Sequence[str]) -> list[StoredEntry]:
        """These entries, those that exist, by id."""
        rows = self._connection.execute(
            "SELECT record, first_seen_at, response FROM entry WHERE id IN (SELECT value FROM json_each(?))"
            " ORDER BY id",
            (json.dumps(ids),),
        )
        return [_stored(*row) for row in rows]

    def mark_cleaned(self, ids: Iterable[str], version: int) -> None:
        """The clean of that version has seen these."""
        self._connection.executemany("UPDATE entry SET cleaned_by = ? WHERE id = ?", ((version, i) for i in ids))

    def forget_cleaned(self, ids: Iterable[str] | None = None) -> None:
        """These entries, or all, wait for clean again."""
        if ids is None:
            self._connection.execute("UPDATE entry SET cleaned_by = NULL")
        else:
            self._connection.executemany("UPDATE entry SET cleaned_by = NULL WHERE id = ?", ((i,) for i in ids))

    def counts(self) -> dict[str, int]:
        """How many entries there are, and how many wait for what."""
        total, waiting, wanted, failed = self._connection.execute(
            "SELECT count(*), coalesce(sum(cleaned_by IS NULL), 0), coalesce(sum(page = 'wanted'), 0),"
            " coalesce(sum(page = 'failed'), 0) FROM entry"
        ).fetchone()
        return {"entries": total, "awaiting clean": waiting, "awaiting page": wanted, "page failed": failed}

    def times_by_source(self, since: datetime, most: int) -> dict[str, list[datetime]]:
        """When each source published what was first seen after `since`, newest first; undated entries when seen."""
        rows = self._connection.execute(
            "SELECT source, at FROM"
            " (SELECT source, at, row_number() OVER (PARTITION BY source ORDER BY at DESC) AS place"
            " FROM (SELECT source, coalesce(json_extract(record, '$.published_at'), first_seen_at) AS at FROM entry"
            " WHERE first_seen_at > ?)) WHERE place <= ? ORDER BY source, at DESC",
            (format_time(since), most),
        )
        found: dict[str, list[datetime]] = {}
        for source, text in rows:
            found.setdefault(source, []).append(datetime.fromisoformat(text))
        return found

    def count_by_source(self) -> dict[str, int]:
        """Entries kept, by source."""
        return dict(self._connection.execute("SELECT source, count(*) FROM entry GROUP BY source").fetchall())


def _stored(record: str, first_seen_at: str, response: int | None) -> StoredEntry:
    return StoredEntry(decode(Entry, record), datetime.fromisoformat(first_seen_at), response)
