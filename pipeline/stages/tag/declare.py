"""Language tags as feeds and pages declare them, brought to the project's form."""

import re
from functools import lru_cache

from babel.core import get_global

_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
# Codes that were withdrawn, country codes and English names that sources write where a language belongs.
_MEANT = {
    "iw": "he", "in": "id", "ji": "yi", "jp": "ja", "kr": "ko", "cn": "zh-Hans", "tw": "zh-Hant", "vn": "vi",
    "dk": "da", "cz": "cs", "ua": "uk", "gr": "el", "se": "sv", "no": "nb", "nn": "nn", "fil": "tl", "cmn": "zh",
    "yue": "zh-Hant", "mo": "ro", "sh": "sr", "chs": "zh-Hans", "cht": "zh-Hant", "eng": "en", "deu": "de",
    "ger": "de", "nld": "nl", "dut": "nl", "fra": "fr", "fre": "fr", "spa": "es", "ita": "it", "por": "pt",
    "zho": "zh", "chi": "zh", "jpn": "ja", "kor": "ko", "vie": "vi", "ind": "id", "msa": "ms", "may": "ms",
    "zsm": "ms", "tha": "th", "hin": "hi", "tgl": "tl", "ara": "ar", "heb": "he", "rus": "ru", "ukr": "uk",
    "english": "en", "german": "de", "deutsch": "de", "dutch": "nl", "french": "fr", "spanish": "es", "italian": "it",
    "portuguese": "pt", "chinese": "zh", "japanese": "ja", "korean": "ko", "vietnamese": "vi", "indonesian": "id",
    "malay": "ms", "thai": "th", "hindi": "hi", "tagalog": "tl", "filipino": "tl",
}  # fmt: skip
_TRADITIONAL_REGIONS = frozenset({"TW", "HK", "MO"})
_SIMPLIFIED_REGIONS = frozenset({"CN", "SG", "MY"})
_NOT_A_LANGUAGE = frozenset({"und", "mul", "zxx", "mis", "root"})


@lru_cache(maxsize=1024)
def declared(tag: str | None) -> str | None:
    """A declared tag as BCP 47 without region, Chinese with its script where one follows; None for no language."""
    if not tag:
        return None
    match = _TAG.match(tag.strip().replace("_", "-"))
    if not match:
        return None
    first, *rest = match.group().split("-")
    if match.group().lower() in ("i-default", "x-default") or first.lower() in ("i", "x"):
        return None
    language = _MEANT.get(first.lower(), first.lower())
    if language.startswith("zh"):
        return _chinese(language, rest)
    return language if _known(language) else None


def _chinese(language: str, subtags: list[str]) -> str:
    if "-" in language:
        return language
    names = {subtag.upper() for subtag in subtags}
    if "HANT" in names or "CHT" in names:
        return "zh-Hant"
    if "HANS" in names or "CHS" in names:
        return "zh-Hans"
    if names & _TRADITIONAL_REGIONS or "YUE" in names:
        return "zh-Hant"
    return "zh-Hans" if names & _SIMPLIFIED_REGIONS else "zh"


def _known(language: str) -> bool:
    """Whether CLDR knows the language: it lists a likely script and region for each."""
    return language not in _NOT_A_LANGUAGE and language in get_global("likely_subtags")
