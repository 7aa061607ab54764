"""Letters that are run in forked processes: the libraries are loaded once, and a process can be killed at any point."""

import contextlib
import functools
import io
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
    """Run a letter in this process, once: what it loads and learns by heart, each fork has from the beginning."""
    nowhere = io.StringIO()
    quiet = contextlib.redirect_stderr(nowhere), contextlib.redirect_stdout(nowhere)
    with letters() as make, contextlib.suppress(SystemExit), quiet[0], quiet[1]:
        main(["run", "--config", str(make().config), "--now", NOW])


def start(
    letter: Letter, *arguments: str, now: str = NOW, prepare: Callable[[], None] | None = None, said: int | None = None
) -> int:
    """A command in a forked process, which `prepare` is called in first and `said` is the stderr of; its id."""
    child = os.fork()
    if child:
        return child
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet if said is None else said, 2)
    # Whatever stands in their place in a test, this process has its own.
    sys.stdout, sys.stderr = (open(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))  # noqa: SIM115
    # The server that workers are forked from is the parent's, if it has one: this process has its own.
    forkserver._forkserver._forkserver_pid = None  # type: ignore[attr-defined]
    code = 1
    try:
        if prepare:
            prepare()
        main([*arguments, "--config", str(letter.config), *(["--now", now] if now else [])])
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    except BaseException:  # noqa: BLE001 - it goes no further than this process
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def told(letter: Letter, *arguments: str, now: str = NOW, prepare: Callable[[], None] | None = None) -> tuple[int, str]:
    """A command, to its end; the exit code, and what it said on stderr."""
    with TemporaryFile() as file:
        code = ended(start(letter, *arguments, now=now, prepare=prepare, said=file.fileno()))
        file.seek(0)
        return code, file.read().decode("utf-8", "replace")


def ended(child: int) -> int:
    """Its exit code; negative where a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def run(letter: Letter, *arguments: str) -> int:
    """A command, to its end; the exit code."""
    return ended(start(letter, *arguments))


def killed(letter: Letter, seconds: float, *arguments: str) -> bool:
    """A command, killed after so long; False where it had ended by itself."""
    child = start(letter, *arguments)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return ended(child) == -signal.SIGKILL


@contextlib.contextmanager
def letters() -> Iterator[Callable[[], Letter]]:
    """Makes letters, each in a folder of its own."""
    with TemporaryDirectory(prefix="faults-") as folder:
        made = [0]

        def make() -> Letter:
            made[0] += 1
            shutil.rmtree(Path(folder) / str(made[0] - 1), ignore_errors=True)
            (Path(folder) / str(made[0])).mkdir()
            return make_letter(Path(folder) / str(made[0]))

        yield make


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def tries(default: int) -> int:
    """How many are asked for on the command line."""
    return int(sys.argv[1]) if len(sys.argv) > 1 else default
