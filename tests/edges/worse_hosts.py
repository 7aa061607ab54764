"""More behaviours of the server of bad_hosts.py: hosts that lie in the framing, or never come to the point."""

import asyncio
import gzip
import socket
import struct

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


@behaviour("/reset-midway")
async def _reset_midway(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + FEED)
    await writer.drain()
    await asyncio.sleep(0.05)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.close()


@behaviour("/http-0.9")
async def _http_0_9(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(FEED)
    await writer.drain()
    writer.close()


@behaviour("/http-9.9")
async def _http_9_9(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/9.9 200 OK\r\nContent-Length: 5\r\n\r\nwords")


@behaviour("/bad-status")
async def _bad_status(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 two hundred\r\nContent-Length: 5\r\n\r\nwords")


@behaviour("/bad-header")
async def _bad_header(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nthis is no header\r\nContent-Length: 5\r\n\r\nwords")


@behaviour("/huge-chunk")
async def _huge_chunk(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 17 + b"\r\n" + FEED)
    await asyncio.sleep(60)


@behaviour("/chunks-and-length")
async def _chunks_and_length(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
    writer.write(head + b"%x\r\n" % len(FEED) + FEED + b"\r\n0\r\n\r\n")


@behaviour("/cut-chunks")
async def _cut_chunks(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(FEED) + FEED + b"\r\n")
    await writer.drain()
    writer.close()


@behaviour("/endless-trailers")
async def _endless_trailers(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
    while True:
        writer.write(b"X-More: " + b"a" * 4_000 + b"\r\n")
        await writer.drain()


@behaviour("/busy-without-a-word")
async def _busy_without_a_word(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, "429 Too Many Requests")


@behaviour("/busy-nonsense")
async def _busy_nonsense(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, "429 Too Many Requests", Retry_After="-1 fortnight")


@behaviour("/busy-for-ever")
async def _busy_for_ever(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, "503 Service Unavailable", Retry_After="9" * 400)


@behaviour("/lies-of-its-type")
async def _lies_of_its_type(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, body=FEED, Content_Type='image/png; charset="no such"; boundary=')


@behaviour("/cookies")
async def _cookies(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, body=FEED, Set_Cookie="id=1; Path=/", Refresh="0; url=http://10.0.0.1/")


@behaviour("/packed-unasked")
async def _packed_unasked(host: Host, asked: Asked, writer: asyncio.StreamWriter) -> None:
    answer(writer, body=gzip.compress(FEED), Content_Type="application/gzip")
