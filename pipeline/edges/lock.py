"""One run at a time."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.errors import LockedError, StoreError


@contextlib.contextmanager
def hold_lock(state: Path) -> Iterator[None]:
    """The lock of the state folder; LockedError when another process holds it. The system frees it when we die."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        lock = FileLock(state / "run.lock")
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LockedError(f"{state}: another newsletter command is at work here; wait for it to end") from error
    except OSError as error:
        raise StoreError(f"{state}: the state folder cannot be used ({error.strerror})") from error
    try:
        yield
    finally:
        lock.release()
