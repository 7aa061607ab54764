"""A thousand feeds on loopback, 100 ms away: a fetch, cold and when nothing has changed, beside the bare floor.

The floor is the same fetcher on the same server, without parsing or storing anything. Usage: python -m bench.fetch [N]
"""

import asyncio
import dataclasses
import multiprocessing
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipeline.config import load_config
from pipeline.edges.fetcher import Request
from pipeline.run.asking import ask
from pipeline.run.fetch import fetch
from pipeline.run.session import open_session
from tests.letters import make_letter

LATENCY_SECONDS = 0.1
ITEMS = 30
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def feed(host: str) -> bytes:
    """An RSS feed of some 40 KB."""
    items = "".join(
        f"<item><title>Story {number} of {host}</title><link>https://{host}/{number}</link><guid>{host}-{number}</guid>"
        f"<pubDate>Fri, 20 Nov 2026 09:{number:02}:00 +0000</pubDate>"
        f"<description>{'The ferry left the pier on time, and nobody minded. ' * 24}</description></item>"
        for number in range(ITEMS)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'.encode()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            request = (await reader.readuntil(b"\r\n\r\n")).decode()
            host = next(line[6:] for line in request.split("\r\n") if line.lower().startswith("host: "))
            await asyncio.sleep(LATENCY_SECONDS)
            if "if-none-match" in request.lower():
                writer.write(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 0\r\n\r\n")
            else:
                body = feed(host)
                writer.write(f'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: {len(body)}\r\n\r\n'.encode() + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def serve(port: Any) -> None:
    """The server, in a process of its own."""

    async def run() -> None:
        server = await asyncio.start_server(_answer, "127.0.0.1", 0, backlog=1000)
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def main(count: int) -> None:
    """Measure and print."""
    mine, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    base = f"http://127.0.0.1:{mine.recv()}"
    hosts = [f"h{number}.example" for number in range(count)]
    with TemporaryDirectory() as folder:
        letter = make_letter(Path(folder))
        sources = [{"name": host, "feed": f"http://{host}/feed", "follow": False} for host in hosts]
        letter.change(sources=sources, engine="processes", fetch={"mirrors": {"*.example": base}, "retries": 0})
        config = load_config(letter.config)
        requests = [Request(f"http://{host}/feed", host, "feed") for host in hosts]
        floor = _floor(config, requests, base)
        floor_304 = _floor(config, [dataclasses.replace(each, etag='"1"') for each in requests], base)
        cold, all_304 = (_fetch(config, NOW + timedelta(hours=2 * turn)) for turn in range(2))
    server.terminate()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{count} feeds of {len(feed(hosts[0])):,} bytes, {LATENCY_SECONDS * 1000:.0f} ms away")
    print(f"cold     floor {floor:6.2f} s   fetch {cold:6.2f} s   {cold / floor:.2f} x the floor")
    print(f"all 304  floor {floor_304:6.2f} s   fetch {all_304:6.2f} s   {all_304 / floor_304:.2f} x the floor")
    print(f"peak memory {memory:.0f} MB, of the largest child process {child:.0f} MB")


def _floor(config: Any, requests: list[Request], base: str) -> float:
    began = time.monotonic()
    good = sum(each.error is None for each in ask(config, requests, {"*.example": base}, now=NOW))
    assert good == len(requests)
    return time.monotonic() - began


def _fetch(config: Any, now: datetime) -> float:
    began = time.monotonic()
    with open_session(config, now=now) as session:
        report = fetch(session)
    assert report.counts["failed"] == 0, report
    return time.monotonic() - began


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
