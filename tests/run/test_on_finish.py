"""Who is told that a run has ended: a command, a webhook. Neither can fail it."""

import json
import socket
from collections.abc import Iterator

import pytest

from tests.hosts import Host, Says, a_host
from tests.letters import Command, Letter
from tests.run.test_operations import log, script


@pytest.fixture
def host() -> Iterator[Host]:
    with a_host() as running:
        yield running


def test_who_is_told_gets_the_summary(newsletter: Command, letter: Letter, host: Host) -> None:
    """A command on its standard input, a webhook by POST; after the lock is free again."""
    host.answers["/hook"] = Says(204)
    command = script(letter, "tell.py", "open('told.json', 'w').write(sys.stdin.read())")
    letter.change(on_finish={"command": command, "url": f"{host.base}/hook"})
    done = newsletter.on(letter, "run")
    assert (done.code, done.err) == (0, "")
    told = json.loads((letter.folder / "told.json").read_text())
    ((method, path, headers, body),) = host.asked
    assert (method, path, headers["content-type"]) == ("POST", "/hook", "application/json")
    assert json.loads(body) == told
    assert (told["issue"], told["exit_code"], told["sources"]["answered"]) == ("2026-W47", 0, 4)
    assert set(told["stages"]) == {"fetch", "clean", "dedupe", "tag", "select", "render"}


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("sys.exit('no mail today')", "ended with 1: no mail today"),
        ("time.sleep(60)", "took longer than 0.5 s"),
        ("os.kill(os.getpid(), 9)", "died of signal 9"),
    ],
)
def test_nobody_who_is_told_can_fail_a_run(newsletter: Command, letter: Letter, code: str, said: str) -> None:
    """It is named on stderr; the exit code is the run's."""
    letter.change(on_finish={"command": script(letter, "tell.py", code), "timeout_seconds": 0.5})
    done = newsletter.on(letter, "run")
    assert done.code == 0
    assert said in done.err


def test_a_webhook_that_hangs_or_is_not_there_fails_nothing(newsletter: Command, letter: Letter, host: Host) -> None:
    """Each is named."""
    letter.change(on_finish={"url": f"{host.base}/nothing"})
    done = newsletter.on(letter, "run")
    assert (done.code, "answered 404" in done.err) == (0, True)
    letter.change(on_finish={"command": ["no-such-program"], "url": "http://127.0.0.1:9/"})
    done = newsletter.on(letter, "run")
    assert done.code == 0
    assert "no-such-program cannot be run" in done.err
    assert "on_finish.url: " in done.err


def test_a_run_that_could_not_end_is_told_too(newsletter: Command, letter: Letter) -> None:
    """With its exit code and the line that says what to do."""
    letter.change(on_finish={"command": script(letter, "tell.py", "open('told.json', 'w').write(sys.stdin.read())")})
    state = letter.folder / ".newsletter"
    state.mkdir()
    (state / "store.sqlite").write_bytes(b"this is no database" * 100)
    assert newsletter.on(letter, "run").code == 1
    told = json.loads((letter.folder / "told.json").read_text())
    assert told["exit_code"] == 1
    assert "store repair" in told["line"]


def test_a_webhook_that_never_answers_is_left_after_its_time(newsletter: Command, letter: Letter) -> None:
    """It takes the connection and says nothing; the line is in the log too."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        letter.change(on_finish={"url": f"http://127.0.0.1:{silent.getsockname()[1]}/", "timeout_seconds": 0.3})
        done = newsletter.on(letter, "run")
    assert done.code == 0
    assert "on_finish.url: " in done.err
    assert log(letter)[-1]["event"] == "fault"
    assert log(letter)[-1]["said"].startswith("on_finish.url: ")


def test_a_webhook_is_not_led_elsewhere(newsletter: Command, letter: Letter, host: Host) -> None:
    """A redirect is an answer that is named, not followed: the summary goes where it was sent."""
    host.answers["/hook"] = Says(307, headers={"Location": "/other"})
    letter.change(on_finish={"url": f"{host.base}/hook"})
    done = newsletter.on(letter, "run")
    assert (done.code, "answered 307" in done.err) == (0, True)
    assert host.paths == ["/hook"]


def test_a_dry_run_tells_nobody(newsletter: Command, letter: Letter, host: Host) -> None:
    """And neither does a stage by itself: it is no run."""
    letter.change(on_finish={"url": f"{host.base}/hook"})
    newsletter.on(letter, "run", "--dry-run")
    newsletter.on(letter, "fetch")
    assert host.paths == []
