"""The log: JSON lines in the state folder, one for each thing that happened, rotated. It never fails a run."""

import contextlib
import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

FILE = "log.jsonl"
MAX_BYTES = 2_000_000
OLD_FILES = 5


class _QuietHandler(RotatingFileHandler):
    """A handler that drops a line it cannot write, without a word on stderr."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Drop the line."""


class Log:
    """Writes to `log.jsonl` in a folder; older lines are in `log.jsonl.1` to `log.jsonl.5`."""

    def __init__(self, state: Path, *, max_bytes: int = MAX_BYTES) -> None:
        self._path = state / FILE
        self._max_bytes = max_bytes

    def write(self, event: str, **fields: Any) -> None:
        """Write a line with `at`, the machine's time in UTC, `event` and the fields."""
        self.write_all([{"event": event, **fields}])

    def write_all(self, lines: list[Mapping[str, Any]]) -> None:
        """Write a line for each mapping."""
        if not self._path.parent.is_dir():
            return
        try:
            handler = _QuietHandler(
                self._path, maxBytes=self._max_bytes, backupCount=OLD_FILES, encoding="utf-8", errors="backslashreplace"
            )
        except OSError:
            return
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        for line in lines:
            text = json.dumps({"at": at, **line}, ensure_ascii=False, default=str)
            handler.handle(logging.makeLogRecord({"msg": text}))
        with contextlib.suppress(OSError):  # the last flush fails too if the disk is full
            handler.close()
