"""The edits.yaml of one edition: written by the desk and by add, re-read when another program has written it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import Edition
from pipeline.config.edits import load_edits
from pipeline.edges.edits_file import EditsChangedError, merge_edits, read_edits_bytes, write_edits
from pipeline.errors import ConfigError
from pipeline.records import Edits

_LINE_NUMBER = re.compile(r":(\d+):")


@dataclass(frozen=True, slots=True)
class EditsProblem:
    """Why the file cannot be used, with the line of the mistake if it is known."""

    message: str
    line: int | None


class EditsFile:
    """The last valid edits of an edition, and the problem with the file if it has become invalid since."""

    def __init__(self, edition: Edition, path: Path) -> None:
        self.edition = edition
        self.path = path
        self.edits = Edits()
        self.problem: EditsProblem | None = None
        self._content = b""
        self._stamp: tuple[int, ...] | None = None
        self.refresh()

    def refresh(self) -> bool:
        """Re-read the file if another program has written it; return whether its content changed."""
        stamp = file_stamp(self.path)
        if stamp == self._stamp or (stamp is None and not self.path.parent.is_dir()):
            return False
        changed = self._load()
        self._stamp = stamp
        return changed

    def update(self, change: Callable[[Edits], Edits]) -> tuple[Edits, Edits]:
        """Write the edits that `change` returns; return the edits before and after. ConfigError for an invalid file."""
        for last_attempt in (False, True):
            self._load()
            if self.problem:
                raise ConfigError(f"edits.yaml has a mistake, nothing was written: {self.problem.message}")
            before, after = self.edits, change(self.edits)
            if before == after:
                return before, after
            content = merge_edits(self._content, after)
            try:
                write_edits(self.path, content, read=self._content)
            except EditsChangedError:
                if last_attempt:
                    raise
                continue
            self.edits, self._content, self._stamp = after, content, file_stamp(self.path)
            return before, after
        raise AssertionError

    def _load(self) -> bool:
        while True:
            content = read_edits_bytes(self.path)
            if content == self._content:
                return False
            try:
                edits, problem = load_edits(self.path), None
            except ConfigError as error:
                edits, problem = self.edits, _edits_problem(error, self.path)
            except FileNotFoundError:  # a run is replacing the folder
                continue
            if read_edits_bytes(self.path) == content:
                self.edits, self.problem, self._content = edits, problem, content
                return True


def file_stamp(path: Path) -> tuple[int, ...] | None:
    """Return numbers that change whenever the file is written; None if there is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _edits_problem(error: ConfigError, path: Path) -> EditsProblem:
    message = str(error).replace(f"{path}:", f"{path.name}:")
    line = _LINE_NUMBER.search(message)
    return EditsProblem(message, int(line[1]) if line else None)
