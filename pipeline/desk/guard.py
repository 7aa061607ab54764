"""Who may talk to the desk: this machine's browser under its own name, with the token on each write; the password."""

import asyncio
import hashlib
import hmac
import ipaddress
import re
import secrets
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN_HEADER = "x-desk-token"  # noqa: S105 - a header's name
COOKIE = "desk_session"
SESSION_SECONDS = 7 * 86_400
PAUSE_SECONDS = 1.0  # after a wrong password
MOST_WAITING = 5  # tries from one address that wait for their turn
MOST_FORM_BYTES = 4_096

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FRAME_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'; sandbox allow-same-origin"
)
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # with none at all a form's own origin would be hidden from us too
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[\w.-]+)(?::\d+)?", re.ASCII)
_EXPIRES = re.compile(r"[0-9]{1,12}")
_OPEN = ("/login", "/static/desk.css", "/static/login.css")


def is_loopback(host: str) -> bool:
    """Whether a name or address to listen on is this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@dataclass(slots=True)
class _Tries:
    """Passwords tried from one address: one at a time, so that guesses do not run side by side."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


class Guard:
    """ASGI middleware before everything else."""

    def __init__(self, app: ASGIApp, *, hosts: Collection[str], any_address: bool, password: str | None) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._any_address = any_address
        self._password = password
        # The key comes from the password: a session outlives the server, and ends with the password.
        self._key = hashlib.scrypt((password or "").encode(), salt=b"newsletter desk", n=2**12, r=8, p=1, dklen=32)
        self._tries: dict[str, _Tries] = {}  # only those that are waiting
        self.token = secrets.token_urlsafe(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or let through and put the policies on the answer."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        scope.setdefault("state", {})["token"] = self.token
        answer = await self._answer(request)
        if answer is not None:
            await answer(scope, receive, _with_policies(send))
            return
        await self._app(scope, receive, _with_policies(send))

    async def _answer(self, request: Request) -> Response | None:
        """What to say instead of going on; None where the request is in order."""
        host = Headers(scope=request.scope).get("host", "")
        if not self._knows(host):
            return PlainTextResponse("The desk does not answer under that name.", 421)
        path = str(request.scope["path"])  # what the routes go by, whatever stands in it
        if self._password is not None:
            if path == "/login" and request.method == "POST":
                return await self._log_in(request, host)
            if not path.startswith(_OPEN) and not self._has_session(request):
                if path.startswith("/api/"):
                    return JSONResponse({"error": "Your session has ended: sign in again.", "login": True}, 401)
                return RedirectResponse("/login", 303)
        elif path == "/login":
            return RedirectResponse("/", 303)
        if request.method not in ("GET", "HEAD"):
            if not _is_own(request.headers.get("origin"), host):
                return JSONResponse({"error": "This came from another page than the desk's."}, 403)
            if not hmac.compare_digest(request.headers.get(TOKEN_HEADER, "").encode(), self.token.encode()):
                return JSONResponse({"error": "The desk was started anew since.", "token": True}, 403)
        return None

    def _knows(self, host: str) -> bool:
        found = _HOST.fullmatch(host.lower())
        if found is None:
            return False
        name = found[1].strip("[]")
        if name in self._hosts:
            return True
        if not self._any_address:
            return False
        # A name could be made to lead here by another site; an address cannot.
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    async def _log_in(self, request: Request, host: str) -> Response:
        assert self._password is not None
        if not _is_own(request.headers.get("origin"), host):
            return PlainTextResponse("This came from another page than the desk's.", 403)
        form = parse_qs((await _limited_body(request, MOST_FORM_BYTES)).decode("utf-8", "replace"))
        if not await self._is_password(form.get("password", [""])[0], request.client.host if request.client else ""):
            return RedirectResponse("/login?wrong=1", 303)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(
            COOKIE, self._signed(int(time.time()) + SESSION_SECONDS), SESSION_SECONDS, httponly=True, samesite="strict"
        )
        return answer

    async def _is_password(self, given: str, address: str) -> bool:
        """Whether a password is right: one try of an address after the other, each wrong one a second long."""
        tries = self._tries.setdefault(address, _Tries())
        if tries.waiting >= MOST_WAITING:
            return False
        tries.waiting += 1
        try:
            async with tries.turn:
                right = hmac.compare_digest(given.encode(), (self._password or "").encode())
                if not right:
                    await asyncio.sleep(PAUSE_SECONDS)
                return right
        finally:
            tries.waiting -= 1
            if not tries.waiting:
                del self._tries[address]

    def _has_session(self, request: Request) -> bool:
        value = request.cookies.get(COOKIE, "")
        expires, _, _ = value.partition(".")
        if not _EXPIRES.fullmatch(expires) or int(expires) < time.time():
            return False
        return hmac.compare_digest(value.encode(), self._signed(int(expires)).encode())

    def _signed(self, expires: int) -> str:
        return f"{expires}.{hmac.new(self._key, str(expires).encode(), 'sha256').hexdigest()}"


async def _limited_body(request: Request, most: int) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return b""
    return body


def _is_own(origin: str | None, host: str) -> bool:
    """Whether a write comes from the desk's own page; browsers say it with each."""
    try:
        return origin is None or urlsplit(origin).netloc == host
    except ValueError:
        return False


def _with_policies(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("content-security-policy", PAGE_POLICY)
            headers.setdefault("cache-control", "no-store")
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
