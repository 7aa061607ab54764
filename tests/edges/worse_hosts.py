"""More behaviours of the server of bad_hosts.py: hosts that lie in the framing, or never come to the point."""

import asyncio
import gzip

from tests.edges.bad_hosts import FEED, Asked, Host, answer, behaviour


@behaviour("/promises-less")
async def _promises_less(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\nConnection: close\r\n\r\n" + FEED)
    await writer.drain()
    writer.close()


@behaviour("/two-lengths")
async def _two_lengths(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\n" + FEED)


@behaviour("/negative-length")
async def _negative_length(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n" + FEED)


@behaviour("/endless-headers")
async def _endless_headers(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-More: " + b"a" * 4_000 + b"\r\n")
        await writer.drain()


@behaviour("/endless-chunks")
async def _endless_chunks(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + b"a" * 0x10000 + b"\r\n")
        await writer.drain()


@behaviour("/endless-interim")
async def _endless_interim(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


@behaviour("/cut-gzip")
async def _cut_gzip(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, body=gzip.compress(FEED)[:-20], Content_Encoding="gzip")


@behaviour("/cut-second-gzip")
async def _cut_second_gzip(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, body=gzip.compress(FEED[:40]) + gzip.compress(FEED[40:])[:-20], Content_Encoding="gzip")


@behaviour("/wrong-checksum")
async def _wrong_checksum(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, body=gzip.compress(FEED)[:-8] + bytes(8), Content_Encoding="gzip")


@behaviour("/padded-gzip")
async def _padded_gzip(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, body=gzip.compress(FEED) + bytes(64), Content_Encoding="gzip")


@behaviour("/gzip-in-two")
async def _gzip_in_two(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, body=gzip.compress(FEED[:40]) + gzip.compress(FEED[40:]), Content_Encoding="gzip")


@behaviour("/no-location")
async def _no_location(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, "302 Found")


@behaviour("/no-content")
async def _no_content(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, "204 No Content")


@behaviour("/a-part")
async def _a_part(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, "206 Partial Content", FEED[:40], Content_Range=f"bytes 0-39/{len(FEED)}")


@behaviour("/no-such-status")
async def _no_such_status(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, "999 Go away", FEED)


@behaviour("/talks-on")
async def _talks_on(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, body=FEED)
    answer(writer, body=b"an answer that nobody asked for")
