"""What happens in a worker: a function over a chunk of records, each within its limits."""

import resource
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import FrameType
from typing import Generic, TypeVar

from pipeline.errors import RecordError

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Failed:
    """What stands in the place of a result that could not be had."""

    reason: str  # one or two words, for counting
    detail: str


@dataclass(frozen=True, slots=True)
class ChunkResult(Generic[Result]):
    """A chunk's results in the order of its records, and what they cost."""

    results: list[Result | Failed]
    seconds: float


class _Clock(Exception):  # noqa: N818 - never leaves this module
    """A record's time is up."""


def apply_to_chunk(function: Callable[[Item], Result], seconds: float, chunk: Sequence[Item]) -> ChunkResult[Result]:
    """`function` over a chunk, `seconds` for each record; for the main thread of a worker process."""
    signal.signal(signal.SIGALRM, _ring)
    started = time.perf_counter()
    results = [apply_to_one(function, item, seconds) for item in chunk]
    return ChunkResult(results, time.perf_counter() - started)


def apply_to_one(function: Callable[[Item], Result], item: Item, seconds: float | None = None) -> Result | Failed:
    """`function` on one record; whatever it raises becomes a Failed."""
    try:
        if seconds:
            signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            return function(item)
        finally:
            if seconds:
                signal.setitimer(signal.ITIMER_REAL, 0)
    except RecordError as error:
        return Failed(error.reason, error.message)
    except _Clock:
        return Failed("timeout", f"took longer than {seconds:g} s")
    except MemoryError:
        return Failed("memory", "needed more memory than a record may have")
    except Exception as error:  # noqa: BLE001 - a fault in one record is named and kept, and the run goes on
        import traceback  # loaded where something went wrong: a command that runs no stage does without

        where = traceback.extract_tb(error.__traceback__)[-1]
        return Failed("fault", f"{type(error).__name__}: {error} ({where.filename}:{where.lineno})")


def import_in_worker(module: str) -> None:
    """Import a module in a worker, so that the first record need not wait for it."""
    import_module(module)


def limit_worker(memory_bytes: int) -> None:
    """Bound what this process may take; Ctrl-C is the parent's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _ring(_number: int, _frame: FrameType | None) -> None:
    raise _Clock
