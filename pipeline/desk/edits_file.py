"""The editor's file of one edition, as last read: picked up when another program writes it, and written by the desk."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import Edition
from pipeline.config.edits import load_edits
from pipeline.edges.edits_file import EditsChangedError, merge_edits, read_edits_bytes, write_edits
from pipeline.errors import ConfigError
from pipeline.records import Edits

_LINE = re.compile(r":(\d+):")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the file as it is cannot be used."""

    message: str
    line: int | None


class EditsFile:
    """The last good word of an edition's editors, and what is wrong with the file since, if anything is."""

    def __init__(self, edition: Edition, path: Path) -> None:
        self.edition = edition
        self.path = path
        self.edits = Edits()
        self.problem: Problem | None = None
        self._read = b""
        self._stamp: tuple[int, ...] | None = None
        self.look()

    def look(self) -> bool:
        """Pick up what another program wrote; whether anything changed."""
        stamp = _stamp(self.path)
        if stamp == self._stamp or (stamp is None and not self.path.parent.is_dir()):
            return False
        changed = self._load()
        self._stamp = stamp
        return changed

    def change(self, make: Callable[[Edits], Edits]) -> tuple[Edits, Edits]:
        """Write what `make` makes of the edits; the edits before and after. ConfigError while the file is broken."""
        for last in (False, True):
            self._load()
            if self.problem:
                raise ConfigError(f"edits.yaml has a mistake, and nothing was written: {self.problem.message}")
            before, after = self.edits, make(self.edits)
            if before == after:
                return before, after
            text = merge_edits(self._read, after)
            try:
                write_edits(self.path, text, read=self._read)
            except EditsChangedError:
                if last:
                    raise
                continue
            self.edits, self._read, self._stamp = after, text, _stamp(self.path)
            return before, after
        raise AssertionError

    def _load(self) -> bool:
        while True:
            found = read_edits_bytes(self.path)
            if found == self._read:
                return False
            try:
                edits, problem = load_edits(self.path), None
            except ConfigError as error:
                edits, problem = self.edits, _problem(error, self.path)
            except FileNotFoundError:  # the folder is being exchanged
                continue
            if read_edits_bytes(self.path) == found:
                self.edits, self.problem, self._read = edits, problem, found
                return True


def _problem(error: ConfigError, path: Path) -> Problem:
    message = str(error).replace(f"{path}:", f"{path.name}:")
    line = _LINE.search(message)
    return Problem(message, int(line[1]) if line else None)


def _stamp(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
