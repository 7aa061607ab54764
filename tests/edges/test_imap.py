"""A hostile or broken IMAP server: reading ends with a reason, within the deadline and in little memory."""

import contextlib
import socketserver
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme

from pipeline.edges.imap import mailbox_at, read_mailbox
from pipeline.errors import FetchError
from pipeline.records import FetchSettings

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SECRET = "kelp-and-salt"
GREETING = b"* OK [CAPABILITY IMAP4rev1] ready\r\n"
Talk = Callable[[Any], None]


@contextlib.contextmanager
def server(folder: Path, talk: Talk, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A trusted TLS server that calls `talk` with a file for each connection."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with (
                contextlib.suppress(OSError),
                context.wrap_socket(self.request, server_side=True) as secured,
                secured.makefile("rwb", buffering=0) as file,
            ):
                talk(file)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield int(running.server_address[1])
        running.shutdown()
        thread.join()


def answer(**answers: bytes) -> Talk:
    """Answer each command by its name, with OK where there is nothing else to say."""

    def talk(file: Any) -> None:
        file.write(GREETING)
        while line := file.readline():
            tag, *words = line.split()
            name = (words[1] if words[0] == b"UID" else words[0]).decode().lower()
            file.write(answers.get(name, b"").replace(b"TAG", tag))
            file.write(tag + b" OK done\r\n")

    return talk


def trickle(file: Any) -> None:
    """Greet with a byte at a time."""
    while True:
        file.write(b"*")
        time.sleep(0.02)


def flood(file: Any) -> None:
    """Greet, and then never end."""
    file.write(GREETING)
    file.readline()
    while True:
        file.write(b"* OK " + b"x" * 500_000 + b"\r\n")


EXAMINED = b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n* OK [UIDNEXT 2] next\r\n"
FOUND = {"capability": b"* CAPABILITY IMAP4rev1\r\n", "examine": EXAMINED, "search": b"* SEARCH 1\r\n"}
DATED = b'* 1 FETCH (UID 1 INTERNALDATE "20-Nov-2026 09:00:00 +0000" RFC822.SIZE 10)\r\n'


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        pytest.param(trickle, "timeout", id="trickle"),
        pytest.param(flood, "not IMAP", id="flood"),
        pytest.param(lambda file: file.write(b"220 smtp.example ESMTP\r\n"), "connection", id="smtp"),
        pytest.param(lambda _: None, "connection", id="hang up"),
        pytest.param(answer(examine=b"* 1 EXISTS\r\n"), "not IMAP", id="no UIDVALIDITY"),
        pytest.param(answer(**FOUND | {"search": b"* SEARCH one\r\n"}), "not IMAP", id="bad UID"),
        pytest.param(answer(**FOUND, fetch=DATED + b"* 1 FETCH (((\r\n"), "not IMAP", id="bad answer"),
        pytest.param(answer(login=f"TAG NO {SECRET}\r\n".encode()), "login", id="login repeated"),
    ],
)
def test_a_bad_server_ends_with_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, talk: Talk, reason: str
) -> None:
    """Nothing hangs, nothing else is raised, and the message never has the password."""
    limits = FetchSettings(deadline_seconds=1, retries=0)
    with server(tmp_path, talk, monkeypatch) as port, pytest.raises(FetchError) as raised:
        list(read_mailbox(mailbox_at(f"imaps://localhost:{port}/", "ann", SECRET), None, limits=limits, now=NOW))
    assert raised.value.reason == reason
    assert SECRET not in str(raised.value)


def test_a_server_that_offers_no_tls_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mailbox is never read in the clear."""
    monkeypatch.chdir(tmp_path)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.sendall(GREETING)
            self.request.recv(1000)

    limits = FetchSettings(deadline_seconds=2, retries=0)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever).start()
        mailbox = mailbox_at(f"imaps://localhost:{running.server_address[1]}/", "ann", SECRET)
        with pytest.raises(FetchError, match=r"^tls: no TLS with localhost"):
            list(read_mailbox(mailbox, None, limits=limits, now=NOW))
        running.shutdown()


def test_without_its_package_a_mailbox_on_a_server_is_named_with_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is one of its source; nothing is asked."""
    monkeypatch.setitem(sys.modules, "imapclient", None)
    mailbox = mailbox_at("imaps://localhost/News", "ada", SECRET)
    with pytest.raises(FetchError, match=r"newsletter-pipeline\[mailbox\]"):
        list(read_mailbox(mailbox, None, limits=FetchSettings(), now=NOW))
