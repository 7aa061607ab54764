"""A real Ghost on loopback, and a stand-in that replays what it answered.

`make ghost` installs Ghost with npm, publishes a letter there, checks what arrived and records the exchange in
`tests/run/ghost.json`, which the tests replay.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.publishers import as_ghost_stores

VERSION = "5.130.6"  # the last that runs with Node 20
FOLDER = Path(__file__).resolve().parents[1] / ".ghost"
RECORD = Path(__file__).parent / "run" / "ghost.json"
ADMIN = "/ghost/api/admin"
OWNER = {"email": "owner@example.com", "password": "correct-horse-battery"}
# What the client reads of a post, and what shows that it is only sent.
_KEPT = ("id", "title", "slug", "html", "status", "email_only", "updated_at", "url")
_PASSED_ON = ("authorization", "accept-version", "content-type")


def install() -> Path:
    """Install Ghost into `.ghost`, unless it is there, and return its folder."""
    app = FOLDER / "app"
    if (FOLDER / "installed").exists():
        return app
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    npm = ["npm", "--no-audit", "--no-fund", "--loglevel=error"]
    environ = dict(os.environ)
    if Path("/usr/include/node").is_dir():  # where Debian has what a native module is built with
        environ["npm_config_nodedir"] = "/usr"

    def run(*command: str, folder: Path = app) -> None:
        subprocess.run(command, cwd=folder, env=environ, check=True)

    run(*npm, "pack", f"ghost@{VERSION}", folder=FOLDER)
    with tarfile.open(FOLDER / f"ghost-{VERSION}.tgz") as archive:
        archive.extractall(FOLDER, filter="data")
    (FOLDER / "package").rename(app)
    (app / "yarn.lock").unlink()  # npm does not follow it
    package = json.loads((app / "package.json").read_text(encoding="utf-8"))
    for unused in ("devDependencies", "scripts", "nx"):  # some of the first come from elsewhere than npm's registry
        package.pop(unused, None)
    # As in the lock file: newer ones write every character of an email as a reference of a reference.
    package["overrides"] = {"juice": {"cheerio": "1.0.0-rc.12"}, "jackspeak": "2.3.6"}
    (app / "package.json").write_text(json.dumps(package), encoding="utf-8")
    run(*npm, "install", "--omit=dev", "--legacy-peer-deps", "--ignore-scripts", "--no-package-lock")
    run(*npm, "rebuild", "sqlite3")
    (FOLDER / "installed").touch()
    return app


@contextlib.contextmanager
def running_ghost(folder: Path) -> Iterator[tuple[str, str]]:
    """Run a new Ghost with its database in `folder`; yield its address and an Admin API key."""
    app = install()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    shutil.copytree(app / "content", folder / "content")
    base = f"http://127.0.0.1:{port}"
    settings = {
        "NODE_ENV": "production",
        "url": base,
        "server__host": "127.0.0.1",
        "server__port": str(port),
        "database__client": "sqlite3",
        "database__connection__filename": str(folder / "ghost.db"),
        "database__useNullAsDefault": "true",
        "mail__transport": "Stub",
        "mail__from": OWNER["email"],
        "paths__contentPath": str(folder / "content"),
        "privacy__useUpdateCheck": "false",
        "privacy__useGravatar": "false",
        "privacy__useRpcPing": "false",
        "security__staffDeviceVerification": "false",
        "logging__level": "error",
    }
    environ = {**os.environ, **settings}
    process = subprocess.Popen(["node", "index.js"], cwd=app, env=environ, stdout=subprocess.DEVNULL)
    try:
        yield base, _set_up(port)
    finally:
        process.terminate()
        process.wait()


def _set_up(port: int) -> str:
    """Create the owner and an integration, and return the integration's key."""
    for _ in range(240):
        with contextlib.suppress(OSError):
            if ask(port, "GET", "/site/")[0] == 200:
                break
        time.sleep(0.5)
    owner = {"name": "Owner", "blogTitle": "Letter", **OWNER}
    ask(port, "POST", "/authentication/setup/", {"setup": [owner]})
    _, _, cookie = ask(port, "POST", "/session/", {"username": OWNER["email"], "password": OWNER["password"]})
    wanted = {"integrations": [{"name": "Letter"}]}
    _, made, _ = ask(port, "POST", "/integrations/?include=api_keys", wanted, Cookie=cookie)
    keys = made["integrations"][0]["api_keys"]
    return next(str(key["secret"]) for key in keys if key["type"] == "admin")


def ask(port: int, method: str, path: str, value: Any = None, **headers: str) -> tuple[int, Any, str]:
    """Ask Ghost without the client: the status, the value and the cookies of the answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    headers |= {"Content-Type": "application/json", "Origin": f"http://127.0.0.1:{port}"}
    connection.request(method, ADMIN + path, json.dumps(value) if value is not None else None, headers)
    answer = connection.getresponse()
    body, given = answer.read(), SimpleCookie(answer.getheader("Set-Cookie", ""))
    connection.close()
    found = json.loads(body) if body.startswith(b"{") else None
    return answer.status, found, "; ".join(f"{name}={each.value}" for name, each in given.items())


@dataclass
class Recorder:
    """The address that stands in for Ghost's. `cut`: a part of a path whose next request is not answered."""

    base: str = ""
    exchanges: list[dict[str, Any]] = field(default_factory=list)
    cut: str = ""

    def save(self) -> None:
        """Write the exchanges to the file that the tests replay."""
        lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in self.exchanges)
        RECORD.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


@contextlib.contextmanager
def recorded(ghost: str) -> Iterator[Recorder]:
    """Pass requests on to Ghost and record the answers."""
    recorder = Recorder()

    def answer(method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        if recorder.cut and recorder.cut in path:
            recorder.cut = ""
            recorder.exchanges.append({"method": method, "path": path, "status": 0, "answer": None})
            return 0, b""
        connection = HTTPConnection(urlsplit(ghost).netloc, timeout=60)
        connection.request(method, path, body or None, headers)
        given = connection.getresponse()
        content = given.read()
        connection.close()
        text = content.decode().replace(ghost, recorder.base)
        value = _pruned(json.loads(text.replace(recorder.base, "{base}")))
        recorder.exchanges.append({"method": method, "path": path, "status": given.status, "answer": value})
        return given.status, text.encode()

    with _served(answer) as recorder.base:
        yield recorder


def _pruned(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without what the client does not read, and without the letter, which the request has."""
    for post in answer.get("posts", ()):
        for name in set(post) - set(_KEPT):
            del post[name]
        post["html"] = None
    return answer


@contextlib.contextmanager
def replayed() -> Iterator[str]:
    """Answer as recorded; each path's answers in their order, the last one again and again. Yield the address.

    The letter in an answer is the one last sent, as Ghost stores it.
    """
    left: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for each in json.loads(RECORD.read_text(encoding="utf-8")):
        left.setdefault((each["method"], each["path"]), []).append(each)
    letter, own = "", Recorder()

    def answer(method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        nonlocal letter
        answers = left.get((method, path))
        if answers is None:
            return 501, b'{"errors": [{"message": "the record has no such request"}]}'
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        if headers["content-type"].startswith("application/json") and found["status"] < 300:
            letter = as_ghost_stores(json.loads(body)["posts"][0].get("html", letter))
        value = found["answer"]
        for post in (value or {}).get("posts", ()):
            post["html"] = letter
        return found["status"], json.dumps(value).replace("{base}", own.base).encode()

    with _served(answer) as own.base:
        yield own.base


@contextlib.contextmanager
def _served(answer: Callable[[str, str, dict[str, str], bytes], tuple[int, bytes]]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Log nothing."""

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name: self.headers.get(name, "") for name in _PASSED_ON}
            status, content = answer(self.command, self.path, headers, body)
            if not status:
                self.close_connection = True
                return
            self.send_response_only(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_PUT = do_GET  # noqa: N815 - the names of http.server

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
