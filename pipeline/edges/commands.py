"""Commands of the user's own, and addresses that are told something: bounded in time, and never fatal."""

import contextlib
import os
import queue
import selectors
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MAX_ANSWER = 10_000_000  # bytes of an answer that are looked at
_SAID = 300  # characters of its last words
_PIECE = 65_536


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What a command wrote to its standard output; `fault` says what went wrong, "" where nothing did."""

    output: bytes
    fault: str = ""
    late: bool = False  # the fault is that it took too long


def run_command(command: Sequence[str], given: bytes, *, folder: Path, seconds: float) -> CommandResult:
    """Run a command with `given` on its standard input. It is killed with its children when its time is up."""
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
        output, said = _converse(child, given, time.monotonic() + seconds)
    except _OverError:
        with contextlib.suppress(OSError):
            os.killpg(child.pid, signal.SIGKILL)  # with what it has started: it has a session of its own
        return CommandResult(b"", f"{command[0]} answered with more than {MAX_ANSWER:,} bytes")
    except TimeoutError:
        with contextlib.suppress(OSError):
            os.killpg(child.pid, signal.SIGKILL)
        return CommandResult(b"", f"{command[0]} took longer than {seconds:g} s and was ended", late=True)
    finally:
        for pipe in (child.stdin, child.stdout, child.stderr):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        child.wait()
    if child.returncode:
        words = " ".join(said.decode("utf-8", "replace").split())[-_SAID:]
        how = f"died of signal {-child.returncode}" if child.returncode < 0 else f"ended with {child.returncode}"
        return CommandResult(output, f"{command[0]} {how}" + (f": {words}" if words else ""))
    return CommandResult(output)


class _OverError(Exception):
    """It does not stop talking."""


def _converse(child: "subprocess.Popen[bytes]", given: bytes, deadline: float) -> tuple[bytes, bytes]:
    """What it writes to its output and, of late, to its errors, until it has closed both and ended.

    communicate() would keep all of it: a gigabyte, where it does not stop talking. TimeoutError at the deadline.
    """
    assert child.stdin is not None
    output, said, left = bytearray(), bytearray(), memoryview(given)
    with selectors.DefaultSelector() as pipes:
        os.set_blocking(child.stdin.fileno(), False)
        pipes.register(child.stdin, selectors.EVENT_WRITE)
        pipes.register(child.stdout, selectors.EVENT_READ, output)  # type: ignore[arg-type]
        pipes.register(child.stderr, selectors.EVENT_READ, said)  # type: ignore[arg-type]
        while pipes.get_map():
            ready = pipes.select(max(0.0, deadline - time.monotonic()))
            if not ready or time.monotonic() > deadline:
                raise TimeoutError
            for key, _ in ready:
                if key.data is None:
                    left = left[_hand_over(key.fd, left) :]
                    done = not left
                else:
                    piece = os.read(key.fd, _PIECE)
                    key.data.extend(piece)
                    done = not piece
                if done:
                    pipes.unregister(key.fileobj)
                    key.fileobj.close()  # type: ignore[union-attr]
            if len(output) > MAX_ANSWER:
                raise _OverError
            del said[: -4 * _SAID]
    try:
        child.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    return bytes(output), bytes(said)


def _hand_over(descriptor: int, left: memoryview) -> int:
    """How many bytes it took; all of them where it does not want to read on."""
    try:
        return os.write(descriptor, left[:_PIECE])
    except BlockingIOError:
        return 0
    except OSError:
        return len(left)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        """A summary goes where it was sent, and nowhere else."""
        return


def post_json(url: str, body: bytes, *, seconds: float) -> str:
    """POST JSON to an address of the user's own; "" where it was taken, else what went wrong."""
    ended: queue.SimpleQueue[str] = queue.SimpleQueue()

    def send() -> None:
        headers = {"Content-Type": "application/json"}
        try:
            request = urllib.request.Request(url, body, headers, method="POST")  # noqa: S310 - http(s) alone
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=seconds):
                ended.put("")
        except urllib.error.HTTPError as error:
            error.close()
            ended.put(f"answered {error.code} {error.reason}")
        except Exception as error:  # noqa: BLE001 - whatever it is, a webhook never fails a run
            ended.put(str(getattr(error, "reason", error)) or type(error).__name__)

    # A thread, as a timeout of urllib's bounds each read and not the whole; a hanging one ends with the program.
    threading.Thread(target=send, daemon=True, name="on_finish").start()
    try:
        return ended.get(timeout=seconds)
    except queue.Empty:
        return f"no answer within {seconds:g} s"
