"""Apply a function to a chunk of records in a worker, each record within its limits."""

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
    """The result of a record that failed."""

    reason: str  # one or two words, for counting
    detail: str


@dataclass(frozen=True, slots=True)
class ChunkResult(Generic[Result]):
    """The results of a chunk, in the order of its records."""

    results: list[Result | Failed]
    seconds: float  # for all of them


class _TimeUpError(Exception):
    """A record has used up its time."""


def apply_to_chunk(function: Callable[[Item], Result], seconds: float, chunk: Sequence[Item]) -> ChunkResult[Result]:
    """Apply `function` to a chunk, `seconds` at most for each record. Call it in a worker's main thread."""
    signal.signal(signal.SIGALRM, _raise_time_up)
    started = time.perf_counter()
    results = [apply_to_one(function, item, seconds) for item in chunk]
    return ChunkResult(results, time.perf_counter() - started)


def apply_to_one(function: Callable[[Item], Result], item: Item, seconds: float | None = None) -> Result | Failed:
    """Apply `function` to one record; whatever it raises becomes Failed."""
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
    except _TimeUpError:
        return Failed("timeout", f"took longer than {seconds:g} s")
    except MemoryError:
        return Failed("memory", "needed more memory than a record may have")
    except Exception as error:  # noqa: BLE001 - a fault in one record is reported, and the run goes on
        import traceback  # imported here to keep start-up fast

        where = traceback.extract_tb(error.__traceback__)[-1]
        return Failed("fault", f"{type(error).__name__}: {error} ({where.filename}:{where.lineno})")


def import_in_worker(module: str) -> None:
    """Import a module in a worker, so that the first record does not wait for it."""
    import_module(module)


def limit_worker(memory_bytes: int) -> None:
    """Limit this process's memory, and leave Ctrl-C to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _raise_time_up(_number: int, _frame: FrameType | None) -> None:
    raise _TimeUpError
