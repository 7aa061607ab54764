"""A gzip stream, unpacked as it comes: within bounds, and known to be whole or not."""

import zlib

_GZIP = 16 + zlib.MAX_WBITS  # with gzip's header and checksum


class Gunzip:
    """Unpacks one body, of one member or several; what stands after them and is none is left out (RFC 1952)."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_GZIP)
        self._begun = False

    @property
    def complete(self) -> bool:
        """Whether the last member has come to its end; a body of no bytes has nothing to end."""
        return self._member.eof or not self._begun

    def unpack(self, packed: bytes, most: int) -> bytes:
        """The next bytes, no more than `most` of them: who gets so many has had enough. zlib.error if it is no gzip."""
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
