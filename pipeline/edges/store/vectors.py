"""Sentence vectors from a service, stored so that a replay sends no requests."""

import json
import sqlite3
from collections.abc import Iterable, Mapping


class VectorTable:
    """The table `vector`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, model: str, texts: Iterable[str]) -> dict[str, bytes]:
        """Map hashes of texts to their stored vectors, as 8-bit integers."""
        rows = self._connection.execute(
            "SELECT text, data FROM vector WHERE model = ? AND text IN (SELECT value FROM json_each(?))",
            (model, json.dumps(list(texts))),
        )
        return dict(rows.fetchall())

    def put(self, model: str, vectors: Mapping[str, bytes]) -> None:
        """Store vectors by the hashes of their texts."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO vector VALUES (?, ?, ?)", ((model, text, data) for text, data in vectors.items())
        )
