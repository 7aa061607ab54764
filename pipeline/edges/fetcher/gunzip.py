"""Unpack gzip as it arrives, within a limit, and know whether it is complete."""

import zlib

_GZIP = 16 + zlib.MAX_WBITS  # with gzip's header and checksum


class Gunzip:
    """Unpacks one body of one or several members; other bytes after the last member are ignored (RFC 1952)."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_GZIP)
        self._begun = False

    @property
    def complete(self) -> bool:
        """Whether the last member is complete; an empty body is."""
        return self._member.eof or not self._begun

    def unpack(self, packed: bytes, most: int) -> bytes:
        """Unpack the next bytes, up to `most` of them; after that many the rest is dropped. zlib.error if not gzip."""
        unpacked = b""
        while packed and len(unpacked) < most:
            if self._member.eof:
                if not packed.startswith(b"\x1f"):
                    break
                self._member = zlib.decompressobj(_GZIP)
            self._begun = True
            unpacked += self._member.decompress(packed, most - len(unpacked))
            packed = self._member.unused_data
        return unpacked
