"""A server on loopback that plays hosts as bad as real ones, a behaviour a path.

It writes raw bytes, so that no library mends them.
"""

import asyncio
import contextlib
import gzip
import socket
import struct
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

FEED = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>A host</title>'
    "<item><title>Ein Gerät für alle</title><link>https://one.example/1</link></item></channel></rss>"
).encode()
BOMB = gzip.compress(bytes(60_000_000), 1)
# Nobody should try to read these; they have to come back as they went out.
ODD_ETAG = 'W/"a b, c=1-gzip;é"'
ODD_DATE = "Sun, 6 Nov 94 08:49:37 gmt+1"


@dataclass(frozen=True)
class Asked:
    """A request as it arrived; header names in lower case."""

    path: str
    headers: dict[str, str]


@dataclass
class Host:
    """The running server: where it is, and what it was asked."""

    base: str = ""
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    most_at_once: int = 0
    times: Counter[str] = field(default_factory=Counter)

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [asked.path for asked in self.asked]


Behaviour = Callable[["Host", Asked, asyncio.StreamWriter], Awaitable[None]]
BEHAVIOURS: dict[str, Behaviour] = {}


def behaviour(path: str) -> Callable[[Behaviour], Behaviour]:
    """Play this at the path."""

    def register(play: Behaviour) -> Behaviour:
        BEHAVIOURS[path] = play
        return play

    return register


def answer(writer: asyncio.StreamWriter, status: str = "200 OK", body: bytes = b"", **headers: str) -> None:
    """Write a whole answer. Underscores in header names are hyphens."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    names.setdefault("Content-Length", str(len(body)))
    lines = "".join(f"{name}: {value}\r\n" for name, value in names.items())
    writer.write(f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body)


@contextlib.contextmanager
def bad_hosts() -> Iterator[Host]:
    """Run the server in a thread."""
    host = Host()
    loop = asyncio.new_event_loop()
    ready, done = threading.Event(), asyncio.Event()

    async def serve() -> None:
        playing: set[asyncio.Task[None]] = set()

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            playing.add(task)
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await _play(host, reader, writer)
            playing.discard(task)
            writer.close()

        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        host.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set()
        await done.wait()
        server.close()
        for task in list(playing):
            task.cancel()
        await asyncio.gather(*playing, return_exceptions=True)
        await asyncio.sleep(0)

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield host
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join()
        loop.close()


async def _play(host: Host, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    host.connections += 1
    host.most_at_once = max(host.most_at_once, host.connections)
    try:
        while True:
            first = await reader.readexactly(1)
            if first == b"\x16":  # a client that speaks TLS
                writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                return
            lines = (first + await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = dict(line.split(": ", 1) for line in lines[1:] if line)
            asked = Asked(lines[0].split()[1], {name.lower(): value for name, value in headers.items()})
            host.asked.append(asked)
            host.times[asked.path] += 1
            play = BEHAVIOURS.get(urlsplit(asked.path).path, missing)
            await play(host, asked, writer)
            await writer.drain()
            if writer.is_closing():
                return
    finally:
        host.connections -= 1


async def missing(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """404 for what nobody plays."""
    answer(writer, "404 Not Found")


@behaviour("/feed")
async def _feed(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, body=FEED, Content_Type="application/rss+xml")


@behaviour("/latency")
async def _latency(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(0.05)
    answer(writer, body=FEED)


@behaviour("/slow-header")
async def _slow_header(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        writer.write(b"a")
        await writer.drain()
        await asyncio.sleep(0.02)


@behaviour("/slow-body")
async def _slow_body(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b"a")
        await writer.drain()
        await asyncio.sleep(0.02)


@behaviour("/silent")
async def _silent(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


@behaviour("/endless")
async def _endless(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        writer.write(b"a" * 65_536)
        await writer.drain()


@behaviour("/bomb")
async def _bomb(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, body=BOMB, Content_Encoding="gzip")


@behaviour("/gzip")
async def _gzip(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, body=gzip.compress(FEED), Content_Encoding="gzip")


@behaviour("/stacked")
async def _stacked(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, body=gzip.compress(gzip.compress(FEED)), Content_Encoding="gzip, gzip")


@behaviour("/stacked-twice")
async def _stacked_twice(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    body = gzip.compress(gzip.compress(FEED))
    answer(writer, body=body, Content_Encoding="gzip\r\nContent-Encoding: gzip")


@behaviour("/brotli")
async def _brotli(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, body=b"\x0b\x02\x80feed\x03", Content_Encoding="br")


@behaviour("/not-gzip")
async def _not_gzip(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, body=FEED, Content_Encoding="gzip")


@behaviour("/promises-more")
async def _promises_more(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, body=FEED, Content_Length="100000")
    await writer.drain()
    writer.close()


@behaviour("/promises-endless")
async def _promises_endless(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, body=FEED, Content_Length="9999999999")
    await asyncio.sleep(60)


@behaviour("/bad-chunks")
async def _bad_chunks(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nfeed\r\n0\r\n\r\n")


@behaviour("/half-closed")
async def _half_closed(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-")
    await writer.drain()
    writer.close()


@behaviour("/reset")
async def _reset(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.close()


@behaviour("/reset-once")
async def _reset_once(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    await (_reset if host.times[asked.path] == 1 else _feed)(host, asked, writer)


@behaviour("/garbage")
async def _garbage(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x16\x03\x01 this is no HTTP at all\r\n\r\n")
    await writer.drain()
    writer.close()


@behaviour("/huge-header")
async def _huge_header(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, body=FEED, X_Huge="a" * 1_000_000)


@behaviour("/many-headers")
async def _many_headers(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, body=FEED, **{f"X-{number}": "a" * 100 for number in range(5_000)})


@behaviour("/gone")
async def _gone(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, "410 Gone")


@behaviour("/busy")
async def _busy(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, "429 Too Many Requests", Retry_After="3600")


@behaviour("/busy-briefly")
async def _busy_briefly(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    if host.times[asked.path] == 1:
        answer(writer, "429 Too Many Requests", Retry_After="0")
    else:
        await _feed(host, asked, writer)


@behaviour("/closed-until")
async def _closed_until(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, "503 Service Unavailable", Retry_After="Mon, 23 Nov 2026 12:10:00 GMT")


@behaviour("/down-once")
async def _down_once(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    if host.times[asked.path] == 1:
        answer(writer, "503 Service Unavailable")
    else:
        await _feed(host, asked, writer)


@behaviour("/down")
async def _down(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, "502 Bad Gateway")


@behaviour("/conditional")
async def _conditional(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    same = asked.headers.get("if-none-match"), asked.headers.get("if-modified-since")
    if same == (ODD_ETAG, ODD_DATE):
        answer(writer, "304 Not Modified", Cache_Control="max-age=900")
    else:
        answer(writer, body=FEED, ETag=ODD_ETAG, Last_Modified=ODD_DATE)


@behaviour("/always-304")
async def _always_304(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, "304 Not Modified")


@behaviour("/fresh")
async def _fresh(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, body=FEED, Cache_Control="public, max-age=1800", Age="300")


@behaviour("/expires")
async def _expires(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    dates = {"Date": "Mon, 23 Nov 2026 12:00:00 GMT", "Expires": "Mon, 23 Nov 2026 13:00:00 GMT"}
    answer(writer, body=FEED, **dates)


@behaviour("/loop")
async def _loop(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, "302 Found", Location="/loop")


@behaviour("/to")
async def _to(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Redirect with the statuses of `?by=301,302` in turn, then to `url`."""
    query = parse_qs(urlsplit(asked.path).query)
    first, _, rest = query.get("by", ["302"])[0].partition(",")
    target = query["url"][0]
    location = f"/to?by={rest}&url={target}" if rest else target
    answer(writer, f"{first} Elsewhere", Location=location, Set_Cookie="id=1; Path=/")


@behaviour("/empty")
async def _empty(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, Content_Type="application/rss+xml")


@behaviour("/wrong-charset")
async def _wrong_charset(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, body=FEED, Content_Type="text/xml; charset=iso-8859-1")


@behaviour("/robots.txt")
async def _robots(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    name = asked.headers["host"].partition(":")[0]
    if name == "hangs.example":
        await asyncio.sleep(60)
    elif name == "fails.example":
        answer(writer, "500 Internal Server Error")
    elif name == "open.example":
        answer(writer, "404 Not Found")
    else:
        rules = "User-agent: *\nDisallow: /private/\n\nUser-agent: Letter\nDisallow: /feed\nCrawl-delay: 1\n"
        answer(writer, body=rules.encode())
