"""The archive's index: which stories that issues published may be copies of a new one, by bands of MinHash.

A look-up costs a descent of a B-tree for each key and a bounded number of rows, whatever the size of the archive. Keys
are short, and those that a story has of one group stand together: of a large index what costs is its pages, and how
many of them a story visits.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from pipeline.records import Fingerprint

_MANY = 2_048  # documents that a look-up goes through; where there are more, the newest of each key:
_NEWEST = 64  # a band of more is a phrase that everyone uses
_SHARED_BANDS = 3  # strangers share one or two by chance


class PublishedTable:
    """The tables `archived`, `band` and `exact`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def missing(self, stories: Iterable[str], version: int) -> list[str]:
        """Which of these stories have no fingerprint of that version."""
        rows = self._connection.execute(
            "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT story FROM archived WHERE version = ?)"
            " ORDER BY value",
            (json.dumps(list(stories)), version),
        )
        return [row[0] for row in rows]

    def add(self, fingerprints: Iterable[Fingerprint], version: int) -> None:
        """Keep fingerprints, each in place of an earlier one of its story.

        Their keys go in sorted: they are spread over the whole index, and each of its pages is then visited once.
        """
        keys: dict[str, list[tuple[int, int]]] = {"band": [], "exact": []}
        for fingerprint in fingerprints:
            self.forget([fingerprint.story])
            doc = self._connection.execute(
                "INSERT INTO archived (story, version) VALUES (?, ?)", (fingerprint.story, version)
            ).lastrowid
            for table, own in (("band", fingerprint.bands), ("exact", fingerprint.exact)):
                keys[table] += ((key, doc or 0) for key in own)
        for table, pairs in keys.items():
            self._connection.executemany(
                f"INSERT OR IGNORE INTO {table} VALUES (?, ?)",  # noqa: S608 - all ours
                sorted(pairs),
            )

    def forget(self, stories: Iterable[str]) -> None:
        """These stories are no longer found, until they are added again.

        Their bands stay: they lead to a document that there is none of, which no later one takes the number of.
        """
        self._connection.executemany("DELETE FROM archived WHERE story = ?", ((story,) for story in stories))

    def candidates(self, fingerprint: Fingerprint) -> tuple[str, ...]:
        """Stories that may be copies of this one, itself left out; the likeliest first. Each is to be verified."""
        shared = Counter(self._documents("band", fingerprint.probes or fingerprint.bands))
        for doc in self._documents("exact", fingerprint.exact):
            shared[doc] += _SHARED_BANDS
        likely = sorted((-count, doc) for doc, count in shared.items() if count >= _SHARED_BANDS)
        names = (self._connection.execute("SELECT story FROM archived WHERE doc = ?", (doc,)) for _, doc in likely)
        return tuple(row[0] for cursor in names for row in cursor if row[0] != fingerprint.story)

    @property
    def extent(self) -> int:
        """A number that grows with each story that is added."""
        row = self._connection.execute("SELECT max(doc) FROM archived").fetchone()
        return int(row[0] or 0)

    def _documents(self, table: str, keys: Sequence[int]) -> list[int]:
        """The documents under each of these keys; of very many the newest of each key."""
        if not keys:
            return []
        rows = self._connection.execute(_any_of(table, len(keys)), keys).fetchall()
        if len(rows) > _MANY:
            rows = self._connection.execute(_newest_of(table, len(keys)), keys).fetchall()
        return [row[0] for row in rows]


@cache
def _any_of(table: str, count: int) -> str:
    return f"SELECT doc FROM {table} WHERE h IN ({', '.join('?' * count)}) LIMIT {_MANY + 1}"  # noqa: S608 - all ours


@cache
def _newest_of(table: str, count: int) -> str:
    one = f"SELECT doc FROM (SELECT doc FROM {table} WHERE h = ? ORDER BY doc DESC LIMIT {_NEWEST})"  # noqa: S608
    return " UNION ALL ".join([one] * count)
