"""Charset labels: the one a response declares, and the codec that Python decodes it with."""

import codecs
from functools import lru_cache
from typing import Any, cast

from pipeline.records import Response

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What publishers write and the WHATWG does not list.
_MISTAKES = {"utf8mb4": "utf-8", "johab": "euc-kr"}
# The WHATWG decodes GBK with the decoder of its superset.
_SUPERSETS = {"gbk": "gb18030"}
# Text encodings to Python alone: they raise, take quadratic time or make lone surrogates.
_REFUSED = frozenset({"undefined", "idna", "punycode", "unicode-escape", "raw-unicode-escape", "utf-7", "mbcs", "oem"})
# Without a byte order these labels say nothing: a document shows it by its mark or its first bytes.
_UNORDERED = frozenset({"utf-16", "utf-32"})


def declared_charset(response: Response) -> str | None:
    """The charset of the Content-Type header."""
    for parameter in (response.header("content-type") or "").split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'") or None
    return None


@lru_cache(maxsize=256)
def codec_of(label: str) -> str | None:
    """The Python codec for a charset label, the superset of a family; None for an unknown or unsafe charset."""
    label = label.strip().lower()
    label = _MISTAKES.get(label, label)
    return _whatwg_codec(label) or _python_codec(label)


def _whatwg_codec(label: str) -> str | None:
    import webencodings

    encoding = cast(Any, webencodings).lookup(label)
    if encoding is None or encoding.name in ("replacement", "x-user-defined") or encoding.name.startswith("utf-16"):
        return None
    name = str(encoding.codec_info.name)
    return _SUPERSETS.get(name, name)


def _python_codec(label: str) -> str | None:
    """The codec for what Python knows and the WHATWG does not, such as EBCDIC, or knows under another name."""
    try:
        name = codecs.lookup(label).name
        "".encode(name)  # raises for a codec that is not of text
    except (LookupError, ValueError, TypeError):
        return None
    if name in _REFUSED or name in _UNORDERED:
        return None
    return _whatwg_codec(name.replace("_", "-")) or name
