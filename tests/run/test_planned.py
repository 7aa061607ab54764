"""A delivery at a time: made once at its time, missed with a word, never made for another approval."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.config import load_config
from pipeline.errors import ConfigError, UsageError
from pipeline.run.approve import approve, withdraw
from pipeline.run.planned import GRACE, cancel_planned, deliver_planned, plan_delivery, planned_delivery
from pipeline.run.session import open_session
from tests.letters import NOW, Command, Letter, make_letter
from tests.relay import LOGIN, PASSWORD, Mailroom, relay

KEY = "2026-W47"
WROTE = datetime(2026, 11, 22, 9, tzinfo=UTC)  # when the editor plans it
DUE = WROTE + timedelta(hours=20)


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rendered and approved letter, to copy."""
    folder = tmp_path_factory.mktemp("letter")
    letter = make_letter(folder)
    for command in ("run", "approve"):
        with pytest.raises(SystemExit) as ended:
            main([command, "--config", str(letter.config), "--now", NOW])
        assert ended.value.code == 0
    return folder


@pytest.fixture
def letter(approved: Path, tmp_path: Path) -> Letter:
    """The approved letter, in a folder of this test."""
    shutil.copytree(approved, tmp_path, dirs_exist_ok=True)
    return Letter(tmp_path)


@pytest.fixture
def mailroom(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, letter: Letter) -> Iterator[Mailroom]:
    """A relay that the letter's config names."""
    monkeypatch.setenv("RELAY_LOGIN", LOGIN)
    monkeypatch.setenv("RELAY_PASSWORD", PASSWORD)
    with relay(monkeypatch, tmp_path) as opened:
        account = {"login": "${RELAY_LOGIN}", "password": "${RELAY_PASSWORD}"}
        letter.change(smtp={"host": "127.0.0.1", "port": opened.port, "to": "weekly@lists.example", **account})
        yield opened


def plan(letter: Letter, at: datetime = DUE) -> None:
    """Plan the delivery of the letter."""
    with open_session(load_config(letter.config), now=WROTE) as session:
        plan_delivery(session, KEY, at, now=WROTE)


def come_due(letter: Letter, at: datetime = DUE) -> bool:
    """What the desk does at a time; whether anything has changed."""
    return deliver_planned(load_config(letter.config), KEY, now=at)


def problem(letter: Letter) -> str | None:
    """Why the planned delivery was not made; None if there is no plan."""
    planned = planned_delivery(load_config(letter.config).state, KEY)
    return planned.problem if planned else None


def test_it_goes_out_at_its_time_and_once(letter: Letter, mailroom: Mailroom) -> None:
    """Not a second before; a second look at the clock finds nothing to do."""
    plan(letter)
    assert not come_due(letter, DUE - timedelta(seconds=1))
    assert mailroom.taken == []
    assert come_due(letter)
    assert len(mailroom.taken) == 1
    assert problem(letter) is None
    assert not come_due(letter, DUE + timedelta(minutes=1))
    assert len(mailroom.taken) == 1


def test_a_run_delays_it(letter: Letter, mailroom: Mailroom) -> None:
    """The store is locked at the time: it goes out when it is free again."""
    plan(letter)
    with open_session(load_config(letter.config), now=DUE):
        assert not come_due(letter)
    assert come_due(letter, DUE + timedelta(minutes=5))
    assert len(mailroom.taken) == 1


def test_a_missed_one_says_so_and_waits_for_an_editor(newsletter: Command, letter: Letter, mailroom: Mailroom) -> None:
    """Nobody wants Monday's letter on Wednesday unasked; status names it, and a new time replaces it."""
    plan(letter)
    assert "planned for 2026-11-23 05:00 UTC waits in the desk" in newsletter.on(letter, "status").out
    assert come_due(letter, DUE + GRACE + timedelta(seconds=1))
    assert "was not running" in str(problem(letter))
    assert "was not made: the desk was not running" in newsletter.on(letter, "status").out
    assert not come_due(letter, DUE + timedelta(days=2))
    assert mailroom.taken == []
    plan(letter, DUE + timedelta(days=1))
    assert come_due(letter, DUE + timedelta(days=1))
    assert len(mailroom.taken) == 1


def test_a_refusal_is_kept_as_the_reason(letter: Letter, mailroom: Mailroom) -> None:
    """It is not tried again by itself."""
    plan(letter)
    mailroom.recipients = ["550 5.1.1 no such list"]
    assert come_due(letter)
    assert "550 5.1.1 no such list" in str(problem(letter))
    assert not come_due(letter, DUE + timedelta(minutes=1))


def test_what_a_command_has_delivered_is_not_sent_again(
    newsletter: Command, letter: Letter, mailroom: Mailroom
) -> None:
    """The plan is then forgotten, as after a kill between the relay's answer and the next line of code."""
    plan(letter)
    assert newsletter.on(letter, "deliver").code == 0
    assert come_due(letter)
    assert problem(letter) is None
    assert len(mailroom.taken) == 1


def test_a_withdrawal_cancels_it(letter: Letter, mailroom: Mailroom) -> None:
    """The next approval needs a plan of its own, even if the file of the old one comes back from a backup."""
    plan(letter)
    file = load_config(letter.config).state / "planned" / f"{KEY}.json"
    kept = file.read_bytes()
    with open_session(load_config(letter.config), now=WROTE) as session:
        withdraw(session, KEY)
        assert problem(letter) is None
        approve(session, KEY)
    file.write_bytes(kept)
    assert come_due(letter)
    assert problem(letter) is None
    assert mailroom.taken == []


def test_a_delivery_that_cannot_be_made_is_not_planned(letter: Letter, mailroom: Mailroom) -> None:
    """A time in the past or in another year, an issue that is not approved, a config without a relay."""
    for at in (WROTE, WROTE - timedelta(days=1), WROTE + timedelta(days=40)):
        with pytest.raises(UsageError, match="31 days"):
            plan(letter, at)
    with open_session(load_config(letter.config), now=WROTE) as session:
        withdraw(session, KEY)
    with pytest.raises(UsageError, match="not approved"):
        plan(letter)
    letter.change(smtp=None)
    with pytest.raises(ConfigError, match="no relay"):
        plan(letter)
    cancel_planned(load_config(letter.config).state, KEY)  # nothing to forget is no error
    assert mailroom.taken == []
