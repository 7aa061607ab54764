"""`send` and `deliver` with a real SMTP server and TLS: nothing is lost and nothing is sent twice."""

import copy
import re
import shutil
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.cli import main
from pipeline.edges.smtp import hand_over
from pipeline.edges.store import open_store
from pipeline.records import Relay
from tests.letters import NOW, Command, Letter, make_letter
from tests.relay import LOGIN, PASSWORD, Mailroom, cutting, relay

KEY = "2026-W47"
LIST = "weekly@lists.example"


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A letter of two editions, rendered and approved, to copy."""
    folder = tmp_path_factory.mktemp("letter")
    letter = make_letter(folder)
    (english,) = yaml.safe_load(letter.config.read_text(encoding="utf-8"))["editions"]
    letter.change(editions=[english, {**copy.deepcopy(english), "name": "de", "language": "de"}])
    for command in ("run", "approve"):
        with pytest.raises(SystemExit) as ended:
            main([command, "--config", str(letter.config), "--now", NOW])
        assert ended.value.code == 0
    return folder


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the relay's login into the command's environment."""
    monkeypatch.setenv("RELAY_LOGIN", LOGIN)
    monkeypatch.setenv("RELAY_PASSWORD", PASSWORD)


@pytest.fixture
def letter(approved: Path, tmp_path: Path) -> Letter:
    """The approved letter, in a folder of this test."""
    shutil.copytree(approved, tmp_path, dirs_exist_ok=True)
    return Letter(tmp_path)


@pytest.fixture
def mailroom(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, letter: Letter) -> Iterator[Mailroom]:
    """A relay with STARTTLS that the letter's config names."""
    with relay(monkeypatch, tmp_path) as opened:
        use(letter, port=opened.port)
        yield opened


def use(letter: Letter, **changes: Any) -> None:
    """Name the relay in the config."""
    given: dict[str, Any] = {"host": "127.0.0.1", "to": LIST, "retry_seconds": 0, "timeout_seconds": 10}
    given |= {"login": "${RELAY_LOGIN}", "password": "${RELAY_PASSWORD}"}
    letter.change(smtp={**given, **changes})


def states(letter: Letter) -> list[tuple[str, str]]:
    """Return (edition, state) of each recorded attempt."""
    with open_store(letter.folder / ".newsletter" / "store.sqlite") as store:
        return [(each.edition, each.state) for each in store.deliveries.of_issue(KEY)]


def message(envelope: Any) -> EmailMessage:
    """A message that the relay accepted."""
    parsed = message_from_bytes(envelope.content, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def test_the_approved_issue_goes_to_its_list_once(newsletter: Command, letter: Letter, mailroom: Mailroom) -> None:
    """Each edition once, as approved but for To; a second deliver is refused and sends nothing."""
    assert newsletter.on(letter, "deliver").code == 0
    assert [envelope.rcpt_tos for envelope in mailroom.taken] == [[LIST], [LIST]]
    assert {envelope.mail_from for envelope in mailroom.taken} == {"desk@letter.example"}
    for edition, envelope in zip(("en", "de"), mailroom.taken, strict=True):
        printed = (letter.folder / "outbox" / KEY / edition / "issue.eml").read_bytes()
        assert message(envelope)["To"] == LIST
        taken = envelope.content
        assert isinstance(taken, bytes)
        own = [line for line in printed.split(b"\r\n") if not line.startswith(b"To: ")]
        assert [line for line in taken.split(b"\r\n") if not line.startswith(b"To: ")] == own
    again = newsletter.on(letter, "deliver")
    assert again.code == 2
    assert f"was delivered to {LIST}" in again.err
    assert len(mailroom.taken) == 2
    assert states(letter) == [("en", "accepted"), ("de", "accepted")]


def test_status_lists_accepted_and_refused_deliveries_with_times(
    newsletter: Command, letter: Letter, mailroom: Mailroom
) -> None:
    """Each attempt has its address, time and the relay's answer; a test is marked as one."""
    assert newsletter.on(letter, "send", "--to", "ada@letter.example", "--edition", "en").code == 0
    mailroom.recipients = ["550 5.1.1 no such list"]
    assert newsletter.on(letter, "deliver").code == 7
    output = newsletter.on(letter, "status").out
    day = rf"{datetime.now(UTC):%Y-}\d\d-\d\d \d\d:\d\d UTC"
    assert re.search(rf"{day}  en to ada@letter\.example \(a test\): accepted", output)
    assert re.search(rf"{day}  en to {LIST}: refused \(550 5\.1\.1 no such list\)", output)
    assert re.search(rf"{day}  de to {LIST}: accepted", output)
    deliveries = newsletter.on(letter, "status", "--json").json["holds"]["deliveries"]
    assert [(each["edition"], each["test"], each["state"], each["code"]) for each in deliveries] == [
        ("en", True, "accepted", 250),
        ("en", False, "refused", 550),
        ("de", False, "accepted", 250),
    ]


def test_an_edition_may_have_a_list_of_its_own(newsletter: Command, letter: Letter, mailroom: Mailroom) -> None:
    """editions.to before smtp.to."""
    editions = yaml.safe_load(letter.config.read_text(encoding="utf-8"))["editions"]
    letter.change(editions=[editions[0], {**editions[1], "to": "woche@lists.example"}])
    assert newsletter.on(letter, "deliver").code == 0
    assert [envelope.rcpt_tos for envelope in mailroom.taken] == [[LIST], ["woche@lists.example"]]


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")  # it does not see implicit TLS
def test_tls_from_the_first_byte_works_too(
    newsletter: Command, letter: Letter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """security: tls, as on port 465."""
    with relay(monkeypatch, tmp_path, implicit=True) as mailroom:
        use(letter, port=mailroom.port, security="tls")
        assert newsletter.on(letter, "deliver").code == 0
        assert len(mailroom.taken) == 2


def test_a_refused_recipient_is_named_and_the_other_edition_still_goes(
    newsletter: Command, letter: Letter, mailroom: Mailroom
) -> None:
    """5xx is final for this try: no retry, exit code 7; the next deliver sends only what is missing."""
    mailroom.recipients = ["550 5.1.1 no such list"]
    done = newsletter.on(letter, "deliver")
    assert done.code == 7
    assert f"en to {LIST}: refused: 550 5.1.1 no such list" in done.err
    assert states(letter) == [("en", "refused"), ("de", "accepted")]
    assert newsletter.on(letter, "deliver").code == 0
    assert [message(envelope)["Content-Language"] for envelope in mailroom.taken] == ["de", "en"]
    assert newsletter.on(letter, "deliver").code == 2


@pytest.mark.parametrize("where", ["recipients", "ends"])
def test_a_relay_that_defers_is_tried_again(
    newsletter: Command, letter: Letter, mailroom: Mailroom, where: str
) -> None:
    """A 4xx answer, to the recipient or the message, is tried again, and every attempt is recorded."""
    setattr(mailroom, where, ["451 4.7.1 greylisted", "451 4.7.1 greylisted"])
    assert newsletter.on(letter, "deliver").code == 0
    assert len(mailroom.taken) == 2
    assert states(letter) == [("en", "deferred"), ("en", "deferred"), ("en", "accepted"), ("de", "accepted")]


def test_a_relay_that_always_defers_fails_and_can_be_resumed(
    newsletter: Command, letter: Letter, mailroom: Mailroom
) -> None:
    """After the retries the command fails; a later one sends the message."""
    use(letter, port=mailroom.port, retries=1)
    mailroom.recipients = ["451 busy"] * 4
    done = newsletter.on(letter, "deliver")
    assert done.code == 7
    assert "deferred; try again later: 451 busy" in done.err
    assert newsletter.on(letter, "deliver").code == 0
    assert len(mailroom.taken) == 2


def test_a_connection_cut_in_the_middle_of_the_message_is_tried_again(
    newsletter: Command, letter: Letter, mailroom: Mailroom
) -> None:
    """A message cut before its end was not handed over, so it is sent again and accepted once."""
    with cutting(mailroom.port, after_bytes=20_000) as port:
        use(letter, port=port)
        assert newsletter.on(letter, "deliver").code == 0
    assert states(letter) == [("en", "deferred"), ("en", "accepted"), ("de", "accepted")]
    assert len(mailroom.taken) == 2


@pytest.mark.parametrize("arrived", [True, False])
def test_a_cut_before_the_last_answer_waits_for_a_person(
    newsletter: Command, letter: Letter, mailroom: Mailroom, arrived: bool
) -> None:
    """The relay may have the message, so the editor decides: it is neither lost silently nor sent twice."""
    mailroom.ends, mailroom.keeps_what_it_cuts = ["cut"], arrived
    done = newsletter.on(letter, "deliver")
    assert done.code == 7
    assert "check whether it arrived" in done.err
    assert states(letter) == [("en", "ending"), ("de", "accepted")]
    waits = newsletter.on(letter, "deliver")
    assert waits.code == 2
    assert "--again" in waits.err
    assert newsletter.on(letter, "deliver", "--arrived" if arrived else "--again").code == 0
    assert sorted(str(message(each)["Content-Language"]) for each in mailroom.taken) == ["de", "en"]
    assert newsletter.on(letter, "deliver").code == 2
    assert newsletter.on(letter, "deliver", "--arrived").code == 2


def test_a_wrong_password_sends_nothing_and_names_the_key(
    newsletter: Command, letter: Letter, mailroom: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fails at once, and no message shows the password."""
    monkeypatch.setenv("RELAY_PASSWORD", "wrong horse")
    done = newsletter.on(letter, "deliver")
    assert done.code == 7
    assert "smtp.login" in done.err
    assert "wrong horse" not in done.err
    assert mailroom.taken == []
    monkeypatch.setenv("RELAY_PASSWORD", PASSWORD)
    assert newsletter.on(letter, "deliver").code == 0
    assert len(mailroom.taken) == 2


def test_an_unknown_certificate_is_not_trusted(
    newsletter: Command, letter: Letter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither login nor message is sent to an unknown server."""
    with relay(monkeypatch, tmp_path, trusted=False) as mailroom:
        use(letter, port=mailroom.port)
        done = newsletter.on(letter, "deliver")
    assert done.code == 7
    assert "cannot be trusted" in done.err
    assert (mailroom.taken, mailroom.logins) == ([], 0)


def test_an_unreachable_relay_is_reported_and_can_be_resumed(newsletter: Command, letter: Letter) -> None:
    """Nothing listens there."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    use(letter, port=port, retries=0)
    done = newsletter.on(letter, "deliver")
    assert done.code == 7
    assert f"127.0.0.1:{port}" in done.err
    assert states(letter) == [("en", "deferred"), ("de", "deferred")]


def test_a_killed_delivery_is_resumed_where_nothing_was_handed_over(
    newsletter: Command, letter: Letter, mailroom: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attempt is on record, and the next command sends the message."""

    def killed(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("smtplib.SMTP.docmd", killed)
        assert newsletter.on(letter, "deliver").code == 130
    assert states(letter) == [("en", "sending")]
    assert newsletter.on(letter, "deliver").code == 0
    assert len(mailroom.taken) == 2


def test_an_issue_changed_after_approval_is_not_sent(newsletter: Command, letter: Letter, mailroom: Mailroom) -> None:
    """The gate checks the outbox again before sending."""
    eml = letter.folder / "outbox" / KEY / "en" / "issue.eml"
    eml.write_bytes(eml.read_bytes().replace(b"List-Unsubscribe=One-Click", b"no"))
    done = newsletter.on(letter, "deliver")
    assert done.code == 5
    assert "nothing was sent" in done.err
    assert mailroom.taken == []


def test_only_an_approved_issue_is_delivered(newsletter: Command, tmp_path: Path) -> None:
    """A rendered one waits; a week without an issue has none."""
    letter = make_letter(tmp_path)
    use(letter)
    assert newsletter.on(letter, "deliver").code == 3
    assert newsletter.on(letter, "run").code == 0
    done = newsletter.on(letter, "deliver")
    assert done.code == 2
    assert "newsletter approve" in done.err


def test_without_a_relay_or_a_list_the_missing_key_is_named(newsletter: Command, letter: Letter) -> None:
    """smtp, or smtp.to."""
    done = newsletter.on(letter, "deliver")
    assert (done.code, "smtp: " in done.err) == (2, True)
    letter.change(smtp={"host": "localhost"})
    done = newsletter.on(letter, "deliver")
    assert (done.code, "smtp.to" in done.err) == (2, True)


def test_a_test_is_marked_and_is_no_delivery(newsletter: Command, letter: Letter, mailroom: Mailroom) -> None:
    """[PREVIEW], the address in To, a Message-ID of its own; the issue can still be delivered, once."""
    done = newsletter.on(letter, "send", "--to", "ada@letter.example", "--to", "bo@letter.example", "--edition", "en")
    assert done.code == 0
    assert [envelope.rcpt_tos for envelope in mailroom.taken] == [["ada@letter.example"], ["bo@letter.example"]]
    printed = message_from_bytes(
        (letter.folder / "outbox" / KEY / "en" / "issue.eml").read_bytes(), policy=policy.default
    )
    tests = [message(envelope) for envelope in mailroom.taken]
    assert [each["Subject"] for each in tests] == [f"[PREVIEW] {printed['Subject']}"] * 2
    assert [each["To"] for each in tests] == ["ada@letter.example", "bo@letter.example"]
    assert len({printed["Message-ID"], *(each["Message-ID"] for each in tests)}) == 3
    assert newsletter.on(letter, "deliver").code == 0
    assert len(mailroom.taken) == 4


def test_a_test_to_a_strange_address_or_edition_is_refused_before_anything_is_sent(
    newsletter: Command, letter: Letter, mailroom: Mailroom
) -> None:
    """The fault is the command's: exit code 2."""
    assert newsletter.on(letter, "send", "--to", "a@x.example", "--to", "no address").code == 2
    assert newsletter.on(letter, "send", "--to", "a@x.example", "--edition", "fr").code == 2
    assert newsletter.on(letter, "send", "--to", "a@x.example\r\nBcc: b@x.example").code == 2
    assert mailroom.taken == []


def test_a_refused_test_says_so(newsletter: Command, letter: Letter, mailroom: Mailroom) -> None:
    """Exit code 7, with the relay's answer."""
    mailroom.recipients = ["550 not here"]
    done = newsletter.on(letter, "send", "--to", "a@x.example", "--edition", "en")
    assert done.code == 7
    assert "550 not here" in done.err


def test_lines_that_begin_with_a_dot_arrive_whole(mailroom: Mailroom) -> None:
    """A lone dot would end the message."""
    server = Relay("127.0.0.1", mailroom.port, "starttls", LOGIN, PASSWORD)
    body = b"Subject: x\r\n\r\n.\r\n..\r\n.a\r\nend\r\n"
    answer = hand_over(server, body, sender="a@x.example", to="b@x.example", ending=lambda: None)
    assert answer.state == "accepted"
    assert mailroom.taken[0].content == body
    assert PASSWORD not in repr(server)


def test_nothing_is_sent_in_the_clear(mailroom: Mailroom, letter: Letter, newsletter: Command) -> None:
    """A relay without STARTTLS gets nothing, and the config takes security: none for this machine alone."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        import threading

        def plain() -> None:
            client, _ = listener.accept()
            with client:
                client.sendall(b"220 hello\r\n")
                client.recv(100)
                client.sendall(b"250 hello\r\n")
                client.recv(100)

        thread = threading.Thread(target=plain)
        thread.start()
        server = Relay("127.0.0.1", listener.getsockname()[1], "starttls", LOGIN, PASSWORD, timeout_seconds=5)
        answer = hand_over(server, b"x\r\n", sender="a@x.example", to="b@x.example", ending=lambda: None)
        thread.join()
    assert answer.state == "refused"
    assert "STARTTLS" in answer.text
    use(letter, host="relay.example", security="none")
    done = newsletter.on(letter, "deliver")
    assert (done.code, "smtp.security" in done.err) == (2, True)
