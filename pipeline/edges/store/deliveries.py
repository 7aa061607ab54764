"""Deliveries: what was handed to a relay, and what it said. An edition of an issue is taken once."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from pipeline.edges.store.codec import format_time, storable_text


@dataclass(frozen=True, slots=True)
class Delivery:
    """One try to hand an edition to a relay.

    `state` is sending: nothing handed over yet; ending: the relay may have it; accepted, refused, deferred: as it
    said; uncertain: it never said, and the editor had it sent again.
    """

    id: int
    issue: str
    edition: str
    address: str
    preview: bool
    state: str
    code: int | None
    answer: str
    started_at: datetime


class DeliveryTable:
    """The table `delivery`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def start(self, issue: str, edition: str, address: str, *, preview: bool, at: datetime) -> int:
        """A try begins; its id."""
        row = self._connection.execute(
            "INSERT INTO delivery (issue, edition, address, preview, state, answer, started_at)"
            " VALUES (?, ?, ?, ?, 'sending', '', ?) RETURNING id",
            (issue, edition, address, preview, format_time(at)),
        ).fetchone()
        return int(row[0])

    def mark_ending(self, delivery: int) -> None:
        """The end of the message is about to go out. sqlite3.IntegrityError where the edition is delivered already."""
        self._connection.execute("UPDATE delivery SET state = 'ending' WHERE id = ?", (delivery,))

    def finish(self, delivery: int, state: str, code: int | None, answer: str) -> None:
        """The relay has answered, or the editor has for it."""
        self._connection.execute(
            "UPDATE delivery SET state = ?, code = ?, answer = ? WHERE id = ?",
            (state, code, storable_text(answer), delivery),
        )

    def latest_taken(self, issue: str, edition: str) -> Delivery | None:
        """The try by which a relay has an edition, or may have it."""
        found = [each for each in self.of_issue(issue) if each.edition == edition and not each.preview]
        return next((each for each in found if each.state in ("accepted", "ending")), None)

    def of_issue(self, issue: str) -> list[Delivery]:
        """Every try, the first one first."""
        rows = self._connection.execute(
            "SELECT id, issue, edition, address, preview, state, code, answer, started_at FROM delivery"
            " WHERE issue = ? ORDER BY id",
            (issue,),
        )
        return [
            Delivery(row[0], row[1], row[2], row[3], bool(row[4]), row[5], row[6], row[7], _known(row[8]))
            for row in rows
        ]


def _known(text: str) -> datetime:
    return datetime.fromisoformat(text)
