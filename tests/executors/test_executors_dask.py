"""A Dask cluster of processes on loopback: the same results, what a killed worker costs, what may be wrong with it."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.config import load_config
from pipeline.errors import ConfigError
from pipeline.executors import Failed, cluster, open_engine
from tests.executors.test_executors import double, misbehave
from tests.letters import Command, Letter
from tests.run.test_weekly import contents

ROOT = Path(__file__).resolve().parents[2]


def slow(number: int) -> int:
    time.sleep(0.02)
    return -number


def whoami(_: int) -> int:
    time.sleep(0.01)
    return os.getppid()


@dataclass
class Cluster:
    """A scheduler and its workers, each a process of its own."""

    address: str  # host:port
    folder: Path

    @property
    def engine(self) -> str:
        """As a config names it."""
        return f"dask://{self.address}"

    def worker(self, *options: str, path: Path = ROOT) -> "subprocess.Popen[bytes]":
        """One more worker, without the nanny that would start it again."""
        arguments = [f"tcp://{self.address}", "--nthreads", "1", "--no-dashboard", *(options or ("--no-nanny",))]
        return dask("worker", *arguments, "--local-directory", str(self.folder), path=path)


def dask(name: str, *arguments: str, path: Path = ROOT) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-P", "-m", "distributed.cli.dask_" + name, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(path)}
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def ending(*processes: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Terminate processes at the end of the block."""
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    port = free_port()
    running = dask("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show")
    with ending(running):
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield Cluster(f"127.0.0.1:{port}", tmp_path_factory.mktemp("dask"))


@pytest.fixture
def pair(scheduler: Cluster) -> Iterator[list["subprocess.Popen[bytes]"]]:
    workers = [scheduler.worker(), scheduler.worker()]
    with ending(*workers):
        yield workers


def test_results_come_in_the_order_of_the_records_from_two_workers(scheduler: Cluster, pair: object) -> None:
    """A thousand records on two workers come back in order; equal records are processed separately."""
    with open_engine(scheduler.engine) as engine:
        wait_for(2, engine)
        assert list(engine.map(double, range(1000))) == [2 * number for number in range(1000)]
        assert list(engine.pairs(double, [7] * 300)) == [(7, 14)] * 300
        assert list(engine.map(double, [])) == []
        assert len(set(engine.map(whoami, range(300)))) == 2


def wait_for(workers: int, engine: object) -> None:
    client = engine._workers._client  # type: ignore[attr-defined]
    client.wait_for_workers(workers, timeout=60)
    engine._workers._counted = (0.0, 1)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("die", "worker died"),
        ("hang", "timeout"),
        ("eat", "memory"),
        ("feed", "not a feed"),
        ("bug", "fault"),
    ],
)
def test_a_bad_record_takes_only_itself(scheduler: Cluster, pair: object, word: str, reason: str) -> None:
    """A record that crashes, hangs, exhausts memory or raises gives Failed, as in a process pool."""
    with open_engine(scheduler.engine, seconds=0.5) as engine:
        before, bad, after = engine.map(misbehave, ["a", word, "z"])
    assert (before, after) == ("A", "Z")
    assert isinstance(bad, Failed)
    assert bad.reason == reason


def test_a_worker_that_is_killed_costs_nothing(scheduler: Cluster, pair: list["subprocess.Popen[bytes]"]) -> None:
    """Half way through one of two workers is killed: every result is there, in order, none of them failed."""
    with open_engine(scheduler.engine) as engine:
        wait_for(2, engine)
        results = []
        for result in engine.map(slow, range(400)):
            results.append(result)
            if len(results) == 100:
                pair[0].send_signal(signal.SIGKILL)
    assert results == [-number for number in range(400)]


def test_workers_under_a_nanny_work_as_well(scheduler: Cluster) -> None:
    """Without options, `dask worker` starts daemons, and daemons may not have children."""
    with ending(scheduler.worker("--nanny")), open_engine(scheduler.engine) as engine:
        assert list(engine.map(double, range(50))) == [2 * number for number in range(50)]


def test_every_engine_makes_the_same_issue(
    newsletter: Command, letter: Letter, scheduler: Cluster, pair: object
) -> None:
    """Serial, in a pool and on the cluster of two processes: the same bytes in the outbox."""
    outboxes = []
    for engine in ("serial", "processes", scheduler.engine):
        for path in sorted(letter.folder.glob(".newsletter/*")):
            path.unlink()
        letter.change(engine=engine, workers=2)
        done = newsletter.on(letter, "run")
        assert done.code == 0, done.err
        outboxes.append(contents(letter.folder / "outbox"))
    assert outboxes[0] == outboxes[1] == outboxes[2]


def test_a_cluster_on_this_machine_needs_no_more_than_its_name() -> None:
    """engine: dask starts workers of its own, and ends them."""
    with open_engine("dask", workers=2) as engine:
        assert list(engine.map(double, range(100))) == [2 * number for number in range(100)]


def test_a_scheduler_that_does_not_answer_is_a_plain_error(
    newsletter: Command, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command names the address and says what to do, with the exit code of a wrong config."""
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1.0)
    letter.change(engine=f"dask://127.0.0.1:{free_port()}")
    done = newsletter.on(letter, "run")
    assert done.code == 2
    assert "no Dask scheduler answers at dask://127.0.0.1:" in done.err
    assert "dask scheduler" in done.err


def test_a_scheduler_without_workers_is_reported(scheduler: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run does not wait for ever."""
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1.0)
    with pytest.raises(ConfigError, match="has no workers; start some"), open_engine(scheduler.engine):
        pass


def test_a_worker_of_another_version_is_named(scheduler: Cluster, tmp_path: Path) -> None:
    """It would give other results. A worker without the program is named too."""
    (tmp_path / "pipeline").mkdir()
    (tmp_path / "pipeline" / "__init__.py").write_text('__version__ = "0.0.9"\n')
    message = r"differ from this program .* has newsletter-pipeline 0\.0\.9; install the same versions there"
    with (
        ending(scheduler.worker(path=tmp_path)),
        pytest.raises(ConfigError, match=message),
        open_engine(scheduler.engine),
    ):
        pass


def test_losing_every_worker_is_reported(
    scheduler: Cluster, pair: list["subprocess.Popen[bytes]"], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run does not wait for ever for workers that will not come."""
    monkeypatch.setattr(cluster, "WORKERLESS_SECONDS", 0.5)
    monkeypatch.setattr(cluster, "_RECOUNT_SECONDS", 0.5)
    with open_engine(scheduler.engine) as engine:
        results = engine.map(slow, range(10_000))
        assert next(results) == 0
        for worker in pair:
            worker.kill()
        with pytest.raises(ConfigError, match="has lost its last worker"):
            list(results)


@pytest.mark.parametrize("engine", ["dask://", "dask://host", "dask://host:x", "threads", "tcp://host:1"])
def test_an_unknown_engine_is_a_mistake_in_the_config(letter: Letter, engine: str) -> None:
    """The message lists the possible values."""
    letter.change(engine=engine)
    with pytest.raises(ConfigError, match=r"expected serial, processes, dask, or .* dask://host:8786"):
        load_config(letter.config)
