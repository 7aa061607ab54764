"""Raw responses, from which every later stage can run again. Bodies are compressed, and equal ones stored once."""

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.edges.store.codec import encode, format_time
from pipeline.edges.store.waiting import waiting_rows
from pipeline.records import Response

ZLIB_LEVEL = 4  # pages become 5 % larger than at zlib's default, 6, in 60 % of the time


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """A response with its id in the store and the source that it was fetched for."""

    id: int
    source: str
    response: Response


class ResponseTable:
    """The tables `response`, `body` and `picture`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put(self, response: Response, *, source: str, purpose: str) -> tuple[int, bool]:
        """Store a response; return its id, and whether its body differs from the last one of that address."""
        digest = hashlib.sha256(response.body).hexdigest()
        last = self._connection.execute(
            "SELECT id, body_hash FROM response WHERE url = ? AND purpose = ? AND source = ? ORDER BY id DESC LIMIT 1",
            (response.url, purpose, source),
        ).fetchone()
        if last and last[1] == digest:
            return last[0], False
        self._connection.execute(
            "INSERT OR IGNORE INTO body (hash, data) VALUES (?, ?)",
            (digest, zlib.compress(response.body, ZLIB_LEVEL)),
        )
        cursor = self._connection.execute(
            "INSERT INTO response (source, purpose, url, final_url, status, headers, body_hash, fetched_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                source,
                purpose,
                response.url,
                response.final_url,
                response.status,
                encode(response.headers),
                digest,
                format_time(response.fetched_at),
            ),
        )
        return int(cursor.lastrowid or 0), True

    def awaiting(self, purpose: str, version: int) -> Iterator[StoredResponse]:
        """Yield the responses that this version of the parser has not read, oldest first."""
        rows = waiting_rows(
            self._connection,
            "SELECT DISTINCT read_by FROM response"
            " WHERE purpose = :purpose AND (read_by < :version OR read_by > :version)",
            "SELECT id FROM response WHERE purpose = :purpose AND read_by IS :by AND id > :after"
            " ORDER BY id LIMIT :page",
            version,
            first=0,
            purpose=purpose,
        )
        return (self.get(row[0]) for row in rows)

    def count_awaiting(self, purpose: str, version: int) -> int:
        """Count the responses that `awaiting` yields."""
        row = self._connection.execute(
            "SELECT count(*) FROM response WHERE purpose = ? AND (read_by IS NULL OR read_by < ? OR read_by > ?)",
            (purpose, version, version),
        ).fetchone()
        return int(row[0])

    def mark_read(self, ids: Iterable[int], version: int) -> None:
        """Record that this version of the parser has read these responses."""
        self._connection.executemany("UPDATE response SET read_by = ? WHERE id = ?", ((version, i) for i in ids))

    def get(self, response_id: int) -> StoredResponse:
        """Return one response with its body; KeyError if there is none with that id."""
        return self.get_all([response_id])[response_id]

    def get_all(self, ids: Sequence[int]) -> dict[int, StoredResponse]:
        """Map these ids to responses with their bodies; KeyError if there is none with one of the ids."""
        rows = self._connection.execute(
            "SELECT r.id, r.source, r.url, r.final_url, r.status, r.headers, b.data, r.fetched_at"
            " FROM json_each(?) wanted JOIN response r ON r.id = wanted.value JOIN body b ON b.hash = r.body_hash",
            (json.dumps(ids),),
        )
        found = {row[0]: _stored(row) for row in rows}
        for missing in set(ids) - set(found):
            raise KeyError(missing)
        return found

    def latest(self, url: str, purpose: str) -> StoredResponse | None:
        """Return the newest response of an address for a purpose."""
        row = self._connection.execute(
            "SELECT id FROM response WHERE url = ? AND purpose = ? ORDER BY id DESC LIMIT 1", (url, purpose)
        ).fetchone()
        return self.get(row[0]) if row else None

    def newest_id(self, url: str, purpose: str) -> int | None:
        """Return the id of the response that `latest` returns, without loading it."""
        row = self._connection.execute(
            "SELECT max(id) FROM response WHERE url = ? AND purpose = ?", (url, purpose)
        ).fetchone()
        return row[0] if row else None

    def picture(self, url: str, width: int, height: int, version: int) -> bytes | None:
        """Return the picture that this version of the program made of an address in this size."""
        row = self._connection.execute(
            "SELECT data FROM picture WHERE url = ? AND width = ? AND height = ? AND version = ?",
            (url, width, height, version),
        ).fetchone()
        return row[0] if row else None

    def put_picture(self, url: str, width: int, height: int, version: int, data: bytes) -> None:
        """Store a picture that was made in this size; it replaces one of another version."""
        self._connection.execute(
            "INSERT OR REPLACE INTO picture VALUES (?, ?, ?, ?, ?)", (url, width, height, version, data)
        )


def _stored(row: tuple[Any, ...]) -> StoredResponse:
    try:
        headers = tuple((name, value) for name, value in json.loads(row[5]))
        body = zlib.decompress(row[6])
    except (ValueError, zlib.error) as error:
        raise sqlite3.DatabaseError(f"a response from {row[2]} that cannot be read: {error}") from error
    response = Response(row[2], row[3], row[4], headers, body, datetime.fromisoformat(row[7]))
    return StoredResponse(row[0], row[1], response)
