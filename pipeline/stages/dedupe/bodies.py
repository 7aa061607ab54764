"""Stories as they are compared: the body without its outlet's boilerplate, as shingles, with its hash and figures."""

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.records import Story
from pipeline.stages.dedupe.romanise import simplify
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.shingles import (
    Hashes,
    Mask,
    digest,
    hash_all,
    is_unspaced,
    new_words,
    sentences,
    shingle,
    tokens,
)

_LEAD_CHARACTERS = 1_200  # where news says what happened
_WORDS_A_SHINGLE, _CHARACTERS_A_SHINGLE = 2, 3


@dataclass(frozen=True, slots=True)
class Body:
    """What copies are found by. `key` is the hash of all words of the body, 0 where it is empty."""

    title: str  # its words
    headline: str  # the title as it stands, folded
    lead: str  # standfirst and beginning of the body, folded
    key: int
    words: int
    unspaced: bool
    shingles: Hashes
    figures: frozenset[str]  # the numbers it names


@dataclass(frozen=True, slots=True)
class _Parts:
    """A body in lines and sentences, with their hashes: the same for every story that has the same body."""

    units: list[str]
    keys: Hashes


def read_bodies(stories: Sequence[Story], settings: Settings) -> list[Body]:
    """Each story's body, with the sentences left out that its outlet has under many titles."""
    headlines = [_plain(story.title) for story in stories]
    titles = [" ".join(tokens(headline)) for headline in headlines]
    split: dict[str, _Parts] = {}
    parts = [split.get(text) or split.setdefault(text, _split(text)) for text in (story.text for story in stories)]
    common = _boilerplate(stories, titles, [part.keys for part in parts], settings)
    known = new_words()
    read: dict[tuple[str, int, str], Body] = {}
    bodies = []
    for story, headline, title, part in zip(stories, headlines, titles, parts, strict=True):
        place = (story.outlet, id(part), story.standfirst)
        body = read.get(place)
        if body is None:
            left_out = np.isin(part.keys, common.get(story.outlet, _NONE))
            body = read[place] = _read(part.units, left_out, _plain(story.standfirst), known)
        bodies.append(dataclasses.replace(body, title=title, headline=headline))
    return bodies


def _split(text: str) -> _Parts:
    units = sentences(_plain(text))
    return _Parts(units, hash_all(units))


def _plain(text: str) -> str:
    """Both Chinese scripts as one, so that a converted copy is a copy."""
    return simplify(text).casefold()


_NONE: Hashes = np.empty(0, dtype=np.uint64)


def _read(units: list[str], left_out: Mask, standfirst: str, known: dict[str, int]) -> Body:
    kept = "\n".join(unit for unit, common in zip(units, left_out, strict=True) if not common)
    own = tokens(kept)
    unspaced = is_unspaced(own)
    return Body(
        title="",
        headline="",
        lead=f"{standfirst}\n{kept[:_LEAD_CHARACTERS]}"[:_LEAD_CHARACTERS],
        key=digest(" ".join(own)) if own else 0,
        words=len(own),
        unspaced=unspaced,
        shingles=shingle(own, known, _CHARACTERS_A_SHINGLE if unspaced else _WORDS_A_SHINGLE),
        figures=frozenset(word for word in own if word[0].isdigit()),
    )


def _boilerplate(
    stories: Sequence[Story], titles: Sequence[str], hashed: Sequence[Hashes], settings: Settings
) -> dict[str, Hashes]:
    """For each outlet the sentences that stand under many different titles; the same body counts once."""
    by_outlet: defaultdict[str, dict[bytes, tuple[Hashes, int]]] = defaultdict(dict)
    for story, title, keys in zip(stories, titles, hashed, strict=True):
        if len(keys):
            whole = keys.tobytes()
            name = digest(title) if title else digest(whole.hex())
            before = by_outlet[story.outlet].get(whole)
            if before is None or name < before[1]:  # whichever title comes first, the answer is the same
                by_outlet[story.outlet][whole] = (np.unique(keys), name)
    found = {}
    for outlet, bodies in by_outlet.items():
        least = settings.boilerplate_titles if outlet else settings.boilerplate_titles_unknown
        if len(bodies) >= least:
            found[outlet] = _under_titles(list(bodies.values()), least)
    return found


def _under_titles(bodies: list[tuple[Hashes, int]], least: int) -> Hashes:
    units = np.concatenate([keys for keys, _ in bodies])
    names = np.repeat(np.array([name for _, name in bodies], dtype=np.uint64), [len(keys) for keys, _ in bodies])
    order = np.lexsort((names, units))
    units, names = units[order], names[order]
    new = np.ones(len(units), dtype=bool)
    new[1:] = (units[1:] != units[:-1]) | (names[1:] != names[:-1])
    values, counts = np.unique(units[new], return_counts=True)
    return values[counts >= least]
