"""Ask a service or a command for texts, within limits of time, size and requests.

The texts go to the configured address alone, and nothing of the key is in a message.
"""

import hashlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request

from pipeline.edges.commands import run_command
from pipeline.edges.exchange import Answer, exchange
from pipeline.edges.writer_protocols import PROTOCOLS, Protocol
from pipeline.errors import UnreadableAnswerError, WriterError
from pipeline.records import WriterAnswer, WriterSettings, WriterTask

_ATTEMPTS = 3
_FAILURES_IN_ROW = 3  # after which the writer is not asked again
_STOPPING = (400, 401, 403, 404, 456)  # 456: DeepL's quota is used up


def can_write(settings: WriterSettings) -> bool:
    """Whether the writer can be asked for texts of its own; a translator cannot."""
    return settings.protocol == "command" or PROTOCOLS[settings.protocol].writes


class Writer:
    """The configured writer and its budget for one command. `pause_seconds`: before the first repetition.

    Several threads may ask at a time.
    """

    def __init__(self, settings: WriterSettings, *, folder: Path, pause_seconds: float = 1.0) -> None:
        self._settings = settings
        self._folder = folder
        self._pause_seconds = pause_seconds
        self._ends_at = time.monotonic() + settings.max_seconds
        self._calls = self._tokens = self._failures = 0
        self._stopped = ""  # why it is not asked again
        self._lock = threading.Lock()  # for the counters and the reason

    @property
    def name(self) -> str:
        """What the answers are stored under: protocol, and model, host or command."""
        settings = self._settings
        who = settings.model or (settings.command[0] if settings.command else urlsplit(str(settings.address)).hostname)
        return f"{settings.protocol} {who}"

    def key_of(self, task: WriterTask) -> str:
        """A hash of all that an answer depends on: the writer, without its key, and the exact request."""
        settings = self._settings
        who = (settings.protocol, settings.address, settings.model, settings.command)
        asked = (task.name, task.prompt_version, task.prompt, task.body)
        return hashlib.sha256(json.dumps((*who, *asked), sort_keys=True).encode()).hexdigest()

    def ask(self, task: WriterTask, fault_of: Callable[[str], str]) -> WriterAnswer:
        """The answer to a task. WriterError says why there is none, and whether to stop asking.

        `fault_of` returns what is wrong with an answer that cannot be read: such answers count as failures as well.
        """
        if task.name == "write" and not can_write(self._settings):
            raise WriterError(f"{self._settings.protocol} translates and writes no texts of its own", stops=True)
        if self._stopped:
            raise WriterError(self._stopped, stops=True)
        started = time.monotonic()
        try:
            answer = self._run(task) if self._settings.protocol == "command" else self._request(task)
            answer = replace(answer, seconds=round(time.monotonic() - started, 3))
            if fault := fault_of(answer.content):
                raise UnreadableAnswerError(fault, answer)
        except WriterError as error:
            self._count_failure(error)
            raise
        with self._lock:
            self._failures = 0
        return answer

    def stop(self, reason: str) -> None:
        """Send no further request; each gets this reason. The first reason stays."""
        with self._lock:
            self._stopped = self._stopped or reason

    def _count_failure(self, error: WriterError) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= _FAILURES_IN_ROW and not error.stops:
                error.stop("it was the third failure in a row")
        if error.stops:
            self.stop(str(error))

    def _request(self, task: WriterTask) -> WriterAnswer:
        protocol = PROTOCOLS[self._settings.protocol]
        body = protocol.body(self._settings, task)
        reply = self._post(protocol, json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"))
        try:
            answer = protocol.read(json.loads(reply))
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
            raise WriterError(f"the writer's answer cannot be used ({error or type(error).__name__})") from error
        with self._lock:
            self._tokens += answer.tokens
        return answer

    def _run(self, task: WriterTask) -> WriterAnswer:
        seconds = self._take_call()
        text = json.dumps(task.body, ensure_ascii=False).encode("utf-8", "replace")
        result = run_command(self._settings.command, text, folder=self._folder, seconds=seconds)
        if result.fault:
            raise WriterError(f"the writer failed: {result.fault}")
        return WriterAnswer(result.output.decode("utf-8", "replace"))

    def _post(self, protocol: Protocol, body: bytes) -> bytes:
        """The body of a good answer; what may pass is tried twice more."""
        fault = ""
        for attempt in range(_ATTEMPTS):
            seconds = self._take_call()
            pause = self._pause_seconds * 2**attempt
            try:
                reply = self._exchange(protocol, body, seconds)
            except (OSError, HTTPException, TimeoutError) as error:
                fault = f"the writer cannot be reached ({getattr(error, 'reason', None) or error or 'timeout'})"
            else:
                if reply.status == 200:
                    return reply.body
                fault = f"the writer answered {reply.status}"
                if reply.status in _STOPPING or not (reply.status == 429 or reply.status >= 500):
                    raise WriterError(fault, stops=True)
                pause = pause if reply.retry_after is None else reply.retry_after
            if attempt + 1 < _ATTEMPTS:
                self._wait(pause, fault)
        raise WriterError(fault)

    def _take_call(self) -> float:
        """Count a request, and return the seconds that it may take. WriterError if the budget is spent."""
        settings, left = self._settings, self._ends_at - time.monotonic()
        with self._lock:
            for spent, limit in (
                (self._calls >= settings.max_calls, f"max_calls: {settings.max_calls}"),
                (self._tokens >= settings.max_tokens, f"max_tokens: {settings.max_tokens}"),
                (left <= 0, f"max_seconds: {settings.max_seconds:g}"),
            ):
                if spent:
                    raise WriterError(f"the writer's budget is spent ({limit})", stops=True)
            self._calls += 1
        return min(left, settings.timeout_seconds)

    def _wait(self, seconds: float, fault: str) -> None:
        if time.monotonic() + seconds > self._ends_at:
            raise WriterError(f"{fault}, and the next attempt would be after max_seconds", stops=True)
        time.sleep(seconds)

    def _exchange(self, protocol: Protocol, body: bytes, seconds: float) -> Answer:
        address = str(self._settings.address).rstrip("/") + protocol.path
        headers = {"Content-Type": "application/json", **protocol.headers(self._settings)}
        request = Request(address, data=body, headers=headers, method="POST")  # noqa: S310 - checked by the config
        return exchange(request, seconds=seconds, thread="writer")
