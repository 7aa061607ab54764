"""Serve a folder of hosts on loopback, as a small web for demos, tests and benchmarks."""

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web

_TYPES = {
    ".atom": "application/atom+xml",
    ".css": "text/css",
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".htm": "text/html",
    ".html": "text/html",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": "application/feed+json",
    ".png": "image/png",
    ".rdf": "application/rdf+xml",
    ".rss": "application/rss+xml",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webp": "image/webp",
    ".xml": "application/xml",
}
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")


@contextmanager
def serve_folder(folder: Path) -> Iterator[str]:
    """Serve folder/HOST/PATH for the Host header of each request, with validators; yield the base address.

    A folder is served as its index.html. A host without a folder answers 503, as if it were down, and an unknown
    path 404.
    """
    loop = asyncio.new_event_loop()
    started: list[str | BaseException] = []
    ready, done = threading.Event(), asyncio.Event()
    thread = threading.Thread(target=_drive, args=(loop, folder, started, ready, done), name="mirror", daemon=True)
    thread.start()
    ready.wait()
    try:
        if isinstance(started[0], BaseException):
            raise started[0]
        yield started[0]
    finally:
        if not loop.is_closed():
            loop.call_soon_threadsafe(done.set)
        thread.join()
        loop.close()


def find_file(folder: Path, host: str, path: str) -> Path | None:
    """Return the file at a host's path; None if it does not exist, is hidden, or lies outside the host's folder."""
    root = (folder / host).resolve()
    try:
        found = (root / path.lstrip("/")).resolve()
        if found.is_dir():
            found = (found / "index.html").resolve()
        inside = found.is_relative_to(root) and found.is_file()
    except (OSError, ValueError):  # a name that is too long or contains NUL
        return None
    return found if inside and not any(part.startswith(".") for part in found.relative_to(root).parts) else None


def _drive(
    loop: asyncio.AbstractEventLoop,
    folder: Path,
    started: list[str | BaseException],
    ready: threading.Event,
    done: asyncio.Event,
) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(_serve(folder, started, ready, done))
    except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
        started.append(error)
        ready.set()


async def _serve(folder: Path, started: list[str | BaseException], ready: threading.Event, done: asyncio.Event) -> None:
    from aiohttp import web

    async def answer(request: "web.BaseRequest") -> "web.StreamResponse":
        host = request.host.rpartition(":")[0] or request.host
        if not _HOST.fullmatch(host.lower()) or not (folder / host.lower()).is_dir():
            return web.Response(status=503, text=f"{host} is down\n")
        file = find_file(folder, host.lower(), request.path)
        if file is None:
            return web.Response(status=404, text="not found\n")
        kind = _TYPES.get(file.suffix.lower(), "application/octet-stream")
        return web.FileResponse(file, headers={"Content-Type": kind})

    runner = web.ServerRunner(web.Server(answer, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = runner.addresses[0]
    started.append(f"http://{address[0]}:{address[1]}")
    ready.set()
    await done.wait()
    await runner.cleanup()
