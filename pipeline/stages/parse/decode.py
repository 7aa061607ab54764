"""Bytes of unknown charset to clean text."""

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from pipeline.text.normalise import strip_illegal

SAMPLE_BYTES = 32_000

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The first characters of an XML or JSON document, in the encodings that are no superset of ASCII.
_OPENINGS = (
    (re.compile(rb"\x00\x00\x00[<{]"), "utf-32-be"),
    (re.compile(rb"[<{]\x00\x00\x00"), "utf-32-le"),
    (re.compile(rb"\x00[<{]\x00[^\x00]"), "utf-16-be"),
    (re.compile(rb"[<{]\x00[^\x00]\x00"), "utf-16-le"),
    (re.compile(rb"\x4c\x6f\xa7\x94"), _EBCDIC := "cp037"),
)
# Publishers name the smaller charset and write the larger one, as the WHATWG's list of labels knows.
_LARGER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "johab": "cp949",
    "tis-620": "cp874",
}
_LABELS = {"x-gbk": "gb18030", "x-sjis": "cp932", "x-euc-jp": "euc_jp", "x-x-big5": "big5hkscs", "utf8mb4": "utf-8"}
# Python calls these text encodings too; they raise, are quadratic or make lone surrogates.
_REFUSED = {"undefined", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "utf-7", "mbcs", "oem"}
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
    charset, text = _read(body, [name for label in claimed if (name := _known(label))])
    wrong = [label for label in claimed if not _agrees(label, charset)]
    return Decoded(strip_illegal(text), charset, f"declared {wrong[0]}, read as {charset}" if wrong else "")


def _declared(body: bytes) -> str | None:
    found = _DECLARED.search(body[:2000].replace(b"\x00", b""))
    return (found[1] or found[2]).decode("ascii", "replace").strip() if found else None


def _read(body: bytes, names: list[str]) -> tuple[str, str]:
    for mark, name in _MARKS:
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
    name = _known(label) if label else None
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
    name = (best and _known(best.encoding)) or "cp1252"
    return name, body.decode(name, "replace")


def _non_ascii_part(body: bytes) -> bytes:
    first = re.search(rb"[\x80-\xff]", body)
    start = max(0, first.start() - 200) if first else 0
    return body[start : start + SAMPLE_BYTES]


def _known(label: str) -> str | None:
    """The Python codec for a label, the larger one of a family; None for what is unknown or unsafe."""
    label = label.strip().lower()
    label = _LABELS.get(label, label)
    try:
        info = codecs.lookup(label)
        "".encode(info.name)  # refuses codecs that are not of text
    except (LookupError, ValueError, TypeError):
        return None
    if info.name in _REFUSED or info.name in ("utf-16", "utf-32"):
        return None  # UTF-16 and UTF-32 have shown themselves by their mark or opening
    return _LARGER.get(info.name, info.name)


def _agrees(label: str, charset: str) -> bool:
    known = _known(label)
    if known == charset or label.lower().replace("_", "-").startswith(charset[:6]):
        return True
    return charset == "utf-8" and known == "cp1252" and label.lower() in ("us-ascii", "ascii")
