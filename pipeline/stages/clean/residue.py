"""Residue: the patterns of boilerplate around stories, by language and rule, and how lines match them."""

import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from pipeline.errors import ConfigError
from pipeline.records import stable_id
from pipeline.stages.clean.text import count_words
from pipeline.text.normalise import normalise

# The most words of a line that each rule may match; longer lines are prose.
WORD_LIMITS = {
    "related": 35, "signup": 60, "share": 35, "consent": 130, "comments": 60, "copyright": 60, "notice": 75,
    "player": 30, "reporting": 60, "credit": 45, "label": 8, "end": 9, "byline": 20, "published": 20,
    "greeting": 25, "told": 60, "coordination": 60, "reading_list": 6, "key_points": 120, "wall": 60, "shell": 40,
    "paywall": 40, "missing": 25, "mail": 45, "mail_button": 6, "sponsor": 24, "source": 24, "read_on": 9,
}  # fmt: skip
REMOVING = (
    "related", "signup", "share", "consent", "comments", "copyright", "notice", "player", "credit", "reporting",
    "label",
)  # fmt: skip
GROUP_RULES = ("greeting", "told", "source")
_SENTENCE_END = r"(?=[.!?。！？।؟][\"”’」]?(?:\s|$)|\s*$)"
_MARKS = re.compile(r"^[\s•·‣◦▪■□●○★☆※►▶▷→›»>|*+~#=_✉✍📷📸🔗👉➡️«<\-–—\[({【〔「『〈《（［✨🔔📩📰🎧]+")
# In scripts with spaces, a pattern that ends in a letter must end at a word boundary.
_LETTER = "[a-z0-9ß-ɏͰ-ӿḀ-ỿ]"
_WORD_END = f"(?:(?<!{_LETTER})|(?!{_LETTER}))"


class ResidueError(ConfigError):
    """The file of patterns is invalid; the message names language, rule and pattern."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern of one language, with lines that must match and lines that must not."""

    language: str
    rule: str
    match: str
    words: int
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Residue:
    """All patterns and function words in use. Patterns are compiled on first use in each process."""

    key: str  # digest of the source files; patterns are compiled once for each key
    patterns: tuple[Pattern, ...] = field(compare=False, repr=False)
    function_words: tuple[tuple[str, frozenset[str]], ...] = field(default=(), compare=False, repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle only a newsroom's own patterns: every worker can load the default ones."""
        if self.key == default_residue().key:
            return default_residue, ()
        return Residue, (self.key, self.patterns, self.function_words)

    @property
    def languages(self) -> Mapping[str, tuple[str, ...]]:
        """Function word → the languages that it is common in."""
        return _languages(self)

    def find(self, text: str, rules: tuple[str, ...] = REMOVING) -> str | None:
        """Return the first of these rules that matches the line, or None."""
        found = self.match(text, rules)
        return found[0] if found else None

    def groups(self, rule: str, text: str) -> dict[str, str] | None:
        """Return the named groups of the first pattern that matches: host, city, outlet, authors."""
        line = _MARKS.sub("", text.replace("’", "'").replace("‘", "'"))
        for pattern in _group_patterns(self)[rule]:
            found = pattern.search(line) if rule == "told" else pattern.match(line)
            if found:
                return {name.rstrip("0123456789"): value.strip() for name, value in found.groupdict().items() if value}
        return None

    def match(self, text: str, rules: tuple[str, ...]) -> tuple[str, re.Match[str]] | None:
        """Return the first rule that matches the line, with the match in the line's comparable form."""
        bare, marked = comparable(text)
        if not bare:
            return None
        length, whole = count_words(text), marked or bare
        for rule in rules:
            for words, needs, pattern in _compiled(self, rule):
                if length > words or (needs and not any(map(whole.__contains__, needs))):
                    continue
                found = pattern.match(bare) or (pattern.match(marked) if marked else None)
                if found:
                    return rule, found
        return None


@functools.lru_cache(maxsize=8)
def _group_patterns(residue: Residue) -> dict[str, tuple[re.Pattern[str], ...]]:
    return {
        rule: tuple(
            re.compile(f"(?:{pattern.match}){_SENTENCE_END if rule == 'told' else ''}", re.IGNORECASE)
            for pattern in residue.patterns
            if pattern.rule == rule
        )
        for rule in GROUP_RULES
    }


@functools.lru_cache(maxsize=1024)
def comparable(text: str) -> tuple[str, str]:
    """Return the line in the form that patterns match: normalised, in lower case, with straight apostrophes.

    The second value keeps the leading marks; it is empty where there are none.
    """
    # lower(), not casefold(): folding turns ß into ss, and patterns are written with ß.
    line = normalise(text).lower().replace("’", "'").replace("‘", "'").replace("i̇", "i")
    bare = _MARKS.sub("", line)
    return bare, line if bare != line else ""


_Compiled = tuple[int, tuple[str, ...], re.Pattern[str]]  # word limit, required words, pattern


@functools.lru_cache(maxsize=128)
def _compiled(residue: Residue, rule: str) -> tuple[_Compiled, ...]:
    """Compile one expression for each limit of a rule: single patterns would take longer than extracting the page.

    Patterns that need certain words have an expression of their own, which runs only on lines with one of the words.
    """
    grouped: dict[tuple[int, bool], dict[str, Pattern]] = {}
    for pattern in residue.patterns:
        if pattern.rule == rule:
            grouped.setdefault((pattern.words, bool(pattern.needs)), {}).setdefault(pattern.match, pattern)
    compiled: list[_Compiled] = []
    for (words, _), patterns in grouped.items():
        needs = tuple(dict.fromkeys(word for pattern in patterns.values() for word in pattern.needs))
        if any("(?P<" in match for match in patterns):
            parts = [re.compile(f"(?:{match})") for match in patterns]
        else:
            parts = [re.compile("|".join(f"(?:{_closed(match)})" for match in patterns))]
        compiled.extend((words, needs, part) for part in parts)
    return tuple(compiled)


@functools.lru_cache(maxsize=8)
def _languages(residue: Residue) -> dict[str, tuple[str, ...]]:
    languages: dict[str, tuple[str, ...]] = {}
    for language, words in residue.function_words:
        for word in words:
            languages[word] = (*languages.get(word, ()), language)
    return languages


def _closed(match: str) -> str:
    return f"(?:{match}){_WORD_END}"


def load_residue(text: str) -> Residue:
    """Return the default patterns followed by those of a YAML text. Raises ResidueError for an invalid text."""
    default = default_residue()
    own = _parse(text)
    key = stable_id(default.key, own.key)
    return Residue(key, (*default.patterns, *own.patterns), (*default.function_words, *own.function_words))


@functools.cache
def default_residue() -> Residue:
    """Return the patterns that come with the program."""
    # Their patterns are known to be valid, so they need not be compiled one by one to find a faulty one.
    return _parse(resources.files(__package__).joinpath("residue.yaml").read_text(encoding="utf-8"), trusted=True)


def _parse(text: str, *, trusted: bool = False) -> Residue:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        data = yaml.load(text, Loader=loader) or {}  # noqa: S506 - a safe loader, in C where there is one
    except yaml.YAMLError as error:
        raise ResidueError(f"the residue patterns are not valid YAML: {error}") from error
    if not isinstance(data, dict):
        raise ResidueError("the residue patterns must be a mapping from language to rules")
    patterns: list[Pattern] = []
    words: list[tuple[str, frozenset[str]]] = []
    for language, rules in data.items():
        if not isinstance(rules, dict):
            raise ResidueError(f"{language}: expected rules, each with a list of patterns")
        for rule, entries in rules.items():
            if rule == "words":
                words.append((str(language), frozenset(str(word) for word in entries)))
            else:
                patterns.extend(_patterns(str(language), str(rule), entries, trusted=trusted))
    return Residue(stable_id(text), tuple(patterns), tuple(words))


def _patterns(language: str, rule: str, entries: Any, *, trusted: bool) -> Iterator[Pattern]:
    if rule not in WORD_LIMITS:
        raise ResidueError(f"{language}: there is no rule {rule!r}; the rules are {', '.join(WORD_LIMITS)}")
    for entry in entries or ():
        match = entry.get("match") if isinstance(entry, dict) else None
        if not isinstance(match, str):
            raise ResidueError(f"{language}, {rule}: each pattern needs `match`, a regular expression")
        try:
            trusted or re.compile(match)
        except re.error as error:
            raise ResidueError(f"{language}, {rule}: {match!r} is not a regular expression: {error}") from error
        yield Pattern(
            language,
            rule,
            unicodedata.normalize("NFC", match),
            int(entry.get("words", WORD_LIMITS[rule])),
            tuple(map(str, entry.get("is", ()))),
            tuple(map(str, entry.get("not", ()))),
            tuple(unicodedata.normalize("NFC", str(word)) for word in entry.get("needs", ())),
        )
