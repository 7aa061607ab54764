"""Commands of the user's own: what they say, within bounds of time and memory."""

import sys
import time
import tracemalloc
from pathlib import Path

import pytest

from pipeline.edges.commands import MAX_OUTPUT, CommandResult, run_command


def run(code: str, given: bytes = b"", *, seconds: float = 20.0) -> CommandResult:
    """Run Python code as a command."""
    return run_command([sys.executable, "-c", f"import os, sys, time\n{code}"], given, folder=Path(), seconds=seconds)


def test_a_command_that_echoes_returns_its_input() -> None:
    """Also if that is much more than the buffer of a pipe."""
    given = b"entry " * 1_000_000
    answered = run("while piece := os.read(0, 4096): os.write(1, piece)", given)
    assert (answered.output, answered.fault) == (given, "")


def test_a_command_need_not_read_its_input() -> None:
    assert run("print('no, thank you')", b"x" * 5_000_000) == CommandResult(b"no, thank you\n")


@pytest.mark.parametrize("number", [1, 2])
def test_endless_output_does_not_fill_the_memory(number: int) -> None:
    """Neither on standard output nor on standard error."""
    tracemalloc.start()
    try:
        answered = run(f"while True: os.write({number}, b'y' * 65_536)", seconds=2)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert ("wrote more than" if number == 1 else "took longer than 2 s") in answered.fault
    assert peak < 3 * MAX_OUTPUT


def test_a_command_that_closes_its_pipes_but_does_not_end_is_killed() -> None:
    began = time.monotonic()
    answered = run("for number in range(3): os.close(number)\ntime.sleep(60)", seconds=1)
    assert answered.late
    assert time.monotonic() - began < 5


def test_children_of_a_command_are_killed_with_it(tmp_path: Path) -> None:
    """Here a child of a shell that would write a file later."""
    command = ["sh", "-c", f"(sleep 2; touch {tmp_path}/late) & sleep 60"]
    assert run_command(command, b"", folder=tmp_path, seconds=0.5).late
    time.sleep(2.5)
    assert not (tmp_path / "late").exists()
