"""Read a mailbox on an IMAP server over TLS, and leave it as it is: it is opened for reading only (EXAMINE).

A message is fetched once. Its UID, with the UIDVALIDITY of the mailbox, is the mark after which the next read begins.
"""

import contextlib
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from pipeline.edges.mail import as_response
from pipeline.errors import FetchError
from pipeline.records import FetchSettings, Response
from pipeline.text.normalise import one_line

if TYPE_CHECKING:
    from imapclient import IMAPClient

FIRST_DAYS = 30  # before the newest message: of a mailbox that is new here, older messages are not read
TRANSIENT = frozenset({"connection", "timeout"})
_PORT = 993
_COUNTED = 500  # messages whose sizes are requested at a time
_FETCHED = 20  # messages that are requested at a time, fewer if they are large
_SLACK_BYTES = 1_000_000  # what a server may send for one command, in addition to the messages' announced sizes
_GOODBYE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A folder of an account."""

    host: str
    port: int
    folder: str
    login: str = field(repr=False)
    password: str = field(repr=False)

    def __str__(self) -> str:
        return f"{self.folder} of {self.host}"


@dataclass(frozen=True, slots=True)
class Place:
    """How far a mailbox is read. With another `validity` its UIDs are other messages (RFC 9051, 2.3.1.1)."""

    validity: int
    uid: int


def mailbox_at(location: str, login: str, password: str) -> Mailbox:
    """The mailbox at imaps://HOST/FOLDER."""
    parts = urlsplit(location)
    return Mailbox(
        parts.hostname or "", parts.port or _PORT, unquote(parts.path.strip("/")) or "INBOX", login, password
    )


def read_mailbox(
    mailbox: Mailbox, after: Place | None, *, limits: FetchSettings, now: datetime
) -> Iterator[Response | FetchError | Place]:
    """Yield the messages that arrived after a place, oldest first, each followed by its own place.

    A message that is too large is an error, followed by its place. FetchError is raised where the mailbox cannot be
    read; a lost connection is opened again `limits.retries` times.
    """
    for attempt in range(limits.retries + 1):
        try:
            for item in _read_new(mailbox, after, limits, now):
                after = item if isinstance(item, Place) else after
                yield item
            break
        except FetchError as error:
            if error.reason not in TRANSIENT or attempt == limits.retries:
                raise
            time.sleep(limits.retry_pause_seconds * 2**attempt)


def count_messages(mailbox: Mailbox, *, limits: FetchSettings) -> int:
    """Count the messages of a mailbox. FetchError where it cannot be read."""
    with _session(mailbox, limits) as session:
        return int(session.status[b"EXISTS"])


def _read_new(
    mailbox: Mailbox, after: Place | None, limits: FetchSettings, now: datetime
) -> Iterator[Response | FetchError | Place]:
    with _session(mailbox, limits) as session:
        validity = int(session.status[b"UIDVALIDITY"])
        last = after.uid if after and after.validity == validity else 0
        uids = session.list_after(last)
        for group in session.group_by_size(uids):
            for uid, body in session.fetch(group):
                if body is None or len(body) > limits.max_page_bytes:
                    yield FetchError(
                        "too large", f"message {uid} of {mailbox}: more than {limits.max_page_bytes:,} bytes"
                    )
                else:
                    yield as_response(body, now)
                yield Place(validity, uid)
        # Messages that were passed over, or deleted since, are not searched again.
        if (newest := int(session.status.get(b"UIDNEXT") or 0) - 1) > max([last, *uids]):
            yield Place(validity, newest)


@contextlib.contextmanager
def _session(mailbox: Mailbox, limits: FetchSettings) -> "Iterator[_Session]":
    """Connect, log in and open the mailbox. FetchError, with its reason, for whatever fails inside the context."""
    try:
        import imapclient
        from imapclient.exceptions import IMAPClientAbortError, IMAPClientError
    except ModuleNotFoundError as error:
        message = (
            f"{mailbox}: to read a mailbox on a server, install it with: pip install 'newsletter-pipeline[mailbox]'"
        )
        raise FetchError("package", message) from error
    allowance = _Allowance(limits.deadline_seconds)
    try:
        context = ssl.create_default_context()
        context.sslsocket_class = allowance.socket_class()
        client = imapclient.IMAPClient(mailbox.host, mailbox.port, ssl_context=context, timeout=limits.deadline_seconds)
        try:
            _log_in(client, mailbox, allowance)
            yield _Session(client, _examine(client, mailbox, allowance), allowance, limits.max_page_bytes)
        finally:
            allowance.renew(_GOODBYE_SECONDS)
            with contextlib.suppress(Exception):  # what was read is complete
                client.logout()
            with contextlib.suppress(Exception):
                client.shutdown()
    except TimeoutError:
        message = f"{mailbox} did not answer within fetch.deadline_seconds ({limits.deadline_seconds:g})"
        raise FetchError("timeout", message) from None
    except socket.gaierror as error:
        raise FetchError("dns", f"{mailbox.host} has no address ({error.strerror})") from None
    except ssl.SSLCertVerificationError as error:
        message = f"the certificate of {mailbox.host} cannot be trusted: {error.verify_message}"
        raise FetchError("certificate", message) from None
    except (IMAPClientAbortError, ssl.SSLEOFError) as error:
        raise FetchError("connection", f"{mailbox} broke off: {_short(error)}") from None
    except ssl.SSLError as error:
        message = f"no TLS with {mailbox.host}:{mailbox.port} ({error.reason or 'broken off'}); imaps uses port 993"
        raise FetchError("tls", message) from None
    except OSError as error:
        raise FetchError("connection", f"{mailbox}: {_short(error)}") from None
    except (IMAPClientError, ValueError, LookupError, TypeError, OverflowError, MemoryError) as error:
        raise FetchError("not IMAP", f"{mailbox} answers what cannot be read: {_short(error)}") from None


def _log_in(client: "IMAPClient", mailbox: Mailbox, allowance: "_Allowance") -> None:
    """Log in. No message has what the server answers, which may repeat the login."""
    from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

    if not mailbox.login or not mailbox.password:
        raise FetchError("login", f"{mailbox} needs a login; set the variables of the source's login and password")
    allowance.renew()
    try:
        if client.has_capability("AUTH=PLAIN"):  # login() refuses letters outside ASCII
            client.plain_login(mailbox.login, mailbox.password)
        else:
            client.login(mailbox.login, mailbox.password)
    except IMAPClientAbortError:
        raise FetchError("connection", f"{mailbox.host} broke off during the login") from None
    except (IMAPClientError, UnicodeError):
        hint = "check the variables of the source's login and password"
        raise FetchError("login", f"{mailbox.host} refuses the login; {hint}") from None


def _examine(client: "IMAPClient", mailbox: Mailbox, allowance: "_Allowance") -> dict[bytes, Any]:
    from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

    allowance.renew()
    try:
        status: dict[bytes, Any] = client.select_folder(mailbox.folder, readonly=True)
    except IMAPClientAbortError:
        raise
    except IMAPClientError as error:
        raise FetchError("no mailbox", f"{mailbox} cannot be opened: {_short(error)}") from None
    return status


@dataclass(frozen=True, slots=True)
class _Session:
    """An open mailbox. `status`: the answer to EXAMINE."""

    client: "IMAPClient"
    status: dict[bytes, Any]
    allowance: "_Allowance"
    max_bytes: int  # of a message

    def list_after(self, uid: int) -> list[int]:
        """The UIDs of the messages after a UID; after 0 those of the newest message and the days before it."""
        if not self.status[b"EXISTS"] or self.status.get(b"UIDNEXT", uid + 2) <= uid + 1:
            return []
        criteria: list[object] = ["UID", f"{uid + 1}:*"]
        if not uid:
            criteria += ["SINCE", self._first_day()]
        self.allowance.renew()
        # "5:*" includes the last message even if its UID is below 5.
        return sorted(found for found in self.client.search(criteria) if found > uid)

    def group_by_size(self, uids: Sequence[int]) -> Iterator[list[tuple[int, int]]]:
        """Yield (UID, bytes) of the messages, in groups that are small enough to be fetched at once."""
        group: list[tuple[int, int]] = []
        total = 0
        for start in range(0, len(uids), _COUNTED):
            self.allowance.renew()
            sizes = self.client.fetch(uids[start : start + _COUNTED], ["RFC822.SIZE"])
            for uid in uids[start : start + _COUNTED]:
                size = int(sizes.get(uid, {}).get(b"RFC822.SIZE", 0))
                if group and (len(group) == _FETCHED or total + size > self.max_bytes):
                    yield group
                    group, total = [], 0
                group.append((uid, size))
                total += size
        if group:
            yield group

    def fetch(self, group: Sequence[tuple[int, int]]) -> Iterator[tuple[int, bytes | None]]:
        """Yield UID and message; None for one that is too large. A message that was deleted meanwhile is left out."""
        wanted = [uid for uid, size in group if size <= self.max_bytes]
        found: dict[int, dict[bytes, Any]] = {}
        if wanted:
            announced = sum(size for _, size in group if size <= self.max_bytes)
            self.allowance.renew(size=2 * announced + _SLACK_BYTES)
            found = self.client.fetch(wanted, ["BODY.PEEK[]"])
        for uid, size in group:
            if size > self.max_bytes:
                yield uid, None
            elif body := found.get(uid, {}).get(b"BODY[]"):
                yield uid, body

    def _first_day(self) -> date:
        self.allowance.renew()
        newest = self.client.search("*")
        arrived: datetime = self.client.fetch(newest, ["INTERNALDATE"])[newest[0]][b"INTERNALDATE"]
        return (arrived.astimezone(UTC) - timedelta(days=FIRST_DAYS)).date()


class _Allowance:
    """The time that the server may take for one command, and the bytes that it may send.

    Both are checked in the socket, because the library waits for as long as single bytes arrive.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._left = 0
        self._ends_at = 0.0
        self.renew()

    def renew(self, seconds: float | None = None, *, size: int = 2 * _SLACK_BYTES) -> None:
        """Grant time and bytes for the next command."""
        self._ends_at = time.monotonic() + (seconds or self._seconds)
        self._left = size

    def seconds(self) -> float:
        """The seconds that remain. TimeoutError where there are none."""
        remaining = self._ends_at - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        return remaining

    def spend(self, size: int) -> None:
        """Count received bytes. ValueError where they are too many."""
        self._left -= size
        if self._left < 0:
            raise ValueError("it sends far more than it announced")

    def socket_class(self) -> type[ssl.SSLSocket]:
        """The class of a socket that keeps to the allowance."""
        allowance = self

        class AllowedSocket(ssl.SSLSocket):
            def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
                self.settimeout(allowance.seconds())
                received = super().recv_into(buffer, nbytes, flags)
                allowance.spend(received)
                return received

        return AllowedSocket


def _short(error: BaseException) -> str:
    return one_line(str(error))[:200] or type(error).__name__
