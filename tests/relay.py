"""A real SMTP relay on loopback, with TLS and a login, that can be told to misbehave."""

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
    """aiosmtpd's handler: keeps what it takes; its lists say what it answers first."""

    taken: list[Envelope] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)  # answers to RCPT, before it takes any
    ends: list[str] = field(default_factory=list)  # answers to the end of DATA; "cut" hangs up without one
    keeps_what_it_cuts: bool = True
    logins: int = 0
    port: int = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer as told, else take the address."""
        if self.recipients:
            return self.recipients.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Answer as told, else take the message."""
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
        """One account."""
        self.logins += 1
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (LOGIN.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=False)


@contextmanager
def relay(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *, implicit: bool = False, trusted: bool = True
) -> Iterator[Mailroom]:
    """A relay that wants TLS and a login; STARTTLS, or TLS from the first byte where `implicit`."""
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
    """A port that leads to `port`, and whose first connections break after so many bytes from the client."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve() -> None:
        left = times
        while not stop.is_set():
            if not select.select([listener], [], [], 0.05)[0]:
                continue
            client, _ = listener.accept()
            with client, socket.create_connection(("127.0.0.1", port)) as server:
                _carry(client, server, after_bytes if left > 0 else None, stop)
            left -= 1

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        stop.set()
        thread.join()
        listener.close()


def _carry(client: socket.socket, server: socket.socket, most: int | None, stop: threading.Event) -> None:
    published_before = 0
    while not stop.is_set():
        for ready in select.select([client, server], [], [], 0.05)[0]:
            try:
                data = ready.recv(2048)
            except ConnectionError:
                return
            if not data:
                return
            if ready is client:
                published_before += len(data)
                if most is not None and published_before > most:
                    return
            (server if ready is client else client).sendall(data)
