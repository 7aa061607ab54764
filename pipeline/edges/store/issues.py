"""Issues: what is proposed, what a rendered one reserves, what an approved one has spent."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.edges.store.codec import encode, moment, time_text
from pipeline.records import Place, Tally, from_json


@dataclass(frozen=True, slots=True)
class StoredIssue:
    """The state of one week's issue; `status` is proposed, rendered or approved."""

    key: str
    number: int
    status: str
    cutoff_at: datetime
    approved_at: datetime | None
    tally: Tally


class Issues:
    """The tables `issue` and `place`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, key: str) -> StoredIssue | None:
        """The issue of that week."""
        return next(iter(self._query("WHERE key = ?", (key,))), None)

    def all(self) -> list[StoredIssue]:
        """Every issue, oldest first."""
        return self._query("ORDER BY key", ())

    def last_approved(self, before: str) -> StoredIssue | None:
        """The newest approved issue of an earlier week."""
        found = self._query("WHERE status = 'approved' AND key < ? ORDER BY key DESC LIMIT 1", (before,))
        return next(iter(found), None)

    def propose(
        self, key: str, *, cutoff_at: datetime, tally: Tally, first_number: int, places: Mapping[str, Sequence[Place]]
    ) -> StoredIssue:
        """Keep the machine's proposal, edition by edition, in place of its earlier one."""
        known = self.get(key)
        number = known.number if known else self._next_number(key, first_number)
        self._connection.execute(
            "INSERT INTO issue (key, number, status, cutoff_at, tally) VALUES (?, ?, 'proposed', ?, ?)"
            " ON CONFLICT (key) DO UPDATE SET cutoff_at = excluded.cutoff_at, tally = excluded.tally",
            (key, number, time_text(cutoff_at), encode(tally)),
        )
        self._connection.execute("DELETE FROM place WHERE issue = ?", (key,))
        for edition, chosen in places.items():
            self._connection.executemany(
                "INSERT INTO place VALUES (?, ?, ?, ?, ?, ?)",
                (
                    (key, edition, place.section, position, place.story, encode(place))
                    for position, place in enumerate(chosen)
                ),
            )
        kept = self.get(key)
        assert kept is not None
        return kept

    def places(self, key: str, edition: str) -> list[Place]:
        """What stands where in one edition."""
        rows = self._connection.execute(
            "SELECT record FROM place WHERE issue = ? AND edition = ? ORDER BY section, position", (key, edition)
        )
        return [from_json(Place, json.loads(row[0])) for row in rows]

    def mark_rendered(self, key: str) -> None:
        """The issue is in the outbox: its stories are reserved."""
        self._connection.execute("UPDATE issue SET status = 'rendered' WHERE key = ? AND status = 'proposed'", (key,))

    def approve(self, key: str, at: datetime) -> None:
        """The issue is approved: its stories are spent."""
        self._connection.execute(
            "UPDATE issue SET status = 'approved', approved_at = ? WHERE key = ?", (time_text(at), key)
        )

    def holders(self, stories: Iterable[str], *, status: str, but: str) -> dict[str, str]:
        """Of these stories, which an issue of that status holds, other than `but`: story → issue key."""
        rows = self._connection.execute(
            "SELECT p.story, max(p.issue) FROM place p JOIN issue i ON i.key = p.issue"
            " WHERE i.status = ? AND p.issue <> ? AND p.story IN (SELECT value FROM json_each(?)) GROUP BY p.story",
            (status, but, json.dumps(list(stories))),
        )
        return dict(rows.fetchall())

    def carried(self, before: str, issues: int) -> dict[str, tuple[str, int]]:
        """Stories that the last approved issues before a week carried: story → (issue key, number)."""
        rows = self._connection.execute(
            "SELECT p.story, i.key, i.number FROM place p JOIN (SELECT key, number FROM issue WHERE status = 'approved'"
            " AND key < ? ORDER BY key DESC LIMIT ?) i ON i.key = p.issue ORDER BY i.key",
            (before, issues),
        )
        return {story: (key, number) for story, key, number in rows}

    def _next_number(self, key: str, first: int) -> int:
        before, after = self._connection.execute(
            "SELECT max(number) FILTER (WHERE key < :key), min(number) FILTER (WHERE key > :key) FROM issue",
            {"key": key},
        ).fetchone()
        if before is not None:
            return int(before) + 1
        return first if after is None else max(1, min(first, after - 1))

    def _query(self, tail: str, values: tuple[object, ...]) -> list[StoredIssue]:
        rows = self._connection.execute(
            f"SELECT key, number, status, cutoff_at, approved_at, tally FROM issue {tail}",  # noqa: S608 - `tail` is ours
            values,
        ).fetchall()
        return [
            StoredIssue(row[0], row[1], row[2], _known(row[3]), moment(row[4]), from_json(Tally, json.loads(row[5])))
            for row in rows
        ]


def _known(text: str) -> datetime:
    return datetime.fromisoformat(text)
