"""One run at a time."""

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import LockedError, StoreError

HOLDER = "run.json"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock, or held it when it died."""

    command: str
    pid: int
    host: str
    since: str  # ISO 8601

    def __str__(self) -> str:
        return f"'newsletter {self.command}', process {self.pid} on {self.host}, since {self.since}"


@contextlib.contextmanager
def hold_lock(state: Path, command: str = "command") -> Iterator[Holder | None]:
    """The lock of the state folder; LockedError says who holds it. Gives the last holder if that died holding it.

    The system frees the lock of a process that dies, so that none is ever stale; what it leaves behind is its name.
    """
    from filelock import FileLock, Timeout  # only who writes needs it

    try:
        state.mkdir(parents=True, exist_ok=True)
        lock = FileLock(state / "run.lock")
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LockedError(_explain(state, _read(state / HOLDER))) from error
    except OSError as error:
        raise StoreError(
            f"{state}: the state folder cannot be used ({error.strerror}); check who owns it and whether it can be"
            " written, or set 'state' in the config to another folder"
        ) from error
    try:
        died = _read(state / HOLDER)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        _write(state / HOLDER, Holder(command, os.getpid(), socket.gethostname(), now))
        yield died
    finally:
        with contextlib.suppress(OSError):
            (state / HOLDER).unlink()
        lock.release()


def _explain(state: Path, holder: Holder | None) -> str:
    said = f"{state}: another newsletter command is at work here"
    if holder is None:
        return f"{said}; wait for it to end"
    if holder.host == socket.gethostname() and not _is_alive(holder.pid):
        return (
            f"{said}, though {holder} is gone: a process that it left behind, or another program, holds"
            f" {state / 'run.lock'}; end that"
        )
    return f"{said}: {holder}; wait for it to end"


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # somebody else's
    return True


def _read(path: Path) -> Holder | None:
    """The holder that is named there; None where none is, or none that there can be."""
    try:
        holder = Holder(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return holder if isinstance(holder.pid, int) and 0 < holder.pid < 2**31 else None


def _write(path: Path, holder: Holder) -> None:
    with contextlib.suppress(OSError):  # a full disk is told by what needs it
        path.write_text(json.dumps(asdict(holder)), encoding="utf-8")
