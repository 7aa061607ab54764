# mypy: allow-untyped-calls
"""The same event in two languages, by what needs no translation: names, amounts, dates. Suggested, never merged."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from pipeline.records import Event, Story
from pipeline.stages.dedupe.aliases import Aliases
from pipeline.stages.dedupe.copies import comparable
from pipeline.stages.dedupe.figures import figures
from pipeline.stages.dedupe.function_words import FUNCTION_WORDS
from pipeline.stages.dedupe.pieces import self_product, without_common
from pipeline.stages.dedupe.romanise import consonants, pinyin_names, sound_names
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.tongue import tongue

_READ = 3_000  # characters of a story: what happened stands in front
# What a shared sign of each kind counts. WHO names the parties, WHAT tells their events apart.
_WHO = {"companies": 1.0, "people": 1.0, "name": 0.8, "pinyin": 1.0, "sound": 0.8}
_WHAT = {"amount": 1.6, "percent": 1.1, "number": 1.0, "code": 1.2, "date": 0.7, "concepts": 0.8}
_WEIGHTS = _WHO | _WHAT | {"places": 0.4}
_RARITY = 0.25  # exponent of the number of stories that have a sign
_LATIN_NAME = re.compile(r"(?<![\w'’])[A-Z][A-Za-z][\w&-]*")
_SPELT_IN_LATIN = ("en", "de", "nl", "fr", "es", "pt", "it", "und")

Sign = tuple[str, str]  # kind and key


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two events that may be one, told in two languages: for an editor to judge."""

    one: str  # the story that stands for the one event
    other: str
    figure: float  # cosine of what the two texts name
    evidence: tuple[str, ...]


def suggest_events(
    events: Sequence[Event], stories: Sequence[Story], aliases: Aliases, settings: Settings
) -> list[Suggestion]:
    """Pairs of events whose stories, in different languages, name the same things; the surest first."""
    told = comparable(stories)
    tongues = [tongue(story) for story in told]
    if len(set(tongues)) < 2:
        return []
    signs = [read_signs(story, language, aliases) for story, language in zip(told, tongues, strict=True)]
    event_of = {name: event for event in events for name in event.stories}
    found: dict[tuple[str, str], Suggestion] = {}
    for one, other, figure in _alike(signs, settings):
        first, second = event_of[told[one].id], event_of[told[other].id]
        if first.id == second.id or tongues[one] == tongues[other] or not _is_near(told[one], told[other], settings):
            continue
        shared = _shared(signs[one], signs[other])
        if not _tells(shared, settings):
            continue
        pair = (min(first.best, second.best), max(first.best, second.best))
        if pair not in found or found[pair].figure < figure:
            found[pair] = Suggestion(*pair, round(figure, 4), tuple(_evidence(shared, signs[one], signs[other])))
    return sorted(found.values(), key=lambda pair: (-pair.figure, pair.one, pair.other))


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
    for word in _latin_names(story.title, text):
        if word.casefold() not in covered:
            found["name", word.casefold()] = word
    if language in _SPELT_IN_LATIN:
        found |= _spelt(text, covered)
    else:
        found |= {("sound", key): form for key, form in sound_names(text).items()}
    if language == "zh":
        found |= {("pinyin", key): form for key, form in pinyin_names(text).items()}
    return found


def _latin_names(title: str, text: str) -> set[str]:
    """Words with a capital that are no function words; a title in capitals throughout does not count."""
    words = title.split()
    shouted = 2 * sum(1 for word in words if word[0].isupper()) > len(words) > 2
    return {
        word
        for word in _LATIN_NAME.findall(text[len(title) :] if shouted else text)
        if word.casefold() not in FUNCTION_WORDS and len(word) > 2
    }


def _spelt(text: str, covered: set[str]) -> dict[Sign, str]:
    """Names of a Latin text as pinyin and kana would give them: two or three words joined, and consonants."""
    found: dict[Sign, str] = {}
    for run in re.findall(r"[A-Z][a-z]+(?:[ -]?[A-Z]?[a-z]+){0,3}", text):
        words = re.findall(r"[A-Z]?[a-z]+", run)
        for start in range(len(words)):
            for size in (1, 2, 3):
                if words[start][0].isupper() and start + size <= len(words):
                    found.setdefault(("pinyin", "".join(words[start : start + size]).lower()), run)
        first = words[0].lower()
        if first not in covered and first not in FUNCTION_WORDS and len(consonants(first)) >= 4:
            found.setdefault(("sound", consonants(first)), words[0])
    return found


def _alike(signs: Sequence[dict[Sign, str]], settings: Settings) -> Iterator[tuple[int, int, float]]:
    """Places of stories and the cosine of their signs, where it reaches the bound."""
    counts = Counter(sign for each in signs for sign in each)
    shared = sorted(sign for sign, count in counts.items() if count > 1)
    column = {sign: place for place, sign in enumerate(shared)}
    rows, columns, data = [], [], []
    for row, each in enumerate(signs):
        length = sum(_weight(sign, counts) ** 2 for sign in each if _counts(sign, counts)) ** 0.5
        for sign in sorted(each):
            if sign in column:
                rows.append(row)
                columns.append(column[sign])
                data.append(_weight(sign, counts) / length)
    matrix = csr_array((np.array(data, dtype=np.float64), (rows, columns)), shape=(len(signs), len(shared)))
    for one, other, cosine in self_product(without_common(matrix, settings.event_products)):
        likely = cosine >= settings.suggestion_cosine
        yield from zip(one[likely].tolist(), other[likely].tolist(), cosine[likely].tolist(), strict=True)


def _counts(sign: Sign, counts: Counter[Sign]) -> bool:
    """Whether a sign has part in a story's length: spellings and plain words that no other story has say nothing."""
    return sign[0] not in ("pinyin", "sound", "name") or counts[sign] > 1


def _weight(sign: Sign, counts: Counter[Sign]) -> float:
    return float(_WEIGHTS[sign[0]] * counts[sign] ** -_RARITY)


def _is_near(one: Story, other: Story, settings: Settings) -> bool:
    if one.dated_at is None or other.dated_at is None:
        return True
    return abs((one.dated_at - other.dated_at).total_seconds()) <= 3600 * settings.event_hours


def _shared(one: dict[Sign, str], other: dict[Sign, str]) -> list[Sign]:
    return sorted(one.keys() & other.keys(), key=lambda sign: (-_WEIGHTS[sign[0]], sign))


def _tells(shared: Sequence[Sign], settings: Settings) -> bool:
    """Whether what two texts share names a party and something that happened to it, and is enough of both."""
    who = sum(_WHO.get(kind, 0.0) for kind, _ in shared)
    what = sum(_WHAT.get(kind, 0.0) for kind, _ in shared)
    return who > 0 and what >= settings.suggestion_what and who + what >= settings.suggestion_evidence


def _evidence(shared: Sequence[Sign], one: dict[Sign, str], other: dict[Sign, str]) -> Iterator[str]:
    for sign in shared:
        first, second = one[sign], other[sign]
        yield first if first == second else f"{first} = {second}"
