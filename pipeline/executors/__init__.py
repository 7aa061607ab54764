"""Run map stages in this process, in a pool of child processes with limits, or on a Dask cluster.

If a record raises, runs out of time or memory, or crashes its worker, its result is `Failed`; other records are not
affected. Results come in the order of the records, a bounded number is in flight, and they are the same on every
engine.
"""

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from pipeline.executors.work import Failed, apply_to_one, import_in_worker

__all__ = ["Engine", "Failed", "SerialEngine", "SharedEngine", "import_in_worker", "open_engine"]

Item = TypeVar("Item")
Result = TypeVar("Result")


class Engine(Protocol):
    """Runs a function over records."""

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result | Failed]:
        """Apply `function` to `items`; yield results in the order of the items."""
        ...

    def pairs(
        self, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[tuple[Item, Result | Failed]]:
        """Apply `function` to `items`; yield each item with its result, so that the caller need not keep the items."""
        ...


@contextlib.contextmanager
def open_engine(
    kind: str = "processes",
    *,
    workers: int | None = None,
    seconds: float = 20.0,
    memory_bytes: int = 1 << 30,
    preload: Sequence[str] = (),
) -> Iterator[Engine]:
    """Open an engine: "serial", "processes", "dask" (a cluster on this machine) or "dask://host:8786".

    `workers`: how many processes to start on this machine; a cluster at an address has its own. `seconds` and
    `memory_bytes` limit the work on one record, except on the serial engine. `preload`: modules that the
    server process imports once, so that every process forked from it has them. ConfigError if a cluster cannot be used.
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
    """An engine that several stages share. It opens when the first stage asks for it."""

    def __init__(self, opener: Callable[[], contextlib.AbstractContextManager[Engine]]) -> None:
        self._open = opener
        self._stack = contextlib.ExitStack()
        self._engine: Engine | None = None

    @property
    def is_open(self) -> bool:
        """Whether a stage has asked for the engine."""
        return self._engine is not None

    def get(self) -> Engine:
        """Return the engine; open it if necessary."""
        if self._engine is None:
            self._engine = self._stack.enter_context(self._open())
        return self._engine

    def close(self) -> None:
        """End the engine's workers. The next `get` opens it again."""
        self._engine = None
        self._stack.close()


class SerialEngine:
    """Runs in this process without limits, for single records, tests and debuggers."""

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result | Failed]:
        """Apply `function` to one item after another."""
        return (apply_to_one(function, item) for item in items)

    def pairs(
        self, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[tuple[Item, Result | Failed]]:
        """Apply `function` to one item after another; yield each with its result."""
        return ((item, apply_to_one(function, item)) for item in items)
