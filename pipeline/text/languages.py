"""Language tags in one canonical form.

The language of a story is a primary language without region, and Chinese with its script: `en`, `nb`, `pt`, `fil`,
`zh-Hant`. Tags are BCP 47; CLDR (through Babel) knows the languages and their aliases. Babel is loaded only for a tag
whose language is not in RECOGNISED.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from types import MappingProxyType

from pipeline.records import UNKNOWN_LANGUAGE

# The languages that the tagger recognises, by script (ISO 15924).
RECOGNISED_BY_SCRIPT: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        script: frozenset(tags.split())
        for script, tags in {
            "Latn": "en de nl fr es it pt vi id ms fil sv da nb fi is pl cs sk hu ro hr sl sq et lv lt tr az ca gl eu"
            " cy ga mt af sw so",
            "Cyrl": "ru uk bg mk sr be kk ky mn tg tt",
            "Arab": "ar fa ur ps ug ckb",
            "Deva": "hi mr ne",
            "Beng": "bn as",
            "Hani": "zh-Hant zh-Hans zh",
            "Kana": "ja",
            "Hang": "ko",
            "Thai": "th",
            "Grek": "el",
            "Armn": "hy",
            "Geor": "ka",
            "Hebr": "he",
            "Laoo": "lo",
            "Khmr": "km",
            "Mymr": "my",
            "Taml": "ta",
            "Telu": "te",
            "Knda": "kn",
            "Mlym": "ml",
            "Sinh": "si",
            "Gujr": "gu",
            "Guru": "pa",
            "Orya": "or",
            "Tibt": "bo",
            "Ethi": "am",
            "Mong": "mn",
            "Thaa": "dv",
            "Syrc": "syr",
        }.items()
    }
)
RECOGNISED = frozenset().union(*RECOGNISED_BY_SCRIPT.values())

# The languages that an edition can be in without a catalogue of its own: those of templates/messages.
EDITION_LANGUAGES = (
    *("ar", "cs", "da", "de", "en", "es", "fi", "fr", "he", "hi", "hu", "id", "it", "ja", "ko", "nb", "nl", "pl"),
    *("pt", "ro", "ru", "sv", "th", "tr", "uk", "vi", "zh-Hans", "zh-Hant"),
)

# Where stories differ from CLDR: Norwegian is Bokmål, and Cantonese is written in traditional Chinese.
_ALIASES = {"no": "nb", "yue": "zh-Hant"}
# What sources write instead of a tag: country codes, Windows' names, and names that CLDR's English does not have.
_MISTAKES = {
    "jp": "ja", "kr": "ko", "cn": "zh-Hans", "tw": "zh-Hant", "vn": "vi", "dk": "da", "cz": "cs", "ua": "uk",
    "gr": "el", "se": "sv", "chs": "zh-Hans", "cht": "zh-Hant", "simplified": "zh-Hans", "traditional": "zh-Hant",
    "deutsch": "de", "tagalog": "fil", "norwegian": "nb",
}  # fmt: skip
_TRADITIONAL = frozenset({"hant", "cht", "tw", "hk", "mo", "yue"})
_SIMPLIFIED = frozenset({"hans", "chs", "cn", "sg", "my"})
_NO_LANGUAGE = frozenset({UNKNOWN_LANGUAGE, "mul", "zxx", "mis", "root", "i", "x"})
_TAG = re.compile(r"[a-z]{1,8}(?:-[a-z0-9]{1,8})*")
_END_OF_TAG = re.compile("[,;.@]")
_NAME = re.compile(r"[^\W\d_]{4,}(?: [^\W\d_]+)*")


def primary_language(tag: str) -> str:
    """The primary language subtag of a BCP 47 tag, in lower case."""
    return tag.partition("-")[0].lower()


@lru_cache(maxsize=1024)
def story_language(tag: str) -> str | None:
    """The story language that a BCP 47 tag means; None where CLDR knows no such language."""
    language, *subtags = tag.lower().split("-")
    if language in _NO_LANGUAGE:
        return None
    language = _ALIASES.get(language, language)
    if language not in RECOGNISED:
        return _cldr_story_language(language, subtags)
    return _with_chinese_script(subtags) if language == "zh" else language


def is_same_language(one: str, other: str) -> bool:
    """Whether two tags mean the same story language."""
    return one == other or (story_language(one) or one) == (story_language(other) or other)


def catalogue_names(tag: str) -> Iterator[str]:
    """Names of the message catalogues that serve a tag, nearest first: zh_Hant_HK, zh_HK, zh_Hant, zh.

    Names with a script that the tag only implies come last, because Babel has to be loaded for it.
    """
    language, *subtags = tag.split("-")
    language = _ALIASES.get(language.lower(), language.lower())
    region = next((part.upper() for part in subtags if len(part) == 2 or part.isdigit()), None)
    stated = next((part.title() for part in subtags if len(part) == 4 and part.isalpha()), None)
    for implied in (False, True) if stated is None else (False,):
        script = script_of_language(tag) if implied else stated
        for parts in ((language, script, region), (language, region), (language, script), (language,)):
            yield "_".join(filter(None, parts))


@lru_cache(maxsize=1024)
def edition_language(tag: str) -> str:
    """A tag with the usual code of its language, and with the script of Chinese: nb for no, zh-Hant-HK for zh-HK.

    The region stays: it decides how dates and numbers are written.
    """
    meant = story_language(tag)
    if meant is None or meant == tag:
        return tag
    subtags = [part for part in tag.split("-")[1:] if "-" not in meant or len(part) != 4]
    return "-".join([meant, *subtags])


def text_for(language: str, texts: Mapping[str, str]) -> str:
    """The text of a language among texts by tag: its own, one in another region's form, else the first one."""
    near = (text for tag, text in texts.items() if is_same_language(tag, language))
    return texts.get(language) or next(near, "") or next(iter(texts.values()), "")


@lru_cache(maxsize=1024)
def declared_language(text: str | None) -> str | None:
    """The story language that a feed, page or mail declares; None where the text names none.

    Accepts what sources write instead of a BCP 47 tag: locales, lists (the first counts), country codes, English names.
    """
    text = _END_OF_TAG.split(text or "")[0].strip()
    tag = text.lower().replace("_", "-")
    first, _, rest = tag.partition("-")
    if first in _MISTAKES:
        meant = _MISTAKES[first]
        return story_language(f"zh-{rest}") if rest and meant.startswith("zh") else meant
    if len(first) <= 3:
        return story_language(tag) if _TAG.fullmatch(tag) else None
    return _language_names().get(tag) if _NAME.fullmatch(tag) else None


def nearest_recognised(tag: str) -> str | None:
    """The recognised language nearest to one that is not: another one of its territory, as CLDR has it likely."""
    from babel.core import get_global

    declared = declared_language(tag)
    if declared in RECOGNISED:
        return declared
    likely = get_global("likely_subtags")
    territory = str(likely.get(declared or primary_language(tag), "")).rpartition("_")[2]
    found = story_language(str(likely.get(f"und_{territory}", UNKNOWN_LANGUAGE)).replace("_", "-"))
    return found if found in RECOGNISED else None


@lru_cache(maxsize=256)
def script_of_language(tag: str) -> str:
    """The script (ISO 15924) that a BCP 47 tag states or implies; Latn where CLDR does not know the language."""
    language, *subtags = tag.replace("_", "-").split("-")
    for subtag in subtags:
        if len(subtag) == 4 and subtag.isalpha():
            return subtag.title()
    if language.lower() == UNKNOWN_LANGUAGE:
        return "Latn"
    from babel.core import get_global

    likely = get_global("likely_subtags")
    region = next((subtag.upper() for subtag in subtags if len(subtag) == 2), None)
    full = likely.get(f"{language.lower()}_{region}") or likely.get(language.lower())
    return str(full.split("_")[1]) if full else "Latn"


def _cldr_story_language(language: str, subtags: list[str]) -> str | None:
    """The language that CLDR means by a code; None for a code it does not know."""
    from babel.core import get_global

    alias = get_global("language_aliases").get(language)
    if alias:
        return story_language("-".join([*str(alias).split("_"), *subtags]))
    return language if language in get_global("likely_subtags") else None


def _with_chinese_script(subtags: list[str]) -> str:
    """Chinese with the script that the subtags state or imply; `zh` where they say nothing of it."""
    stated = {"hant", "cht", "hans", "chs"}.intersection(subtags) or set(subtags)
    if stated & _TRADITIONAL:
        return "zh-Hant"
    return "zh-Hans" if stated & _SIMPLIFIED else "zh"


@cache
def _language_names() -> dict[str, str]:
    """Story languages by their English names in lower case."""
    from babel import Locale

    names = {str(name).lower(): story_language(code.replace("_", "-")) for code, name in Locale("en").languages.items()}
    return {name: language for name, language in names.items() if language}
