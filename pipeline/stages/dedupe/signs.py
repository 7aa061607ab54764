"""Signs: what a story names in any language, such as companies, people, amounts, dates, codes and names by sound."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from operator import add
from types import MappingProxyType
from typing import Any

import numpy as np
import yaml
from anyascii import anyascii

from pipeline.errors import ConfigError
from pipeline.records import Story
from pipeline.stages.dedupe.terms import Hashes, Kinds, compatible, hash_all
from pipeline.text.figures import figures
from pipeline.text.function_words import function_words

_WORD = re.compile(r"[^\W_\u2e80-\U0010ffff]+")
_ASCII_WORD = re.compile(r"[0-9A-Za-z]+")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
KINDS = ("companies", "people", "places", "concepts")


Sign = tuple[str, str]  # kind and key, for names the first form


@dataclass(frozen=True, slots=True)
class Aliases:
    """The forms of names, longest first, by their first word, or in unspaced scripts by their first two characters."""

    forms: Mapping[str, tuple[tuple[str, Sign], ...]]
    firsts: re.Pattern[str]  # first characters of the forms in unspaced scripts

    def find(self, text: str) -> dict[Sign, str]:
        """The names in a text, each with its first form. Of overlapping forms the longest counts."""
        return self.find_plain(simplify(text))

    def find_plain(self, plain: str) -> dict[Sign, str]:
        """Find names in a text that is already simplified."""
        found: dict[Sign, str] = {}
        free = 0  # the end of the last form
        for place, key in sorted(self._places(plain)):
            if place < free:
                continue
            for form, name in self.forms[key]:
                if plain.startswith(form, place) and _stands_alone(plain, place, place + len(form)):
                    found.setdefault(name, form)
                    free = place + len(form)
                    break
        return found

    def _places(self, plain: str) -> Iterator[tuple[int, str]]:
        """The places where a form may begin, each with the key of its candidates."""
        for word in self.forms.keys() & set((_ASCII_WORD if plain.isascii() else _WORD).findall(plain)):
            place = plain.find(word)
            while place >= 0:
                if _stands_alone(plain, place, place + len(word)):
                    yield place, word
                place = plain.find(word, place + 1)
        for match in self.firsts.finditer(plain):
            key = plain[match.start() : match.start() + 2]
            if key in self.forms:
                yield match.start(), key


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a form is a whole word. Forms in other scripts than Latin may be part of a run."""
    return not (
        (_is_latin(text[start]) and start and _is_latin(text[start - 1]))
        or (_is_latin(text[end - 1]) and end < len(text) and _is_latin(text[end]))
    )


def _is_latin(character: str) -> bool:
    return character.isalnum() and character < "\u2e80"


@cache
def default_aliases() -> Aliases:
    """The built-in names."""
    return _index(_parse_aliases(_built_in()))


@lru_cache(maxsize=2)
def load_aliases(text: str) -> Aliases:
    """The built-in names and those of a YAML text: under each kind, lists of the forms of one name.

    A list whose first form is known adds forms to that name. ConfigError names an entry that cannot be used.
    """
    return _index([*_parse_aliases(_built_in()), *_parse_aliases(text)])


def _built_in() -> str:
    return files(__package__).joinpath("aliases.yaml").read_text(encoding="utf-8")


def _parse_aliases(text: str) -> list[tuple[Sign, list[str]]]:
    try:
        kinds = _load_yaml(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"aliases: not YAML: {error}") from error
    if kinds is None:
        return []
    if not isinstance(kinds, dict) or not set(kinds) <= set(KINDS):
        raise ConfigError(f"aliases: the only keys are {', '.join(KINDS)}, each with a list of lists of names")
    return [((kind, forms[0]), forms) for kind in kinds for forms in map(_forms, _lists(kind, kinds[kind]))]


def _load_yaml(text: str) -> Any:
    try:
        return yaml.load(text, _LOADER)  # noqa: S506 - a safe loader, ten times as fast with libyaml
    except (yaml.YAMLError, UnicodeError):
        return yaml.safe_load(text)  # its errors are more precise


def _lists(kind: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ConfigError(f"aliases: {kind}: must be a list of lists of names")
    return value


def _forms(value: Any) -> list[str]:
    if (
        not isinstance(value, list)
        or not value
        or not all(isinstance(form, str) and len(form.strip()) > 1 for form in value)
    ):
        raise ConfigError(
            f"aliases: {value!r}: must be a list of names of at least two characters; put numbers in quotes"
        )
    return [form.strip() for form in value]


def _index(entries: list[tuple[Sign, list[str]]]) -> Aliases:
    """Group the forms by what they begin with."""
    by_form: dict[str, Sign] = {}
    for name, forms in entries:
        known = by_form.get(simplify(forms[0]), name)
        for form in forms:
            for each in {form, form[0].upper() + form[1:]} if name[0] == "concepts" else {form}:
                by_form.setdefault(simplify(each), known)
    by_first: defaultdict[str, list[tuple[str, Sign]]] = defaultdict(list)
    firsts = set()
    for form, name in by_form.items():
        word = _WORD.match(form)
        by_first[word[0] if word else form[:2]].append((form, name))
        if not word and not form[0].isspace():
            firsts.add(re.escape(form[0]))
    return Aliases(
        MappingProxyType(
            {key: tuple(sorted(forms, key=lambda pair: (-len(pair[0]), pair[0]))) for key, forms in by_first.items()}
        ),
        re.compile(f"[{''.join(sorted(firsts))}]" if firsts else "(?!)"),
    )


_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")
_SOUND_RUN = re.compile(r"[\u30a1-\u30fa\u30fc]{3,}|[\uac00-\ud7a3]{3,}")
_HALF = re.compile("[\ud800-\udfff]")  # of a surrogate pair, which UTF-8 cannot encode
_HAS_HAN = re.compile(r"[\u3400-\u9fff]")
_LEAST_PINYIN = 8  # letters: shorter runs of syllables match English words by chance
_LEAST_CONSONANTS = 4
# Sounds that kana and hangul do not distinguish, and their English spellings. Applied in this order.
_SPELLINGS = (
    (re.compile(r"ph"), "f"), (re.compile(r"th"), "s"), (re.compile(r"c(?=[eiy])"), "s"), (re.compile(r"ck|c|q"), "k"),
    (re.compile(r"x"), "ks"), (re.compile(r"l"), "r"), (re.compile(r"v"), "b"), (re.compile(r"f"), "h"),
    (re.compile(r"m(?=[pb])"), "n"), (re.compile(r"z"), "j"), (re.compile(r"dj|ji"), "j"),
    (re.compile(r"[^bcdghjkmnprst]"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)  # fmt: skip


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def simplify(text: str) -> str:
    """Fold compatibility forms and convert Han characters to Simplified, so that both Chinese scripts match."""
    plain = compatible(text)
    return str(_converter().convert(_HALF.sub("\ufffd", plain))) if _HAS_HAN.search(plain) else plain


def pinyin_names(text: str) -> dict[str, str]:
    """Map the joined pinyin of runs of two to four Han characters to the characters. Some of them are names."""
    found: dict[str, str] = {}
    for run in _HAN_RUN.findall(text):
        syllables = list(map(_syllable, run))
        joined = syllables
        for size in (2, 3, 4):
            joined = list(map(add, joined, syllables[size - 1 :]))
            for start, spelt in enumerate(joined):
                if len(spelt) >= _LEAST_PINYIN and spelt not in found:
                    found[spelt] = run[start : start + size]
    return found


@lru_cache(maxsize=1 << 15)
def _syllable(character: str) -> str:
    return str(anyascii(character)).lower()


def sound_names(text: str) -> dict[str, str]:
    """Map the consonants of words in katakana or hangul to the word."""
    found: dict[str, str] = {}
    for run in () if text.isascii() else _SOUND_RUN.findall(text):
        spelt = consonants(anyascii(run))
        if len(spelt) >= _LEAST_CONSONANTS:
            found.setdefault(spelt, run)
    return found


@lru_cache(maxsize=1 << 14)
def consonants(word: str) -> str:
    """The consonants of a Latin word that kana and hangul preserve: mistral and misutoraru both give `mstr`."""
    spelt = word.lower()
    for pattern, replacement in _SPELLINGS:
        spelt = pattern.sub(replacement, spelt)
    return spelt


# The weight of a shared sign by kind. WHO names the parties, WHAT distinguishes their events.
WHO = {"companies": 1.0, "people": 1.0, "name": 0.8, "pinyin": 1.0, "sound": 0.8}
WHAT = {"amount": 1.6, "percent": 1.1, "number": 1.0, "code": 1.2, "date": 0.7, "concepts": 0.8}
SIGN_WEIGHTS = WHO | WHAT | {"places": 0.4}
SIGN_KINDS = tuple(SIGN_WEIGHTS)
_PLACES = {kind: place for place, kind in enumerate(SIGN_KINDS)}
_SEARCHED = 3_000  # characters of a story: the news comes first
_LATIN = r"0-9A-Za-z_\u00c0-\u024f"  # other scripts may directly adjoin a name
_LATIN_NAME = re.compile(rf"[A-Z](?<![{_LATIN}'’].)[A-Za-z][{_LATIN}&-]*")
_SPELT_IN_LATIN = ("en", "de", "nl", "fr", "es", "pt", "it", "und")


def sign_keys(signs: Iterable[Sign]) -> Hashes:
    """Hash each sign, in order."""
    return hash_all(map("\x1f".join, signs))


def sign_kinds(signs: Iterable[Sign]) -> Kinds:
    """The index of each sign's kind in SIGN_KINDS."""
    return np.array([_PLACES[kind] for kind, _ in signs], dtype=np.uint8)


def read_signs(story: Story, language: str, aliases: Aliases) -> dict[Sign, str]:
    """The signs of a story, each with the form that it uses."""
    text = f"{story.title}\n{story.standfirst}\n{story.text[:_SEARCHED]}"[:_SEARCHED]
    found: dict[Sign, str] = {}
    covered: set[str] = set()
    for name, form in aliases.find(text).items():
        found[name] = form
        covered.update(word.casefold() for word in re.findall(r"\w+", form))
    for key, form in figures(text, language).items():
        kind, _, value = key.partition(" ")
        found[kind, value] = form
    for word in _latin_names(story.title, text, language):
        if word.casefold() not in covered:
            found["name", word.casefold()] = word
    if language in _SPELT_IN_LATIN:
        found |= _pinyin_and_sound_signs(text, covered, language)
    else:
        found |= {("sound", key): form for key, form in sound_names(text).items()}
    if language == "zh":
        found |= {("pinyin", key): form for key, form in pinyin_names(text).items()}
    return found


def _latin_names(title: str, text: str, language: str) -> list[str]:
    """Distinct capitalised words except function words. A title with capitals throughout is left out."""
    functional = function_words(language)
    words = title.split()
    is_title_case = 2 * sum(1 for word in words if word[0].isupper()) > len(words) > 2
    names = dict.fromkeys(_LATIN_NAME.findall(text[len(title) :] if is_title_case else text))
    return [word for word in names if word.casefold() not in functional and len(word) > 2]


def _pinyin_and_sound_signs(text: str, covered: set[str], language: str) -> dict[Sign, str]:
    """Names in a Latin text as pinyin and kana would give them: up to three words joined, and consonants."""
    found: dict[Sign, str] = {}
    functional = function_words(language)
    for run in re.findall(r"[A-Z][a-z]+(?:[ -]?[A-Z]?[a-z]+){0,3}", text):
        words = re.findall(r"[A-Z]?[a-z]+", run)
        for start in range(len(words)):
            for size in (1, 2, 3):
                if words[start][0].isupper() and start + size <= len(words):
                    found.setdefault(("pinyin", "".join(words[start : start + size]).lower()), run)
        first = words[0].lower()
        if first not in covered and first not in functional and len(spelt := consonants(first)) >= 4:
            found.setdefault(("sound", spelt), words[0])
    return found
