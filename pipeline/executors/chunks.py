"""Send records to workers in chunks. Results keep their order, and a bounded number of chunks is in flight."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from itertools import islice
from typing import Any, Protocol, TypeVar

from pipeline.executors.work import ChunkResult, Failed

Item = TypeVar("Item")
Result = TypeVar("Result")

FIRST_RECORDS = 4  # of a chunk, before the cost of a record is known
MAX_RECORDS = 64
CHUNK_SECONDS = 0.2  # long compared with sending a chunk (a millisecond), short compared with a stage


class Workers(Protocol):
    """Workers that take chunks."""

    @property
    def in_flight(self) -> int:
        """How many chunks keep all workers busy."""
        ...

    def submit(self, function: Callable[[Item], Result], chunk: Sequence[Item]) -> "Future[Any]":
        """Send a chunk to a worker."""
        ...

    def settle(self, future: "Future[Any]") -> ChunkResult[Any] | Failed:
        """Wait for the results of a chunk; Failed if its worker was lost."""
        ...


class ChunkEngine:
    """Applies functions in chunks. If a chunk loses its worker, only the record that caused it fails."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result | Failed]:
        """Apply `function`, which must be picklable, to `items`; yield results in the order of the items."""
        return (result for _, result in self.pairs(function, items))

    def pairs(
        self, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[tuple[Item, Result | Failed]]:
        """Yield each item with its result; take items from the iterator only as workers become free."""
        iterator = iter(items)
        size = _ChunkSize()
        in_flight: deque[tuple[list[Item], Future[Any]]] = deque()
        while True:
            while len(in_flight) < self._workers.in_flight and (chunk := list(islice(iterator, size.records))):
                in_flight.append((chunk, self._workers.submit(function, chunk)))
            if not in_flight:
                return
            chunk, future = in_flight.popleft()
            results = self._collect(function, chunk, future, size)
            del future  # it would keep a second reference to the results
            yield from zip(chunk, results, strict=True)

    def _collect(
        self, function: Callable[[Item], Result], chunk: list[Item], future: "Future[Any]", size: "_ChunkSize"
    ) -> list[Result | Failed]:
        done = self._workers.settle(future)
        if isinstance(done, ChunkResult):
            size.learn(len(chunk), done.seconds)
            return done.results
        if len(chunk) == 1:
            return [done]
        # One of the records crashed the worker: run each in a chunk of its own to find which.
        singles = ([item] for item in chunk)
        return [
            result
            for single in singles
            for result in self._collect(function, single, self._workers.submit(function, single), size)
        ]


class _ChunkSize:
    """The number of records in the next chunk, from the cost of the last ones."""

    def __init__(self) -> None:
        self._record_seconds: float | None = None  # moving average
        self.records = FIRST_RECORDS

    def learn(self, records: int, seconds: float) -> None:
        cost = max(seconds / records, 1e-6)
        self._record_seconds = cost if self._record_seconds is None else 0.7 * self._record_seconds + 0.3 * cost
        # At most double: the first records may be the cheap ones.
        self.records = max(1, min(MAX_RECORDS, 2 * self.records, round(CHUNK_SECONDS / self._record_seconds)))
