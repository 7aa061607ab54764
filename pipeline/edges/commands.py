"""Run the user's own commands within time limits. A failure is never fatal."""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.text.normalise import one_line

MAX_OUTPUT = 10_000_000  # bytes of a command's standard output
_MAX_MESSAGE = 300  # characters of its standard error that are quoted
_CHUNK_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class CommandResult:
    """The result of a command."""

    output: bytes  # standard output
    fault: str = ""  # what went wrong, if anything
    late: bool = False  # the fault is that the command took too long


def run_command(command: Sequence[str], stdin: bytes, *, folder: Path, seconds: float) -> CommandResult:
    """Run a command with `stdin` as its standard input. When its time is up, it is killed with its children."""
    try:
        child = subprocess.Popen(  # noqa: S603 - the user's own command, without a shell
            list(command),
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return CommandResult(b"", f"{command[0]} cannot be run ({getattr(error, 'strerror', None) or error})")
    try:
        output, errors = _communicate(child, stdin, time.monotonic() + seconds)
    except _TooMuchOutputError:
        _kill_session(child)
        return CommandResult(b"", f"{command[0]} wrote more than {MAX_OUTPUT:,} bytes")
    except TimeoutError:
        _kill_session(child)
        return CommandResult(b"", f"{command[0]} took longer than {seconds:g} s and was ended", late=True)
    finally:
        for pipe in (child.stdin, child.stdout, child.stderr):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        child.wait()
    if child.returncode:
        message = one_line(errors.decode("utf-8", "replace"))[-_MAX_MESSAGE:]
        ending = f"died of signal {-child.returncode}" if child.returncode < 0 else f"ended with {child.returncode}"
        return CommandResult(output, f"{command[0]} {ending}" + (f": {message}" if message else ""))
    return CommandResult(output)


def _kill_session(child: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(OSError):
        os.killpg(child.pid, signal.SIGKILL)  # it leads a session of its own, with all that it has started


class _TooMuchOutputError(Exception):
    """The command wrote more than MAX_OUTPUT."""


def _communicate(child: "subprocess.Popen[bytes]", stdin: bytes, deadline: float) -> tuple[bytes, bytes]:
    """Return a command's standard output and the end of its standard error. TimeoutError at the deadline.

    Popen.communicate() would keep all output in memory, however much there is.
    """
    assert child.stdin is not None
    output, errors, unsent = bytearray(), bytearray(), memoryview(stdin)
    with selectors.DefaultSelector() as pipes:
        os.set_blocking(child.stdin.fileno(), False)
        pipes.register(child.stdin, selectors.EVENT_WRITE)
        pipes.register(child.stdout, selectors.EVENT_READ, output)  # type: ignore[arg-type]
        pipes.register(child.stderr, selectors.EVENT_READ, errors)  # type: ignore[arg-type]
        while pipes.get_map():
            ready = pipes.select(max(0.0, deadline - time.monotonic()))
            if not ready or time.monotonic() > deadline:
                raise TimeoutError
            for key, _ in ready:
                if key.data is None:
                    unsent = unsent[_write(key.fd, unsent) :]
                    done = not unsent
                else:
                    chunk = os.read(key.fd, _CHUNK_BYTES)
                    key.data.extend(chunk)
                    done = not chunk
                if done:
                    pipes.unregister(key.fileobj)
                    key.fileobj.close()  # type: ignore[union-attr]
            if len(output) > MAX_OUTPUT:
                raise _TooMuchOutputError
            del errors[: -4 * _MAX_MESSAGE]  # a character has up to four bytes
    try:
        child.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    return bytes(output), bytes(errors)


def _write(descriptor: int, unsent: memoryview) -> int:
    """Write to a pipe; return how many bytes are done with: all, if the command no longer reads."""
    try:
        return os.write(descriptor, unsent[:_CHUNK_BYTES])
    except BlockingIOError:
        return 0
    except OSError:
        return len(unsent)
