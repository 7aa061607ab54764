"""Letters that are run in forked processes: the libraries are loaded once, and a process can be killed at any point."""

import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.cli import main
from tests.letters import NOW, Letter, make_letter

KEY = "2026-W47"


def warm() -> None:
    """Load what a run needs, so that a fork has it."""
    for name in ("run.week", "run.summary", "stages.render", "stages.clean", "stages.language", "edges.store.upkeep"):
        import_module(f"pipeline.{name}")


def start(letter: Letter, *arguments: str) -> int:
    """A command in a forked process; its id."""
    child = os.fork()
    if child:
        return child
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    code = 1
    try:
        main([arguments[0], "--config", str(letter.config), "--now", NOW, *arguments[1:]])
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    finally:
        os._exit(code)


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
