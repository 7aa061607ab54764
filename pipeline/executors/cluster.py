"""Run chunks on a Dask cluster. Its workers run them in child processes with limits.

A worker does not run records itself: a page that crashes, hangs or exhausts memory does so in a child process, and
libraries that must not run in threads do not. The scheduler keeps a chunk until its result has arrived, so a killed
worker costs only the time of its chunks.
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
WORKERLESS_SECONDS = 60.0  # how long a cluster may be without workers before the run gives up
_RECOUNT_SECONDS = 5.0
# An expression as text, so that another Python, or one without this project, can evaluate it.
_VERSIONS = "(__import__('pipeline').__version__, __import__('platform').python_version())"


class ClusterWorkers:
    """The workers of a Dask scheduler."""

    def __init__(self, client: "Client", name: str, *, seconds: float, memory_bytes: int) -> None:
        self._client = client
        self._name = name
        self._seconds = seconds
        self._memory_bytes = memory_bytes
        self._counted = (0.0, 1)  # monotonic time of the last count, threads

    @property
    def in_flight(self) -> int:
        """Two chunks for each thread; workers may come and go."""
        at, threads = self._counted
        if time.monotonic() - at > _RECOUNT_SECONDS:
            threads = sum(_threads(self._client).values()) or 1
            self._counted = (time.monotonic(), threads)
        return 2 * threads

    def submit(self, function: Callable[[Item], Result], chunk: Sequence[Item]) -> "Future[Any]":
        """Send a chunk to a worker, pickled: Dask would search lists for its own objects."""
        packed = pickle.dumps((function, self._seconds, chunk), pickle.HIGHEST_PROTOCOL)
        deadline = deadline_of(chunk, self._seconds)
        # pure=False: by default two equal submits would share one result.
        future: Future[Any] = self._client.submit(run_chunk, packed, deadline, self._memory_bytes, pure=False)
        return future

    def settle(self, future: "Future[Any]") -> ChunkResult[Any] | Failed:
        """Wait for the results of a chunk; Failed if its worker was lost."""
        from distributed.scheduler import KilledWorker

        try:
            packed = self._wait(future)
        except KilledWorker as error:
            return Failed("worker died", str(error))
        except (CancelledError, OSError) as error:
            raise ConfigError(
                f"{self._name}: the Dask scheduler went away during the run ({error}); finished work is kept: check"
                " that the scheduler is running, and run again"
            ) from error
        if isinstance(packed, Failed):
            return packed
        result: ChunkResult[Any] = pickle.loads(packed)  # noqa: S301 - from a worker of our own cluster
        return result

    def _wait(self, future: "Future[Any]") -> bytes | Failed:
        workerless_since = None
        while True:
            try:
                return future.result(timeout=_RECOUNT_SECONDS)  # type: ignore[no-any-return]
            except NotYet:
                if _threads(self._client):
                    workerless_since = None
                    continue
                workerless_since = workerless_since or time.monotonic()
                if time.monotonic() - workerless_since > WORKERLESS_SECONDS:
                    raise ConfigError(
                        f"{self._name}: the Dask cluster has lost its last worker; finished work is kept: start"
                        " workers (docs/scale.md), and run again"
                    ) from None


@contextlib.contextmanager
def open_cluster(kind: str, *, workers: int, seconds: float, memory_bytes: int) -> Iterator[ClusterWorkers]:
    """Connect to a cluster, or start one on this machine. ConfigError if it cannot be used or has other versions."""
    try:
        from dask import config
        from distributed import Client, LocalCluster
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"engine: {kind} needs the package {error.name}; install it with: pip install 'newsletter-pipeline[dask]'"
        ) from error
    with contextlib.ExitStack() as stack:
        # A chunk travels with its task on purpose, so that a lost one can run again: no warning about large tasks.
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
        _check_workers(client, kind)
        yield ClusterWorkers(client, kind, seconds=seconds, memory_bytes=memory_bytes)


def _threads(client: "Client") -> dict[str, int]:
    """Map each current worker to its number of threads."""
    counts: dict[str, int] = client.nthreads()
    return counts


def _check_workers(client: "Client", kind: str) -> None:
    """Check that there are workers with the same versions of this program and of Python. ConfigError if not."""
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except TimeoutError as error:
        raise ConfigError(
            f"engine: the Dask scheduler at {kind} has no workers; start some with 'dask worker' (docs/scale.md)"
        ) from error
    found: Mapping[str, Any] = client.run(eval, _VERSIONS, on_error="return")
    own = (__version__, platform.python_version())
    mismatches = [
        f"{worker} {_describe_mismatch(versions, own)}" for worker, versions in sorted(found.items()) if versions != own
    ]
    if mismatches:
        raise ConfigError(
            f"engine: workers of {kind} differ from this program (newsletter-pipeline {own[0]} on Python {own[1]}) and"
            f" would give other results: {'; '.join(mismatches)}; install the same versions there"
        )


def _describe_mismatch(versions: Any, own: tuple[str, str]) -> str:
    if isinstance(versions, BaseException):
        return f"has no newsletter-pipeline ({versions})"
    names = ("newsletter-pipeline", "Python")
    return "has " + " and ".join(
        f"{name} {there}" for name, there, here in zip(names, versions, own, strict=True) if there != here
    )


# The rest of this module runs on a worker.

_pools: dict[int, ChildPool] = {}  # by memory limit
_opening = threading.Lock()


def run_chunk(packed: bytes, deadline: float, memory_bytes: int) -> bytes | Failed:
    """Run a pickled chunk in a child process; return its pickled ChunkResult, or Failed if the child was lost."""
    pool = _pool(memory_bytes)
    result: bytes | Failed = pool.settle(pool.call(run_packed, packed, deadline=deadline))
    return result


def run_packed(packed: bytes) -> bytes:
    """Run a pickled chunk in this child process, each record within its limits."""
    function, seconds, chunk = pickle.loads(packed)  # noqa: S301 - from the run that this worker serves
    return pickle.dumps(apply_to_chunk(function, seconds, chunk), pickle.HIGHEST_PROTOCOL)


def _pool(memory_bytes: int) -> ChildPool:
    """Return this worker's pool of child processes, one for each thread; it lasts as long as the worker."""
    from distributed import get_worker

    with _opening:
        if memory_bytes not in _pools:
            # Workers of a nanny are daemons, and multiprocessing forbids daemons to have children. Ours end when their
            # pipe closes, even if the worker is killed.
            multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
            opened = open_pool(get_worker().state.nthreads, memory_bytes=memory_bytes)
            _pools[memory_bytes] = opened.__enter__()
            # Not atexit, because multiprocessing joins the children of a process before that.
            Finalize(None, opened.__exit__, (None, None, None), exitpriority=100)
        return _pools[memory_bytes]
