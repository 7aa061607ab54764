"""Leave unread what broken hosts send behind a 304, which ends with its header (RFC 9110, 15.4.5).

aiohttp's parser takes those bytes for a second response and gives up the first one.
"""

import asyncio
import functools

import aiohttp
from aiohttp.client_proto import ResponseHandler

_HEADER_END = b"\r\n\r\n"


class _Protocol(ResponseHandler):
    def data_received(self, data: bytes) -> None:
        """Pass on a 304 without the bytes behind its header, and do not use the connection again."""
        if data.startswith(b"HTTP/1.") and data[8:13] == b" 304 ":
            head, end, rest = data.partition(_HEADER_END)
            if rest:
                super().data_received(head + end)
                self.force_close()
                return
        super().data_received(data)


def drop_bodies_of_304(connector: aiohttp.TCPConnector) -> aiohttp.TCPConnector:
    """Make the connector's connections do so."""
    # aiohttp documents no other way to choose the protocol; `pyproject.toml` has the bound for it.
    connector._factory = functools.partial(_Protocol, loop=asyncio.get_running_loop())  # type: ignore[assignment]
    return connector
