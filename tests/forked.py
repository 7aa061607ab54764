"""Commands in child processes that start at once: they are forked from a process that has imported the program.

A process of its own per test costs a second of imports each. The fork has its own process ID, signals, streams and
exit code, as `subprocess.Popen` gives them. What is measured, killed at its start or run by its installed name still
goes through `subprocess`.
"""

import atexit
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import traceback
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TextIO

ROOT = Path(__file__).resolve().parents[1]


class ForkedCommand:
    """A `newsletter` command in a child process, or another function (`module:name`) that takes the arguments."""

    def __init__(self, arguments: list[str], environ: dict[str, str], function: str = "pipeline.cli:main") -> None:
        reader, writer = os.pipe()
        answers, status = os.pipe()
        request = json.dumps({"arguments": arguments, "environ": environ, "function": function}).encode()
        socket.send_fds(_server(), [request], [writer, status])
        os.close(writer)
        os.close(status)
        self.stdout: TextIO = os.fdopen(reader, encoding="utf-8")
        self._answers = os.fdopen(answers, "rb", buffering=0)
        self.pid = int(self._answers.readline())
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, or None while the command runs; minus the signal's number if one ended it."""
        return self._code_within(0)

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code once the command has ended. subprocess.TimeoutExpired after `timeout` seconds."""
        code = self._code_within(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("newsletter", timeout or 0)
        return code

    def _code_within(self, seconds: float | None) -> int | None:
        if self.returncode is None and select.select([self._answers], [], [], seconds)[0]:
            self.returncode = os.waitstatus_to_exitcode(int(self._answers.readline()))
            self._answers.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless the command has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def communicate(self, timeout: float) -> str:
        """Return the output (at most 64 KB) once the command has ended. Kill it after `timeout` seconds."""
        try:
            self.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        with self.stdout as output:
            return output.read()

    def kill(self) -> None:
        """Kill the command."""
        self.send_signal(signal.SIGKILL)


def warm_up(config: Path, now: str) -> None:
    """Show an issue once in the process that commands are forked from: they begin with its compiled templates."""
    _server().send(json.dumps({"config": str(config), "now": now}).encode())


@cache
def _server() -> socket.socket:
    """Start the process that commands are forked from; it ends when this process does."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    script = f"from tests.forked import serve; serve({theirs.fileno()})"
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])}
    process = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, pass_fds=[theirs.fileno()], env=environ)
    theirs.close()
    atexit.register(process.wait)
    atexit.register(ours.close)
    return ours


def serve(descriptor: int) -> None:
    """Fork a process for each request that comes through the socket, until it is closed."""
    from pipeline.cli import main, preview  # noqa: F401
    from pipeline.desk import server  # noqa: F401 - imported here, so that no fork has to
    from pipeline.desk.editor import IssueEditor

    requests = socket.socket(fileno=descriptor)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the keepers' exit codes are of no use
    while True:
        message, descriptors, _, _ = socket.recv_fds(requests, 1 << 20, 2)
        if not message:
            return
        request = json.loads(message)
        if "config" in request:
            editor = IssueEditor(Path(request["config"]), key=None, now=datetime.fromisoformat(request["now"]))
            editor.preview("en")
            editor.close()
        elif os.fork() == 0:
            requests.close()
            _keep(request, *descriptors)
        for each in descriptors:
            os.close(each)


def _keep(request: dict[str, Any], output: int, status: int) -> None:
    """Fork the command, write its process ID and, once it has ended, its wait status. Never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        os.close(status)
        os.dup2(output, 1)
        os.close(output)
        os.environ.clear()
        os.environ.update(request["environ"])
        _run(request["function"], request["arguments"])
    os.close(output)
    os.write(status, f"{pid}\n".encode())
    _, code = os.waitpid(pid, 0)
    os.write(status, f"{code}\n".encode())
    os._exit(0)


def _run(function: str, arguments: list[str]) -> None:
    """Call the function and end the process with its exit code."""
    code = 1
    try:
        module, _, name = function.partition(":")
        getattr(importlib.import_module(module), name)(arguments)
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(bool(ended.code))
    except Exception:  # noqa: BLE001 - shown as an uncaught one would be
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
