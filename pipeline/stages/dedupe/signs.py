"""What a story names that needs no translation: companies, people, amounts, dates, codes, and names by their sound."""

import re
from collections.abc import Iterable

import numpy as np

from pipeline.records import Story
from pipeline.stages.dedupe.aliases import Aliases
from pipeline.stages.dedupe.figures import figures
from pipeline.stages.dedupe.romanise import consonants, pinyin_names, sound_names
from pipeline.stages.dedupe.shingles import Hashes, Kinds, hash_all
from pipeline.text.function_words import function_words

# What a shared sign of each kind counts. WHO names the parties, WHAT tells their events apart.
WHO = {"companies": 1.0, "people": 1.0, "name": 0.8, "pinyin": 1.0, "sound": 0.8}
WHAT = {"amount": 1.6, "percent": 1.1, "number": 1.0, "code": 1.2, "date": 0.7, "concepts": 0.8}
SIGN_WEIGHTS = WHO | WHAT | {"places": 0.4}
SIGN_KINDS = tuple(SIGN_WEIGHTS)
_PLACES = {kind: place for place, kind in enumerate(SIGN_KINDS)}
_READ = 3_000  # characters of a story: what happened stands in front
_LATIN = r"0-9A-Za-z_\u00c0-\u024f"  # other scripts may stand right beside a name
_LATIN_NAME = re.compile(rf"[A-Z](?<![{_LATIN}'’].)[A-Za-z][{_LATIN}&-]*")
_SPELT_IN_LATIN = ("en", "de", "nl", "fr", "es", "pt", "it", "und")

Sign = tuple[str, str]  # kind and key


def sign_keys(signs: Iterable[Sign]) -> Hashes:
    """The hash of each sign, in their order."""
    return hash_all(map("\x1f".join, signs))


def sign_kinds(signs: Iterable[Sign]) -> Kinds:
    """The kind of each sign as its place in SIGN_KINDS."""
    return np.array([_PLACES[kind] for kind, _ in signs], dtype=np.uint8)


def read_signs(story: Story, language: str, aliases: Aliases) -> dict[Sign, str]:
    """What a story names, each with the form it uses."""
    text = f"{story.title}\n{story.standfirst}\n{story.text[:_READ]}"[:_READ]
    found: dict[Sign, str] = {}
    covered: set[str] = set()
    for name, form in aliases.find(text).items():
        found[name.kind, name.name] = form
        covered.update(word.casefold() for word in re.findall(r"\w+", form))
    for key, form in figures(text, language).items():
        kind, _, value = key.partition(" ")
        found[kind, value] = form
    for word in _latin_names(story.title, text, language):
        if word.casefold() not in covered:
            found["name", word.casefold()] = word
    if language in _SPELT_IN_LATIN:
        found |= _spelt(text, covered, language)
    else:
        found |= {("sound", key): form for key, form in sound_names(text).items()}
    if language == "zh":
        found |= {("pinyin", key): form for key, form in pinyin_names(text).items()}
    return found


def _latin_names(title: str, text: str, language: str) -> list[str]:
    """Words with a capital that are no function words, each once; a title in capitals throughout does not count."""
    functional = function_words(language)
    words = title.split()
    shouted = 2 * sum(1 for word in words if word[0].isupper()) > len(words) > 2
    names = dict.fromkeys(_LATIN_NAME.findall(text[len(title) :] if shouted else text))
    return [word for word in names if word.casefold() not in functional and len(word) > 2]


def _spelt(text: str, covered: set[str], language: str) -> dict[Sign, str]:
    """Names of a Latin text as pinyin and kana would give them: two or three words joined, and consonants."""
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
