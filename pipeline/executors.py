"""Where map stages run: in this process, or in a pool of child processes with limits.

A record whose work raises, runs out of time or memory, or takes its worker down with it comes back as `Failed` in its
place; the others are not touched. Results come in the order of the records, a bounded number of them at a time.
"""

import contextlib
import multiprocessing
import os
import resource
import signal
import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, TimeoutError  # noqa: A004 - the pool's own
from dataclasses import dataclass
from functools import partial
from itertools import islice
from types import FrameType
from typing import Any, Literal, Protocol, TypeVar

from pipeline.errors import RecordError

Item = TypeVar("Item")
Result = TypeVar("Result")
EngineKind = Literal["serial", "processes"]

# Imported once in the server process that workers fork from, so that a new worker starts warm.
PRELOADED = ["pipeline.stages.parse", "pipeline.stages.clean", "pipeline.stages.language"]
RENEW_AFTER = 125  # chunks; trafilatura's caches and the heap's fragments go with the worker
CHUNK = 16


@dataclass(frozen=True, slots=True)
class Failed:
    """What stands in the place of a result that could not be had."""

    reason: str  # one or two words, for counting
    detail: str


class _Clock(Exception):  # noqa: N818 - never leaves this module
    """A record's time is up."""


class Engine(Protocol):
    """Runs a function over records."""

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result | Failed]:
        """`function` over `items`, in their order."""
        ...


@contextlib.contextmanager
def open_engine(
    kind: EngineKind = "processes",
    *,
    workers: int | None = None,
    seconds: float = 20.0,
    memory_bytes: int = 1 << 30,
) -> Iterator[Engine]:
    """An engine; `seconds` and `memory_bytes` bound the work on one record (in a process pool only)."""
    if kind == "serial":
        yield SerialEngine()
        return
    from pebble import ProcessPool

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    pool = ProcessPool(
        max_workers=workers or os.cpu_count() or 1,
        max_tasks=RENEW_AFTER,
        initializer=_limit_worker,
        initargs=(memory_bytes,),
        context=context,
    )
    try:
        yield ProcessEngine(pool.schedule, seconds=seconds, in_flight=2 * (workers or os.cpu_count() or 1))
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


class SerialEngine:
    """Runs in this process, without limits: for one record, for tests, for a debugger."""

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result | Failed]:
        """`function` over `items`, one after the other."""
        return (_guarded(function, item) for item in items)


class ProcessEngine:
    """Runs in child processes, in chunks, each record under an alarm and each chunk under a deadline."""

    def __init__(self, schedule: Callable[..., Future[Any]], *, seconds: float, in_flight: int):
        self._schedule = schedule
        self._seconds = seconds
        self._in_flight = in_flight

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result | Failed]:
        """`function` (picklable) over `items`; at most `in_flight` chunks are under way."""
        chunks = _chunked(items, CHUNK)
        waiting: deque[tuple[list[Item], Future[Any]]] = deque()
        for chunk in islice(chunks, self._in_flight):
            waiting.append((chunk, self._submit(function, chunk)))
        while waiting:
            chunk, future = waiting.popleft()
            yield from self._collect(function, chunk, future)
            for following in islice(chunks, 1):
                waiting.append((following, self._submit(function, following)))

    def _submit(self, function: Callable[[Item], Result], chunk: Sequence[Item]) -> Future[Any]:
        work = partial(_apply, function, self._seconds)
        # The alarm in the worker comes first; the pool's deadline is for code that no alarm can interrupt.
        return self._schedule(work, args=[chunk], timeout=self._seconds * len(chunk) + 5)

    def _collect(
        self, function: Callable[[Item], Result], chunk: list[Item], future: Future[Any]
    ) -> Iterator[Result | Failed]:
        from pebble import ProcessExpired

        try:
            yield from future.result()
        except (TimeoutError, ProcessExpired) as error:
            if len(chunk) == 1:
                yield _worker_lost(error)
                return
            # One record took the worker along: each gets a worker of its own, and the guilty one is found.
            for item in chunk:
                yield from self._collect(function, [item], self._submit(function, [item]))


def _worker_lost(error: BaseException) -> Failed:
    if isinstance(error, TimeoutError):
        return Failed("timeout", "the worker did not answer in time and was ended")
    return Failed("worker died", str(error))


def _apply(function: Callable[[Item], Result], seconds: float, chunk: Sequence[Item]) -> list[Result | Failed]:
    signal.signal(signal.SIGALRM, _ring)
    return [_guarded(function, item, seconds) for item in chunk]


def _ring(_number: int, _frame: FrameType | None) -> None:
    raise _Clock


def _guarded(function: Callable[[Item], Result], item: Item, seconds: float | None = None) -> Result | Failed:
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
        where = traceback.extract_tb(error.__traceback__)[-1]
        return Failed("fault", f"{type(error).__name__}: {error} ({where.filename}:{where.lineno})")


def _limit_worker(memory_bytes: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _chunked(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
