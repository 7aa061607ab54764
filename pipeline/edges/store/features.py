"""What dedupe has read of each story, what of the archive each may be a copy of, and what dedupe last did."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping

from pipeline.records import StoredFeatures

_STAGE = "dedupe"


class FeatureTable:
    """The tables `reading` and `done`, and which stories wait to be read."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def awaiting(self, stories: Iterable[str], version: int) -> list[str]:
        """Which of these stories have no reading of that version."""
        rows = self._connection.execute(
            "SELECT value FROM json_each(?) WHERE NOT EXISTS"
            " (SELECT 1 FROM reading WHERE reading.story = value AND reading.version = ?) ORDER BY value",
            (json.dumps(list(stories)), version),
        )
        return [row[0] for row in rows]

    def put(self, features: Iterable[StoredFeatures], version: int) -> None:
        """Keep readings of that version; what rested on earlier ones has to be done anew."""
        for reading in features:
            digest = hashlib.blake2b(reading.data, digest_size=16).hexdigest()
            self._connection.execute(
                "INSERT OR REPLACE INTO reading (story, version, digest, data) VALUES (?, ?, ?, ?)",
                (reading.story, version, digest, reading.data),
            )
        self._connection.execute("DELETE FROM done WHERE stage = ?", (_STAGE,))

    def get(self, stories: Iterable[str]) -> Iterator[StoredFeatures]:
        """The readings of these stories, by id."""
        rows = self._connection.execute(
            "SELECT story, data FROM reading WHERE story IN (SELECT value FROM json_each(?)) ORDER BY story",
            (json.dumps(list(stories)),),
        )
        return (StoredFeatures(story, data) for story, data in rows)

    def digests(self, stories: Iterable[str]) -> dict[str, str]:
        """Story → digest of its reading."""
        rows = self._connection.execute(
            "SELECT story, digest FROM reading WHERE story IN (SELECT value FROM json_each(?)) ORDER BY story",
            (json.dumps(list(stories)),),
        )
        return dict(rows.fetchall())

    def unrecalled(self, stories: Iterable[str], extent: int) -> list[str]:
        """Which of these stories the archive of that extent was not searched for."""
        rows = self._connection.execute(
            "SELECT story FROM reading WHERE story IN (SELECT value FROM json_each(?)) AND recalled_from IS NOT ?"
            " ORDER BY story",
            (json.dumps(list(stories)), extent),
        )
        return [row[0] for row in rows]

    def put_recalled(self, found: Mapping[str, Iterable[str]], extent: int) -> None:
        """What a search of the archive of that extent gave for each story."""
        self._connection.executemany(
            "UPDATE reading SET recalled = ?, recalled_from = ? WHERE story = ?",
            ((json.dumps(sorted(names)), extent, story) for story, names in found.items()),
        )

    def recalled(self, stories: Iterable[str]) -> set[str]:
        """The published stories that one of these may be a copy of."""
        rows = self._connection.execute(
            "SELECT DISTINCT found.value FROM reading, json_each(reading.recalled) found"
            " WHERE reading.story IN (SELECT value FROM json_each(?))",
            (json.dumps(list(stories)),),
        )
        return {row[0] for row in rows}

    def done(self, inputs: str) -> dict[str, int] | None:
        """The counts of the last dedupe, where it was of just these inputs."""
        row = self._connection.execute(
            "SELECT counts FROM done WHERE stage = ? AND inputs = ?", (_STAGE, inputs)
        ).fetchone()
        return dict(json.loads(row[0])) if row else None

    def compared(self) -> int:
        """How many stories the last dedupe compared; 0 where there was none."""
        row = self._connection.execute("SELECT counts FROM done WHERE stage = ?", (_STAGE,)).fetchone()
        return int(json.loads(row[0])["compared"]) if row else 0

    def put_done(self, inputs: str, counts: Mapping[str, int]) -> None:
        """Dedupe has done its work on these inputs."""
        self._connection.execute(
            "INSERT OR REPLACE INTO done VALUES (?, ?, ?)", (_STAGE, inputs, json.dumps(dict(counts)))
        )
