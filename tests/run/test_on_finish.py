"""on_finish: a command and a webhook get the summary of a run, and cannot fail it."""

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.hosts import Answer, Host, running_host
from tests.letters import Command, Letter
from tests.run.test_operations import log, script


@pytest.fixture
def host() -> Iterator[Host]:
    with running_host() as running:
        yield running


def test_command_and_webhook_get_the_summary(newsletter: Command, letter: Letter, host: Host) -> None:
    """The command on stdin, the webhook by POST."""
    host.answers["/hook"] = Answer(204)
    command = script(letter, "notify.py", "open('summary.json', 'w').write(sys.stdin.read())")
    letter.change(on_finish={"command": command, "url": f"{host.base}/hook"})
    done = newsletter.on(letter, "run")
    assert (done.code, done.err) == (0, "")
    summary = json.loads((letter.folder / "summary.json").read_text())
    ((method, path, headers, body),) = host.asked
    assert (method, path, headers["content-type"]) == ("POST", "/hook", "application/json")
    assert json.loads(body) == summary
    assert (summary["issue"], summary["exit_code"], summary["sources"]["answered"]) == ("2026-W47", 0, 4)
    assert set(summary["stages"]) == {"fetch", "clean", "dedupe", "tag", "select", "render"}


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("sys.exit('no mail today')", "ended with 1: no mail today"),
        ("time.sleep(60)", "took longer than 0.5 s"),
        ("os.kill(os.getpid(), 9)", "died of signal 9"),
    ],
)
def test_a_failing_command_does_not_fail_the_run(newsletter: Command, letter: Letter, code: str, message: str) -> None:
    """The failure is named on stderr; the exit code is the run's."""
    letter.change(on_finish={"command": script(letter, "notify.py", code), "timeout_seconds": 0.5})
    done = newsletter.on(letter, "run")
    assert done.code == 0
    assert message in done.err


def test_a_missing_webhook_or_command_does_not_fail_the_run(newsletter: Command, letter: Letter, host: Host) -> None:
    """Each failure is named on stderr."""
    letter.change(on_finish={"url": f"{host.base}/nothing"})
    done = newsletter.on(letter, "run")
    assert (done.code, "answered 404" in done.err) == (0, True)
    letter.change(on_finish={"command": ["no-such-program"], "url": "http://127.0.0.1:9/"})
    done = newsletter.on(letter, "run")
    assert done.code == 0
    assert "no-such-program cannot be run" in done.err
    assert "on_finish.url: " in done.err


def test_a_failed_run_is_reported_too(newsletter: Command, letter: Letter) -> None:
    """With its exit code and the message that says what to do."""
    letter.change(
        on_finish={"command": script(letter, "notify.py", "open('summary.json', 'w').write(sys.stdin.read())")}
    )
    state = letter.folder / ".newsletter"
    state.mkdir()
    (state / "store.sqlite").write_bytes(b"this is no database" * 100)
    assert newsletter.on(letter, "run").code == 1
    summary = json.loads((letter.folder / "summary.json").read_text())
    assert summary["exit_code"] == 1
    assert "store repair" in summary["line"]


def test_a_webhook_that_never_answers_times_out(newsletter: Command, letter: Letter) -> None:
    """It accepts the connection but never answers. The failure is in the log too."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        letter.change(on_finish={"url": f"http://127.0.0.1:{silent.getsockname()[1]}/", "timeout_seconds": 0.3})
        done = newsletter.on(letter, "run")
    assert done.code == 0
    assert "on_finish.url: " in done.err
    assert log(letter)[-1]["event"] == "fault"
    assert log(letter)[-1]["said"].startswith("on_finish.url: ")


def test_a_webhook_redirect_is_not_followed(newsletter: Command, letter: Letter, host: Host) -> None:
    """A redirect counts as a failure."""
    host.answers["/hook"] = Answer(307, headers={"Location": "/other"})
    letter.change(on_finish={"url": f"{host.base}/hook"})
    done = newsletter.on(letter, "run")
    assert (done.code, "answered 307" in done.err) == (0, True)
    assert host.paths == ["/hook"]


def test_a_dry_run_does_not_call_on_finish(newsletter: Command, letter: Letter, host: Host) -> None:
    """Neither does a single stage."""
    letter.change(on_finish={"url": f"{host.base}/hook"})
    newsletter.on(letter, "run", "--dry-run")
    newsletter.on(letter, "fetch")
    assert host.paths == []


@pytest.mark.parametrize(
    ("chat", "found"),
    [
        ("slack", lambda value: value["text"]),
        ("teams", lambda value: value["attachments"][0]["content"]["body"][0]["text"]),
        ("discord", lambda value: value["content"] if value["allowed_mentions"] == {"parse": []} else ""),
        ("feishu", lambda value: value["content"]["text"] if value["msg_type"] == "text" else ""),
    ],
)
def test_a_chat_gets_a_message_of_its_form(
    newsletter: Command, letter: Letter, host: Host, chat: str, found: Callable[[Any], str]
) -> None:
    """The letter's name, the line of the summary, and a line for each notice, as words and not as markup."""
    host.answers["/hook"] = Answer(200, b"ok")
    letter.write_feed("paper3", [])
    letter.change(on_finish={"chat": chat, "url": f"{host.base}/hook"}, name="#test & <letter>")
    assert newsletter.on(letter, "run").code == 0
    ((method, _, headers, body),) = host.asked
    assert (method, headers["content-type"]) == ("POST", "application/json")
    text = found(json.loads(body))
    name = "#test &amp; &lt;letter&gt;" if chat == "slack" else "#test & <letter>"
    assert text.startswith(f"{name}: 2026-W47: issue 1 is rendered")


def test_a_matrix_room_gets_a_message_with_the_token(
    newsletter: Command, letter: Letter, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By PUT, at an address of its own; the token is in no output and no log."""
    monkeypatch.setenv("MATRIX_TOKEN", "syt-0badc0de")
    letter.change(on_finish={"chat": "matrix", "url": f"{host.base}/room", "token": "${MATRIX_TOKEN}"})
    done = newsletter.on(letter, "run")
    ((method, path, headers, body),) = host.asked
    assert (method, path[:6], headers["authorization"]) == ("PUT", "/room/", "Bearer syt-0badc0de")
    assert json.loads(body)["msgtype"] == "m.text"
    assert "answered 404" in done.err
    assert "syt-" not in done.err + (letter.folder / ".newsletter/log.jsonl").read_text()


def test_feishus_refusal_in_a_good_answer_is_named(newsletter: Command, letter: Letter, host: Host) -> None:
    """It answers 200 with a code of its own."""
    host.answers["/hook"] = Answer(200, b'{"code": 19024, "msg": "Key Words Not Found"}')
    letter.change(on_finish={"chat": "feishu", "url": f"{host.base}/hook"})
    done = newsletter.on(letter, "run")
    assert (done.code, "answered 19024: Key Words Not Found" in done.err) == (0, True)


def test_a_watch_is_told_of_the_begin_and_the_end(newsletter: Command, letter: Letter, host: Host) -> None:
    """Begin and success; begin and failure with the line; a watch that is away fails no run."""
    host.answers |= dict.fromkeys(("/id", "/id/start", "/id/fail"), Answer(200, b"OK"))
    letter.change(ping=f"{host.base}/id")
    assert newsletter.on(letter, "run").code == 0
    assert host.paths == ["/id/start", "/id"]
    assert host.asked[1][3].startswith(b"2026-W47: issue 1 is rendered")
    for name in range(4):
        (letter.folder / f"paper{name}.xml").unlink()
    assert newsletter.on(letter, "run", "--force").code != 0
    assert host.paths[2:] == ["/id/start", "/id/fail"]
    letter.change(ping="http://127.0.0.1:9/id")
    done = newsletter.on(letter, "run")
    assert "ping: " in done.err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"chat": "slack", "command": ["true"]}, "needs url"),
        ({"chat": "matrix", "url": "https://m.example"}, "needs token"),
        ({"chat": "irc", "url": "https://i.example"}, "chat"),
    ],
)
def test_a_chat_that_cannot_be_reached_is_refused_by_the_config(
    newsletter: Command, letter: Letter, given: dict[str, Any], said: str
) -> None:
    """With the key that is missing."""
    letter.change(on_finish=given)
    refused = newsletter.on(letter, "run")
    assert (refused.code, said in refused.err) == (2, True)
