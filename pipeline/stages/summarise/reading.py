"""How long a text takes to read."""

import math

import regex

# Words a minute in silent reading of prose, and characters where words are not set apart: rounded means.
_WORDS = {
    "en": 230,
    "de": 200,
    "nl": 220,
    "fr": 215,
    "es": 240,
    "it": 220,
    "pt": 210,
    "id": 200,
    "ms": 200,
    "vi": 250,
    "ko": 200,
    "hi": 200,
}
_CHARACTERS = {"zh": 400, "ja": 500, "th": 900, "lo": 900, "km": 900, "my": 900}
_DEFAULT_WORDS = 200
_IDEOGRAPH_OR_LETTER = regex.compile(r"[\p{L}\p{N}]\p{M}*")
_WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}\p{M}'’.-]*")


def reading_minutes(text: str, language: str) -> int:
    """Whole minutes to read a text in a language (BCP 47), at least 1."""
    base = language.partition("-")[0]
    if base in _CHARACTERS:
        return max(1, math.ceil(len(_IDEOGRAPH_OR_LETTER.findall(text)) / _CHARACTERS[base]))
    return max(1, math.ceil(len(_WORD.findall(text)) / _WORDS.get(base, _DEFAULT_WORDS)))
