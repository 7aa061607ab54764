"""One request, from its first redirect to its last byte, over aiohttp."""

import asyncio
import random
import ssl
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatch
from http import HTTPStatus
from types import TracebackType
from typing import NoReturn

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from pipeline.errors import FetchError
from pipeline.records import FetchSettings, Purpose, Response

from .addresses import AddressPolicy, DialAttempt, check_address, current_dial
from .exchange import FetchResult, Request
from .freshness import fresh_seconds, retry_after_seconds
from .gunzip import Gunzip
from .robots import Robots

CHUNK_BYTES = 64 * 1024
_PERMANENT = {301, 308}
_REDIRECTS = {301, 302, 303, 307, 308}
_ENCODINGS = {"", "identity", "gzip", "x-gzip"}
_ACCEPT: dict[Purpose, str] = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, */*;q=0.5",
    "page": "text/html, application/xhtml+xml;q=0.9, */*;q=0.5",
    "picture": "image/jpeg, image/png, image/webp, image/gif, */*;q=0.3",
}


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)


class Client:
    """Fetches with the project's manners: no cookies, no referrer, gzip at most, public addresses only."""

    def __init__(
        self,
        *,
        limits: FetchSettings,
        user_agent: str,
        policy: AddressPolicy,
        mirrors: Mapping[str, str],
        robots: bool,
        now: Callable[[], datetime],
    ) -> None:
        self._limits = limits
        self._user_agent = user_agent
        self._mirrors = {pattern.lower(): URL(base) for pattern, base in mirrors.items()}
        self._now = now
        self._robots = Robots(self._read_robots, user_agent) if robots else None
        self._direct = self._session(policy, 1)
        # A mirror is one host that stands for many; the caller named its address, so that it is allowed.
        self._mirrored = self._session(AddressPolicy([base.raw_host or "" for base in self._mirrors.values()]), 0)

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._direct.close()
        await self._mirrored.close()

    def delay_seconds(self, address: str, usual: float) -> float:
        """How long to leave the host of an address in peace between two pages."""
        try:
            url = check_address(address)
        except FetchError:
            return 0.0
        if self._mirror(url):
            return 0.0
        return max(usual, self._robots.delay_seconds(url) if self._robots else 0.0)

    async def fetch(self, request: Request) -> FetchResult:
        """Fetch within the deadline, with retries of what is worth retrying. Never raises but when cancelled."""
        deadline = time.monotonic() + self._limits.deadline_seconds
        try:
            async with asyncio.timeout(self._limits.deadline_seconds):
                for attempt in range(self._limits.retries + 1):
                    fetched = await self._once(request)
                    pause = self._pause_seconds(fetched, attempt)
                    if pause is None or time.monotonic() + pause >= deadline:
                        break
                    await asyncio.sleep(pause)
                return fetched
        except TimeoutError:
            waited = f"{self._limits.deadline_seconds:g} s"
            return FetchResult(request, error=FetchError("timeout", f"{request.url} was not done within {waited}"))

    async def _once(self, request: Request) -> FetchResult:
        try:
            url = check_address(request.url)
            final, answer, permanent = await self._follow(url, request)
        except FetchError as error:
            return FetchResult(request, error=error)
        now = self._now()
        moved_to = str(final) if permanent and final != url else None
        fresh = fresh_seconds(answer.header, now)
        if answer.status == HTTPStatus.NOT_MODIFIED and (request.etag or request.last_modified):
            return FetchResult(request, not_modified=True, moved_to=moved_to, poll_after_seconds=fresh)
        if answer.status != HTTPStatus.OK:  # a part, or nothing, is no answer to what was asked
            asked = retry_after_seconds(answer.header, now)
            return FetchResult(request, error=_status_error(final, answer), retry_after_seconds=asked)
        response = Response(request.url, str(final), answer.status, answer.headers, answer.body, now)
        return FetchResult(request, response, moved_to=moved_to, poll_after_seconds=fresh)

    async def _follow(self, url: URL, request: Request) -> tuple[URL, _Reply, bool]:
        """The last address of a chain of redirects, its answer, and whether all of them were permanent."""
        headers = {"Accept": _ACCEPT[request.purpose]} | _validators(request)
        permanent = True
        for _ in range(self._limits.redirects + 1):
            if self._robots and request.purpose == "page":
                await self._robots.check(url)
            answer = await self._hop(url, headers, self._limits.bytes_for(request.purpose))
            location = answer.header("location")
            if answer.status not in _REDIRECTS or not location:
                return url, answer, permanent
            permanent = permanent and answer.status in _PERMANENT
            url = _next_address(url, location)
        raise FetchError("redirects", f"{request.url} redirects more than {self._limits.redirects} times")

    def _mirror(self, url: URL) -> URL | None:
        host = (url.raw_host or "").lower()
        return next((base for pattern, base in self._mirrors.items() if fnmatch(host, pattern)), None)

    async def _read_robots(self, url: URL, most: int) -> bytes:
        try:
            async with asyncio.timeout(self._limits.deadline_seconds / 2):
                for _ in range(self._limits.redirects + 1):
                    answer = await self._hop(url, {"Accept": "text/plain, */*;q=0.5"}, most)
                    location = answer.header("location")
                    if answer.status in _REDIRECTS and location:
                        url = _next_address(url, location)
                        continue
                    if answer.status != HTTPStatus.OK:
                        raise _status_error(url, answer)
                    return answer.body
        except TimeoutError:
            raise FetchError("timeout", f"{url} was not read in time") from None
        raise FetchError("redirects", f"{url} redirects too often")

    async def _hop(self, url: URL, headers: dict[str, str], most: int) -> _Reply:
        """One exchange. FetchError says what went wrong."""
        session, target = self._direct, url
        if base := self._mirror(url):
            session, target = self._mirrored, _at_mirror(url, base)
            headers = headers | {"Host": url.host_port_subcomponent or ""}
        attempt = DialAttempt(target.raw_host or "")
        token = current_dial.set(attempt)
        try:
            async with session.get(target, headers=headers, allow_redirects=False) as response:
                said = tuple((_text(name).lower(), _text(value)) for name, value in response.raw_headers)
                body = await _read_body(response, most, url) if response.status == HTTPStatus.OK else b""
                return _Reply(response.status, response.reason or "", said, body)
        except (aiohttp.ClientError, HttpProcessingError, OSError, ValueError, zlib.error) as error:
            if isinstance(error, TimeoutError):
                raise
            _explain(error, attempt, url)
        finally:
            current_dial.reset(token)

    def _pause_seconds(self, fetched: FetchResult, attempt: int) -> float | None:
        """How long to wait before another try; None if there is no use in one."""
        if fetched.error is None or attempt >= self._limits.retries:
            return None
        reason, asked = fetched.error.reason, fetched.retry_after_seconds
        if asked is not None and reason in ("status 429", "status 503"):
            return asked if asked <= self._limits.retry_after_seconds else None
        if reason == "connection" or reason.startswith("status 5"):
            return self._limits.retry_pause_seconds * float(2**attempt) * random.uniform(0.5, 1.5)  # noqa: S311 - jitter
        return None

    def _session(self, policy: AddressPolicy, per_host: int) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=self._limits.connections, limit_per_host=per_host, socket_factory=policy.open_socket
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # it takes what is cut short for the whole
            headers={"User-Agent": self._user_agent, "Accept-Encoding": "gzip"},
            timeout=aiohttp.ClientTimeout(total=None, connect=None, sock_connect=None, sock_read=None),
        )


async def _read_body(response: aiohttp.ClientResponse, most: int, url: URL) -> bytes:
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in _ENCODINGS or len(response.headers.getall("Content-Encoding", [])) > 1:
        response.close()
        raise FetchError("encoding", f"{url} is encoded as {encoding[:60]!r}; only gzip was asked for")
    pieces, size, gzip = [], 0, Gunzip() if encoding.endswith("gzip") else None
    async for chunk in response.content.iter_chunked(CHUNK_BYTES):
        piece = gzip.unpack(chunk, most - size + 1) if gzip else chunk
        size += len(piece)
        if size > most:
            response.close()
            raise FetchError("too large", f"{url} holds more than {most:,} bytes")
        pieces.append(piece)
    if gzip and not gzip.complete:
        raise FetchError("connection", f"{url} broke off: what came of its packed body is {size:,} bytes of it")
    return b"".join(pieces)


def _explain(error: Exception, attempt: DialAttempt, url: URL) -> NoReturn:
    """Raise the FetchError that says what a failed exchange means."""
    if attempt.refused:
        refused = ", ".join(dict.fromkeys(attempt.refused))
        hint = "it is not public; name it under allow_private if it is meant"
        raise FetchError("refused address", f"{url.host} leads to {refused}: {hint}") from None
    said = " ".join(str(error).split())[:200] or type(error).__name__  # aiohttp's are several lines
    reasons: tuple[tuple[str, tuple[type[Exception], ...]], ...] = (
        ("dns", (aiohttp.ClientConnectorDNSError,)),
        ("tls", (aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch, ssl.SSLError)),
        ("address", (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError)),
        ("encoding", (zlib.error,)),
    )
    reason = next((reason for reason, kinds in reasons if isinstance(error, kinds)), "connection")
    if reason == "connection" and isinstance(error, ValueError):
        reason = "address"
    causes = f"{said} {error.__cause__}".lower()
    if reason == "connection" and ("content-encoding" in causes or "decode" in causes):
        reason = "encoding"
    if reason == "connection" and "got more than" in causes:
        reason = "too large"
    raise FetchError(reason, f"{url}: {said}") from None


def _status_error(url: URL, answer: _Reply) -> FetchError:
    return FetchError(f"status {answer.status}", f"{url} answered {answer.status} {answer.reason}".rstrip())


def _next_address(url: URL, location: str) -> URL:
    try:
        return check_address(url.join(URL(location)).with_fragment(None))
    except FetchError as error:
        raise FetchError("address", f"{url} redirects wrongly: {error.message}") from None
    except (ValueError, TypeError):
        raise FetchError("address", f"{url} redirects to {location[:200]!r}, which is no address") from None


def _at_mirror(url: URL, base: URL) -> URL:
    path = base.raw_path.rstrip("/") + url.raw_path
    return URL.build(
        scheme=base.scheme,
        host=base.raw_host or "",
        port=base.explicit_port,
        path=path,
        query_string=url.raw_query_string,
        encoded=True,
    )


def _validators(request: Request) -> dict[str, str]:
    """The headers of a conditional request; a stored value that no header can hold is left out."""
    pairs = {"If-None-Match": request.etag, "If-Modified-Since": request.last_modified}
    return {name: value for name, value in pairs.items() if value and value.isprintable()}


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
