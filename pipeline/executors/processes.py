"""A pool of child processes with limits, whose losses cost one record."""

import contextlib
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, TimeoutError  # noqa: A004 - the pool's own
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver
from typing import Any, TypeVar

from pipeline.errors import NewsletterError
from pipeline.executors.work import ChunkResult, Failed, apply_to_chunk, limit_worker

Item = TypeVar("Item")
Result = TypeVar("Result")

# Imported once in the server process that workers fork from. What only one stage needs is imported by its workers: it
# takes each of them a quarter of a second, side by side, and the others are 15 MB smaller for it.
PRELOADED = ["pipeline.stages.parse"]
# Chunks, 2,000 pages or so: trafilatura's caches and the heap's fragments go with the worker.
RENEW_AFTER = 125


class ChildPool:
    """Child processes, each call under a deadline."""

    def __init__(self, schedule: Callable[..., "Future[Any]"]) -> None:
        self._schedule = schedule

    def call(self, function: Callable[..., Any], *arguments: Any, deadline: float) -> "Future[Any]":
        """Run a function in a child, which is ended after `deadline` seconds. NewsletterError where none can be had."""
        with _explained_faults():
            return self._schedule(function, args=arguments, timeout=deadline)

    def settle(self, future: "Future[Any]") -> Any:
        """Wait for what a call gives; Failed where its child was lost."""
        from pebble import ProcessExpired

        try:
            with _explained_faults():
                return future.result()
        except TimeoutError:
            return Failed("timeout", "the worker did not answer in time and was ended")
        except ProcessExpired as error:
            return Failed("worker died", str(error))


@contextlib.contextmanager
def _explained_faults() -> Iterator[None]:
    """A pool that cannot go on, as an error that says what to do."""
    try:
        yield
    except BrokenProcessPool as error:
        why = error.__cause__ or error
        raise NewsletterError(
            f"no worker process can be started ({type(why).__name__}: {why}); free memory or processes and run again,"
            " or set 'engine: serial' in the config"
        ) from error


class ProcessWorkers:
    """A pool as the crew of a stream."""

    def __init__(self, pool: ChildPool, *, workers: int, seconds: float) -> None:
        self._pool = pool
        self._seconds = seconds
        self.in_flight = 2 * workers

    def submit(self, function: Callable[[Item], Result], chunk: Sequence[Item]) -> "Future[Any]":
        """Hand a chunk over."""
        return self._pool.call(
            apply_to_chunk, function, self._seconds, chunk, deadline=deadline_of(chunk, self._seconds)
        )

    def settle(self, future: "Future[Any]") -> ChunkResult[Any] | Failed:
        """Wait for a chunk."""
        found: ChunkResult[Any] | Failed = self._pool.settle(future)
        return found


def deadline_of(chunk: Sequence[Any], seconds: float) -> float:
    """Seconds for a chunk: the alarm in the worker comes first, this is for code that no alarm can interrupt."""
    return seconds * len(chunk) + 5


@contextlib.contextmanager
def open_pool(workers: int, *, memory_bytes: int, preload: str | None = None) -> Iterator[ChildPool]:
    """A pool of that many processes, for as long as this lasts; `warm` is a module that they find imported."""
    from pebble import ProcessPool

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*PRELOADED, *([preload] if preload else [])])
    forkserver.ensure_running()  # it imports while the first records are still being gathered
    pool = ProcessPool(
        max_workers=workers,
        max_tasks=RENEW_AFTER,
        initializer=limit_worker,
        initargs=(memory_bytes,),
        context=context,
    )
    try:
        yield ChildPool(pool.schedule)
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()
