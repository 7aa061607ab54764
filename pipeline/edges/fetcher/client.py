"""Fetch one address over aiohttp: redirects, retries, robots.txt, and the limits of the body."""

import asyncio
import random
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatch
from http import HTTPStatus

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from pipeline.errors import FetchError
from pipeline.records import FetchSettings, Purpose, Response
from pipeline.text.normalise import one_line

from .addresses import AddressPolicy, DialAttempt, check_address, current_dial
from .bodiless import drop_bodies_of_304
from .challenge import PAGE_BYTES, challenge_message, find_guard
from .exchange import FetchResult, Request
from .freshness import fresh_seconds, retry_after_seconds
from .robots import Robots
from .unpack import Unpacker, UnpackError, gzip_unpacker, zstd_unpacker

CHUNK_BYTES = 64 * 1024
_PERMANENT = {301, 308}
_REDIRECTS = {301, 302, 303, 307, 308}
_ANSWERS = {HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION, HTTPStatus.IM_USED}
_GUARDED = {401, 403, 405, 429, 503}  # statuses of pages that keep programs out
_GUARD_SECONDS = 2.0  # to read such a page
# Content codings (IANA); browsers and curl take any other value for none.
_UNPACKERS = {"gzip": gzip_unpacker, "x-gzip": gzip_unpacker, "zstd": zstd_unpacker}
_CODINGS = {*_UNPACKERS, "br", "deflate", "compress", "x-compress", "dcb", "dcz", "exi", "pack200-gzip", "aes128gcm"}
_HEADER_BYTES = 64 * 1024  # of one header field
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
    """Fetches addresses without cookies or Referer, with gzip as the only encoding, and from public hosts only."""

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
        # A mirror is one host that answers for many: no limit of connections. The caller named it: it is allowed.
        self._mirrored = self._session(AddressPolicy([base.raw_host or "" for base in self._mirrors.values()]), 0)

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._direct.close()
        await self._mirrored.close()

    def delay_seconds(self, address: str, usual: float) -> float:
        """Return the pause between two pages of this host: `usual`, or its Crawl-delay if that is longer."""
        try:
            url = check_address(address)
        except FetchError:
            return 0.0
        if self._mirror(url):
            return 0.0
        return max(usual, self._robots.delay_seconds(url) if self._robots else 0.0)

    async def fetch(self, request: Request) -> FetchResult:
        """Fetch within the deadline, and retry passing errors. Errors are returned; only cancellation is raised."""
        deadline = time.monotonic() + self._limits.deadline_seconds
        try:
            async with asyncio.timeout(self._limits.deadline_seconds):
                for attempt in range(self._limits.retries + 1):
                    result = await self._fetch_once(request)
                    pause = self._pause_seconds(result, attempt)
                    if pause is None or time.monotonic() + pause >= deadline:
                        break
                    await asyncio.sleep(pause)
                return result
        except TimeoutError:
            limit = f"{self._limits.deadline_seconds:g} s"
            return FetchResult(request, error=FetchError("timeout", f"{request.url} took longer than {limit}"))

    async def _fetch_once(self, request: Request) -> FetchResult:
        try:
            url = check_address(request.url)
            final, reply, permanent = await self._follow(url, request)
        except FetchError as error:
            return FetchResult(request, error=error)
        now = self._now()
        moved_to = str(final) if permanent and final != url else None
        fresh = fresh_seconds(reply.header, now)
        if reply.status == HTTPStatus.NOT_MODIFIED and (request.etag or request.last_modified):
            return FetchResult(request, not_modified=True, moved_to=moved_to, poll_after_seconds=fresh)
        if guard := find_guard(reply.header, reply.body, refused=reply.status not in _ANSWERS):
            return FetchResult(request, error=FetchError("challenge", challenge_message(final, guard)))
        if reply.status not in _ANSWERS:  # other 2xx too: partial or no content is not what was requested
            retry_after = retry_after_seconds(reply.header, now)
            return FetchResult(request, error=_status_error(final, reply), retry_after_seconds=retry_after)
        response = Response(request.url, str(final), reply.status, reply.headers, reply.body, now)
        return FetchResult(request, response, moved_to=moved_to, poll_after_seconds=fresh)

    async def _follow(self, url: URL, request: Request) -> tuple[URL, _Reply, bool]:
        """Follow redirects; return the last address, its reply, and whether every redirect was permanent."""
        first, permanent = url, True
        for _ in range(self._limits.redirects + 1):
            if self._robots and request.purpose == "page":
                await self._robots.check(url)
            # A validator and an account are for the host that they belong to.
            own = _validators(request) if url.host == first.host else {}
            headers = {"Accept": _ACCEPT[request.purpose]} | own | _account(request, url)
            reply = await self._exchange(url, headers, self._limits.bytes_for(request.purpose))
            location = reply.header("location")
            if reply.status not in _REDIRECTS or not location:
                return url, reply, permanent
            permanent = permanent and reply.status in _PERMANENT
            url = _redirect_target(url, location)
        raise FetchError("redirects", f"{request.url} redirects more than {self._limits.redirects} times")

    def _mirror(self, url: URL) -> URL | None:
        host = (url.raw_host or "").lower()
        return next((base for pattern, base in self._mirrors.items() if fnmatch(host, pattern)), None)

    async def _read_robots(self, url: URL, most: int) -> bytes:
        try:
            async with asyncio.timeout(self._limits.deadline_seconds / 2):
                for _ in range(self._limits.redirects + 1):
                    reply = await self._exchange(url, {"Accept": "text/plain, */*;q=0.5"}, most, cut=True)
                    location = reply.header("location")
                    if reply.status in _REDIRECTS and location:
                        url = _redirect_target(url, location)
                        continue
                    if reply.status != HTTPStatus.OK:
                        raise _status_error(url, reply)
                    return reply.body
        except TimeoutError:
            raise FetchError("timeout", f"{url} was not read in time") from None
        raise FetchError("redirects", f"{url} redirects too often")

    async def _exchange(self, url: URL, headers: dict[str, str], most: int, *, cut: bool = False) -> _Reply:
        """Send one request and read its reply, the body up to `most` bytes. FetchError if it fails.

        With `cut` the rest of a longer body is left unread.
        """
        session, target = self._direct, url
        if base := self._mirror(url):
            session, target = self._mirrored, _at_mirror(url, base)
            headers = headers | {"Host": url.host_port_subcomponent or ""}
        attempt = DialAttempt(target.raw_host or "")
        token = current_dial.set(attempt)
        try:
            async with session.get(target, headers=headers, allow_redirects=False) as response:
                pairs = tuple((_decode(name).lower(), _decode(value)) for name, value in response.raw_headers)
                body = b""
                if response.status in _ANSWERS:
                    body = await _read_body(response, most, url, cut=cut)
                elif response.status in _GUARDED:
                    body = await _read_guard(response)
                return _Reply(response.status, response.reason or "", pairs, body)
        except (aiohttp.ClientError, HttpProcessingError, OSError, ValueError) as error:
            if isinstance(error, TimeoutError):
                raise
            raise _exchange_error(error, attempt, url) from None
        finally:
            current_dial.reset(token)

    def _pause_seconds(self, result: FetchResult, attempt: int) -> float | None:
        """Return the pause before the next attempt, or None if the result is final."""
        if result.error is None or attempt >= self._limits.retries:
            return None
        reason, retry_after = result.error.reason, result.retry_after_seconds
        if retry_after is not None and reason in ("status 429", "status 503"):
            return retry_after if retry_after <= self._limits.retry_after_seconds else None
        if reason == "connection" or reason.startswith("status 5"):
            return self._limits.retry_pause_seconds * float(2**attempt) * random.uniform(0.5, 1.5)  # noqa: S311 - jitter
        return None

    def _session(self, policy: AddressPolicy, per_host: int) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=drop_bodies_of_304(
                aiohttp.TCPConnector(
                    limit=self._limits.connections, limit_per_host=per_host, socket_factory=policy.open_socket
                )
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # aiohttp accepts a truncated body as complete
            max_line_size=_HEADER_BYTES,
            max_field_size=_HEADER_BYTES,
            headers={"User-Agent": self._user_agent, "Accept-Encoding": "gzip"},
            timeout=aiohttp.ClientTimeout(total=None, connect=None, sock_connect=None, sock_read=None),
        )


async def _read_body(response: aiohttp.ClientResponse, most: int, url: URL, *, cut: bool = False) -> bytes:
    unpacker = _unpacker(response, url)
    pieces, size = [], 0
    async for chunk in response.content.iter_chunked(CHUNK_BYTES):
        piece = unpacker.unpack(chunk, most - size + 1) if unpacker else chunk
        size += len(piece)
        pieces.append(piece)
        if size > most:
            response.close()
            if cut:
                return b"".join(pieces)[:most]
            raise FetchError("too large", f"{url} has more than {most:,} bytes")
    if unpacker and not unpacker.complete:
        raise FetchError("connection", f"{url} broke off after {size:,} unpacked bytes of its body")
    return b"".join(pieces)


def _unpacker(response: aiohttp.ClientResponse, url: URL) -> Unpacker | None:
    named = ",".join(response.headers.getall("Content-Encoding", [])).lower().split(",")
    codings = [coding for coding in map(str.strip, named) if coding in _CODINGS]
    if not codings:
        return None
    if len(codings) > 1 or codings[0] not in _UNPACKERS:
        response.close()
        message = f"{url} is encoded as {', '.join(codings)[:60]!r}; only gzip was requested"
        raise FetchError("encoding", message)
    return _UNPACKERS[codings[0]]()


async def _read_guard(response: aiohttp.ClientResponse) -> bytes:
    """Read the beginning of a page that refuses, as far as it comes at once; whatever fails, the status counts."""
    try:
        async with asyncio.timeout(_GUARD_SECONDS):
            unpacker = _unpacker(response, response.url)
            packed = await response.content.read(PAGE_BYTES)
            return unpacker.unpack(packed, PAGE_BYTES) if unpacker else packed
    except Exception:  # noqa: BLE001 - of the network or a decompressor
        return b""
    finally:
        response.close()


def _exchange_error(error: Exception, attempt: DialAttempt, url: URL) -> FetchError:
    """Convert the error of a failed exchange into a FetchError with its reason."""
    if attempt.refused:
        refused = ", ".join(dict.fromkeys(attempt.refused))
        hint = "it is not public; add it to fetch.allow_private in the config if you trust it"
        return FetchError("refused address", f"{url.host} leads to {refused}: {hint}")
    message = one_line(str(error))[:200] or type(error).__name__  # aiohttp's messages have several lines
    reasons: tuple[tuple[str, tuple[type[Exception], ...]], ...] = (
        ("dns", (aiohttp.ClientConnectorDNSError,)),
        ("tls", (aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch, ssl.SSLError)),
        ("address", (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError)),
        ("encoding", (UnpackError,)),
    )
    reason = next((reason for reason, kinds in reasons if isinstance(error, kinds)), "connection")
    if reason == "connection" and isinstance(error, ValueError):
        reason = "address"
    causes = f"{message} {error.__cause__}".lower()
    if reason == "connection" and ("content-encoding" in causes or "decode" in causes):
        reason = "encoding"
    if reason == "connection" and "got more than" in causes:
        reason = "too large"
    return FetchError(reason, f"{url}: {message}")


def _status_error(url: URL, reply: _Reply) -> FetchError:
    return FetchError(f"status {reply.status}", f"{url} answered {reply.status} {reply.reason}".rstrip())


def _redirect_target(url: URL, location: str) -> URL:
    try:
        return check_address(url.join(URL(location)).with_fragment(None))
    except FetchError as error:
        raise FetchError("address", f"{url} redirects to an address that cannot be used: {error.message}") from None
    except (ValueError, TypeError):
        raise FetchError("address", f"{url} redirects to {location[:200]!r}, which is not an address") from None


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
    """Return the headers of a conditional request; a value that cannot be sent in a header is left out."""
    pairs = {"If-None-Match": request.etag, "If-Modified-Since": request.last_modified}
    return {name: value for name, value in pairs.items() if value and value.isprintable()}


def _account(request: Request, url: URL) -> dict[str, str]:
    """Return the source's own headers for the host that they are for, never over a connection that lost its TLS."""
    if request.account is None:
        return {}
    own = URL(request.account.address)
    same = (
        url.host == own.host
        and url.scheme in (own.scheme, "https")
        and (url.port == own.port or url.scheme != own.scheme)
    )
    return dict(request.account.headers) if same else {}


def _decode(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
