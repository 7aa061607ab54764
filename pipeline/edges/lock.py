"""The lock on the state folder: one run at a time."""

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import LockedError, StoreError

HOLDER_FILE = "run.json"


@dataclass(frozen=True, slots=True)
class Holder:
    """The command that holds the lock, or that died while it held it."""

    command: str
    pid: int
    host: str
    since: str  # ISO 8601

    def __str__(self) -> str:
        return f"'newsletter {self.command}', process {self.pid} on {self.host}, since {self.since}"


@contextlib.contextmanager
def hold_lock(state: Path, command: str = "command") -> Iterator[Holder | None]:
    """Hold the lock of the state folder. Yield the last holder if it died while it held the lock, else None.

    LockedError, which names the holder, if another command holds it. The system frees the lock of a process that
    dies, so that no lock is ever stale; only the file with the holder's name is left.
    """
    from filelock import FileLock, Timeout  # imported here: only commands that write need it

    try:
        state.mkdir(parents=True, exist_ok=True)
        lock = FileLock(state / "run.lock")
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LockedError(_describe_conflict(state, _read_holder(state / HOLDER_FILE))) from error
    except OSError as error:
        raise StoreError(
            f"{state}: the state folder cannot be used ({error.strerror}); check who owns it and whether it can be"
            " written, or set 'state' in the config to another folder"
        ) from error
    try:
        died = _read_holder(state / HOLDER_FILE)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        _write_holder(state / HOLDER_FILE, Holder(command, os.getpid(), socket.gethostname(), now))
        yield died
    finally:
        with contextlib.suppress(OSError):
            (state / HOLDER_FILE).unlink()
        lock.release()


def _describe_conflict(state: Path, holder: Holder | None) -> str:
    message = f"{state}: another newsletter command is at work here"
    if holder is None:
        return f"{message}; wait for it to end"
    if holder.host == socket.gethostname() and not _is_alive(holder.pid):
        return (
            f"{message}, though {holder} is gone: a process that it left behind, or another program, holds"
            f" {state / 'run.lock'}; end that process"
        )
    return f"{message}: {holder}; wait for it to end"


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # it belongs to another user
    return True


def _read_holder(path: Path) -> Holder | None:
    """Read the holder's file; None if there is none, or it names no possible process."""
    try:
        holder = Holder(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return holder if isinstance(holder.pid, int) and 0 < holder.pid < 2**31 else None


def _write_holder(path: Path, holder: Holder) -> None:
    with contextlib.suppress(OSError):  # if the disk is full, whatever needs it will report it
        path.write_text(json.dumps(asdict(holder)), encoding="utf-8")
