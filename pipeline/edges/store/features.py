"""The features of stories, the archived stories that each may copy, and the counts of the last dedupe."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping

from pipeline.records import StoredFeatures

_STAGE = "dedupe"


class FeatureTable:
    """The tables `reading` and `done`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def awaiting(self, stories: Iterable[str], version: int) -> list[str]:
        """The ids of the stories that have no features of this version."""
        rows = self._connection.execute(
            "SELECT value FROM json_each(?) WHERE NOT EXISTS"
            " (SELECT 1 FROM reading WHERE reading.story = value AND reading.version = ?) ORDER BY value",
            (json.dumps(list(stories)), version),
        )
        return [row[0] for row in rows]

    def put(self, features: Iterable[StoredFeatures], version: int) -> None:
        """Store features of a version. The next dedupe then compares stories again."""
        for stored in features:
            digest = hashlib.blake2b(stored.data, digest_size=16).hexdigest()
            self._connection.execute(
                "INSERT OR REPLACE INTO reading (story, version, digest, data) VALUES (?, ?, ?, ?)",
                (stored.story, version, digest, stored.data),
            )
        self._connection.execute("DELETE FROM done WHERE stage = ?", (_STAGE,))

    def get(self, stories: Iterable[str]) -> Iterator[StoredFeatures]:
        """The features of these stories, sorted by id."""
        rows = self._connection.execute(
            "SELECT story, data FROM reading WHERE story IN (SELECT value FROM json_each(?)) ORDER BY story",
            (json.dumps(list(stories)),),
        )
        return (StoredFeatures(story, data) for story, data in rows)

    def digests(self, stories: Iterable[str]) -> dict[str, str]:
        """Map stories to the digests of their features."""
        rows = self._connection.execute(
            "SELECT story, digest FROM reading WHERE story IN (SELECT value FROM json_each(?)) ORDER BY story",
            (json.dumps(list(stories)),),
        )
        return dict(rows.fetchall())

    def unrecalled(self, stories: Iterable[str], extent: int) -> list[str]:
        """The ids of the stories for which the archive of this extent was not searched."""
        rows = self._connection.execute(
            "SELECT story FROM reading WHERE story IN (SELECT value FROM json_each(?)) AND recalled_from IS NOT ?"
            " ORDER BY story",
            (json.dumps(list(stories)), extent),
        )
        return [row[0] for row in rows]

    def put_recalled(self, found: Mapping[str, Iterable[str]], extent: int) -> None:
        """Store the result of a search of the archive of this extent, by story."""
        self._connection.executemany(
            "UPDATE reading SET recalled = ?, recalled_from = ? WHERE story = ?",
            ((json.dumps(sorted(names)), extent, story) for story, names in found.items()),
        )

    def recalled(self, stories: Iterable[str]) -> set[str]:
        """The published stories that these may be copies of."""
        rows = self._connection.execute(
            "SELECT DISTINCT found.value FROM reading, json_each(reading.recalled) found"
            " WHERE reading.story IN (SELECT value FROM json_each(?))",
            (json.dumps(list(stories)),),
        )
        return {row[0] for row in rows}

    def done(self, inputs: str) -> dict[str, int] | None:
        """The counts of the last dedupe if it had these inputs, else None."""
        row = self._connection.execute(
            "SELECT counts FROM done WHERE stage = ? AND inputs = ?", (_STAGE, inputs)
        ).fetchone()
        return dict(json.loads(row[0])) if row else None

    def compared(self) -> int:
        """The number of stories that the last dedupe compared; 0 if there was none."""
        row = self._connection.execute("SELECT counts FROM done WHERE stage = ?", (_STAGE,)).fetchone()
        return int(json.loads(row[0])["compared"]) if row else 0

    def put_done(self, inputs: str, counts: Mapping[str, int]) -> None:
        """Store the inputs and counts of a finished dedupe."""
        self._connection.execute(
            "INSERT OR REPLACE INTO done VALUES (?, ?, ?)", (_STAGE, inputs, json.dumps(dict(counts)))
        )
