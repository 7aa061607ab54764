"""Feeds behind a login, a header or a cookie: read with values from the environment, which no file or output has."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hosts import Answer, Host, running_host
from tests.letters import ITEMS, Command, Letter, Outcome, feed

NOW = "2026-11-22T08:00"
SECRETS = {
    "READER": "ann-of-the-quay",
    "PASSWORD": "kelp-and-salt",
    "COOKIE": "c0ffee-on-the-pier",
    "KEY": "barnacle99",
}
LOGIN = base64.b64encode(f"{SECRETS['READER']}:{SECRETS['PASSWORD']}".encode()).decode()


@pytest.fixture
def host() -> Iterator[Host]:
    """A host with a feed, and a page that one of its entries links to."""
    with running_host() as running:
        body = feed("paper0.example", list(ITEMS[:2])).replace("https://paper0.example", running.base)
        running.answers["/feed"] = Answer(body=body.encode())
        running.answers["/moved"] = Answer(302, headers={"Location": f"{running.base}/feed"})
        elsewhere = running.base.replace("127.0.0.1", "localhost")
        running.answers["/away"] = Answer(302, headers={"Location": f"{elsewhere}/feed"})
        yield running


@pytest.fixture
def locked(letter: Letter, host: Host, monkeypatch: pytest.MonkeyPatch) -> Letter:
    """A newsletter with an account at each source of the host."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    listed = [{"name": f"paper{n}", "feed": f"paper{n}.xml", "follow": False} for n in (1, 2, 3)]
    listed += [
        {"name": "login", "feed": f"{host.base}/feed", "headers": {"Authorization": "Basic ${READER}:${PASSWORD}"}},
        {"name": "key", "feed": f"{host.base}/moved", "follow": False, "headers": {"X-Api-Key": "${KEY}"}},
        {"name": "cookie", "feed": f"{host.base}/away", "follow": False, "headers": {"Cookie": "id=${COOKIE}"}},
    ]
    limits = {"allow_private": ["127.0.0.1", "localhost"], "retries": 0, "per_host_delay_seconds": 0, "robots": False}
    letter.change(sources=listed, fetch=limits)
    return letter


def sources(newsletter: Command, letter: Letter, name: str, *arguments: str) -> Outcome:
    """Run a command of `newsletter sources`."""
    return newsletter("sources", name, "--config", letter.config, *arguments)


def contents(folder: Path) -> bytes:
    """All files in a folder."""
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_an_account_is_shown_to_the_sources_host_and_its_pages(newsletter: Command, locked: Letter, host: Host) -> None:
    """A redirect keeps it on the same host only."""
    assert newsletter.on(locked, "fetch", now=NOW).code == 0
    shown = {
        (path, headers.get("authorization"), headers.get("x-api-key"), headers.get("cookie"))
        for _, path, headers, _ in host.asked
        if path in ("/feed", "/moved", "/away")
    }
    assert shown == {
        ("/feed", f"Basic {LOGIN}", None, None),
        ("/moved", None, SECRETS["KEY"], None),
        ("/feed", None, SECRETS["KEY"], None),
        ("/away", None, None, f"id={SECRETS['COOKIE']}"),
        ("/feed", None, None, None),
    }
    pages = [headers.get("authorization") for _, path, headers, _ in host.asked if path.startswith("/barges")]
    assert f"Basic {LOGIN}" in pages


def test_a_secret_is_in_no_file_and_no_output(newsletter: Command, locked: Letter, host: Host) -> None:
    """State, log, outbox and exports of a run that succeeds and of one that fails; and what every command prints."""
    said = []
    for answer in (host.answers["/feed"], Answer(401), Answer(403)):
        host.answers["/feed"] = answer
        done = newsletter.on(locked, "run", "--force", now=NOW)
        said += [done.out, done.err]
    assert "login: status 403" in said[-1]
    assert "check the variables of its headers" in said[-1]
    for command in (
        ["list", "--json"],
        ["check", "--json"],
        ["export"],
        ["export", str(locked.folder / "list.opml")],
    ):
        done = sources(newsletter, locked, *command)
        assert done.code in (0, 4), done.err
        said += [done.out, done.err]
    said.append(newsletter.on(locked, "status", "--json").out)
    files = contents(locked.folder)
    for secret in (*SECRETS.values(), LOGIN):
        assert secret.encode() not in files
        assert secret not in "\n".join(said)


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"Cookie": "id=1234"}, "do not write a header's value"),
        ({"Cookie": "${COOKIE:-id=1234}"}, "do not write a header's value"),
        ({"Host": "${KEY}"}, "is set by the program"),
        ({"X Y": "${KEY}"}, "expected the name of a header"),
        ({"X-Key": "${BROKEN}"}, "check the variable"),
    ],
)
def test_a_header_takes_its_value_from_the_environment_alone(
    newsletter: Command, locked: Letter, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], message: str
) -> None:
    """And no message repeats the value."""
    monkeypatch.setenv("BROKEN", "hidden\nEvil: 1")
    locked.change(sources=[{"name": "login", "feed": "https://paper.example/feed", "headers": headers}])
    done = newsletter.on(locked, "status")
    assert done.code == 2
    assert message in done.err
    assert "1234" not in done.err
    assert "hidden" not in done.err


def test_a_folder_has_no_headers(newsletter: Command, locked: Letter) -> None:
    locked.change(sources=[{"name": "notes", "folder": "notes", "headers": {"Cookie": "${COOKIE}"}}])
    assert "headers: are for a feed or a page of the Web" in newsletter.on(locked, "status").err


@pytest.mark.parametrize("command", ["add", "import"])
def test_a_login_in_an_address_becomes_a_variable(newsletter: Command, letter: Letter, command: str) -> None:
    """The config can be read before it is set, and neither file nor output has the login."""
    address = "https://ann:kelp-and-salt@paper.example/feed"
    if command == "import":
        file = letter.folder.parent / "list.opml"
        file.write_text(f'<opml><body><outline text="paper" xmlUrl="{address}"/></body></opml>', encoding="utf-8")
        done = sources(newsletter, letter, "import", str(file))
    else:
        done = sources(newsletter, letter, "add", address, "--name", "paper")
    assert done.code == 0, done.err
    assert "paper: set PAPER_EXAMPLE_LOGIN to user:password" in done.out
    text = letter.config.read_text(encoding="utf-8")
    assert '{"Authorization": "Basic ${PAPER_EXAMPLE_LOGIN:-}"}' in text
    assert "kelp-and-salt" not in text + done.out + done.err
    assert newsletter.on(letter, "status").code == 0


def test_an_empty_variable_sends_no_header(newsletter: Command, locked: Letter, host: Host) -> None:
    locked.change(
        sources=[{"name": "a", "feed": f"{host.base}/feed", "headers": {"Authorization": "Basic ${NOT_SET:-}"}}]
    )
    newsletter.on(locked, "fetch", now=NOW)
    assert "authorization" not in host.asked[0][2]
