"""Names that mean the same in several scripts, as an editor lists them, and where a text has them."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from pipeline.errors import ConfigError
from pipeline.stages.dedupe.romanise import simplify

# Where a form may begin: at a Latin word, a character of another script, a mark.
_STARTS = re.compile(r"(?<![^\W_\u2e80-\U0010ffff])[^\W_\u2e80-\U0010ffff]|[\u2e80-\U0010ffff]|[^\w\s]|_")
KINDS = ("companies", "people", "places", "concepts")


@dataclass(frozen=True, slots=True)
class Name:
    """A named thing: `company/Nvidia`."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Aliases:
    """Forms to the thing they name, by their first two characters, longest first."""

    forms: Mapping[str, tuple[tuple[str, Name], ...]]

    def find(self, text: str) -> dict[Name, str]:
        """The things a text names, each with the form it uses first; of forms within each other the longest counts."""
        plain = simplify(text)
        found: dict[Name, str] = {}
        free = 0  # where the last form found ends
        known = self.forms.get
        for start in _STARTS.finditer(plain):
            place = start.start()
            forms = known(plain[place : place + 2])
            if forms is None or place < free:
                continue
            for form, name in forms:
                if plain.startswith(form, place) and _stands_alone(plain, place, place + len(form)):
                    found.setdefault(name, form)
                    free = place + len(form)
                    break
        return found


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
    return Aliases(_index(_read(text)))


@lru_cache(maxsize=2)
def load_aliases(text: str) -> Aliases:
    """The names that come with the program and those of a YAML text: under each kind, lists of forms of one name.

    A list whose first form is known adds to that name. ConfigError says which entry cannot be used.
    """
    shipped = files(__package__).joinpath("aliases.yaml").read_text(encoding="utf-8")
    return Aliases(_index([*_read(shipped), *_read(text)]))


def _read(text: str) -> list[tuple[Name, list[str]]]:
    try:
        kinds = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"aliases: not YAML: {error}") from error
    if kinds is None:
        return []
    if not isinstance(kinds, dict) or not set(kinds) <= set(KINDS):
        raise ConfigError(f"aliases: the keys are {', '.join(KINDS)}; each holds lists of names")
    return [(Name(kind, forms[0]), forms) for kind in kinds for forms in map(_forms, _lists(kind, kinds[kind]))]


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


def _index(entries: list[tuple[Name, list[str]]]) -> Mapping[str, tuple[tuple[str, Name], ...]]:
    by_form: dict[str, Name] = {}
    for name, forms in entries:
        known = by_form.get(simplify(forms[0]), name)
        for form in forms:
            for each in {form, form[0].upper() + form[1:]} if name.kind == "concepts" else {form}:
                by_form.setdefault(simplify(each), known)
    by_first: defaultdict[str, list[tuple[str, Name]]] = defaultdict(list)
    for form, name in by_form.items():
        by_first[form[:2]].append((form, name))
    return MappingProxyType(
        {first: tuple(sorted(forms, key=lambda pair: (-len(pair[0]), pair[0]))) for first, forms in by_first.items()}
    )
