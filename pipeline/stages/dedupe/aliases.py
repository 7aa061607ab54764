"""Names that mean the same in several scripts, as an editor lists them, and where a text has them."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from pipeline.errors import ConfigError
from pipeline.stages.dedupe.romanise import simplify

_WORD = re.compile(r"[^\W_\u2e80-\U0010ffff]+")
_ASCII_WORD = re.compile(r"[0-9A-Za-z]+")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
KINDS = ("companies", "people", "places", "concepts")


@dataclass(frozen=True, slots=True)
class Name:
    """A named thing: `company/Nvidia`."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Aliases:
    """Forms to the thing they name, longest first: by the word they begin with, in other scripts by two characters."""

    forms: Mapping[str, tuple[tuple[str, Name], ...]]
    firsts: re.Pattern[str]  # what the forms of other scripts begin with

    def find(self, text: str) -> dict[Name, str]:
        """The things a text names, each with the form it uses first; of forms within each other the longest counts."""
        return self.find_plain(simplify(text))

    def find_plain(self, plain: str) -> dict[Name, str]:
        """The same in a text that is simplified already."""
        found: dict[Name, str] = {}
        free = 0  # where the last form found ends
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
        """Where a form may begin, with the key of the forms that may."""
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
    """Whether a Latin form is a whole word; a form of another script may stand inside a run."""
    return not (
        (_is_latin(text[start]) and start and _is_latin(text[start - 1]))
        or (_is_latin(text[end - 1]) and end < len(text) and _is_latin(text[end]))
    )


def _is_latin(character: str) -> bool:
    return character.isalnum() and character < "\u2e80"


@cache
def default_aliases() -> Aliases:
    """The names that come with the program."""
    text = files(__package__).joinpath("aliases.yaml").read_text(encoding="utf-8")
    return _index(_read(text))


@lru_cache(maxsize=2)
def load_aliases(text: str) -> Aliases:
    """The names that come with the program and those of a YAML text: under each kind, lists of forms of one name.

    A list whose first form is known adds to that name. ConfigError says which entry cannot be used.
    """
    shipped = files(__package__).joinpath("aliases.yaml").read_text(encoding="utf-8")
    return _index([*_read(shipped), *_read(text)])


def _read(text: str) -> list[tuple[Name, list[str]]]:
    try:
        kinds = _load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"aliases: not YAML: {error}") from error
    if kinds is None:
        return []
    if not isinstance(kinds, dict) or not set(kinds) <= set(KINDS):
        raise ConfigError(f"aliases: the keys are {', '.join(KINDS)}; each holds lists of names")
    return [(Name(kind, forms[0]), forms) for kind in kinds for forms in map(_forms, _lists(kind, kinds[kind]))]


def _load(text: str) -> Any:
    try:
        return yaml.load(text, _LOADER)  # noqa: S506 - a safe one, and ten times as fast where libyaml is there
    except (yaml.YAMLError, UnicodeError):
        return yaml.safe_load(text)  # which says more of what is wrong


def _lists(kind: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ConfigError(f"aliases: {kind}: a list of lists of names is needed")
    return value


def _forms(value: Any) -> list[str]:
    if (
        not isinstance(value, list)
        or not value
        or not all(isinstance(form, str) and len(form.strip()) > 1 for form in value)
    ):
        raise ConfigError(
            f"aliases: {value!r}: a list of names of two characters or more is needed; put numbers in quotes"
        )
    return [form.strip() for form in value]


def _index(entries: list[tuple[Name, list[str]]]) -> Aliases:
    """The forms as they are sought. A word that begins one is the whole of a word in the text, or none is there."""
    by_form: dict[str, Name] = {}
    for name, forms in entries:
        known = by_form.get(simplify(forms[0]), name)
        for form in forms:
            for each in {form, form[0].upper() + form[1:]} if name.kind == "concepts" else {form}:
                by_form.setdefault(simplify(each), known)
    by_first: defaultdict[str, list[tuple[str, Name]]] = defaultdict(list)
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
