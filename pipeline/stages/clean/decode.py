"""Decode documents: by byte order mark, as UTF-8 if valid, as declared, or as detected."""

import codecs
import re
from collections.abc import Sequence

from pipeline.errors import CleanError
from pipeline.text.charsets import BYTE_ORDER_MARKS, codec_of

MAX_BYTES = 5_000_000
_META = re.compile(
    rb"""<meta[^>]{1,200}?charset\s*=\s*["']?\s*([\w:.-]{2,40})|<\?xml[^>]{1,100}?encoding=["']([\w:.-]{2,40})""",
    re.IGNORECASE,
)
_BINARY = (
    b"%PDF",
    b"PK\x03\x04",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\x1f\x8b",
    b"RIFF",
    b"\x7fELF",
    b"OggS",
    b"\x00\x00\x00 ftyp",
)
_CONTROLS = bytes({*range(0x20)} - {*b"\t\n\f\r\x1b"})
_MAX_CONTROLS = 0.02  # share of the characters
# How many characters of UTF-8 outweigh a damaged byte, with and without a declaration.
_SOUND_DECLARED = 2
_SOUND = 5


def decode_document(body: bytes, charset: str | None = None) -> str:
    """Return the text of a page or document, cut at 5 MB. Raises CleanError for bytes that are not text."""
    body = body[:MAX_BYTES]
    if body.lstrip()[:16].startswith(_BINARY):
        raise CleanError("binary", "the bytes are those of a picture, archive or other binary file")
    text = _decode(body, charset).replace("\x00", "")
    sample = text[:20_000]
    encoded = sample.encode("utf-8", "surrogatepass")
    controls = len(encoded) - len(encoded.translate(None, _CONTROLS)) + sample.count("\ufffd")
    if controls > _MAX_CONTROLS * len(sample) + 5:
        raise CleanError("binary", "the bytes are not text in any declared or likely charset")
    return text


def _decode(body: bytes, charset: str | None) -> str:
    for bom, name in BYTE_ORDER_MARKS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace")
    if body[:400].count(b"\x00") * 3 > len(body[:400]):
        return body.decode("utf-16-le" if body[1:2] == b"\x00" else "utf-16-be", "replace")
    if b"\x1b$" in body or b"\x1b(J" in body:
        return body.decode("iso2022_jp", "replace")
    try:
        # Text in another charset is hardly ever valid UTF-8, so this beats any declaration. The decoder is incremental
        # because the cut may split a character.
        return codecs.getincrementaldecoder("utf-8")().decode(body)
    except UnicodeDecodeError:
        pass
    meta = _META.search(body[:4096])
    declarations = (charset, (meta[1] or meta[2]).decode("ascii") if meta else None)
    if (text := _mostly_utf8(body, declarations)) is not None:
        return text
    for declared in declarations:
        text = _decode_as(body, declared)
        if text is not None:
            return text
    return _decode_detected(body)


def _mostly_utf8(body: bytes, declarations: Sequence[str | None]) -> str | None:
    """The text as UTF-8, where a few bytes are damaged and most are characters of it that no other charset has."""
    text = body.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    sound = len(text) - len(text.encode("ascii", "ignore")) - damaged
    declared = any(name and codec_of(name) == "utf-8" for name in declarations)
    return text if sound >= damaged * (_SOUND_DECLARED if declared else _SOUND) else None


def _decode_as(body: bytes, declared: str | None) -> str | None:
    if not declared:
        return None
    codec = codec_of(declared)
    if codec is None or codec in ("utf-8", "utf-16-le", "utf-16-be"):
        return None
    text = body.decode(codec, "replace")
    if text.count("\ufffd") > 0.001 * len(text) + 3:
        return None
    if codec.startswith(("cp125", "iso8859")) and _is_mojibake(body):
        return None
    return text


def _is_mojibake(body: bytes) -> bool:
    """Whether the bytes are East Asian text in a Western charset: mostly runs of high bytes."""
    high = sum(byte >= 0x80 for byte in body[:50_000])
    runs = sum(len(run) for run in re.findall(rb"[\x80-\xff]{4,}", body[:50_000]))
    return high > 40 and runs > 0.6 * high


def _decode_detected(body: bytes) -> str:
    from charset_normalizer import from_bytes

    stripped = re.sub(rb"<[^>]{0,500}>", b" ", body[:400_000])
    best = from_bytes(stripped[:60_000]).best()
    return body.decode((best and codec_of(best.encoding)) or "utf-8", "replace")
