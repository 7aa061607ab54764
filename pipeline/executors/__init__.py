"""Where map stages run: in this process, in a pool of child processes with limits, or on a Dask cluster.

A record whose work raises, runs out of time or memory, or takes its worker down with it comes back as `Failed` in its
place; the others are not touched. Results come in the order of the records, a bounded number of them at a time, and are
the same wherever they were made.
"""

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

from pipeline.executors.work import Failed, apply_to_one, import_in_worker

__all__ = ["Engine", "Failed", "SerialEngine", "SharedEngine", "import_in_worker", "open_engine"]

Item = TypeVar("Item")
Result = TypeVar("Result")


class Engine(Protocol):
    """Runs a function over records."""

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result | Failed]:
        """`function` over `items`, in their order."""
        ...

    def pairs(
        self, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[tuple[Item, Result | Failed]]:
        """The same, each item with its result, so that nobody need keep the items."""
        ...


@contextlib.contextmanager
def open_engine(
    kind: str = "processes",
    *,
    workers: int | None = None,
    seconds: float = 20.0,
    memory_bytes: int = 1 << 30,
    preload: str | None = None,
) -> Iterator[Engine]:
    """The engine of that name: serial, processes, dask (a cluster on this machine) or dask://host:8786.

    `workers` are processes here, a cluster at an address has its own. `seconds` and `memory_bytes` bound the work on
    one record, but not serially. `warm` is a module that readies a worker for all it will do: processes here are forked
    from one that has imported it. ConfigError where a cluster cannot be used.
    """
    if kind == "serial":
        yield SerialEngine()
        return
    from pipeline.executors.chunks import ChunkEngine

    workers = workers or os.cpu_count() or 1
    if kind == "processes":
        from pipeline.executors.processes import ProcessWorkers, open_pool

        with open_pool(workers, memory_bytes=memory_bytes, preload=preload) as pool:
            yield ChunkEngine(ProcessWorkers(pool, workers=workers, seconds=seconds))
        return
    from pipeline.executors.cluster import open_cluster

    with open_cluster(kind, workers=workers, seconds=seconds, memory_bytes=memory_bytes) as cluster:
        yield ChunkEngine(cluster)


class SharedEngine:
    """An engine that several stages share: opened for the first one that asks, kept until this is closed."""

    def __init__(self, opened: Callable[[], contextlib.AbstractContextManager[Engine]]) -> None:
        self._opened = opened
        self._stack = contextlib.ExitStack()
        self._engine: Engine | None = None

    @property
    def is_open(self) -> bool:
        """Whether a stage has asked for it."""
        return self._engine is not None

    def get(self) -> Engine:
        """The engine. What opening it raises is raised."""
        if self._engine is None:
            self._engine = self._stack.enter_context(self._opened())
        return self._engine

    def close(self) -> None:
        """End its workers."""
        self._engine = None
        self._stack.close()


class SerialEngine:
    """Runs in this process, without limits: for one record, for tests, for a debugger."""

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result | Failed]:
        """`function` over `items`, one after the other."""
        return (apply_to_one(function, item) for item in items)

    def pairs(
        self, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[tuple[Item, Result | Failed]]:
        """Each item with its result."""
        return ((item, apply_to_one(function, item)) for item in items)
