"""Deliveries: the attempts to hand an edition to a relay, and their outcomes. A relay takes an edition once."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from pipeline.edges.store.codec import format_time, storable_text


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to hand an edition to a relay.

    `state` is "sending": nothing has been handed over yet; "ending": the relay may have the message; "accepted",
    "refused" or "deferred": the relay's reply; "uncertain": the relay never replied, and the editor had the edition
    sent again.
    """

    id: int
    issue: str
    edition: str
    address: str
    preview: bool
    state: str
    code: int | None  # of the relay's reply
    answer: str  # its text
    started_at: datetime


class DeliveryTable:
    """The table `delivery`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def start(self, issue: str, edition: str, address: str, *, preview: bool, at: datetime) -> int:
        """Record that an attempt begins; return its id."""
        row = self._connection.execute(
            "INSERT INTO delivery (issue, edition, address, preview, state, answer, started_at)"
            " VALUES (?, ?, ?, ?, 'sending', '', ?) RETURNING id",
            (issue, edition, address, preview, format_time(at)),
        ).fetchone()
        return int(row[0])

    def mark_ending(self, delivery: int) -> None:
        """Record that the end of the message is about to be sent.

        sqlite3.IntegrityError if the edition is already delivered.
        """
        self._connection.execute("UPDATE delivery SET state = 'ending' WHERE id = ?", (delivery,))

    def finish(self, delivery: int, state: str, code: int | None, answer: str) -> None:
        """Record the outcome, from the relay or from the editor."""
        self._connection.execute(
            "UPDATE delivery SET state = ?, code = ?, answer = ? WHERE id = ?",
            (state, code, storable_text(answer), delivery),
        )

    def taken(self, issue: str, edition: str) -> Delivery | None:
        """Return the attempt after which a relay has the edition, or may have it."""
        attempts = (attempt for attempt in self.of_issue(issue) if attempt.edition == edition and not attempt.preview)
        return next((attempt for attempt in attempts if attempt.state in ("accepted", "ending")), None)

    def of_issue(self, issue: str) -> list[Delivery]:
        """List every attempt, oldest first."""
        rows = self._connection.execute(
            "SELECT id, issue, edition, address, preview, state, code, answer, started_at FROM delivery"
            " WHERE issue = ? ORDER BY id",
            (issue,),
        )
        return [
            Delivery(
                row[0], row[1], row[2], row[3], bool(row[4]), row[5], row[6], row[7], datetime.fromisoformat(row[8])
            )
            for row in rows
        ]
