"""Commands of the user's own, and addresses that are told something: bounded in time, and never fatal."""

import contextlib
import os
import queue
import signal
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MAX_ANSWER = 10_000_000  # bytes of an answer that are looked at
_SAID = 300


@dataclass(frozen=True, slots=True)
class Answered:
    """What a command wrote to its standard output; `fault` says what went wrong, "" where nothing did."""

    output: bytes
    fault: str = ""


def run_command(command: Sequence[str], given: bytes, *, folder: Path, seconds: float) -> Answered:
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
        return Answered(b"", f"{command[0]} cannot be run ({getattr(error, 'strerror', None) or error})")
    try:
        output, said = child.communicate(given, timeout=seconds)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(OSError):
            os.killpg(child.pid, signal.SIGKILL)  # with what it has started: it has a session of its own
        return Answered(b"", f"{command[0]} took longer than {seconds:g} s and was ended")
    finally:
        for pipe in (child.stdin, child.stdout, child.stderr):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        child.wait()
    if child.returncode:
        words = " ".join(said.decode("utf-8", "replace").split())[-_SAID:]
        how = f"died of signal {-child.returncode}" if child.returncode < 0 else f"ended with {child.returncode}"
        return Answered(output, f"{command[0]} {how}" + (f": {words}" if words else ""))
    if len(output) > MAX_ANSWER:
        return Answered(b"", f"{command[0]} answered with more than {MAX_ANSWER:,} bytes")
    return Answered(output)


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
