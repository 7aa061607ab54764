"""Issues and their slots. A rendered issue reserves its stories, an approved one has spent them."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.edges.store.codec import decode, encode, format_time, parse_time, storable_text
from pipeline.errors import UsageError
from pipeline.records import Slot, Tally


@dataclass(frozen=True, slots=True)
class StoredIssue:
    """The state of one week's issue."""

    key: str
    number: int
    status: str  # proposed, rendered or approved
    cutoff_at: datetime  # stories dated later belong to a later issue
    approved_at: datetime | None
    tally: Tally


class IssueTable:
    """The tables `issue`, `slot` and `note`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, key: str) -> StoredIssue | None:
        """Return the issue of a week."""
        return next(iter(self._query("WHERE key = ?", (key,))), None)

    def all(self) -> list[StoredIssue]:
        """List every issue, oldest first."""
        return self._query("ORDER BY key", ())

    def last_approved(self, before: str) -> StoredIssue | None:
        """Return the newest approved issue of an earlier week."""
        return next(
            iter(self._query("WHERE status = 'approved' AND key < ? ORDER BY key DESC LIMIT 1", (before,))), None
        )

    def propose(
        self, key: str, *, cutoff_at: datetime, tally: Tally, first_number: int, slots: Mapping[str, Sequence[Slot]]
    ) -> StoredIssue:
        """Store the machine's proposal, slots by edition; it replaces the earlier one.

        UsageError if the issue is approved.
        """
        known = self.get(key)
        if known and known.status == "approved":
            raise UsageError(f"issue {key} is approved: it cannot be changed")
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
        stored = self.get(key)
        assert stored is not None
        return stored

    def slots(self, key: str, edition: str) -> list[Slot]:
        """List the slots of one edition, by section and position."""
        rows = self._connection.execute(
            "SELECT record FROM slot WHERE issue = ? AND edition = ? ORDER BY section, position", (key, edition)
        )
        return [decode(Slot, row[0]) for row in rows]

    def put_notes(self, key: str, edition: str, notes: Iterable[str]) -> None:
        """Store the notes of select on an edition in place of earlier ones."""
        self._connection.execute("DELETE FROM note WHERE issue = ? AND edition = ?", (key, edition))
        self._connection.executemany(
            "INSERT INTO note VALUES (?, ?, ?, ?)",
            ((key, edition, number, storable_text(note)) for number, note in enumerate(notes)),
        )

    def notes(self, key: str) -> dict[str, list[str]]:
        """Map editions to the notes of the last select."""
        found: dict[str, list[str]] = {}
        for edition, text in self._connection.execute(
            "SELECT edition, text FROM note WHERE issue = ? ORDER BY edition, number", (key,)
        ):
            found.setdefault(edition, []).append(text)
        return found

    def appearances(self, story: str) -> list[dict[str, str]]:
        """List the issue, its status, the edition and the section of each slot that a story fills."""
        rows = self._connection.execute(
            "SELECT s.issue, i.status, s.edition, s.section FROM slot s JOIN issue i ON i.key = s.issue"
            " WHERE s.story = ? ORDER BY s.issue, s.edition",
            (story,),
        )
        return [dict(zip(("issue", "status", "edition", "section"), row, strict=True)) for row in rows]

    def mark_rendered(self, key: str) -> None:
        """Record that the issue is in the outbox: its stories are reserved."""
        self._connection.execute("UPDATE issue SET status = 'rendered' WHERE key = ? AND status = 'proposed'", (key,))

    def approve(self, key: str, at: datetime) -> None:
        """Record that the issue is approved: its stories are spent."""
        self._connection.execute(
            "UPDATE issue SET status = 'approved', approved_at = ? WHERE key = ? AND status <> 'approved'",
            (format_time(at), key),
        )

    def withdraw(self, key: str) -> None:
        """Take an approval back: the issue counts as rendered, its stories as reserved."""
        self._connection.execute(
            "UPDATE issue SET status = 'rendered', approved_at = NULL WHERE key = ? AND status = 'approved'", (key,)
        )

    def containing(self, stories: Iterable[str], *, status: str, but: str) -> dict[str, str]:
        """Map each of these stories to the latest issue of that status that contains it; issue `but` is left out."""
        rows = self._connection.execute(
            "SELECT s.story, max(s.issue) FROM slot s JOIN issue i ON i.key = s.issue"
            " WHERE i.status = ? AND s.issue <> ? AND s.story IN (SELECT value FROM json_each(?)) GROUP BY s.story",
            (status, but, json.dumps(list(stories))),
        )
        return dict(rows.fetchall())

    def published_before(self, before: str, issues: int | None = None) -> dict[str, tuple[str, int]]:
        """Map each story that an approved issue of an earlier week published to that issue's (key, number).

        `issues`: consider that many of the latest issues only.
        """
        rows = self._connection.execute(
            "SELECT s.story, i.key, i.number FROM slot s JOIN (SELECT key, number FROM issue WHERE status = 'approved'"
            " AND key < ? ORDER BY key DESC LIMIT ?) i ON i.key = s.issue ORDER BY i.key",
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
        # An earlier week, made late: the number that fits between its neighbours, or else one that no issue has.
        fits = int(before) + 1 if before is not None else min(first, int(after) - 1)
        return fits if 0 < fits < after else int(highest) + 1

    def _query(self, tail: str, values: tuple[object, ...]) -> list[StoredIssue]:
        rows = self._connection.execute(
            f"SELECT key, number, status, cutoff_at, approved_at, tally FROM issue {tail}",  # noqa: S608 - `tail` is ours
            values,
        ).fetchall()
        return [
            StoredIssue(
                row[0], row[1], row[2], datetime.fromisoformat(row[3]), parse_time(row[4]), decode(Tally, row[5])
            )
            for row in rows
        ]
