"""Bytes to text: byte order mark, UTF-8 that proves itself, the declared charsets, and last a detector."""

import codecs
import re

from pipeline.errors import CleanError

_LARGEST = 5_000_000  # bytes; what follows is not read
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
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
# What browsers read under these names (WHATWG encoding standard).
_BROWSER_NAMES = {
    "iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "shift_jis": "cp932", "shift-jis": "cp932",
    "x-sjis": "cp932",
    "sjis": "cp932", "windows-31j": "cp932", "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "big5": "big5hkscs",
    "iso-8859-9": "cp1254", "tis-620": "cp874", "iso-8859-11": "cp874",
}  # fmt: skip
_CONTROLS = bytes({*range(0x20)} - {*b"\t\n\f\r\x1b"})
_MOST_CONTROLS = 0.02


def decode(body: bytes, charset: str | None = None) -> str:
    """The text of a page or document, cut at 5 MB.

    Raises CleanError for bytes that are no text.
    """
    body = body[:_LARGEST]
    if body.lstrip()[:16].startswith(_BINARY):
        raise CleanError("binary", "the bytes are those of a picture, archive or other binary file")
    text = _decode(body, charset).replace("\x00", "")
    sample = text[:20_000]
    told = sample.encode("utf-8", "surrogatepass")
    controls = len(told) - len(told.translate(None, _CONTROLS)) + sample.count("\ufffd")
    if controls > _MOST_CONTROLS * len(sample) + 5:
        raise CleanError("binary", "the bytes are no text in any charset that is declared or likely")
    return text


def _decode(body: bytes, charset: str | None) -> str:
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace")
    if body[:400].count(b"\x00") * 3 > len(body[:400]):
        return body.decode("utf-16-le" if body[1:2] == b"\x00" else "utf-16-be", "replace")
    if b"\x1b$" in body or b"\x1b(J" in body:
        return body.decode("iso2022_jp", "replace")
    try:
        # Other charsets hardly ever make valid UTF-8: this outweighs any declaration. The cut may split a character.
        return codecs.getincrementaldecoder("utf-8")().decode(body)
    except UnicodeDecodeError:
        pass
    meta = _META.search(body[:4096])
    for declared in (charset, (meta[1] or meta[2]).decode("ascii") if meta else None):
        text = _as_declared(body, declared)
        if text is not None:
            return text
    return _detected(body)


def _as_declared(body: bytes, declared: str | None) -> str | None:
    if not declared:
        return None
    name = _BROWSER_NAMES.get(declared.strip().lower().replace("windows-", "cp"), declared.strip())
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    if codec.name in {"utf-8", "utf-16", "utf-16-le", "utf-16-be"} or not getattr(codec, "_is_text_encoding", True):
        return None
    text = body.decode(codec.name, "replace")
    if text.count("\ufffd") > 0.001 * len(text) + 3:
        return None
    if codec.name.startswith(("cp125", "iso8859")) and _is_mojibake(body):
        return None
    return text


def _is_mojibake(body: bytes) -> bool:
    """Western text seldom has two high bytes running; East Asian text is made of them."""
    high = sum(byte >= 0x80 for byte in body[:50_000])
    runs = sum(len(run) for run in re.findall(rb"[\x80-\xff]{4,}", body[:50_000]))
    return high > 40 and runs > 0.6 * high


def _detected(body: bytes) -> str:
    from charset_normalizer import from_bytes

    stripped = re.sub(rb"<[^>]{0,500}>", b" ", body[:400_000])
    best = from_bytes(stripped[:60_000]).best()
    name = _BROWSER_NAMES.get(best.encoding.replace("_", "-"), best.encoding) if best else "utf-8"
    return body.decode(name, "replace")
