"""Access control in front of the desk: host names, origins, the token of each write, the password and its session."""

import asyncio
import hashlib
import hmac
import ipaddress
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from itsdangerous import BadSignature, TimestampSigner
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN_HEADER = "x-desk-token"  # noqa: S105 - a header's name
COOKIE = "desk_session"
SESSION_SECONDS = 7 * 86_400
DELAY_SECONDS = 1.0  # after a wrong password
MAX_WAITING = 5  # passwords from one address that wait for their turn
MAX_FORM_BYTES = 4_096

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
    "referrer-policy": "same-origin",  # with no-referrer, browsers send a form's origin as null
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_FOREIGN_ORIGIN = "This request came from another page than the desk's."
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[\w.-]+)(?::\d+)?", re.ASCII)
_PUBLIC_PATHS = ("/login", "/static/desk.css", "/static/login.css")


def is_loopback(host: str) -> bool:
    """Whether a host name or address reaches this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@dataclass(slots=True)
class _LoginQueue:
    """The passwords that one address has sent, checked one at a time so that guesses cannot run in parallel."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


class Guard:
    """ASGI middleware that refuses foreign requests and adds the security headers to each response."""

    def __init__(self, app: ASGIApp, *, hosts: Collection[str], any_address: bool, password: str | None) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._any_address = any_address
        self._password = password
        # The key derives from the password: a session outlives the server and ends when the password changes.
        key = hashlib.scrypt((password or "").encode(), salt=b"newsletter desk", n=2**12, r=8, p=1, dklen=32)
        self._signer = TimestampSigner(key, salt=COOKIE, key_derivation="hmac", digest_method=hashlib.sha256)
        self._login_queues: dict[str, _LoginQueue] = {}  # by address, as long as a password is waiting
        self.token = secrets.token_urlsafe(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request or pass it on."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})["token"] = self.token
        response = await self._early_response(Request(scope, receive))
        await (response or self._app)(scope, receive, _with_security_headers(send))

    async def _early_response(self, request: Request) -> Response | None:
        """Return the refusal, redirection or sign-in that answers the request; None if the app should."""
        host = Headers(scope=request.scope).get("host", "")
        if not self._is_known_host(host):
            return PlainTextResponse("The desk does not answer under this name.", 421)
        path = str(request.scope["path"])  # the routes use this one, whatever the URL looks like
        if self._password is not None:
            if path == "/login" and request.method == "POST":
                return await self._log_in(request, host)
            if not path.startswith(_PUBLIC_PATHS) and not self._has_session(request):
                if path.startswith("/api/"):
                    return JSONResponse({"error": "Your session has ended: sign in again.", "login": True}, 401)
                return RedirectResponse(f"/login{_added(request)}", 303)
        elif path == "/login":
            return RedirectResponse("/", 303)
        if request.method not in ("GET", "HEAD"):
            if not _is_own_origin(request.headers.get("origin"), host):
                return JSONResponse({"error": _FOREIGN_ORIGIN}, 403)
            if not hmac.compare_digest(request.headers.get(TOKEN_HEADER, "").encode(), self.token.encode()):
                return JSONResponse({"error": "The desk has been restarted.", "token": True}, 403)
        return None

    def _is_known_host(self, host: str) -> bool:
        match = _HOST.fullmatch(host.lower())
        if match is None:
            return False
        name = match[1].strip("[]")
        if name in self._hosts:
            return True
        if not self._any_address:
            return False
        # Another site can point a name of its own at this machine (DNS rebinding), but not an address.
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    async def _log_in(self, request: Request, host: str) -> Response:
        if not _is_own_origin(request.headers.get("origin"), host):
            return PlainTextResponse(_FOREIGN_ORIGIN, 403)
        form = parse_qs((await _limited_body(request, MAX_FORM_BYTES)).decode("utf-8", "replace"))
        address, added = request.client.host if request.client else "", _added(request)
        if not await self._is_password(form.get("password", [""])[0], address):
            return RedirectResponse(f"/login{added}&wrong=1" if added else "/login?wrong=1", 303)
        response = RedirectResponse(f"/{added}", 303)
        # Lax, not strict: the bookmarklet opens the desk from other sites. Writes need a token and the desk's origin.
        session = self._signer.sign("editor").decode("ascii")
        response.set_cookie(COOKIE, session, SESSION_SECONDS, httponly=True, samesite="lax")
        return response

    async def _is_password(self, attempt: str, address: str) -> bool:
        """Check a password after the others from its address; a wrong one takes DELAY_SECONDS."""
        queue = self._login_queues.setdefault(address, _LoginQueue())
        if queue.waiting >= MAX_WAITING:
            return False
        queue.waiting += 1
        try:
            async with queue.lock:
                correct = hmac.compare_digest(attempt.encode(), (self._password or "").encode())
                if not correct:
                    await asyncio.sleep(DELAY_SECONDS)
                return correct
        finally:
            queue.waiting -= 1
            if not queue.waiting:
                del self._login_queues[address]

    def _has_session(self, request: Request) -> bool:
        try:
            self._signer.unsign(request.cookies.get(COOKIE, ""), max_age=SESSION_SECONDS)
        except BadSignature:  # SignatureExpired too
            return False
        return True


def _added(request: Request) -> str:
    """The query with the address that the bookmarklet adds, so that signing in does not lose it; else empty."""
    address = request.query_params.get("add")
    return f"?{urlencode({'add': address})}" if address else ""


async def _limited_body(request: Request, limit: int) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            return b""
    return body


def _is_own_origin(origin: str | None, host: str) -> bool:
    """Whether a write comes from the desk's own page; browsers send the origin with every write."""
    try:
        return origin is None or urlsplit(origin).netloc == host
    except ValueError:
        return False


def _with_security_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("content-security-policy", PAGE_POLICY)
            headers.setdefault("cache-control", "no-store")
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return send_with_headers
