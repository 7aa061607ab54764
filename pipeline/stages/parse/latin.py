"""Choose among the code pages of the Latin script: by the letters that one language writes."""

import re

# The letters beyond a to z of the languages that had a code page of their own, and signs that all have.
_LETTERS = {
    "western": "",  # none of its own: where nothing tells, windows-1252 is the Web's default
    "fr": "àâæçéèêëîïôœùûüÿ",
    "es": "áéíñóúü",
    "pt": "áâãàçéêíóôõúü",
    "ca": "àçéèíïóòúü",
    "it": "àèéìíîòóùú",
    "de": "äöüß",
    "nl": "áäèéêëíïóöúü",
    "sv fi": "åäöé",
    "da nb": "åæøéèêóòâô",
    "is": "áðéíóúýþæö",
    "pl": "ąćęłńóśźż",
    "cs": "áčďéěíňóřšťúůýž",
    "sk": "áäčďéíĺľňóôŕšťúýž",
    "hu": "áéíóöőúüű",
    "hr sl": "čćđšž",
    "ro": "ăâîşţ",
    "sq": "çë",
    "tr": "âçğıiîöşüûİ",
    "lt": "ąčęėįšųūž",
    "lv": "āčēģīķļņšūž",
    "et": "äöõüšž",
}
_ALPHABETS = {name: frozenset(letters + letters.upper()) for name, letters in _LETTERS.items()}
_SIGNS = frozenset("“”„‘’‚«»‹›–—…•·°ºª§©®™€£¥½¼¾²³¹±×¿¡\u00a0\u00ad")
# The most usual first: it wins where two fit equally well.
_CODECS = ("cp1252", "cp1250", "iso8859-2", "cp1254", "cp1257", "iso8859-13", "iso8859-4", "iso8859-15")
_MARKUP = re.compile(rb"<[^<>]*>|&[#\w]{1,20};")
_LATIN_SHARE = 0.3  # of bytes above 0xA0 among the letters: fewer in Latin text, more in all other scripts


def latin_codec(sample: bytes) -> str | None:
    """The code page in which the sample is best spelt in one Latin language; None where the script is another."""
    words = _MARKUP.sub(b" ", sample)
    high = sum(byte > 0xA0 for byte in words)
    letters = sum(chr(byte).isalpha() for byte in words if byte < 0x80)
    if not letters or high / (high + letters) >= _LATIN_SHARE:
        return None
    return max(_CODECS, key=lambda codec: (_fit(words, codec), -_CODECS.index(codec)))


def _fit(words: bytes, codec: str) -> float:
    """The share of characters beyond ASCII that one language's spelling and common signs account for."""
    found = [character for character in words.decode(codec, "replace") if character > "\x7f"]
    signs = sum(character in _SIGNS for character in found)
    letters = [character for character in found if character not in _SIGNS]
    known = max(sum(letter in alphabet for letter in letters) for alphabet in _ALPHABETS.values())
    return (known + signs / 2) / max(1, len(found))
