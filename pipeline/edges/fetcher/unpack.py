"""Unpack gzip and zstd as they arrive, within a limit, and know whether they are complete."""

import zlib
from collections.abc import Callable
from typing import Any

_GZIP = 16 + zlib.MAX_WBITS  # with gzip's header and checksum
_ZSTD_START = b"\x28\xb5\x2f\xfd"


class UnpackError(ValueError):
    """The bytes are not packed as their host says."""


class Unpacker:
    """Unpacks one body of one or several members; other bytes after the last member are ignored (RFC 1952)."""

    def __init__(self, start: bytes, member: Callable[[], Any], error: type[Exception]) -> None:
        self._start = start  # of every member
        self._new_member = member
        self._error = error
        self._member = member()
        self._begun = False

    @property
    def complete(self) -> bool:
        """Whether the last member is complete; an empty body is."""
        return bool(self._member.eof) or not self._begun

    def unpack(self, packed: bytes, most: int) -> bytes:
        """Unpack the next bytes, up to `most` of them; after that many the rest is dropped.

        Raises UnpackError.
        """
        unpacked = b""
        while packed and len(unpacked) < most:
            if self._member.eof:
                if not packed.startswith(self._start):
                    break
                self._member = self._new_member()
            self._begun = True
            try:
                unpacked += self._member.decompress(packed, most - len(unpacked))
            except self._error as error:
                raise UnpackError(str(error)) from error
            packed = self._member.unused_data
        return unpacked


def gzip_unpacker() -> Unpacker:
    """An unpacker of gzip."""
    return Unpacker(b"\x1f", lambda: zlib.decompressobj(_GZIP), zlib.error)


def zstd_unpacker() -> Unpacker:
    """An unpacker of zstd, which some hosts send without being asked for it."""
    from backports.zstd import ZstdDecompressor, ZstdError  # loaded only where a host sends it

    return Unpacker(_ZSTD_START, ZstdDecompressor, ZstdError)
