"""The ledger: every decision about a story, and the records that no stage could use."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from pipeline.edges.store.codec import format_time, storable_text
from pipeline.records import Decision, Outcome, Rejected


class LedgerTable:
    """The tables `decision` and `rejected`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def record(self, stage: str, stories: Iterable[str], decisions: Iterable[Decision]) -> None:
        """Store all that `stage` decided about `stories`; it replaces the stage's earlier decisions."""
        decisions = list(decisions)
        decided = {*stories, *(decision.story for decision in decisions)}
        self._connection.executemany(
            "DELETE FROM decision WHERE story = ? AND stage = ?", ((story, stage) for story in decided)
        )
        counters: dict[str, int] = {}
        rows = []
        for decision in decisions:
            number = counters[decision.story] = counters.get(decision.story, 0) + 1
            rows.append(
                (
                    decision.story,
                    stage,
                    number,
                    decision.outcome.value,
                    decision.rule,
                    decision.figure,
                    storable_text(decision.detail),
                )
            )
        self._connection.executemany("INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def of(self, story: str) -> list[Decision]:
        """List all decisions about one story, in the order of the stages."""
        rows = self._connection.execute(
            "SELECT story, stage, outcome, rule, figure, detail FROM decision WHERE story = ? ORDER BY"
            " CASE WHEN stage = 'clean' THEN 0 WHEN stage = 'tag' THEN 1 WHEN stage = 'dedupe' THEN 2 ELSE 3 END,"
            " stage, number",
            (story,),
        )
        return [Decision(row[0], row[1], Outcome(row[2]), *row[3:]) for row in rows]

    def reject(self, rejected: Iterable[Rejected], at: datetime) -> None:
        """Store records that a stage could not use."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO rejected VALUES (?, ?, ?, ?, ?)",
            (
                (item.id, item.stage, storable_text(item.reason), storable_text(item.detail), format_time(at))
                for item in rejected
            ),
        )

    def accept(self, ids: Iterable[str], stage: str) -> None:
        """Remove records that their stage could use this time."""
        self._connection.executemany("DELETE FROM rejected WHERE id = ? AND stage = ?", ((i, stage) for i in ids))

    def rejected(self) -> list[Rejected]:
        """List every rejected record, by stage and reason."""
        rows = self._connection.execute("SELECT id, stage, reason, detail FROM rejected ORDER BY stage, reason, id")
        return [Rejected(*row) for row in rows]
