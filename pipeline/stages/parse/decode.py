"""Bytes of unknown charset to clean text."""

import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from pipeline.text.charsets import BYTE_ORDER_MARKS, codec_of
from pipeline.text.normalise import strip_illegal

SAMPLE_BYTES = 32_000

# The first characters of an XML or JSON document, in the encodings that are no superset of ASCII.
_OPENINGS = (
    (re.compile(rb"\x00\x00\x00[<{]"), "utf-32-be"),
    (re.compile(rb"[<{]\x00\x00\x00"), "utf-32-le"),
    (re.compile(rb"\x00[<{]\x00[^\x00]"), "utf-16-be"),
    (re.compile(rb"[<{]\x00[^\x00]\x00"), "utf-16-le"),
    (re.compile(rb"\x4c\x6f\xa7\x94"), _EBCDIC := "cp037"),
)
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"'<>]{1,40})["']|<meta[^>]{0,200}?charset\s*=\s*["']?([\w.:-]{1,40})""",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text without characters that XML forbids, the charset it was read as, and what was overruled."""

    text: str
    charset: str
    overruled: str = ""


def decode_text(body: bytes, transport: str | None = None) -> Decoded:
    """Read bytes by mark, by shape, then as declared by the transport or the document. Never raises.

    Multi-byte text that is valid UTF-8 is UTF-8, whatever is declared: by chance it would not be.
    """
    document = _declared(body)
    claimed = [label for label in (transport, document) if label]
    charset, text = _read(body, [name for label in claimed if (name := codec_of(label))])
    wrong = [label for label in claimed if not _agrees(label, charset)]
    return Decoded(strip_illegal(text), charset, f"declared {wrong[0]}, read as {charset}" if wrong else "")


def _declared(body: bytes) -> str | None:
    found = _DECLARED.search(body[:2000].replace(b"\x00", b""))
    return (found[1] or found[2]).decode("ascii", "replace").strip() if found else None


def _read(body: bytes, names: list[str]) -> tuple[str, str]:
    for mark, name in BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return name, body[len(mark) :].decode(name, "replace")
    for opening, name in _OPENINGS:
        if opening.match(body):
            found = _ebcdic(body) if name == _EBCDIC else name
            return found, body.decode(found, "replace")
    if not body.isascii():
        try:
            return "utf-8", body.decode("utf-8")
        except UnicodeDecodeError:
            pass
    elif b"\x1b" not in body:  # no escape sequence of ISO-2022 either: the same in every charset left
        return "utf-8", body.decode("ascii")
    for name in names:
        if name == "utf-8":
            continue
        try:
            return name, body.decode(name)
        except (UnicodeError, ValueError):
            continue
    return _guess(body, names)


def _ebcdic(body: bytes) -> str:
    """Which EBCDIC: they share the letters of the declaration that says so."""
    label = _declared(body[:200].decode(_EBCDIC).encode("ascii", "replace"))
    name = codec_of(label) if label else None
    return name if name and body[:5].decode(name, "replace") == "<?xml" else _EBCDIC


def _guess(body: bytes, names: list[str]) -> tuple[str, str]:
    """No charset fits every byte: UTF-8 if little of it is broken, else as declared, else by statistics."""
    text = body.decode("utf-8", "replace")
    if text.count("\ufffd") <= max(3, sum(character > "\x7f" for character in text) // 20):
        return "utf-8", text
    for name in names:
        if name != "utf-8":
            return name, body.decode(name, "replace")
    best = from_bytes(_non_ascii_part(body)).best()
    name = (best and codec_of(best.encoding)) or "cp1252"
    return name, body.decode(name, "replace")


def _non_ascii_part(body: bytes) -> bytes:
    first = re.search(rb"[\x80-\xff]", body)
    start = max(0, first.start() - 200) if first else 0
    return body[start : start + SAMPLE_BYTES]


def _agrees(label: str, charset: str) -> bool:
    known = codec_of(label)
    if known == charset or label.lower().replace("_", "-").startswith(charset[:6]):
        return True
    return charset == "utf-8" and known == "cp1252" and label.lower() in ("us-ascii", "ascii")
