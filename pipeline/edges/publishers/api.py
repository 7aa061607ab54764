"""What the clients of publishers share: requests with a key, repeated where that is safe, and plain errors."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from http.client import HTTPException
from pathlib import Path
from time import sleep
from typing import Any, Protocol, runtime_checkable
from urllib.request import Request

from pipeline.edges.exchange import Answer, exchange
from pipeline.errors import DeliveryError
from pipeline.records import Handover, Publisher, RemoteDraft

_ATTEMPTS = 3
_LONGEST_PAUSE = 120.0  # seconds that Retry-After may ask for
_REPEATABLE = ("GET", "PUT", "PATCH")  # to send these twice has the effect of once
_MESSAGE = 300  # characters of a service's own words
_HINTS = {
    401: "check the key in the environment variable",
    403: "the key's account may not do this",
    404: "check the address",
    429: "try again later",
}


class PublisherError(DeliveryError):
    """A publisher did not do what it was asked. `status`: of its answer; 0 if there was none: it may have done it."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class Client(Protocol):
    """A publisher's API. Each method raises PublisherError."""

    def find(self, marker: str) -> RemoteDraft | None:
        """The draft with this marker, which an interrupted command may have left."""
        ...

    def read(self, id: str) -> RemoteDraft | None:  # noqa: A002 - the word for it
        """A draft as it is now; None if it is gone."""
        ...

    def upload(self, name: str, body: bytes) -> str | None:
        """Upload a picture and return its address; None where there is no place for one."""
        ...

    def version(self, handover: Handover) -> str:
        """The version that a draft has while it is as handed over."""
        ...

    def create(self, handover: Handover) -> RemoteDraft:
        """Create a draft."""
        ...

    def update(self, draft: RemoteDraft, handover: Handover) -> RemoteDraft:
        """Replace what a draft has."""
        ...

    def release(self, draft: RemoteDraft, at: datetime | None) -> RemoteDraft:
        """Send a draft, or schedule it."""
        ...


@runtime_checkable
class ClickCounter(Protocol):
    """A client whose publisher counts the clicks on each link."""

    def clicks(self, id: str, since: date) -> Mapping[str, int]:  # noqa: A002
        """Read address → clicks of a letter that went out on `since` or later."""
        ...


class Api:
    """JSON requests to one publisher. `pause_seconds`: before the first repetition."""

    def __init__(self, publisher: Publisher, address: str, *, pause_seconds: float = 1.0) -> None:
        self._publisher = publisher
        self._address = address.rstrip("/")
        self._pause_seconds = pause_seconds

    def ask(
        self, method: str, path: str, *, headers: Mapping[str, str], value: Any = None, missing: bool = False
    ) -> Any:
        """Send a request with a JSON value, if any, and return the JSON of the answer. `missing`: None for a 404."""
        body = None if value is None else json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
        kind = {} if body is None else {"Content-Type": "application/json"}
        return self._json(self._send(method, path, {**kind, **headers}, body, missing=missing))

    def upload(
        self, path: str, name: str, body: bytes, *, headers: Mapping[str, str], file: str, fields: Mapping[str, str]
    ) -> Any:
        """Send a file in the field `file` as a form does, and return the JSON of the answer."""
        boundary = secrets.token_hex(16)
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
            for field, value in fields.items()
        ]
        parts += [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{file}"; filename="{name}"\r\n'.encode(),
            f"Content-Type: {picture_type(name)}\r\n\r\n".encode() + body + f"\r\n--{boundary}--\r\n".encode(),
        ]
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return self._json(self._send("POST", path, {**headers, **kind}, b"".join(parts)))

    def send_file(self, path: str, name: str, body: bytes, *, headers: Mapping[str, str]) -> Any:
        """Send a file as the body of a request, and return the JSON of the answer."""
        kind = {"Content-Type": picture_type(name), "Content-Disposition": f'attachment; filename="{name}"'}
        return self._json(self._send("POST", path, {**headers, **kind}, body))

    def _json(self, answer: Answer | None) -> Any:
        if answer is None or not answer.body.strip():
            return None
        try:
            return json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise PublisherError(f"{self._publisher.name}: the answer is no JSON; check the address") from error

    def _send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, *, missing: bool = False
    ) -> Answer | None:
        name, fault, status = self._publisher.name, "", 0
        for attempt in range(_ATTEMPTS):
            pause = self._pause_seconds * 2**attempt
            request = Request(self._address + path, data=body, headers=dict(headers), method=method)  # noqa: S310 - checked by the config
            try:
                answer = exchange(request, seconds=self._publisher.timeout_seconds, thread="publish")
            except (OSError, HTTPException) as error:
                fault, status = f"cannot be reached ({error or type(error).__name__})", 0
            else:
                if answer.status < 300:
                    return answer
                if answer.status in (404, 410) and missing:
                    return None
                fault, status = self._refusal(answer), answer.status
                pause = pause if answer.retry_after is None else answer.retry_after
            again = status == 429 or ((status == 0 or status >= 500) and method in _REPEATABLE)
            if not again or pause > _LONGEST_PAUSE or attempt + 1 == _ATTEMPTS:
                break
            sleep(pause)
        raise PublisherError(f"{name}: {fault}", status)

    def _refusal(self, answer: Answer) -> str:
        """What a service said, without what it must not repeat, and what to do."""
        if 300 <= answer.status < 400:
            where = answer.headers.get("location", "another address")
            return f"answered {answer.status}: it has moved to {where}; put that address into the config"
        said = _words_of(answer.body)
        for secret in (self._publisher.api_key, self._publisher.login):
            said = said.replace(secret, "…") if secret else said
        hint = _HINTS.get(answer.status, "")
        return f"answered {answer.status}" + f": {said}" * bool(said) + f"; {hint}" * bool(hint)


def _words_of(body: bytes) -> str:
    """The message in an error's JSON: each service has its own form; the first text with words is it."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    found = _texts(value)
    return " ".join("; ".join(dict.fromkeys(found)).split())[:_MESSAGE]


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if " " in value.strip() else []
    if isinstance(value, Mapping):
        value = list(value.values())
    return [text for each in value for text in _texts(each)] if isinstance(value, list) else []


def picture_type(name: str) -> str:
    """The media type of a picture of an issue."""
    return {"png": "image/png", "gif": "image/gif", "webp": "image/webp"}.get(Path(name).suffix[1:], "image/jpeg")


def version_of(*texts: Any) -> str:
    """A hash of the words of a draft; space around them is often lost."""
    return hashlib.sha256(json.dumps([str(text or "").strip() for text in texts]).encode()).hexdigest()
