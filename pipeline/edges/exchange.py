"""One HTTP request to an address of the config, with limits of time and size and without redirects."""

import queue
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException, IncompleteRead
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

_MOST_BYTES = 2 << 20  # of an answer
_CHUNK_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)  # names in small letters

    @property
    def retry_after(self) -> float | None:
        """The seconds of Retry-After; None for a date, which services of this kind do not send."""
        value = self.headers.get("retry-after", "").strip()
        return float(value) if value.isascii() and value.isdigit() else None


def exchange(request: Request, *, seconds: float, thread: str = "exchange") -> Answer:
    """Send a request and read the answer, both within `seconds` by the clock. OSError or HTTPException if that fails.

    A thread, because a socket's timeout limits each read: an answer of single bytes would take for ever.
    """
    outcome: queue.SimpleQueue[Answer | Exception] = queue.SimpleQueue()
    deadline = time.monotonic() + seconds
    threading.Thread(target=lambda: outcome.put(_result(request, deadline)), daemon=True, name=thread).start()
    try:
        result = outcome.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(f"no answer within {seconds:g} s") from None
    if isinstance(result, TimeoutError):  # the socket's own limit, which is the same
        raise TimeoutError(f"no answer within {seconds:g} s") from result
    if isinstance(result, Exception):
        raise result
    return result


def _result(request: Request, deadline: float) -> Answer | Exception:
    try:
        return _send(request, deadline)
    except (OSError, HTTPException) as error:
        return error
    except ValueError as error:  # a header that cannot be sent
        return OSError(type(error).__name__)


def _send(request: Request, deadline: float) -> Answer:
    proxies = [ProxyHandler({})] if request.type == "http" else []
    opener = build_opener(_NoRedirect, *proxies)
    try:
        with opener.open(request, timeout=max(0.001, deadline - time.monotonic())) as response:
            return Answer(response.status, _read(response, deadline), _headers(response))
    except HTTPError as error:
        with error:
            return Answer(error.code, _read_refusal(error, deadline), _headers(error))
    except URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise error.reason from error
        raise OSError(str(error.reason)) from error


def _headers(response: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _read_refusal(error: HTTPError, deadline: float) -> bytes:
    """The body of a refusal, which may explain it. The status counts, whatever becomes of the body."""
    try:
        return _read(error, deadline)
    except (OSError, HTTPException):
        return b""


def _read(response: Any, deadline: float) -> bytes:
    data = bytearray()
    while chunk := response.read1(_CHUNK_BYTES):
        data += chunk
        if len(data) > _MOST_BYTES:
            raise OSError(f"the answer is larger than {_MOST_BYTES >> 20} MB")
        if time.monotonic() > deadline:
            raise TimeoutError("the answer takes too long")
    if response.length:
        raise IncompleteRead(bytes(data), response.length)
    return bytes(data)


class _NoRedirect(HTTPRedirectHandler):
    """Refuses redirects: texts and keys go to the configured address only."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None
