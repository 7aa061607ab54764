"""The archive: an index of published stories by MinHash bands, to find the ones that a new story may copy.

A look-up descends a B-tree for each key and reads a bounded number of rows, whatever the size of the archive. Keys are
short, and a story's keys of one group are neighbours: the cost of a large index is the number of pages visited.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from pipeline.records import Fingerprint

_MANY = 2_048  # documents in a look-up; if there are more, only the newest of each key are read
_NEWEST = 64  # documents of a key; a band with more is a common phrase
_SHARED_BANDS = 3  # unrelated stories share one or two by chance


class PublishedTable:
    """The tables `archived`, `band` and `exact`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def missing(self, stories: Iterable[str], version: int) -> list[str]:
        """The ids of the stories that have no fingerprint of this version."""
        rows = self._connection.execute(
            "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT story FROM archived WHERE version = ?)"
            " ORDER BY value",
            (json.dumps(list(stories)), version),
        )
        return [row[0] for row in rows]

    def add(self, fingerprints: Iterable[Fingerprint], version: int) -> None:
        """Store fingerprints and replace earlier ones of the same stories.

        The keys are sorted before insertion, so that each page of the index is visited once.
        """
        keys: dict[str, list[tuple[int, int]]] = {"band": [], "exact": []}
        for fingerprint in fingerprints:
            self.forget([fingerprint.story])
            doc = self._connection.execute(
                "INSERT INTO archived (story, version) VALUES (?, ?)", (fingerprint.story, version)
            ).lastrowid
            for table, hashes in (("band", fingerprint.bands), ("exact", fingerprint.exact)):
                keys[table] += ((key, doc or 0) for key in hashes)
        for table, pairs in keys.items():
            self._connection.executemany(
                f"INSERT OR IGNORE INTO {table} VALUES (?, ?)",  # noqa: S608 - fixed names
                sorted(pairs),
            )

    def forget(self, stories: Iterable[str]) -> None:
        """Remove stories until they are added again.

        Their bands stay and point to a document number that no later story gets.
        """
        self._connection.executemany("DELETE FROM archived WHERE story = ?", ((story,) for story in stories))

    def candidates(self, fingerprint: Fingerprint) -> tuple[str, ...]:
        """Other stories that may be copies, the most likely first. The caller verifies them."""
        shared = Counter(self._documents("band", fingerprint.probes or fingerprint.bands))
        for doc in self._documents("exact", fingerprint.exact):
            shared[doc] += _SHARED_BANDS
        likely = sorted((-count, doc) for doc, count in shared.items() if count >= _SHARED_BANDS)
        names = (self._connection.execute("SELECT story FROM archived WHERE doc = ?", (doc,)) for _, doc in likely)
        return tuple(row[0] for cursor in names for row in cursor if row[0] != fingerprint.story)

    @property
    def extent(self) -> int:
        """The highest document number, which grows with each story; 0 if there is none."""
        row = self._connection.execute("SELECT max(doc) FROM archived").fetchone()
        return int(row[0] or 0)

    def _documents(self, table: str, keys: Sequence[int]) -> list[int]:
        """The documents under each of these keys; only the newest of each key if there are too many."""
        if not keys:
            return []
        rows = self._connection.execute(_any_of(table, len(keys)), keys).fetchall()
        if len(rows) > _MANY:
            rows = self._connection.execute(_newest_of(table, len(keys)), keys).fetchall()
        return [row[0] for row in rows]


@cache
def _any_of(table: str, count: int) -> str:
    return f"SELECT doc FROM {table} WHERE h IN ({', '.join('?' * count)}) LIMIT {_MANY + 1}"  # noqa: S608 - fixed names


@cache
def _newest_of(table: str, count: int) -> str:
    one = f"SELECT doc FROM (SELECT doc FROM {table} WHERE h = ? ORDER BY doc DESC LIMIT {_NEWEST})"  # noqa: S608
    return " UNION ALL ".join([one] * count)
