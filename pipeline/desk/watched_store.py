"""The store as the desk uses it: open for reading, re-opened after a replacement, with a revision to compare."""

import contextlib
from pathlib import Path

from pipeline.edges.store import open_store


class WatchedStore:
    """An open store whose `revision` changes when another process writes to the file or replaces it."""

    def __init__(self, path: Path) -> None:
        self._stack = contextlib.ExitStack()
        self.store = self._stack.enter_context(open_store(path, create=False))
        self._inode = path.stat().st_ino
        self._version = self.store.version
        self._foreign_writes = 0

    @property
    def revision(self) -> tuple[int, int]:
        """A value that stays the same as long as only the desk writes."""
        return self._inode, self._foreign_writes

    def is_at(self, path: Path) -> bool:
        """Whether the file at that path is the open one. OSError if there is no file."""
        return path.stat().st_ino == self._inode

    def note_foreign_writes(self) -> None:
        """Change the revision if anything was written since the last call."""
        if self.store.version != self._version:
            self._foreign_writes += 1
            self.ignore_writes()

    def ignore_writes(self) -> None:
        """Keep the revision although the store was written to: the desk wrote itself."""
        self._version = self.store.version

    def close(self) -> None:
        """Close the store."""
        self._stack.close()
