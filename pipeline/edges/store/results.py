"""Results: how often readers clicked each link of an issue that has gone out."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.edges.store.codec import format_time, storable_text


@dataclass(frozen=True, slots=True)
class LinkClicks:
    """The clicks on one link of an edition. `origin`: the publisher, or the file that tells."""

    issue: str
    edition: str
    origin: str
    url: str
    story: str  # its id; empty for a link of no story
    clicks: int


class ResultTable:
    """The table `result`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put(self, issue: str, edition: str, origin: str, links: Mapping[str, tuple[str, int]], at: datetime) -> None:
        """Store address → (story, clicks); they replace what the same origin has told before."""
        key = (issue, edition, storable_text(origin))
        self._connection.execute("DELETE FROM result WHERE issue = ? AND edition = ? AND origin = ?", key)
        self._connection.executemany(
            "INSERT INTO result VALUES (?, ?, ?, ?, ?, ?, ?)",
            ((*key, storable_text(url), story, clicks, format_time(at)) for url, (story, clicks) in links.items()),
        )

    def of_issue(self, issue: str) -> list[LinkClicks]:
        """List the clicks of an issue, the most clicked first."""
        rows = self._connection.execute(
            "SELECT issue, edition, origin, url, story, clicks FROM result WHERE issue = ?"
            " ORDER BY edition, clicks DESC, url, origin",
            (issue,),
        )
        return [LinkClicks(*row) for row in rows]

    def of_stories(self, issue: str, edition: str) -> dict[str, int]:
        """Map each story of an edition that readers clicked to its clicks."""
        rows = self._connection.execute(
            "SELECT story, sum(clicks) FROM result WHERE issue = ? AND edition = ? AND story <> '' GROUP BY story",
            (issue, edition),
        )
        return dict(rows.fetchall())
