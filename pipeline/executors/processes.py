"""A pool of child processes with limits. A lost process costs one record."""

import contextlib
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, TimeoutError  # noqa: A004 - the pool's own
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver
from typing import Any, TypeVar

from pipeline.errors import NewsletterError
from pipeline.executors.work import ChunkResult, Failed, apply_to_chunk, limit_worker

Item = TypeVar("Item")
Result = TypeVar("Result")

# Imported once in the server process that workers are forked from. Workers import what a single stage needs: that
# takes a quarter of a second, in parallel, and keeps the workers of other stages 15 MB smaller.
PRELOADED = ["pipeline.stages.parse"]
# Chunks, or about 2,000 pages. A new worker starts without trafilatura's caches and with an unfragmented heap.
RENEW_AFTER = 125


class ChildPool:
    """Child processes that run each call under a deadline."""

    def __init__(self, schedule: Callable[..., "Future[Any]"]) -> None:
        self._schedule = schedule

    def call(self, function: Callable[..., Any], *arguments: Any, deadline: float) -> "Future[Any]":
        """Run a function in a child, which is killed after `deadline` seconds. NewsletterError if none can start."""
        with _explain_broken_pool():
            return self._schedule(function, args=arguments, timeout=deadline)

    def settle(self, future: "Future[Any]") -> Any:
        """Wait for the result of a call; Failed if its child was lost."""
        from pebble import ProcessExpired

        try:
            with _explain_broken_pool():
                return future.result()
        except TimeoutError:
            return Failed("timeout", "the worker did not answer in time and was ended")
        except ProcessExpired as error:
            return Failed("worker died", str(error))


@contextlib.contextmanager
def _explain_broken_pool() -> Iterator[None]:
    """Convert a broken pool into an error that says what to do."""
    try:
        yield
    except BrokenProcessPool as error:
        cause = error.__cause__ or error
        raise NewsletterError(
            f"no worker process can be started ({type(cause).__name__}: {cause}); free memory or processes and run"
            " again, or set 'engine: serial' in the config"
        ) from error


class ProcessWorkers:
    """The workers of a pool on this machine."""

    def __init__(self, pool: ChildPool, *, workers: int, seconds: float) -> None:
        self._pool = pool
        self._seconds = seconds
        self.in_flight = 2 * workers

    def submit(self, function: Callable[[Item], Result], chunk: Sequence[Item]) -> "Future[Any]":
        """Send a chunk to a worker."""
        return self._pool.call(
            apply_to_chunk, function, self._seconds, chunk, deadline=deadline_of(chunk, self._seconds)
        )

    def settle(self, future: "Future[Any]") -> ChunkResult[Any] | Failed:
        """Wait for the results of a chunk; Failed if its worker was lost."""
        result: ChunkResult[Any] | Failed = self._pool.settle(future)
        return result


def deadline_of(chunk: Sequence[Any], seconds: float) -> float:
    """Seconds until a chunk's worker is killed. The alarm for each record comes first, unless code blocks it."""
    return seconds * len(chunk) + 5


def end_server() -> None:
    """End the server process, with what it has imported. The next pool starts one again. None may be open."""
    forkserver._forkserver._stop()  # type: ignore[attr-defined]  # the standard library has no public name for it


@contextlib.contextmanager
def open_pool(workers: int, *, memory_bytes: int, preload: Sequence[str] = ()) -> Iterator[ChildPool]:
    """Open a pool of processes; `preload` names modules that are already imported in each."""
    from pebble import ProcessPool

    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # for the children, which are as many as there are cores
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*PRELOADED, *preload])
    forkserver.ensure_running()  # it imports while the first records are still being collected
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
