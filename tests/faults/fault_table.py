"""The table of injected faults, and how one is tried."""

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.rig import KEY, ROOT, letters, run, run_with_stderr
from tests.letters import NOW, Letter

Prepare = Callable[[], None] | str | None  # called in the command's process; code as text runs in a new process
Break = Callable[[Letter], Iterator[Prepare]]


@dataclass(frozen=True)
class Fault:
    """A fault, how to inject it, and the exit code and message that a command must give."""

    name: str
    hold: Callable[[Letter], AbstractContextManager[Prepare]]
    code: int
    message: str
    command: tuple[str, ...] = ("run",)
    now: str = NOW
    key: str = KEY  # of the issue that exists in the end
    repair: tuple[str, ...] = ()  # a command that must run before the next run


FAULTS: list[Fault] = []


class CannotInjectError(Exception):
    """The machine does not allow this fault, for example because only root may mount."""


def fault(name: str, code: int, message: str, **options: Any) -> Callable[[Break], Break]:
    """Add a fault to the table. It lasts until the generator continues."""

    def add(hold: Break) -> Break:
        FAULTS.append(Fault(name, contextlib.contextmanager(hold), code, message, **options))
        return hold

    return add


def try_one(each: Fault) -> tuple[int, str, list[str]]:
    """Inject a fault. Returns the exit code, stderr, and the problems of this run and the next."""
    with letters() as make:
        letter = make()
        with each.hold(letter) as prepare:
            code, stderr = (
                _run_in_new_process(letter, each, prepare)
                if isinstance(prepare, str)
                else run_with_stderr(letter, *each.command, now=each.now, prepare=prepare)
            )
        problems = [] if code == each.code else [f"exit code {code} instead of {each.code}"]
        problems += [] if each.message in stderr else [f"no message {each.message!r}"]
        problems += ["a traceback"] * ("Traceback" in stderr)
        if each.repair and run(letter, *each.repair):
            problems.append(f"{' '.join(each.repair)} did not repair it")
        after, output = run_with_stderr(letter, "run", "--force", now=NOW if each.key == KEY else each.now)
        if after or not (letter.folder / "outbox" / each.key / "issue.eml").is_file():
            problems.append(f"the next run ended with {after}: {output}")
        return code, stderr, problems


def _run_in_new_process(letter: Letter, each: Fault, code: str) -> tuple[int, str]:
    arguments = [*each.command, "--config", str(letter.config), "--now", each.now]
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nfrom pipeline.cli import main; main()", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


def store_of(letter: Letter) -> Path:
    """The newsletter's database."""
    return letter.folder / ".newsletter" / "store.sqlite"
