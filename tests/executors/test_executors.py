"""Map stages: order, limits, and the record that breaks its worker."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import FeedError
from pipeline.executors import Engine, Failed, open_engine


def double(number: int) -> int:
    return number * 2


def misbehave(word: str) -> str:
    if word == "die":
        os._exit(7)
    if word == "hang":
        while True:
            pass
    if word == "stuck":
        import signal

        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
        time.sleep(60)
    if word == "eat":
        return str(len(bytearray(3 << 30)))
    if word == "feed":
        raise FeedError("not a feed", "the bytes are HTML")
    if word == "bug":
        raise KeyError(word)
    return word.upper()


@pytest.fixture(scope="module")
def pool() -> Iterator[Engine]:
    with open_engine("processes", workers=2, seconds=0.5) as engine:
        yield engine


def test_results_come_in_the_order_of_the_records(pool: Engine) -> None:
    """A thousand records over two workers come back in their order, as they do in one process."""
    with open_engine("serial") as serial:
        assert list(pool.map(double, range(1000))) == list(serial.map(double, range(1000)))


def test_no_records_give_no_results(pool: Engine) -> None:
    """No records give no results."""
    assert list(pool.map(double, [])) == []


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("die", "worker died"),
        ("hang", "timeout"),
        ("stuck", "timeout"),
        ("eat", "memory"),
        ("feed", "not a feed"),
        ("bug", "fault"),
    ],
)
def test_a_bad_record_takes_only_itself(pool: Engine, word: str, reason: str) -> None:
    """A record that crashes, hangs, exhausts memory or raises gives Failed; the others succeed."""
    before, bad, after = pool.map(misbehave, ["a", word, "z"])
    assert (before, after) == ("A", "Z")
    assert isinstance(bad, Failed)
    assert bad.reason == reason
    assert bad.detail


def test_records_are_taken_as_they_are_needed(pool: Engine) -> None:
    """A stage never takes more than a few chunks ahead from a long iterator."""
    taken = 0

    def stream() -> Iterator[int]:
        nonlocal taken
        for number in range(10_000):
            taken += 1
            yield number

    results = pool.map(double, stream())
    assert next(results) == 0
    assert taken <= 100


SCRIPT = """
from pipeline.errors import NewsletterError
from pipeline.executors import open_engine

if __name__ == "__main__":
    with open_engine("processes", workers=1, preload=["exits"]) as engine:
        try:
            list(engine.map(str, [1]))
        except NewsletterError as error:
            print(error)
"""


def test_workers_that_cannot_be_started_are_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    """The server that they fork from dies at once; in a process of its own, since there is one server for all."""
    (tmp_path / "exits.py").write_text("import os; os._exit(3)", encoding="utf-8")
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])])}
    done = subprocess.run(
        [sys.executable, "script.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.startswith("no worker process can be started"), done.stderr
    assert "engine: serial" in done.stdout
