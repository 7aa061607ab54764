"""Access control: hosts, origins, tokens, passwords, paths, uploads and invalid changes."""

import asyncio
import io
import json
import subprocess
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PIL import Image
from starlette.routing import Router
from starlette.types import Message

from pipeline.desk import guard
from tests.desk.desks import NOW, ROOT, RUN, Newsroom, Served, served

Result = TypeVar("Result")
PASSWORD = "a password of the test's own"
WRITES = (
    "/api/changes/en",
    "/api/approve",
    "/api/withdraw",
    "/api/test",
    "/api/uploads/en",
    "/api/pictures/en/s000000000000000",
)


@pytest.fixture(scope="module")
def open_desk(example: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a desk for the requests that change nothing."""
    with served(example.copy(tmp_path_factory.mktemp("safe") / "newsroom")) as desk:
        yield desk


@pytest.fixture(scope="module")
def locked_desk(example: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a desk that asks for a password."""
    newsroom = example.copy(tmp_path_factory.mktemp("locked") / "newsroom")
    with served(newsroom, "--host", "0.0.0.0", NEWSLETTER_DESK_PASSWORD=PASSWORD) as desk:
        yield desk


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8470", "127.0.0.1.evil.example", "10.0.0.7", "[::1].evil.example", "", "a@b@c"],
)
def test_other_host_names_are_refused(open_desk: Served, host: str) -> None:
    """A page that rebinds its own host name to this machine gets neither the page nor data."""
    for path in ("/", "/api/token", "/api/editions/en", "/preview/en", "/static/desk.js"):
        status, _, body = open_desk.ask("GET", path, Host=host)
        assert status == 421
        assert b"portside" not in body


@pytest.mark.parametrize("path", WRITES)
def test_a_write_needs_the_token_and_the_right_origin(open_desk: Served, path: str) -> None:
    """A write without the token, with a wrong one or from another origin changes nothing."""
    body = json.dumps({"changes": [{"kind": "set", "path": "subject", "value": "x", "was": None}]}).encode()
    token = open_desk.token()
    assert open_desk.ask("POST", path, body)[0] == 403
    assert open_desk.ask("POST", path, body, X_Desk_Token="wrong")[0] == 403
    assert open_desk.ask("POST", path, body, X_Desk_Token=token, Origin="https://evil.example")[0] == 403
    assert open_desk.ask("GET", path)[0] in (405, 200, 404, 422)
    assert open_desk.newsroom.edits() == {}


@pytest.mark.parametrize(
    "path", ["/", "/preview/en", "/api/editions/en", "/static/desk.js", "/nowhere", "/preview/nowhere"]
)
def test_every_response_has_a_strict_policy(open_desk: Served, path: str) -> None:
    """default-src 'none' everywhere; the preview executes nothing even when it is opened on its own."""
    _, headers, _ = open_desk.ask("GET", path)
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe-eval" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    if path == "/preview/en":
        assert "script-src" not in policy
        assert "sandbox allow-same-origin" in policy
    else:
        assert "unsafe-inline" not in policy


@pytest.mark.parametrize(
    "path",
    [
        "/static/..%2fapp.py",
        "/static/../app.py",
        "/static/%2e%2e/guard.py",
        "/static/desk.html.j2",
        "/preview/en/pictures/..%2f..%2f..%2fstate%2fstore.sqlite",
        "/preview/..%2f..%2fen",
        "/download/en/..%2fedits.yaml",
        "/download/en/edits.yaml",
        "/download/..%2f..%2fexamples/issue.html",
        "/pictures/en?picture=uploads/..%2f..%2fedits.yaml",
        "/pictures/en?picture=uploads/../edits.yaml",
        "/pictures/en?picture=/etc/passwd",
        "/pictures/en?picture=file:///etc/passwd",
        "/pictures/..%2fen?picture=uploads/x.jpg",
        "/api/part/en/..%2fedits",
        "/api/editions/..",
        "/api/stories/en/..%2f..",
        "/api/diff/..%2f..%2fen",
    ],
)
def test_no_path_leads_out_of_the_issue(open_desk: Served, path: str) -> None:
    """No address returns a file or data that the desk does not show."""
    status, _, body = open_desk.ask("GET", path)
    assert status in (404, 422), body[:200]
    assert b"SQLite" not in body
    assert b"root:" not in body
    assert b"import " not in body


def picture(size: tuple[int, int], kind: str = "PNG") -> bytes:
    """Return a picture of that size."""
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


def test_an_upload_is_reencoded_or_refused(desk: Served) -> None:
    """Scripts disguised as pictures, decompression bombs and files above the limit leave nothing in the outbox."""
    uploads = desk.newsroom.edits_path().with_name("uploads")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
    html = b"GIF89a<script>alert(1)</script>"
    bomb = picture((1, 1)).replace(b"\x00\x00\x00\x01\x00\x00\x00\x01", b"\x00\x01\x86\xa0\x00\x01\x86\xa0")
    for body in (b"", svg, html, bomb, b"\x89PNG\r\n\x1a\n" + b"\x00" * 400, picture((8, 8))):
        status, answer = desk.write("/api/uploads/en", body)
        assert status == 422, answer
        assert answer["error"]
    assert desk.write("/api/uploads/en", b"\x00" * 20_000_001)[0] == 422
    assert not uploads.exists()
    tail = b"<script>alert(1)</script>"
    status, answer = desk.write("/api/uploads/en", picture((5000, 400), "JPEG") + tail)
    assert status == 200
    kept = list(uploads.iterdir())
    assert [f"uploads/{path.name}" for path in kept] == [answer["picture"]]
    assert tail not in kept[0].read_bytes()
    with Image.open(kept[0]) as shown:
        assert max(shown.size) == 2400
    story = desk.json("/api/editions/en")["slots"][0]["story"]
    for address in (
        "uploads/../edits.yaml",
        "/etc/passwd",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "uploads/x.svg",
    ):
        change = {"kind": "set", "path": f"stories.{story}.picture", "value": address, "was": None}
        assert desk.write("/api/changes/en", {"changes": [change]})[0] == 422
    assert desk.newsroom.edits() == {}


@pytest.mark.parametrize(
    "changes",
    [
        None,
        "x",
        [[]],
        [{}],
        [{"kind": "set"}],
        [{"kind": "set", "path": "__class__", "value": "x", "was": None}],
        [{"kind": "set", "path": "stories.x.headline", "value": "x", "was": None}],
        [{"kind": "set", "path": "stories.s000000000000000.__init__", "value": "x", "was": None}],
        [{"kind": "set", "path": "subject", "value": 7, "was": None}],
        [{"kind": "set", "path": "subject", "value": "x" * 3000, "was": None}],
        [{"kind": "set", "path": "features", "value": ["../x"], "was": []}],
        [{"kind": "set", "path": "same_event", "value": [["s000000000000000"]], "was": []}],
        [{"kind": "place", "story": "s000000000000000", "section": "drops", "index": 0}],
        [{"kind": "place", "story": "s000000000000000", "section": "features", "index": "0"}],
        [{"kind": "drop", "story": "../../x"}],
        [{"kind": "judge", "one": "s000000000000000", "other": "s000000000000001", "verdict": "yes"}],
        [{"kind": "drop", "story": "s000000000000000"}] * 201,
    ],
)
def test_an_invalid_change_is_refused_with_a_message(open_desk: Served, changes: object) -> None:
    """The message says what is wrong, and edits.yaml stays the same."""
    status, answer = open_desk.write("/api/changes/en", {"changes": changes})
    assert status == 422, answer
    assert answer["error"]
    assert open_desk.newsroom.edits() == {}


def test_other_machines_need_a_password(newsroom: Newsroom) -> None:
    """--host 0.0.0.0 does not start without a password; nothing is shown before signing in."""
    bare = subprocess.run(
        [*RUN, "preview", "--no-open", "--host", "0.0.0.0", "--config", str(newsroom.config), "--now", NOW],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert bare.returncode == 2
    assert "NEWSLETTER_DESK_PASSWORD" in bare.stderr
    with served(newsroom, "--host", "0.0.0.0", NEWSLETTER_DESK_PASSWORD=PASSWORD) as desk:
        status, headers, _ = desk.ask("GET", "/")
        assert (status, headers["location"]) == (303, "/login")
        for path in ("/api/token", "/api/editions/en"):
            assert desk.ask("GET", path)[0] == 401
        assert desk.ask("GET", "/preview/en")[0] == 303
        wrong = desk.ask("POST", "/login", b"password=guess")
        assert wrong[1]["location"] == "/login?wrong=1"
        assert "set-cookie" not in wrong[1]
        right = desk.ask("POST", "/login", b"password=" + PASSWORD.replace(" ", "+").encode())
        cookie = right[1]["set-cookie"]
        assert "httponly" in cookie.lower()
        assert "samesite=lax" in cookie.lower()
        session = cookie.split(";")[0]
        status, _, body = desk.ask("GET", "/api/token", Cookie=session)
        assert status == 200
        forged = session[:-10] + ("y" if session[-10] == "x" else "x") + session[-9:]
        assert desk.ask("GET", "/api/token", Cookie=forged)[0] == 401
        change = b'{"changes": [{"kind": "set", "path": "subject", "value": "In", "was": null}]}'
        assert desk.ask("POST", "/api/changes/en", change, Cookie=session)[0] == 403
        token = json.loads(body)["token"]
        assert desk.ask("POST", "/api/changes/en", change, Cookie=session, X_Desk_Token=token)[0] == 200
        assert desk.ask("GET", "/", Host="evil.example", Cookie=session)[0] == 421
    assert newsroom.edits() == {"subject": "In"}


@pytest.mark.parametrize("guess", [f"{'9' * 5000}.x", "\u0664\u0662.x", "-1.x", ".", "1e400.x", ";;=", "a=b; b"])
def test_a_forged_session_is_refused(locked_desk: Served, guess: str) -> None:
    """Any invalid cookie gets the response to sign in."""
    cookie = f"desk_session={guess}".encode().decode("latin-1")
    assert locked_desk.ask("GET", "/api/token", Cookie=cookie)[0] == 401


@pytest.mark.parametrize("origin", ["http://[", "null", "https://127.0.0.1@evil.example", "http://127.0.0.1:1", "\x80"])
def test_an_invalid_origin_is_refused(open_desk: Served, origin: str) -> None:
    """An origin that is not the desk's own is refused, even with the right token."""
    token = open_desk.token()
    assert open_desk.ask("POST", "/api/changes/en", b"{}", X_Desk_Token=token, Origin=origin)[0] == 403


def make_guard(password: str = PASSWORD) -> guard.Guard:
    """Return a guard in front of an app without routes."""
    return guard.Guard(Router(), hosts=["desk.example"], any_address=False, password=password)


async def ask_guard(
    gate: guard.Guard, path: str, body: str | None = None, *, address: str = "10.0.0.7", cookie: str = ""
) -> tuple[int, dict[bytes, bytes]]:
    """Send a request to a guard, a POST if there is a body; return the status and the headers."""
    scope = {
        "type": "http",
        "method": "GET" if body is None else "POST",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"desk.example"), (b"cookie", cookie.encode())],
        "client": (address, 1),
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": (body or "").encode(), "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await gate(scope, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"])


def in_own_loop(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine in another thread: in this one a browser of another test may have an event loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def test_guesses_do_not_run_in_parallel(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address with too many waiting passwords is refused even the right one; others are not, nor is it later."""
    monkeypatch.setattr(guard, "DELAY_SECONDS", 0.05)
    gate = make_guard()

    async def signs_in(password: str, address: str) -> bool:
        return b"set-cookie" in (await ask_guard(gate, "/login", f"password={password}", address=address))[1]

    async def attack() -> tuple[list[bool], bool]:
        tries = [signs_in(f"guess {number}", "10.0.0.7") for number in range(guard.MAX_WAITING)]
        found = await asyncio.gather(*tries, signs_in(PASSWORD, "10.0.0.7"), signs_in(PASSWORD, "10.0.0.8"))
        return list(found), await signs_in(PASSWORD, "10.0.0.7")

    found, later = in_own_loop(attack())
    assert found == [False] * guard.MAX_WAITING + [False, True]
    assert later


def test_a_session_outlives_the_server_and_ends_with_the_password_or_after_a_week(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The cookie is valid for another guard with the same password, and for none with another one."""
    _, headers = in_own_loop(ask_guard(make_guard(), "/login", f"password={PASSWORD}"))
    cookie = headers[b"set-cookie"].decode().partition(";")[0]

    def is_signed_in(password: str) -> bool:
        return in_own_loop(ask_guard(make_guard(password), "/api/token", cookie=cookie))[0] != 401

    assert is_signed_in(PASSWORD)
    assert not is_signed_in("another password of the test")
    monkeypatch.setattr(guard, "SESSION_SECONDS", -1)
    assert not is_signed_in(PASSWORD)


def test_problems_are_reported_before_the_server_starts(newsroom: Newsroom, tmp_path: Path) -> None:
    """No issue, no store or a port in use: a message and an exit code."""
    missing = newsroom.run("preview", "2020-W01", "--no-open", "--port", "0")
    assert missing.returncode == 3
    assert "2026-W47" in missing.stderr
    with served(newsroom) as desk:
        taken = newsroom.run("preview", "--no-open", "--port", str(desk.port))
    assert taken.returncode == 2
    assert "--port" in taken.stderr
    empty = Newsroom(tmp_path / "empty")
    empty.config.parent.mkdir(parents=True)
    empty.config.write_bytes(newsroom.config.read_bytes())
    (empty.config.parent / "pictures").mkdir()
    (empty.config.parent / "pictures" / "host.png").write_bytes(picture((60, 60)))
    assert empty.run("preview", "--no-open").returncode in (1, 2, 3)


def test_json_that_is_nested_too_deep_is_a_bad_request(desk: Served) -> None:
    deep = b'{"changes": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    status, answer = desk.write("/api/changes/en", deep)
    assert status == 400
    assert "nested too deep" in answer["error"]
