"""Serve the desk until it is interrupted."""

import contextlib
import os
import socket
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import uvicorn

from pipeline.desk.editor import IssueEditor
from pipeline.desk.guard import is_loopback
from pipeline.desk.routes import make_app
from pipeline.errors import UsageError

PASSWORD_VARIABLE = "NEWSLETTER_DESK_PASSWORD"  # noqa: S105 - the variable's name
MIN_PASSWORD_CHARACTERS = 12
_ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - compared with, not listened on


def serve_desk(
    config_path: Path,
    *,
    key: str | None,
    now: datetime | None,
    host: str = "127.0.0.1",
    port: int = 0,
    ready: Callable[[str], None] = lambda _address: None,
) -> None:
    """Serve the desk of an issue until Ctrl-C; call `ready` with its address. UsageError if it cannot start."""
    password = os.environ.get(PASSWORD_VARIABLE) or None
    if not is_loopback(host) and (password is None or len(password) < MIN_PASSWORD_CHARACTERS):
        raise UsageError(
            f"--host {host} lets other machines in: set {PASSWORD_VARIABLE} in the environment to a password of at"
            f" least {MIN_PASSWORD_CHARACTERS} characters"
        )
    IssueEditor(config_path, key=key, now=now).close()  # report problems before the server starts
    listening = _listen(host, port)
    app = make_app(
        lambda: IssueEditor(config_path, key=key, now=now),
        hosts=_host_names(host),
        any_address=host in _ANY_ADDRESS,
        password=None if is_loopback(host) else password,
    )
    ready(_address(host, listening.getsockname()[1]))
    with listening, contextlib.suppress(KeyboardInterrupt):
        _Server(_uvicorn_config(app)).run(sockets=[listening])


class _Server(uvicorn.Server):
    """Ends the streams of changes first: uvicorn waits for open responses when it shuts down."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Shut down."""
        app: Any = self.config.app
        app.state.editor_thread().release_listeners()
        await super().shutdown(sockets)


def _uvicorn_config(app: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        loop="asyncio",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=15,  # seconds to finish a write
    )


def _address(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in _ANY_ADDRESS else host
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"


def _host_names(host: str) -> list[str]:
    local = ["127.0.0.1", "localhost", "::1"]
    return local if host in local else [*local, host, socket.gethostname()]


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen()  # requests wait until the issue is open
    except OSError as error:
        raise UsageError(
            f"cannot listen on port {port} of {host} ({error.strerror}); choose another port with --port"
        ) from error
    else:
        return listening
