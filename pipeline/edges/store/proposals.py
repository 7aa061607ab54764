"""What select proposed for each issue, and what it chose from: kept to compare with what the editor approved."""

import json
import sqlite3
import zlib
from collections.abc import Iterable, Sequence

from pipeline.edges.store.codec import decode, encode
from pipeline.records import Event, Proposal


class ProposalTable:
    """The tables `proposal` and `ranked`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put(self, issue: str, edition: str, proposals: Iterable[tuple[Proposal, bytes]], model: str) -> None:
        """Store an edition's proposals in their order, each with its title's vector; they replace the earlier ones."""
        self._connection.execute("DELETE FROM proposal WHERE issue = ? AND edition = ?", (issue, edition))
        self._connection.executemany(
            "INSERT INTO proposal VALUES (?, ?, ?, ?, ?, ?)",
            (
                (issue, edition, position, encode(proposal), model, vector)
                for position, (proposal, vector) in enumerate(proposals)
            ),
        )

    def of(self, issue: str, edition: str) -> list[Proposal]:
        """List an edition's proposals in their order."""
        return [proposal for proposal, _ in self.with_vectors(issue, edition, "")]

    def with_vectors(self, issue: str, edition: str, model: str) -> list[tuple[Proposal, bytes]]:
        """List an edition's proposals, each with the vector of its title; b"" for one of another model."""
        rows = self._connection.execute(
            "SELECT record, model, vector FROM proposal WHERE issue = ? AND edition = ? ORDER BY position",
            (issue, edition),
        )
        return [(decode(Proposal, record), vector if made_by == model else b"") for record, made_by, vector in rows]

    def editions(self, issue: str) -> list[str]:
        """List the editions with proposals."""
        rows = self._connection.execute(
            "SELECT DISTINCT edition FROM proposal WHERE issue = ? ORDER BY edition", (issue,)
        )
        return [row[0] for row in rows]

    def put_ranked(self, issue: str, events: Sequence[Event]) -> None:
        """Store the events that an issue was chosen from; they replace the earlier ones."""
        data = zlib.compress(f"[{','.join(map(encode, events))}]".encode("utf-8", "surrogatepass"))
        self._connection.execute("INSERT OR REPLACE INTO ranked VALUES (?, ?)", (issue, data))

    def ranked(self, issue: str) -> list[Event] | None:
        """List the events that an issue was chosen from; None for an issue of an older version of the program."""
        row = self._connection.execute("SELECT events FROM ranked WHERE issue = ?", (issue,)).fetchone()
        if row is None:
            return None
        return [decode(Event, json.dumps(event)) for event in json.loads(zlib.decompress(row[0]))]
