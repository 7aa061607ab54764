"""Commands in a process of their own: closed streams, signals, and a working directory that is gone."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hosts import Answer, Host, running_host
from tests.letters import Letter

NOW = "2026-11-22T08:00"
ROOT = Path(__file__).resolve().parents[2]
PROGRAM = [sys.executable, "-c", "from pipeline.cli import main; main()"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def shell(redirection: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run `newsletter` with a redirection of the shell."""
    return subprocess.run(
        ["bash", "-c", f'exec "$@" {redirection}', "bash", *PROGRAM, *arguments],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture
def letter(letter: Letter) -> Letter:
    """A newsletter whose runs, each in a process of its own, do not load the model."""
    letter.change(vectors="off")
    return letter


@pytest.mark.parametrize("redirection", [">&-", "2>&-", ">&- 2>&- <&-"])
def test_a_run_with_closed_streams_makes_its_issue(letter: Letter, redirection: str) -> None:
    done = shell(redirection, "run", "--config", str(letter.config), "--now", NOW)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert (letter.folder / "outbox" / "2026-W47" / "issue.html").exists()


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_reader_that_goes_away_changes_no_exit_code(letter: Letter, stream: str) -> None:
    """A failed source is reported on stderr; without a reader the issue is made all the same."""
    (letter.folder / "paper0.xml").unlink()
    reading, writing = os.pipe()
    os.close(reading)
    other = subprocess.PIPE
    child = subprocess.Popen(
        [*PROGRAM, "run", "--json", "--config", str(letter.config), "--now", NOW],
        env=ENVIRONMENT,
        stdout=writing if stream == "stdout" else other,
        stderr=writing if stream == "stderr" else other,
        text=True,
    )
    os.close(writing)
    out, err = child.communicate(timeout=300)
    assert child.returncode == 0
    assert "Traceback" not in f"{out}{err}"
    assert (letter.folder / "outbox" / "2026-W47" / "issue.html").exists()


@pytest.fixture
def slow(letter: Letter) -> Iterator[tuple[Letter, Host]]:
    """A newsletter with a source that does not answer, and worker processes."""
    with running_host() as host:
        listed = [{"name": f"paper{n}", "feed": f"paper{n}.xml", "follow": False} for n in range(3)]
        listed.append({"name": "slow", "feed": f"{host.base}/slow"})
        letter.change(sources=listed, engine="processes", workers=2, fetch={"allow_private": ["127.0.0.1"]})
        yield letter, host


@pytest.mark.parametrize(
    ("number", "code", "word"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_a_signal_ends_a_run_in_one_line(
    slow: tuple[Letter, Host], number: signal.Signals, code: int, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a traceback or a word of leaked semaphores, and the lock is free again."""
    letter, host = slow
    ended = threading.Event()
    monkeypatch.setattr(host, "answers", _Sleeper(ended))
    child = subprocess.Popen(
        [*PROGRAM, "run", "--config", str(letter.config), "--now", NOW],
        env=ENVIRONMENT,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not host.asked:
        time.sleep(0.05)
    child.send_signal(number)
    _, err = child.communicate(timeout=120)
    ended.set()
    assert child.returncode == code
    assert re.fullmatch(rf"newsletter: {word}\n", err), err


class _Sleeper(dict):  # type: ignore[type-arg]
    """Answers that come once the run has ended."""

    def __init__(self, ended: threading.Event) -> None:
        super().__init__()
        self._ended = ended

    def get(self, *_: object) -> Answer:
        self._ended.wait(20)
        return Answer()


def test_a_working_directory_that_is_gone_is_said_to_be_gone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    program = " ".join(["cd", str(gone), "&&", "rmdir", str(gone), "&&", 'exec "$@"'])
    done = subprocess.run(
        ["bash", "-c", program, "bash", *PROGRAM, "status"],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "the working directory is gone" in done.stderr
    assert "Traceback" not in done.stderr
    shutil.rmtree(gone, ignore_errors=True)
