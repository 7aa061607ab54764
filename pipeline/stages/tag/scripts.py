"""Which script a text is written in: addresses, handles and tickers taken out, then letters counted."""

import bisect
import unicodedata
from collections import Counter
from functools import lru_cache

import regex

# A CJK character says about as much as two and a half Latin letters, so that product names do not flip a tag.
_WEIGHT = {"Hani": 2.5, "Kana": 2.5, "Hang": 2.5, "Bopo": 2.5}
# Code point ranges of the scripts that are told apart here, by Unicode block.
_RANGES = (
    (0x41, 0x24F, "Latn"), (0x250, 0x2AF, "Latn"), (0x370, 0x3FF, "Grek"), (0x400, 0x52F, "Cyrl"),
    (0x531, 0x58F, "Armn"), (0x591, 0x5FF, "Hebr"), (0x600, 0x6FF, "Arab"), (0x700, 0x74F, "Syrc"),
    (0x750, 0x77F, "Arab"), (0x780, 0x7BF, "Thaa"), (0x8A0, 0x8FF, "Arab"), (0x900, 0x97F, "Deva"),
    (0x980, 0x9FF, "Beng"), (0xA00, 0xA7F, "Guru"), (0xA80, 0xAFF, "Gujr"), (0xB00, 0xB7F, "Orya"),
    (0xB80, 0xBFF, "Taml"), (0xC00, 0xC7F, "Telu"), (0xC80, 0xCFF, "Knda"), (0xD00, 0xD7F, "Mlym"),
    (0xD80, 0xDFF, "Sinh"), (0xE00, 0xE7F, "Thai"), (0xE80, 0xEFF, "Laoo"), (0xF00, 0xFFF, "Tibt"),
    (0x1000, 0x109F, "Mymr"), (0x10A0, 0x10FF, "Geor"), (0x1100, 0x11FF, "Hang"), (0x1200, 0x139F, "Ethi"),
    (0x1780, 0x17FF, "Khmr"), (0x1800, 0x18AF, "Mong"), (0x1C90, 0x1CBF, "Geor"), (0x1E00, 0x1EFF, "Latn"),
    (0x1F00, 0x1FFF, "Grek"), (0x2D00, 0x2D2F, "Geor"), (0x3041, 0x309F, "Kana"), (0x30A1, 0x30FA, "Kana"),
    (0x30FC, 0x30FF, "Kana"), (0x3105, 0x312F, "Bopo"), (0x3131, 0x318E, "Hang"), (0x31F0, 0x31FF, "Kana"),
    (0x3400, 0x4DBF, "Hani"), (0x4E00, 0x9FFF, "Hani"), (0xA960, 0xA97F, "Hang"), (0xAA60, 0xAA7F, "Mymr"),
    (0xAC00, 0xD7FF, "Hang"), (0xF900, 0xFAFF, "Hani"), (0xFB1D, 0xFB4F, "Hebr"), (0xFB50, 0xFDFF, "Arab"),
    (0xFE70, 0xFEFC, "Arab"), (0x20000, 0x3FFFF, "Hani"),
)  # fmt: skip
_STARTS = tuple(start for start, _, _ in _RANGES)

# Parts that are the same in every language: addresses, handles, hashtags, tickers, figures with their units.
_NOISE = regex.compile(
    r"""https?://[^\s<>"'」』）]+ | www\.[^\s<>"'」』）]+ | [\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}
    | \b(?:[a-z0-9-]{1,63}\.){1,8}(?:com|org|net|io|co|ai|cn|tw|hk|jp|de|nl|fr|info|dev)\b(?:/[^\s<>"'」』）]*)?
    | (?<![\w])@\w+ | (?<![\w])[#＃]\w+ | \$[A-Za-z]{1,6}\b
    | [(（\[](?:[A-Z]+\s?:\s?)?[A-Z0-9.]{1,8}[)）\]] | \b(?:NYSE|NASDAQ|HKEX|SEHK|TYO|TSE|KRX|SGX|LON)\s?:\s?[A-Z0-9.]+
    | \b[A-Z0-9]{1,6}\.(?:HK|US|TW|SS|SZ|SH|SI|KS|KQ|T|DE|AS|PA|L|N|O|OQ|NYSE)\b""",
    regex.VERBOSE,
)
# Most texts hold none of these, and looking for the marks is quicker than for the parts.
_MARKS = "@#$/(["
_STOPS = ".:"  # before anything but a space
_ASCII = bytes(range(128))
_NO_ASCII_LETTERS = bytes(byte for byte in range(128) if not chr(byte).isalpha())
_NO_ASCII_CAPITALS = bytes(byte for byte in range(128) if not chr(byte).isupper())


def without_noise(text: str) -> str:
    """The text in NFKC, without addresses, handles, hashtags and tickers; hashtags stay where nothing else does."""
    text = text if text.isascii() else unicodedata.normalize("NFKC", text)
    if _may_hold_noise(text):
        bare = _NOISE.sub(" ", text)
        text = bare if any(map(str.isalpha, bare)) else _hashtags(text)
    return " ".join(text.split())


def _may_hold_noise(text: str) -> bool:
    return any(mark in text for mark in _MARKS) or any(
        text.count(stop) > text.count(f"{stop} ") + text.count(f"{stop}\n") + text.endswith(stop) for stop in _STOPS
    )


def _hashtags(text: str) -> str:
    return " ".join(regex.findall(r"(?<=[#＃])\w+", text))


@lru_cache(maxsize=16384)
def script_of(character: str) -> str:
    """The ISO 15924 code of a letter's script, kana of both kinds as Kana; "" for anything else."""
    if not character.isalpha() and unicodedata.category(character)[0] != "M":
        return ""
    point = ord(character)
    place = bisect.bisect_right(_STARTS, point) - 1
    return _RANGES[place][2] if place >= 0 and point <= _RANGES[place][1] else ""


def script_weights(text: str) -> dict[str, float]:
    """For each script of the text its share of the letters, CJK characters counted 2.5 times; empty without letters."""
    if text.isascii():
        return {"Latn": 1.0} if any(map(str.isalpha, text)) else {}
    found = len(text.encode("ascii", "ignore").translate(None, _NO_ASCII_LETTERS))
    counts: dict[str, float] = {"Latn": found} if found else {}
    for character, times in Counter(_beyond_ascii(text)).items():
        script = script_of(character)
        if script:
            counts[script] = counts.get(script, 0.0) + times * _WEIGHT.get(script, 1.0)
    total = sum(counts.values())
    return {script: count / total for script, count in counts.items()}


def _beyond_ascii(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass")


def letters(text: str) -> int:
    """How many letters the text has."""
    found = len(text.encode("ascii", "ignore").translate(None, _NO_ASCII_LETTERS))
    return found if text.isascii() else found + sum(map(str.isalpha, _beyond_ascii(text)))


def capitals(text: str) -> int:
    """How many of them are capitals."""
    found = len(text.encode("ascii", "ignore").translate(None, _NO_ASCII_CAPITALS))
    return found if text.isascii() else found + sum(map(str.isupper, _beyond_ascii(text)))
