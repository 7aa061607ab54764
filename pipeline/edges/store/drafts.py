"""A writer's answers, kept so that a replay asks nobody."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from pipeline.edges.store.codec import format_time
from pipeline.records import TaskName, WriterAnswer, from_json, to_json

_COLUMNS = "story, task, language, writer, sentences, answer, asked_at, checker, verdict"


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A writer's answer about a story, with the verdict of the checker whose version is `checker`."""

    story: str
    task: TaskName
    language: str  # of the answer
    writer: str
    sentences: tuple[str, ...]  # as they were sent, the title first
    answer: WriterAnswer
    asked_at: datetime
    checker: str
    verdict: Mapping[str, Any]  # as JSON values


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
        values = (draft.story, draft.task, draft.language, draft.writer, _encode(draft.sentences))
        judged = (_encode(draft.answer), format_time(draft.asked_at), draft.checker, _encode(draft.verdict))
        self._connection.execute(
            f"INSERT OR REPLACE INTO draft (key, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            (key, *values, *judged),
        )

    def _query(self, condition: str, value: str) -> list[StoredDraft]:
        rows = self._connection.execute(f"SELECT {_COLUMNS} FROM draft WHERE {condition}", (value,))  # noqa: S608
        return [_draft(*row) for row in rows.fetchall()]


def _draft(*row: str) -> StoredDraft:
    story, task, language, writer, sentences, answer, asked_at, checker, verdict = row
    return StoredDraft(
        story,
        cast("TaskName", task),
        language,
        writer,
        tuple(json.loads(sentences)),
        from_json(WriterAnswer, json.loads(answer)),
        datetime.fromisoformat(asked_at),
        checker,
        json.loads(verdict),
    )


def _encode(value: object) -> str:
    return json.dumps(to_json(value))  # ASCII, so that half a surrogate pair is kept too
