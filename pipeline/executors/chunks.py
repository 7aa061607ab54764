"""Records to chunks, chunks to workers and back: in order, a bounded number under way, sized by what they cost."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from itertools import islice
from typing import Any, Protocol, TypeVar

from pipeline.executors.work import ChunkResult, Failed

Item = TypeVar("Item")
Result = TypeVar("Result")

FIRST = 4  # records of a chunk whose cost nobody knows yet
MOST = 64
CHUNK_SECONDS = 0.2  # long beside handing a chunk over (a millisecond), short beside a stage


class Workers(Protocol):
    """Workers that take chunks."""

    @property
    def in_flight(self) -> int:
        """How many chunks keep all of them busy."""
        ...

    def submit(self, function: Callable[[Item], Result], chunk: Sequence[Item]) -> "Future[Any]":
        """Hand a chunk over."""
        ...

    def settle(self, future: "Future[Any]") -> ChunkResult[Any] | Failed:
        """Wait for a chunk; Failed when its worker was lost over it."""
        ...


class ChunkEngine:
    """Maps over a crew. Results come with their records, in their order; a record that fells its worker falls alone."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result | Failed]:
        """`function` (picklable) over `items`, in their order."""
        return (result for _, result in self.pairs(function, items))

    def pairs(
        self, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[tuple[Item, Result | Failed]]:
        """Each item with its result; items are taken from the stream only as workers get free for them."""
        iterator = iter(items)
        size = _ChunkSize()
        waiting: deque[tuple[list[Item], Future[Any]]] = deque()
        while True:
            while len(waiting) < self._workers.in_flight and (chunk := list(islice(iterator, size.records))):
                waiting.append((chunk, self._workers.submit(function, chunk)))
            if not waiting:
                return
            chunk, future = waiting.popleft()
            results = self._collect(function, chunk, future, size)
            del future  # its result is held once
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
        # One record took the worker along: each gets a worker of its own, and the guilty one is found.
        alone = ([item] for item in chunk)
        return [
            result
            for one in alone
            for result in self._collect(function, one, self._workers.submit(function, one), size)
        ]


class _ChunkSize:
    """How many records make a chunk, from what the last ones cost."""

    def __init__(self) -> None:
        self._each: float | None = None  # seconds
        self.records = FIRST

    def learn(self, records: int, seconds: float) -> None:
        each = max(seconds / records, 1e-6)
        self._each = each if self._each is None else 0.7 * self._each + 0.3 * each
        # At most twice as large as before: the first records may have been the light ones.
        self.records = max(1, min(MOST, 2 * self.records, round(CHUNK_SECONDS / self._each)))
