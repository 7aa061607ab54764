"""Run commands in forked processes, which share loaded libraries and can be killed at any moment."""

import contextlib
import functools
import io
import itertools
import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from multiprocessing import forkserver
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from pipeline.cli import main
from tests.letters import NOW, Letter, make_letter

KEY = "2026-W47"
ROOT = Path(__file__).resolve().parents[2]


@functools.cache
def warm() -> None:
    """Run a newsletter once in this process, so that each fork starts with its libraries and caches."""
    sink = io.StringIO()
    quiet = contextlib.redirect_stderr(sink), contextlib.redirect_stdout(sink)
    with letters() as make, contextlib.suppress(SystemExit), quiet[0], quiet[1]:
        main(["run", "--config", str(make().config), "--now", NOW])


def start(
    letter: Letter,
    *arguments: str,
    now: str = NOW,
    prepare: Callable[[], None] | None = None,
    stderr: int | None = None,
) -> int:
    """Start a command in a forked process, after calling `prepare` there. Returns the process id."""
    child = os.fork()
    if child:
        return child
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet if stderr is None else stderr, 2)
    # pytest may have replaced both; this process writes to its own file descriptors.
    sys.stdout, sys.stderr = (open(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))  # noqa: SIM115
    # Forget the parent's fork server: this process starts its own.
    forkserver._forkserver._forkserver_pid = None  # type: ignore[attr-defined]
    code = 1
    try:
        if prepare:
            prepare()
        main([*arguments, "--config", str(letter.config), *(["--now", now] if now else [])])
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 0
    except BaseException:  # noqa: BLE001 - the process ends here
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def run_with_stderr(
    letter: Letter, *arguments: str, now: str = NOW, prepare: Callable[[], None] | None = None
) -> tuple[int, str]:
    """Run a command. Returns the exit code and stderr."""
    with TemporaryFile() as file:
        code = wait_for(start(letter, *arguments, now=now, prepare=prepare, stderr=file.fileno()))
        file.seek(0)
        return code, file.read().decode("utf-8", "replace")


def wait_for(child: int) -> int:
    """Wait for a process. Returns its exit code; a negative one is the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def run(letter: Letter, *arguments: str) -> int:
    """Run a command. Returns the exit code."""
    return wait_for(start(letter, *arguments))


def run_and_kill(letter: Letter, seconds: float, *arguments: str) -> bool:
    """Kill a command after `seconds`. Returns False if it had ended before."""
    child = start(letter, *arguments)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return wait_for(child) == -signal.SIGKILL


@contextlib.contextmanager
def letters() -> Iterator[Callable[[], Letter]]:
    """Yield a function that creates a newsletter in a new folder and removes the previous one."""
    with TemporaryDirectory(prefix="faults-") as folder:
        numbers = itertools.count(1)

        def make() -> Letter:
            number = next(numbers)
            shutil.rmtree(Path(folder) / str(number - 1), ignore_errors=True)
            (Path(folder) / str(number)).mkdir()
            return make_letter(Path(folder) / str(number))

        yield make


def files(folder: Path) -> dict[str, bytes]:
    """Every file in a folder: relative path → bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def tries(default: int) -> int:
    """The count on the command line."""
    return int(sys.argv[1]) if len(sys.argv) > 1 else default
