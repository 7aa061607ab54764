"""The desk as a server on this machine, until Ctrl-C."""

import contextlib
import os
import socket
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import uvicorn

from pipeline.desk.editor import Editor
from pipeline.desk.guard import is_loopback
from pipeline.desk.routes import make_app
from pipeline.errors import UsageError

PASSWORD = "NEWSLETTER_DESK_PASSWORD"  # noqa: S105 - the variable's name
LEAST_PASSWORD = 12
_EVERY = ("0.0.0.0", "::")  # noqa: S104 - compared with, not listened on


def serve_desk(
    config_path: Path,
    *,
    key: str | None,
    now: datetime | None,
    host: str = "127.0.0.1",
    port: int = 0,
    ready: Callable[[str], None] = lambda _address: None,
) -> None:
    """Serve an issue's desk until it is interrupted; `ready` hears its address. UsageError where it cannot start."""
    password = os.environ.get(PASSWORD) or None
    if not is_loopback(host) and (password is None or len(password) < LEAST_PASSWORD):
        raise UsageError(
            f"--host {host} lets other machines in: set {PASSWORD} in the environment to a password of at least"
            f" {LEAST_PASSWORD} characters"
        )
    Editor(config_path, key=key, now=now).close()  # what is wrong is said before anything is served
    listening = _listen(host, port)
    port = listening.getsockname()[1]
    app = make_app(
        lambda: Editor(config_path, key=key, now=now),
        hosts=_names(host),
        any_address=host in _EVERY,
        password=None if is_loopback(host) else password,
    )
    server = _Server(
        uvicorn.Config(
            app,
            http="h11",
            ws="none",
            loop="asyncio",
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=15,  # what is being written is written
        )
    )
    shown = "127.0.0.1" if host in _EVERY else host
    ready(f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/")
    with listening, contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listening])


class _Server(uvicorn.Server):
    """Lets those go who listen for changes before it waits for them."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End."""
        app: Any = self.config.app
        app.state.hall().leave()
        await super().shutdown(sockets)


def _names(host: str) -> list[str]:
    local = ["127.0.0.1", "localhost", "::1"]
    return local if host in local else [*local, host, socket.gethostname()]


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen()  # who asks before the desk is open waits
    except OSError as error:
        raise UsageError(
            f"port {port} of {host} cannot be used ({error.strerror}); choose another with --port"
        ) from error
    else:
        return listening
