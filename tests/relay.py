"""An SMTP relay on loopback, with TLS and a login, that can misbehave on request."""

import asyncio
import select
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

LOGIN, PASSWORD = "desk", "right horse"


@dataclass
class Mailroom:
    """A handler for aiosmtpd that keeps accepted messages. Its lists contain the answers it gives first."""

    taken: list[Envelope] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)  # answers to RCPT before it accepts one
    ends: list[str] = field(
        default_factory=list
    )  # answers to the end of DATA; "cut" closes the connection without an answer
    keeps_what_it_cuts: bool = True
    logins: int = 0
    port: int = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Give the next prepared answer, or accept the address."""
        if self.recipients:
            return self.recipients.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Give the next prepared answer, or accept the message."""
        answer = self.ends.pop(0) if self.ends else "250 taken"
        if answer == "cut":
            if self.keeps_what_it_cuts:
                self.taken.append(envelope)
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        elif answer.startswith("250"):
            self.taken.append(envelope)
        return answer

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        """Accept one account."""
        self.logins += 1
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (LOGIN.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=False)


@contextmanager
def relay(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *, implicit: bool = False, trusted: bool = True
) -> Iterator[Mailroom]:
    """Run a relay that requires TLS and a login. `implicit`: TLS from the first byte instead of STARTTLS."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    if trusted:
        authority.cert_pem.write_to_path(str(folder / "ca.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(folder / "ca.pem"))
    mailroom = Mailroom(port=_free_port())
    tls = {"ssl_context": context} if implicit else {"tls_context": context, "require_starttls": True}
    controller = Controller(
        mailroom,
        hostname="127.0.0.1",
        port=mailroom.port,
        authenticator=mailroom.authenticate,
        auth_required=True,
        auth_require_tls=not implicit,
        **tls,
    )
    controller.start()
    try:
        yield mailroom
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def cutting(port: int, after_bytes: int, times: int = 1) -> Iterator[int]:
    """Yield a port that forwards to `port` and breaks its first `times` connections after `after_bytes` bytes."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve() -> None:
        left = times
        while not stop.is_set():
            if not select.select([listener], [], [], 0.05)[0]:
                continue
            client, _ = listener.accept()
            with client, socket.create_connection(("127.0.0.1", port)) as server:
                _forward(client, server, after_bytes if left > 0 else None, stop)
            left -= 1

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        stop.set()
        thread.join()
        listener.close()


def _forward(client: socket.socket, server: socket.socket, limit: int | None, stop: threading.Event) -> None:
    forwarded = 0
    while not stop.is_set():
        for ready in select.select([client, server], [], [], 0.05)[0]:
            try:
                data = ready.recv(2048)
            except ConnectionError:
                return
            if not data:
                return
            if ready is client:
                forwarded += len(data)
                if limit is not None and forwarded > limit:
                    return
            (server if ready is client else client).sendall(data)
