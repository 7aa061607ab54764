"""Stories as they are compared: the body without its outlet's boilerplate, as shingles, with its hash and figures."""

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

_WORDS_A_SHINGLE, _CHARACTERS_A_SHINGLE = 2, 3


@dataclass(frozen=True, slots=True)
class Body:
    """What copies are found by. `key` is the hash of all words of the body, 0 where it is empty."""

    title: str  # normalised
    key: int
    words: int
    unspaced: bool
    shingles: Hashes
    figures: frozenset[str]  # the numbers it names


def read_bodies(stories: Sequence[Story], settings: Settings) -> list[Body]:
    """Each story's body, with the sentences left out that its outlet has under many titles."""
    titles = [" ".join(tokens(_plain(story.title))) for story in stories]
    parts = [sentences(_plain(story.text)) for story in stories]
    hashed = [hash_all(units) for units in parts]
    common = _boilerplate(stories, titles, hashed, settings)
    known = new_words()
    return [
        _read(title, units, np.isin(keys, common.get(story.outlet, _NONE)), known)
        for story, title, units, keys in zip(stories, titles, parts, hashed, strict=True)
    ]


def _plain(text: str) -> str:
    """Both Chinese scripts as one, so that a converted copy is a copy."""
    return simplify(text).casefold()


_NONE: Hashes = np.empty(0, dtype=np.uint64)


def _read(title: str, units: list[str], left_out: Mask, known: dict[str, int]) -> Body:
    own = tokens("\n".join(unit for unit, common in zip(units, left_out, strict=True) if not common))
    unspaced = is_unspaced(own)
    return Body(
        title=title,
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
