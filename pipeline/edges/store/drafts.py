"""A writer's answers, kept so that a replay asks nobody."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.edges.store.codec import format_time


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A writer's translations of a story's sentences."""

    story: str
    language: str  # that they are in
    writer: str
    sentences: tuple[str, ...]  # as they were sent
    answer: tuple[str, ...]
    asked_at: datetime


class DraftTable:
    """The table `draft`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, key: str) -> StoredDraft | None:
        """Return the answer to the request with this key."""
        return next(iter(self._query("key = ?", key)), None)

    def of(self, story: str) -> list[StoredDraft]:
        """List the answers about a story, the oldest first."""
        return self._query("story = ? ORDER BY asked_at, key", story)

    def put(self, key: str, draft: StoredDraft) -> None:
        """Store an answer; it replaces the earlier one to the same request."""
        texts = (_encode(draft.sentences), _encode(draft.answer))
        self._connection.execute(
            "INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?, ?, ?, ?)",
            (key, draft.story, draft.language, draft.writer, *texts, format_time(draft.asked_at)),
        )

    def _query(self, condition: str, value: str) -> list[StoredDraft]:
        rows = self._connection.execute(
            f"SELECT story, language, writer, sentences, answer, asked_at FROM draft WHERE {condition}",  # noqa: S608
            (value,),
        )
        return [
            StoredDraft(story, language, writer, _decode(sentences), _decode(answer), datetime.fromisoformat(asked_at))
            for story, language, writer, sentences, answer, asked_at in rows.fetchall()
        ]


def _decode(texts: str) -> tuple[str, ...]:
    return tuple(json.loads(texts))


def _encode(texts: Sequence[str]) -> str:
    return json.dumps(texts)  # ASCII, so that half a surrogate pair is kept too
