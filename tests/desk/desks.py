"""An example newsroom in its own folder, its desk as a server, and a browser page that records errors."""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from playwright.sync_api import Browser, ConsoleMessage, Dialog, FrameLocator, Page, Request, expect

from tests.forked import ForkedCommand

ROOT = Path(__file__).resolve().parents[2]
NOW = "2026-11-22T08:00"
KEY = "2026-W47"
TIMEOUT_MS = 15_000  # for what a page shows after an action; an idle machine takes a fraction of a second
RUN = [sys.executable, "-c", "from pipeline.cli import main; main()"]


@dataclass(frozen=True)
class Newsroom:
    """The example newsletter with two editions, in a folder."""

    folder: Path

    @property
    def config(self) -> Path:
        """The path of the config."""
        return self.folder / "examples" / "config.yaml"

    def edits_path(self, edition: str = "en") -> Path:
        """Return the path of an edition's edits.yaml."""
        return self.folder / "outbox" / KEY / edition / "edits.yaml"

    def edits(self, edition: str = "en") -> dict[str, Any]:
        """Return the content of an edition's edits.yaml."""
        path = self.edits_path(edition)
        return (yaml.safe_load(path.read_text(encoding="utf-8")) or {}) if path.exists() else {}

    def issue_json(self, edition: str = "en") -> Any:
        """Return the content of an edition's issue.json."""
        return json.loads(self.edits_path(edition).with_name("issue.json").read_text(encoding="utf-8"))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a newsletter command in a child process."""
        return subprocess.run(
            [*RUN, *arguments, "--config", str(self.config), "--now", NOW],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    def copy(self, folder: Path) -> "Newsroom":
        """Copy the newsroom into another folder."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Newsroom(folder)


def make_newsroom(folder: Path) -> Newsroom:
    """Run the examples once, with an English and a German edition."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    newsroom = Newsroom(folder)
    config = yaml.safe_load(newsroom.config.read_text(encoding="utf-8"))
    english = config["editions"][0]
    config["editions"] = [{**english, "name": "en"}, {**english, "name": "de", "language": "de"}]
    config["editions"][1].pop("letter", None)
    config |= {"state": "../state", "outbox": "../outbox", "engine": "serial"}
    config["fetch"]["retries"] = 0  # some sources fail on purpose
    plain = json.loads(json.dumps(config))  # no aliases
    newsroom.config.write_text(yaml.safe_dump(plain, allow_unicode=True), encoding="utf-8")
    done = newsroom.run("run")
    assert done.returncode in (0, 5), done.stderr
    return newsroom


@dataclass
class Served:
    """A running desk server."""

    newsroom: Newsroom
    address: str
    process: ForkedCommand

    @property
    def port(self) -> int:
        """The port of the server."""
        return urlsplit(self.address).port or 0

    def stop(self) -> int:
        """Interrupt the server like Ctrl-C; return its exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(20)

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a raw request; return status, headers and body. `_` in a header's name stands for `-`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.putrequest(method, path, skip_host="Host" in named)
        for name, value in named.items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        result = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        connection.close()
        return result

    def token(self) -> str:
        """Return the token that writes need."""
        return str(json.loads(self.ask("GET", "/api/token")[2])["token"])

    def json(self, path: str) -> Any:
        """Return the JSON at an address."""
        status, _, body = self.ask("GET", path)
        assert status == 200, body
        return json.loads(body)

    def write(self, path: str, value: Any) -> tuple[int, Any]:
        """Send JSON or bytes with the token; return the status and the JSON of the response."""
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        status, _, answer = self.ask("POST", path, body, X_Desk_Token=self.token())
        return status, json.loads(answer)


@contextmanager
def served(newsroom: Newsroom, *options: str, port: int = 0, **environ: str) -> Iterator[Served]:
    """Serve the desk of a newsroom until the end of the block."""
    where = ["--port", str(port), "--config", str(newsroom.config), "--now", NOW]
    process = ForkedCommand(["preview", "--no-open", *where, *options], {**os.environ, **environ})
    line = process.stdout.readline()
    match = re.search(r"http://\S+", line)
    assert match, f"the desk did not start: {line}"
    desk = Served(newsroom, match[0], process)
    try:
        yield desk
    finally:
        if process.poll() is None:
            desk.stop()
        process.stdout.close()


@dataclass
class Watched:
    """A page that records console errors and requests to other hosts."""

    page: Page
    address: str
    errors: list[str] = field(default_factory=list)
    foreign_requests: list[str] = field(default_factory=list)
    expects_errors: bool = False  # for example while the server is down

    def __post_init__(self) -> None:
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._on_request)
        self.page.on("dialog", self._on_dialog)

    def _on_dialog(self, dialog: Dialog) -> None:
        if dialog.type == "beforeunload":
            dialog.accept()
            return
        self.errors.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not self.expects_errors:
            self.errors.append(message.text)

    def _on_request(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.address).netloc:
            self.foreign_requests.append(request.url)

    @property
    def frame(self) -> FrameLocator:
        """The preview frame."""
        return self.page.frame_locator("iframe.shown")

    def open(self) -> Page:
        """Open the desk and wait until it is ready."""
        self.page.goto(self.address)
        self.page.wait_for_selector("body.ready")
        return self.page

    def settle(self) -> None:
        """Wait until all changes are saved."""
        expect(self.page.locator("#saved")).to_have_text(re.compile("^(Saved|Nothing)"))


@contextmanager
def watched(
    browser: Browser, desk: Served, *, width: int = 1280, height: int = 860, dark: bool = False
) -> Iterator[Watched]:
    """Open a page for the desk; fail at the end of the block if there were console errors or foreign requests."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", reduced_motion="reduce"
    )
    context.set_default_timeout(TIMEOUT_MS)
    expect.set_options(timeout=TIMEOUT_MS)
    seen = Watched(context.new_page(), desk.address)
    try:
        yield seen
    finally:
        seen.page.close()
        context.close()
    assert not seen.errors, "\n".join(seen.errors)
    assert seen.foreign_requests == []
