"""The letters of a text: without addresses, handles and tickers, and counted by script."""

import unicodedata
from collections import Counter

import regex

from pipeline.text.normalise import one_line
from pipeline.text.scripts import script_of_character

# A CJK character carries about as much as two and a half Latin letters: product names must not flip a tag.
_WEIGHT = {"Hani": 2.5, "Kana": 2.5, "Hang": 2.5, "Bopo": 2.5}
# Parts that are the same in every language: addresses, handles, hashtags, tickers, figures with their units.
_NOISE = regex.compile(
    r"""https?://[^\s<>"'」』）]+ | www\.[^\s<>"'」』）]+ | [\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}
    | \b(?:[a-z0-9-]{1,63}\.){1,8}(?:com|org|net|io|co|ai|cn|tw|hk|jp|de|nl|fr|info|dev)\b(?:/[^\s<>"'」』）]*)?
    | (?<![\w])@\w+ | (?<![\w])[#＃]\w+ | \$[A-Za-z]{1,6}\b
    | [(（\[](?:[A-Z]+\s?:\s?)?[A-Z0-9.]{1,8}[)）\]] | \b(?:NYSE|NASDAQ|HKEX|SEHK|TYO|TSE|KRX|SGX|LON)\s?:\s?[A-Z0-9.]+
    | \b[A-Z0-9]{1,6}\.(?:HK|US|TW|SS|SZ|SH|SI|KS|KQ|T|DE|AS|PA|L|N|O|OQ|NYSE)\b""",
    regex.VERBOSE,
)
# Most texts have no noise, and searching for these marks is faster than searching for the noise.
_MARKS = "@#$/(["
_STOPS = ".:"  # followed by anything but a space
_ASCII = bytes(range(128))
_NO_ASCII_LETTERS = bytes(byte for byte in range(128) if not chr(byte).isalpha())
_NO_ASCII_CAPITALS = bytes(byte for byte in range(128) if not chr(byte).isupper())


def without_noise(text: str) -> str:
    """The text in NFKC without addresses, handles, hashtags and tickers; its hashtags where nothing else is left."""
    text = text if text.isascii() else unicodedata.normalize("NFKC", text)
    if _may_have_noise(text):
        bare = _NOISE.sub(" ", text)
        text = bare if any(map(str.isalpha, bare)) else _hashtags(text)
    return one_line(text)


def _may_have_noise(text: str) -> bool:
    return any(mark in text for mark in _MARKS) or any(
        text.count(stop) > text.count(f"{stop} ") + text.count(f"{stop}\n") + text.endswith(stop) for stop in _STOPS
    )


def _hashtags(text: str) -> str:
    return " ".join(regex.findall(r"(?<=[#＃])\w+", text))


def script_weights(text: str) -> dict[str, float]:
    """The share of each script in the letters, CJK characters counted 2.5 times; empty without letters."""
    if text.isascii():
        return {"Latn": 1.0} if any(map(str.isalpha, text)) else {}
    latin = len(text.encode("ascii", "ignore").translate(None, _NO_ASCII_LETTERS))
    counts: dict[str, float] = {"Latn": latin} if latin else {}
    for character, times in Counter(_beyond_ascii(text)).items():
        script = script_of_character(character)
        if script:
            counts[script] = counts.get(script, 0.0) + times * _WEIGHT.get(script, 1.0)
    total = sum(counts.values())
    return {script: count / total for script, count in counts.items()}


def _beyond_ascii(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass")


def count_letters(text: str) -> int:
    """The number of letters in the text."""
    ascii_letters = len(text.encode("ascii", "ignore").translate(None, _NO_ASCII_LETTERS))
    return ascii_letters if text.isascii() else ascii_letters + sum(map(str.isalpha, _beyond_ascii(text)))


def count_capitals(text: str) -> int:
    """The number of capital letters in the text."""
    ascii_capitals = len(text.encode("ascii", "ignore").translate(None, _NO_ASCII_CAPITALS))
    return ascii_capitals if text.isascii() else ascii_capitals + sum(map(str.isupper, _beyond_ascii(text)))
