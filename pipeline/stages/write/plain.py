"""Text made regular for reading figures: full-width digits and letters, fractions and spaces within numbers."""

import re

from pipeline.text.languages import primary_language

EASTERN = ("zh", "ja", "ko")
_SPACING = ("fr", "pl", "ru", "uk", "sv", "nb", "fi", "cs", "es")  # which part thousands with a space
_NARROW = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_MARKS = str.maketrans("％．：＋－−～〜", "%.:+--~~")
_FRACTIONS = {"½": "5", "¼": "25", "¾": "75", "⅓": "33", "⅔": "67", "⅛": "125"}
_FRACTION = re.compile(f"(\\d*)([{''.join(_FRACTIONS)}])")
_MIXED = re.compile(r"(?<![\d/.,])(\d{1,3})[ -]([1357])/([248])(?![\d/])")
_WIDE_COMMA = re.compile(r"(?<=\d)，(?=\d{3}(?!\d))")
_UNBROKEN = re.compile(r"(?<=\d)[\u00a0\u2009\u202f'’](?=\d{3}(?!\d))")
_SPACED = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")


def plain_figures(text: str, language: str) -> str:
    """The text with its digits, letters and marks of numbers in one form; punctuation stays, so that `，7月` is two."""
    text = text.translate(_NARROW).translate(_MARKS)
    text = _WIDE_COMMA.sub(",", text)
    text = _FRACTION.sub(lambda match: f"{match[1] or 0}.{_FRACTIONS[match[2]]}", text)
    text = _MIXED.sub(lambda match: f"{int(match[1]) + int(match[2]) / int(match[3]):g}", text)
    text = _UNBROKEN.sub("", text)
    return _SPACED.sub("", text) if primary_language(language) in _SPACING else text


def blank(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with spaces in place of what has been read."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
