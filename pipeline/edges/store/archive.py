"""The archive's index: which stories that issues carried may be copies of a new one, by bands of MinHash.

A look-up costs a descent of a B-tree for each band and a bounded number of rows, whatever the size of the archive.
"""

import json
import sqlite3
from collections.abc import Iterable
from functools import cache

from pipeline.records import Fingerprint

_NEWEST = 64  # documents of one band that are looked at: a band of more is a phrase that everyone uses
_SHARED_BANDS = 2  # strangers share one by chance


class Archive:
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
        keys = (*fingerprint.exact, *(fingerprint.probes or fingerprint.bands))
        if not keys:
            return ()
        query = _looking(len(fingerprint.exact), len(keys) - len(fingerprint.exact))
        return tuple(row[0] for row in self._connection.execute(query, (*keys, fingerprint.story)))

    @property
    def extent(self) -> int:
        """A number that grows with each story that is added."""
        row = self._connection.execute("SELECT max(doc) FROM archived").fetchone()
        return int(row[0] or 0)


@cache
def _looking(exact: int, bands: int) -> str:
    """One query for all keys: it costs a fourth of one for each."""
    parts = [
        f"SELECT doc, {weight} AS shared FROM (SELECT doc FROM {table} WHERE h = ? ORDER BY doc DESC LIMIT {_NEWEST})"  # noqa: S608
        for table, weight, count in (("exact", _SHARED_BANDS, exact), ("band", 1, bands))
        for _ in range(count)
    ]
    found = " UNION ALL ".join(parts)
    return (
        "SELECT story FROM"  # noqa: S608 - all ours
        f" (SELECT doc, sum(shared) AS shared FROM ({found}) GROUP BY doc HAVING sum(shared) >= {_SHARED_BANDS})"
        " JOIN archived USING (doc) WHERE story <> ? ORDER BY shared DESC, doc"
    )
