"""Decode feeds and pages of unknown charset."""

import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from pipeline.text.charsets import BYTE_ORDER_MARKS, codec_of
from pipeline.text.normalise import strip_illegal

SAMPLE_BYTES = 32_000

# The first characters of an XML or JSON document, in the encodings that are not supersets of ASCII.
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
class DecodedText:
    """Text without characters that XML forbids, its charset, and a note on an overruled declaration."""

    text: str
    charset: str
    overruled: str = ""


def decode_text(body: bytes, transport: str | None = None) -> DecodedText:
    """Decode by byte order mark, by shape, or as declared by the transport or the document. Never raises.

    Text that is valid UTF-8 is decoded as UTF-8 whatever is declared, since it would hardly be valid by chance.
    """
    document = _declared_label(body)
    labels = [label for label in (transport, document) if label]
    charset, text = _decode(body, [name for label in labels if (name := codec_of(label))])
    wrong = [label for label in labels if not _matches_label(label, charset)]
    return DecodedText(strip_illegal(text), charset, f"declared {wrong[0]}, read as {charset}" if wrong else "")


def _declared_label(body: bytes) -> str | None:
    found = _DECLARED.search(body[:2000].replace(b"\x00", b""))
    return (found[1] or found[2]).decode("ascii", "replace").strip() if found else None


def _decode(body: bytes, names: list[str]) -> tuple[str, str]:
    for mark, name in BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return name, body[len(mark) :].decode(name, "replace")
    for opening, name in _OPENINGS:
        if opening.match(body):
            found = _ebcdic_codec(body) if name == _EBCDIC else name
            return found, body.decode(found, "replace")
    if not body.isascii():
        try:
            return "utf-8", body.decode("utf-8")
        except UnicodeDecodeError:
            pass
    elif b"\x1b" not in body:  # without ISO-2022 escapes, all remaining charsets agree
        return "utf-8", body.decode("ascii")
    for name in names:
        if name == "utf-8":
            continue
        try:
            return name, body.decode(name)
        except (UnicodeError, ValueError):
            continue
    return _decode_leniently(body, names)


def _ebcdic_codec(body: bytes) -> str:
    """Return the EBCDIC codec in the XML declaration, whose letters are the same in all of them."""
    label = _declared_label(body[:200].decode(_EBCDIC).encode("ascii", "replace"))
    name = codec_of(label) if label else None
    return name if name and body[:5].decode(name, "replace") == "<?xml" else _EBCDIC


def _decode_leniently(body: bytes, names: list[str]) -> tuple[str, str]:
    """Decode bytes that fit no charset: as UTF-8 if few are broken, else as declared, else by statistics."""
    text = body.decode("utf-8", "replace")
    if text.count("\ufffd") <= max(3, sum(character > "\x7f" for character in text) // 20):
        return "utf-8", text
    for name in names:
        if name != "utf-8":
            return name, body.decode(name, "replace")
    best = from_bytes(_non_ascii_sample(body)).best()
    name = (best and codec_of(best.encoding)) or "cp1252"
    return name, body.decode(name, "replace")


def _non_ascii_sample(body: bytes) -> bytes:
    first = re.search(rb"[\x80-\xff]", body)
    start = max(0, first.start() - 200) if first else 0
    return body[start : start + SAMPLE_BYTES]


def _matches_label(label: str, charset: str) -> bool:
    known = codec_of(label)
    if known == charset or label.lower().replace("_", "-").startswith(charset[:6]):
        return True
    return charset == "utf-8" and known == "cp1252" and label.lower() in ("us-ascii", "ascii")
