"""A mailbox as a source: each message is read once, the mailbox stays as it is, and its login is in no output."""

import contextlib
import select
import socket
import socketserver
import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest
import yaml

from tests.dovecot import LOGIN, PASSWORD, Dovecot, running_dovecot
from tests.letters import ITEMS, Command, Item, Letter, Outcome
from tests.run.test_weekly import issue_json, titles

SENT_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def mail(item: Item, sender: str = "The Quay Letter", number: int = 0) -> bytes:
    """A story as a message of a newsletter."""
    message = EmailMessage()
    message["From"] = f"{sender} <letter@quay.example>"
    message["To"] = "desk@letter.example"
    message["Subject"] = item.title
    message["Date"] = format_datetime(SENT_AT)
    message["Message-ID"] = f"<{item.slug}.{number}@quay.example>"
    message.set_content(item.body.replace(" | ", "\n\n"))
    message.add_alternative(f"<html><body><h1>{item.title}</h1>{item.html}</body></html>", subtype="html")
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


@pytest.fixture
def dovecot(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dovecot]:
    """A server that this machine trusts, and the account in the environment."""
    # A socket's path has at most 107 characters, and that of tmp_path has more in a worker of pytest-xdist.
    with tempfile.TemporaryDirectory(prefix="dovecot-") as folder, running_dovecot(Path(folder)) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))
        monkeypatch.setenv("MAIL_LOGIN", LOGIN)
        monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
        yield server


def use_mailbox(letter: Letter, location: str, **limits: float) -> None:
    """Make a mailbox the letter's only source."""
    source = {"name": "Mail", "mailbox": location, "poll_seconds": 0}
    if "://" in location:
        source |= {"login": "${MAIL_LOGIN}", "password": "${MAIL_PASSWORD}"}
    letter.change(sources=[source], select={"per_source": 20}, fetch={"retries": 0, **limits})


def fetched(newsletter: Command, letter: Letter) -> int:
    """How many new entries a fetch brings."""
    count: int = newsletter.on(letter, "fetch", "--json").json["stages"]["fetch"]["new entries"]
    return count


def maildir(folder: Path, *messages: bytes) -> Path:
    """Deliver messages into a Maildir."""
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for number, message in enumerate(messages, len(list((folder / "new").iterdir()))):
        (folder / "new" / f"{1_790_000_000 + number}.M1P1.host").write_bytes(message)
    return folder


def test_messages_of_a_server_become_the_issue(newsletter: Command, letter: Letter, dovecot: Dovecot) -> None:
    """Each message is a story of its sender's newsletter."""
    dovecot.deliver(*(mail(item) for item in ITEMS[:4]), *(mail(item, "Pier Weekly") for item in ITEMS[4:]))
    use_mailbox(letter, dovecot.location())
    done = newsletter.on(letter, "run")
    assert done.code == 0, done.err
    assert set(titles(letter)) == {item.title for item in ITEMS}
    outlets = {feature["headline"]: feature["outlet"] for feature in issue_json(letter)["features"]}
    assert set(outlets.values()) == {"The Quay Letter", "Pier Weekly"}


def test_a_message_is_fetched_once_and_the_mailbox_stays_as_it_is(
    newsletter: Command, letter: Letter, dovecot: Dovecot
) -> None:
    """New mail comes in by itself, the same mail does not; nothing is marked as read or deleted."""
    dovecot.deliver(*(mail(item) for item in ITEMS[:3]))
    use_mailbox(letter, dovecot.location())
    counts = [fetched(newsletter, letter), fetched(newsletter, letter)]
    dovecot.deliver(mail(ITEMS[3]), mail(ITEMS[0]))
    counts += [fetched(newsletter, letter), fetched(newsletter, letter)]
    assert counts == [3, 0, 1, 0]
    assert dovecot.flags() == [()] * 5


def test_messages_that_the_server_numbers_again_are_the_same(
    newsletter: Command, letter: Letter, dovecot: Dovecot
) -> None:
    """A mailbox that is deleted and made again has another UIDVALIDITY; its messages keep their Message-ID."""
    dovecot.deliver(*(mail(item) for item in ITEMS[:3]), folder="Letters")
    use_mailbox(letter, dovecot.location("Letters"))
    first = fetched(newsletter, letter)
    with dovecot.client() as client:
        client.delete_folder("Letters")
    dovecot.deliver(*(mail(item) for item in ITEMS[:4]), folder="Letters")
    assert (first, fetched(newsletter, letter)) == (3, 1)


def test_a_thousand_messages_are_read_in_one_run(newsletter: Command, letter: Letter, dovecot: Dovecot) -> None:
    """None is lost, and none is read again."""
    dovecot.deliver(*(mail(ITEMS[number % 8], number=number) for number in range(1000)))
    use_mailbox(letter, dovecot.location())
    assert [fetched(newsletter, letter) for _ in range(2)] == [1000, 0]


def test_the_limit_of_new_entries_leaves_the_others_for_the_next_run(
    newsletter: Command, letter: Letter, dovecot: Dovecot
) -> None:
    """fetch.max_run_entries ends the reading; the next run goes on where it ended."""
    dovecot.deliver(*(mail(ITEMS[number % 8], number=number) for number in range(150)))
    use_mailbox(letter, dovecot.location(), max_run_entries=10)
    first = newsletter.on(letter, "fetch", "--json")
    assert "fetch.max_run_entries allows; the others wait" in first.out + first.err
    counts = [first.json["stages"]["fetch"]["new entries"]]
    while counts[-1]:
        counts.append(fetched(newsletter, letter))
    assert sum(counts) == 150
    assert counts[0] < 150


def test_old_messages_of_a_mailbox_are_not_fetched(newsletter: Command, letter: Letter, dovecot: Dovecot) -> None:
    """Of a mailbox that is new to the letter, only the messages of its last weeks are read."""
    dovecot.deliver(*(mail(item) for item in ITEMS[:3]), at=SENT_AT - timedelta(days=90))
    dovecot.deliver(*(mail(item) for item in ITEMS[3:5]), at=SENT_AT)
    use_mailbox(letter, dovecot.location())
    assert [fetched(newsletter, letter) for _ in range(2)] == [2, 0]


def test_a_large_message_is_named_and_the_others_are_read(
    newsletter: Command, letter: Letter, dovecot: Dovecot
) -> None:
    """fetch.max_page_bytes limits a message; it is not asked for again."""
    dovecot.deliver(mail(ITEMS[0]), mail(ITEMS[1]) + b"x" * 20_000, mail(ITEMS[2]))
    use_mailbox(letter, dovecot.location(), max_page_bytes=10_000)
    first, again = (newsletter.on(letter, "fetch", "--json") for _ in range(2))
    assert "Mail: too large: message 2 of INBOX of localhost: more than 10,000 bytes" in first.out
    assert first.json["stages"]["fetch"]["new entries"] == 2
    assert "too large" not in again.out


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("password", "login: localhost refuses the login"),
        ("unset", "login: INBOX of localhost needs a login; set the variables"),
        ("certificate", "certificate: the certificate of localhost cannot be trusted"),
        ("host", "certificate: the certificate of 127.0.0.1 cannot be trusted"),
        ("folder", "no mailbox: Nowhere of localhost cannot be opened"),
        ("stopped", "connection: INBOX of localhost"),
    ],
)
def test_a_fault_is_named_and_no_output_has_the_login(
    newsletter: Command, letter: Letter, dovecot: Dovecot, fault: str, message: str
) -> None:
    """The source fails with a reason, in `fetch` and in `sources check`; what was read earlier is not read again."""
    dovecot.deliver(mail(ITEMS[0]))
    use_mailbox(letter, dovecot.location("Nowhere" if fault == "folder" else ""))
    secret = "barnacle-77"
    with pytest.MonkeyPatch.context() as changed:
        if fault in ("password", "unset"):
            changed.setenv("MAIL_PASSWORD", secret if fault == "password" else "")
        elif fault == "certificate":
            changed.delenv("SSL_CERT_FILE")
        elif fault == "host":
            use_mailbox(letter, dovecot.location(host="127.0.0.1"))
        elif fault == "stopped":
            use_mailbox(letter, f"imaps://localhost:{_closed_port()}/")
        done = newsletter.on(letter, "fetch", "--json")
        checked = newsletter("sources", "check", "--config", letter.config)
    assert f"Mail: {message}" in done.out
    assert f"FAIL Mail: {message}" in checked.out
    assert not _has_secrets(letter, done, checked, secret)


def test_a_failure_keeps_the_place(newsletter: Command, letter: Letter, dovecot: Dovecot) -> None:
    """After a run with a wrong password the messages that were read before are not fetched again."""
    use_mailbox(letter, dovecot.location())
    dovecot.deliver(*(mail(item, number=1) for item in ITEMS))
    read = fetched(newsletter, letter)
    with pytest.MonkeyPatch.context() as changed:
        changed.setenv("MAIL_PASSWORD", "wrong")
        failed = newsletter.on(letter, "fetch", "--json").json["stages"]["fetch"]
    with dovecot.client() as client:  # a message that changes in place would be read as a new one
        client.select_folder("INBOX")
        client.delete_messages(client.search())
        client.expunge()
    dovecot.deliver(mail(ITEMS[0], number=2))
    assert (read, failed["failed"], fetched(newsletter, letter)) == (8, 1, 1)


def test_a_cut_connection_keeps_what_was_read_and_goes_on(
    newsletter: Command, letter: Letter, dovecot: Dovecot
) -> None:
    """The messages before the cut are stored, and the next run fetches only the others."""
    dovecot.deliver(*(mail(ITEMS[number % 8], number=number) for number in range(300)))
    with cutting_proxy(dovecot.port, after=150_000) as port:
        use_mailbox(letter, f"imaps://localhost:{port}/")
        cut = newsletter.on(letter, "fetch", "--json")
        whole = fetched(newsletter, letter)
    first = cut.json["stages"]["fetch"]["new entries"]
    assert "Mail: connection: INBOX of localhost broke off" in cut.out
    assert 0 < first < 300
    assert first + whole == 300


def test_a_cut_connection_is_opened_again(newsletter: Command, letter: Letter, dovecot: Dovecot) -> None:
    """fetch.retries says how often, so that one cut does not cost a week."""
    dovecot.deliver(*(mail(ITEMS[number % 8], number=number) for number in range(300)))
    with cutting_proxy(dovecot.port, after=150_000) as port:
        use_mailbox(letter, f"imaps://localhost:{port}/", retries=1)
        assert fetched(newsletter, letter) == 300


def test_the_messages_of_a_maildir_become_the_issue(newsletter: Command, letter: Letter) -> None:
    """A Maildir needs no server; it is read where it is, and no file in it moves."""
    folder = maildir(letter.folder / "post", *(mail(item) for item in ITEMS))
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    use_mailbox(letter, "post")
    done = newsletter.on(letter, "run")
    assert done.code == 0, done.err
    assert set(titles(letter)) == {item.title for item in ITEMS}
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_a_message_of_a_maildir_is_read_once(newsletter: Command, letter: Letter) -> None:
    """It stays the same where a mail program marks it as read; what is half written or a link is not read."""
    folder = maildir(letter.folder / "post", *(mail(item) for item in ITEMS[:2]))
    (letter.folder / "elsewhere.eml").write_bytes(mail(ITEMS[6]))
    (folder / "new" / "1790000900.M1P1.host").symlink_to(letter.folder / "elsewhere.eml")
    (folder / "tmp" / "1790000901.M1P1.host").write_bytes(mail(ITEMS[7]))
    use_mailbox(letter, "post")
    counts = [fetched(newsletter, letter), fetched(newsletter, letter)]
    first = folder / "new" / "1790000000.M1P1.host"
    first.rename(folder / "cur" / f"{first.name}:2,S")
    maildir(folder, mail(ITEMS[2]))
    counts.append(fetched(newsletter, letter))
    assert counts == [2, 0, 1]


def test_a_thousand_messages_of_a_maildir_are_read(newsletter: Command, letter: Letter) -> None:
    """All of them, once."""
    maildir(letter.folder / "post", *(mail(ITEMS[number % 8], number=number) for number in range(1000)))
    use_mailbox(letter, "post")
    assert [fetched(newsletter, letter) for _ in range(2)] == [1000, 0]


def test_a_folder_that_is_no_maildir_is_named(newsletter: Command, letter: Letter) -> None:
    """The message says what a Maildir has."""
    use_mailbox(letter, "nowhere")
    done = newsletter.on(letter, "run")
    assert done.code == 3
    assert "Mail: no mailbox" in done.err


def test_mailboxes_are_added_and_checked_by_command(
    newsletter: Command, letter: Letter, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`sources add` writes variables for the login, never the login itself, and names them."""
    dovecot.deliver(*(mail(item) for item in ITEMS[:2]))
    maildir(letter.folder / "post", mail(ITEMS[0]))
    given = ("--config", letter.config)
    address = dovecot.location().replace("://", "://ann:kelp@")
    added = newsletter("sources", "add", address, "--name", "Server", *given)
    local = newsletter("sources", "add", "post", *given)
    assert (added.code, local.code) == (0, 0), added.err + local.err
    assert "set LOCALHOST_LOGIN to the account" in added.out
    sources = yaml.safe_load(Path(letter.config).read_text(encoding="utf-8"))["sources"][-2:]
    variables = {"login": "${LOCALHOST_LOGIN:-}", "password": "${LOCALHOST_PASSWORD:-}"}
    assert sources == [
        {"name": "Server", "mailbox": dovecot.location(), **variables},
        {"name": "post", "mailbox": "post"},
    ]
    monkeypatch.setenv("LOCALHOST_LOGIN", LOGIN)
    monkeypatch.setenv("LOCALHOST_PASSWORD", PASSWORD)
    checked = newsletter("sources", "check", "Server", "post", *given)
    assert checked.out.splitlines() == ["ok   Server: 2 messages", "ok   post: 1 messages"]
    listed = newsletter("sources", "list", "--json", *given)
    assert not _has_secrets(letter, added, checked, listed, "kelp@")


def _has_secrets(letter: Letter, *given: Outcome | str) -> bool:
    """Whether the login, or one of the texts given, is in an output or in a file of the letter."""
    outputs = "".join(done.out + done.err for done in given if isinstance(done, Outcome)).encode()
    state = (path.read_bytes() for path in (letter.folder / ".newsletter").rglob("*") if path.is_file())
    texts = b"".join([outputs, letter.config.read_bytes(), *state])
    secrets = [LOGIN, PASSWORD, *(text for text in given if isinstance(text, str))]
    return any(secret.encode() in texts for secret in secrets)


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextlib.contextmanager
def cutting_proxy(port: int, *, after: int) -> Iterator[int]:
    """Forward connections to a port of this machine; the first one is cut after some bytes of the answers."""
    allowed = iter([after])

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(("127.0.0.1", port)) as target:
                _relay(self.request, target, next(allowed, 10**9))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield int(server.server_address[1])
        server.shutdown()
        thread.join()


def _relay(client: socket.socket, target: socket.socket, left: int) -> None:
    with contextlib.suppress(OSError):
        while left > 0:
            for ready in select.select([client, target], [], [])[0]:
                data = ready.recv(16_384)
                if not data:
                    return
                (target if ready is client else client).sendall(data)
                left -= len(data) if ready is target else 0
