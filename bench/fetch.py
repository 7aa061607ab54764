"""Fetch a thousand feeds from a server with 100 ms latency, cold and unchanged, compared with a floor.

    python -m bench.fetch [N]

The floor is the same fetcher on the same server without parsing or storing.
"""

import asyncio
import dataclasses
import multiprocessing
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.measure import ROOT, newsletter, timed
from pipeline.config import load_config
from pipeline.edges.fetcher import Request
from pipeline.run.requests import send_requests
from tests.letters import make_letter

LATENCY_SECONDS = 0.1
ITEMS = 30
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def feed(host: str) -> bytes:
    """An RSS feed of about 40 KB."""
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
    """Run the server and send its port."""

    async def run() -> None:
        server = await asyncio.start_server(_answer, "127.0.0.1", 0, backlog=1000)
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def main(count: int) -> None:
    """Measure and print the times."""
    receiver, sender = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(sender,), daemon=True)
    server.start()
    base = f"http://127.0.0.1:{receiver.recv()}"
    hosts = [f"h{number}.example" for number in range(count)]
    with TemporaryDirectory() as folder:
        letter = make_letter(Path(folder))
        sources = [{"name": host, "feed": f"http://{host}/feed", "follow": False} for host in hosts]
        letter.change(sources=sources, engine="processes", fetch={"mirrors": {"*.example": base}, "retries": 0})
        config = load_config(letter.config)
        requests = [Request(f"http://{host}/feed", host, "feed") for host in hosts]
        conditional = [dataclasses.replace(request, etag='"1"') for request in requests]
        rounds = []
        for name, wanted, hour in (("cold", requests, 8), ("all 304", conditional, 10)):
            floor = timed(lambda wanted=wanted: _floor(config, wanted, base))  # type: ignore[misc]
            now = f"2026-11-22T{hour:02}:00"
            rounds.append((name, floor, newsletter("fetch", "--config", str(letter.config), "--now", now, cwd=ROOT)))
    server.terminate()
    print(f"{count} feeds of {len(feed(hosts[0])):,} bytes, {LATENCY_SECONDS * 1000:.0f} ms away")
    for name, floor, cost in rounds:
        print(
            f"{name:<8} floor {floor.wall:.2f} s ({floor.cpu:.2f} s of CPU)   'newsletter fetch' {cost.wall:.2f} s"
            f" ({cost.cpu:.2f} s of CPU), {cost.wall / floor.wall:.2f} × the floor, {cost.memory:.0f} MB peak"
        )


def _floor(config: Any, requests: list[Request], base: str) -> None:
    answered = sum(response.error is None for response in send_requests(config, requests, {"*.example": base}, now=NOW))
    assert answered == len(requests)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
