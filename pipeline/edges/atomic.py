"""Atomic file writes: after a crash a file has its old content or its new content, never a part of either."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path


class FileChangedError(Exception):
    """The file no longer has the content that the writer has read."""


def replace_file(path: Path, content: bytes, *, expected: bytes | None = None) -> None:
    """Write a file in a folder that exists; the mode of an existing file is kept. Raises OSError.

    With `expected`, raises FileChangedError unless the file still has that content; b"" stands for no file.
    """
    # Two programs may write the same file, so each needs a temporary name of its own.
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    with _synced_folder(path.parent):
        try:
            write_file(temporary, content)
            if path.exists():
                temporary.chmod(path.stat().st_mode & 0o7777)
            if expected is not None:
                current = path.read_bytes() if path.exists() else b""
                temporary.stat()  # fails if the folder was replaced: then `current` is the file of the new folder
                if current != expected:
                    raise FileChangedError(str(path))
            temporary.replace(path)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink()


def remove_unfinished(folder: Path) -> None:
    """Delete what killed calls of `replace_file` left in a folder in which no other program writes. Raises OSError."""
    for temporary in folder.glob(".*.tmp"):
        temporary.unlink()


def move_into_place(temporary: Path, path: Path) -> None:
    """Sync a finished file and rename it to `path` in the same folder. Raises OSError."""
    sync_path(temporary)
    with _synced_folder(path.parent):
        temporary.replace(path)


def write_file(path: Path, content: bytes) -> None:
    """Write a file in a folder that exists and sync it. Raises OSError."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_path(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk. Raises OSError."""
    with _synced_folder(path):
        pass


@contextlib.contextmanager
def _synced_folder(folder: Path) -> Iterator[None]:
    """Sync the folder afterwards, under whatever name it has by then."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
