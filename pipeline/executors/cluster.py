"""A Dask cluster: chunks go to its workers by way of the scheduler, and run there in child processes with limits.

A worker never runs a record itself: what a page does to its process (a crash, no end, no memory) it does to a child,
and the libraries that must not run in threads do not. The scheduler keeps a chunk until its result has come, so a
worker that is killed costs the time of its chunks alone.
"""

import contextlib
import multiprocessing
import pickle
import platform
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as NotYet
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline import __version__
from pipeline.errors import ConfigError
from pipeline.executors.processes import ChildPool, deadline_of, open_pool
from pipeline.executors.work import ChunkResult, Failed, apply_to_chunk

if TYPE_CHECKING:
    from distributed import Client

Item = TypeVar("Item")
Result = TypeVar("Result")

SCHEME = "dask://"
CONNECT_SECONDS = 10.0
WORKERLESS_SECONDS = 60.0  # how long a cluster may be without a worker before the run gives up
_RECOUNT_SECONDS = 5.0
# Text, so that it means the same to another Python, and where this project is not installed.
_VERSIONS = "(__import__('pipeline').__version__, __import__('platform').python_version())"


class ClusterWorkers:
    """The workers of a scheduler, as one crew."""

    def __init__(self, client: "Client", name: str, *, seconds: float, memory_bytes: int) -> None:
        self._client = client
        self._name = name
        self._seconds = seconds
        self._memory_bytes = memory_bytes
        self._counted = (0.0, 1)

    @property
    def in_flight(self) -> int:
        """Two chunks a thread; workers may come and go."""
        at, threads = self._counted
        if time.monotonic() - at > _RECOUNT_SECONDS:
            threads = sum(_threads(self._client).values()) or 1
            self._counted = (time.monotonic(), threads)
        return 2 * threads

    def submit(self, function: Callable[[Item], Result], chunk: Sequence[Item]) -> "Future[Any]":
        """Hand a chunk over, as bytes: Dask would look inside lists for what it knows."""
        packed = pickle.dumps((function, self._seconds, chunk), pickle.HIGHEST_PROTOCOL)
        deadline = deadline_of(chunk, self._seconds)
        # Not pure: two equal chunks are two pieces of work, and the result of one is not kept for the other.
        future: Future[Any] = self._client.submit(run_chunk, packed, deadline, self._memory_bytes, pure=False)
        return future

    def settle(self, future: "Future[Any]") -> ChunkResult[Any] | Failed:
        """Wait for a chunk."""
        from distributed.scheduler import KilledWorker

        try:
            found = self._wait(future)
        except KilledWorker as error:
            return Failed("worker died", str(error))
        except (CancelledError, OSError) as error:
            raise ConfigError(
                f"{self._name}: the Dask scheduler went away in mid-run ({error}); what is done is kept: see that it"
                " runs, and run again"
            ) from error
        if isinstance(found, Failed):
            return found
        done: ChunkResult[Any] = pickle.loads(found)  # noqa: S301 - from a worker of our own cluster
        return done

    def _wait(self, future: "Future[Any]") -> bytes | Failed:
        since = None
        while True:
            try:
                return future.result(timeout=_RECOUNT_SECONDS)  # type: ignore[no-any-return]
            except NotYet:
                if _threads(self._client):
                    since = None
                    continue
                since = since or time.monotonic()
                if time.monotonic() - since > WORKERLESS_SECONDS:
                    raise ConfigError(
                        f"{self._name}: the Dask cluster has lost its last worker; what is done is kept: start workers"
                        " (docs/scale.md), and run again"
                    ) from None


@contextlib.contextmanager
def open_cluster(kind: str, *, workers: int, seconds: float, memory_bytes: int) -> Iterator[ClusterWorkers]:
    """The cluster of that name, its workers seen to be of this version; ConfigError where it cannot be used."""
    try:
        from dask import config
        from distributed import Client, LocalCluster
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"engine: {kind} needs the package {error.name}; install it with: pip install 'newsletter-pipeline[dask]'"
        ) from error
    with contextlib.ExitStack() as stack:
        # A chunk of pages is meant to travel with its task: that is what lets a lost one be made again.
        stack.enter_context(config.set({"distributed.admin.large-graph-warning-threshold": "1GB"}))
        if kind.startswith(SCHEME):
            address: Any = "tcp://" + kind.removeprefix(SCHEME)
        else:
            address = stack.enter_context(
                LocalCluster(n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0")
            )
        try:
            client = stack.enter_context(Client(address, timeout=CONNECT_SECONDS, set_as_default=False))
        except OSError as error:
            raise ConfigError(
                f"engine: no Dask scheduler answers at {kind}; start one with 'dask scheduler' (docs/scale.md), or set"
                " engine: processes"
            ) from error
        _see_workers(client, kind)
        yield ClusterWorkers(client, kind, seconds=seconds, memory_bytes=memory_bytes)


def _threads(client: "Client") -> dict[str, int]:
    """Worker → its threads, as the scheduler counts them now."""
    found: dict[str, int] = client.nthreads()
    return found


def _see_workers(client: "Client", kind: str) -> None:
    """That there are workers, and that they are of this program and this Python."""
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except TimeoutError as error:
        raise ConfigError(
            f"engine: the Dask scheduler at {kind} has no workers; start some with 'dask worker' (docs/scale.md)"
        ) from error
    found: Mapping[str, Any] = client.run(eval, _VERSIONS, on_error="return")
    own = (__version__, platform.python_version())
    strangers = [f"{worker} {_describe_mismatch(said, own)}" for worker, said in sorted(found.items()) if said != own]
    if strangers:
        raise ConfigError(
            f"engine: workers of {kind} are not as this program (newsletter-pipeline {own[0]} on Python {own[1]}) and"
            f" would give other results: {'; '.join(strangers)}; install the same there"
        )


def _describe_mismatch(said: Any, own: tuple[str, str]) -> str:
    if isinstance(said, BaseException):
        return f"has no newsletter-pipeline ({said})"
    names = ("newsletter-pipeline", "Python")
    return "has " + " and ".join(
        f"{name} {there}" for name, there, here in zip(names, said, own, strict=True) if there != here
    )


# What follows runs on a worker.

_pools: dict[int, ChildPool] = {}  # by the memory a record may have
_opening = threading.Lock()


def run_chunk(packed: bytes, deadline: float, memory_bytes: int) -> bytes | Failed:
    """A packed chunk in a child process; its Done, packed, or Failed where the child was lost."""
    pool = _pool(memory_bytes)
    found: bytes | Failed = pool.settle(pool.call(run_packed, packed, deadline=deadline))
    return found


def run_packed(packed: bytes) -> bytes:
    """In the child: a packed chunk, each record within its limits."""
    function, seconds, chunk = pickle.loads(packed)  # noqa: S301 - from the run that this worker serves
    return pickle.dumps(apply_to_chunk(function, seconds, chunk), pickle.HIGHEST_PROTOCOL)


def _pool(memory_bytes: int) -> ChildPool:
    """This worker's child processes, one a thread, for as long as it lives."""
    from distributed import get_worker

    with _opening:
        if memory_bytes not in _pools:
            # A nanny's workers are daemons, which multiprocessing forbids children. Ours end with their pipe, also
            # when the worker is killed.
            multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
            opened = open_pool(get_worker().state.nthreads, memory_bytes=memory_bytes)
            _pools[memory_bytes] = opened.__enter__()
            # Not atexit: a process of multiprocessing joins its children before that.
            Finalize(None, opened.__exit__, (None, None, None), exitpriority=100)
        return _pools[memory_bytes]
