"""Issues: what is proposed, what a rendered one reserves, what an approved one has spent."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.edges.store.codec import decode, encode, format_time, parse_time
from pipeline.errors import UsageError
from pipeline.records import Slot, Tally


@dataclass(frozen=True, slots=True)
class StoredIssue:
    """The state of one week's issue; `status` is proposed, rendered or approved."""

    key: str
    number: int
    status: str
    cutoff_at: datetime
    approved_at: datetime | None
    tally: Tally


class IssueTable:
    """The tables `issue` and `slot`."""

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
        self, key: str, *, cutoff_at: datetime, tally: Tally, first_number: int, slots: Mapping[str, Sequence[Slot]]
    ) -> StoredIssue:
        """Keep the machine's proposal, edition by edition, in place of its earlier one; never of an approved issue."""
        known = self.get(key)
        if known and known.status == "approved":
            raise UsageError(f"issue {key} is approved and stays as it is")
        number = known.number if known else self._next_number(key, first_number)
        self._connection.execute(
            "INSERT INTO issue (key, number, status, cutoff_at, tally) VALUES (?, ?, 'proposed', ?, ?)"
            " ON CONFLICT (key) DO UPDATE SET cutoff_at = excluded.cutoff_at, tally = excluded.tally",
            (key, number, format_time(cutoff_at), encode(tally)),
        )
        self._connection.execute("DELETE FROM slot WHERE issue = ?", (key,))
        for edition, chosen in slots.items():
            self._connection.executemany(
                "INSERT INTO slot VALUES (?, ?, ?, ?, ?, ?)",
                (
                    (key, edition, slot.section, position, slot.story, encode(slot))
                    for position, slot in enumerate(chosen)
                ),
            )
        kept = self.get(key)
        assert kept is not None
        return kept

    def slots(self, key: str, edition: str) -> list[Slot]:
        """What stands where in one edition."""
        rows = self._connection.execute(
            "SELECT record FROM slot WHERE issue = ? AND edition = ? ORDER BY section, position", (key, edition)
        )
        return [decode(Slot, row[0]) for row in rows]

    def appearances(self, story: str) -> list[dict[str, str]]:
        """Where a story stands: issue, its status, edition and section."""
        rows = self._connection.execute(
            "SELECT p.issue, i.status, p.edition, p.section FROM slot p JOIN issue i ON i.key = p.issue"
            " WHERE p.story = ? ORDER BY p.issue, p.edition",
            (story,),
        )
        return [dict(zip(("issue", "status", "edition", "section"), row, strict=True)) for row in rows]

    def mark_rendered(self, key: str) -> None:
        """The issue is in the outbox: its stories are reserved."""
        self._connection.execute("UPDATE issue SET status = 'rendered' WHERE key = ? AND status = 'proposed'", (key,))

    def approve(self, key: str, at: datetime) -> None:
        """The issue is approved: its stories are spent."""
        self._connection.execute(
            "UPDATE issue SET status = 'approved', approved_at = ? WHERE key = ? AND status <> 'approved'",
            (format_time(at), key),
        )

    def withdraw(self, key: str) -> None:
        """The approval is taken back: the issue is rendered again, and its stories are no longer spent."""
        self._connection.execute(
            "UPDATE issue SET status = 'rendered', approved_at = NULL WHERE key = ? AND status = 'approved'", (key,)
        )

    def containing(self, stories: Iterable[str], *, status: str, but: str) -> dict[str, str]:
        """Of these stories, which an issue of that status holds, other than `but`: story → issue key."""
        rows = self._connection.execute(
            "SELECT p.story, max(p.issue) FROM slot p JOIN issue i ON i.key = p.issue"
            " WHERE i.status = ? AND p.issue <> ? AND p.story IN (SELECT value FROM json_each(?)) GROUP BY p.story",
            (status, but, json.dumps(list(stories))),
        )
        return dict(rows.fetchall())

    def published_before(self, before: str, issues: int | None = None) -> dict[str, tuple[str, int]]:
        """Stories that approved issues before a week carried, or the last so many: story → (issue key, number)."""
        rows = self._connection.execute(
            "SELECT p.story, i.key, i.number FROM slot p JOIN (SELECT key, number FROM issue WHERE status = 'approved'"
            " AND key < ? ORDER BY key DESC LIMIT ?) i ON i.key = p.issue ORDER BY i.key",
            (before, -1 if issues is None else issues),
        )
        return {story: (key, number) for story, key, number in rows}

    def _next_number(self, key: str, first: int) -> int:
        before, after, highest = self._connection.execute(
            "SELECT max(number) FILTER (WHERE key < :key), min(number) FILTER (WHERE key > :key), max(number)"
            " FROM issue",
            {"key": key},
        ).fetchone()
        if after is None:
            return first if before is None else int(before) + 1
        # A week made late: the number that fits between its neighbours, or else one that no issue has.
        fits = int(before) + 1 if before is not None else min(first, int(after) - 1)
        return fits if 0 < fits < after else int(highest) + 1

    def _query(self, tail: str, values: tuple[object, ...]) -> list[StoredIssue]:
        rows = self._connection.execute(
            f"SELECT key, number, status, cutoff_at, approved_at, tally FROM issue {tail}",  # noqa: S608 - `tail` is ours
            values,
        ).fetchall()
        return [
            StoredIssue(row[0], row[1], row[2], _known(row[3]), parse_time(row[4]), decode(Tally, row[5]))
            for row in rows
        ]


def _known(text: str) -> datetime:
    return datetime.fromisoformat(text)
