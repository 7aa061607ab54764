"""Stories as they are compared: the body without its outlet's boilerplate, as shingles, with its hash and figures."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.stages.dedupe.reading import Gist
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.shingles import Hashes, Kinds, Mask, Words, digest, shingle
from pipeline.stages.dedupe.terms import CHARACTER, DIGITS, FUNCTION, LETTER, terms

_LEAD_WORDS = 60  # of the body, from its start, where news says what happened
_LEAD_READ = 600  # words that are gone through for them
_CHARACTERS_A_WORD = 2  # of a script without spaces
_WORDS_A_SHINGLE, _CHARACTERS_A_SHINGLE, _LETTERS_A_SHINGLE = 2, 3, 8


@dataclass(frozen=True, slots=True)
class Body:
    """What copies are found by. `key` is the hash of all words of the body, 0 where it is empty."""

    key: int
    words: int
    unspaced: bool  # half of it or more is in a script without spaces
    shingles: Hashes
    figures: Words  # the numbers it names, sorted
    lead: Words  # what its beginning is compared by, see terms.py


def read_bodies(gists: Sequence[Gist], settings: Settings) -> list[Body]:
    """Each story's body, with the sentences left out that its outlet has under many titles, or any under very many."""
    common = _boilerplate(gists, settings)
    read: dict[bytes, Body] = {}
    bodies = []
    for gist in gists:
        repeated = common[gist.outlet]
        left_out = np.isin(gist.units, repeated) if len(repeated) else None
        if left_out is not None:
            left_out[: gist.standfirst] = False
        name = hashlib.blake2b(b"" if left_out is None else left_out.tobytes(), digest_size=16)
        for part in (gist.units, gist.words, np.array([gist.standfirst])):
            name.update(part.tobytes())
        key = name.digest()
        bodies.append(read.get(key) or read.setdefault(key, _read(gist, left_out)))
    return bodies


def _read(gist: Gist, left_out: Mask | None) -> Body:
    before = int(gist.ends[gist.standfirst - 1]) if gist.standfirst else 0
    words, kinds = gist.words[before:], gist.kinds[before:]
    if left_out is not None and left_out.any():
        kept = np.repeat(~left_out, np.diff(gist.ends, prepend=0))[before:]
        words, kinds = words[kept], kinds[kept]
    characters = int(np.count_nonzero(kinds & CHARACTER))
    letters = int(np.count_nonzero(kinds & LETTER))
    unspaced = 2 * characters >= len(words) > 0
    width = _WORDS_A_SHINGLE
    if unspaced:
        width = _LETTERS_A_SHINGLE if 2 * letters >= characters else _CHARACTERS_A_SHINGLE
    return Body(
        key=digest(words.tobytes().hex()) if len(words) else 0,
        words=len(words),
        unspaced=unspaced,
        shingles=shingle(words, width),
        figures=np.unique(words[(kinds & DIGITS) != 0]),
        lead=_lead(gist, before, words, kinds),
    )


def _lead(gist: Gist, before: int, words: Words, kinds: Kinds) -> Words:
    """The standfirst and the body's beginning, as far as so many words that say something."""
    first = np.concatenate([gist.words[:before], words[:_LEAD_READ]])
    kind = np.concatenate([gist.kinds[:before], kinds[:_LEAD_READ]])
    says = np.where(kind & CHARACTER, 1.0 / _CHARACTERS_A_WORD, 1.0)
    says[(kind & FUNCTION) != 0] = 0.0
    end = int(np.searchsorted(np.cumsum(says), _LEAD_WORDS, side="right"))
    return terms(first[:end], kind[:end])


def _boilerplate(gists: Sequence[Gist], settings: Settings) -> Mapping[str, Hashes]:
    """For each outlet the sentences that stand under many different titles; the same body counts once."""
    by_outlet: defaultdict[str, dict[bytes, tuple[Hashes, int]]] = defaultdict(dict)
    for gist in gists:
        units = gist.units[gist.standfirst :]
        if len(units):
            whole = units.tobytes()
            name = digest(gist.title) if gist.title else digest(whole.hex())
            before = by_outlet[gist.outlet].get(whole)
            if before is None or name < before[1]:  # whichever title comes first, the answer is the same
                by_outlet[gist.outlet][whole] = (np.unique(units), name)
    found: dict[str, tuple[Hashes, Hashes]] = {}
    for outlet, bodies in by_outlet.items():
        least = settings.boilerplate_titles if outlet else settings.boilerplate_everywhere
        if len(bodies) >= least:
            found[outlet] = _under_titles(list(bodies.values()), least, settings.boilerplate_everywhere)
    # What one outlet has under very many titles is no part of a story elsewhere either: a copy may bring it along.
    everywhere = np.unique(np.concatenate([_NONE, *(often for _, often in found.values())]))
    return defaultdict(lambda: everywhere, {outlet: np.union1d(own, everywhere) for outlet, (own, _) in found.items()})


_NONE: Hashes = np.empty(0, dtype=np.uint64)


def _under_titles(bodies: list[tuple[Hashes, int]], least: int, most: int) -> tuple[Hashes, Hashes]:
    """The sentences under so many titles of one outlet, and those under the greater number."""
    units = np.concatenate([keys for keys, _ in bodies])
    names = np.repeat(np.array([name for _, name in bodies], dtype=np.uint64), [len(keys) for keys, _ in bodies])
    order = np.lexsort((names, units))
    units, names = units[order], names[order]
    new = np.ones(len(units), dtype=bool)
    new[1:] = (units[1:] != units[:-1]) | (names[1:] != names[:-1])
    values, counts = np.unique(units[new], return_counts=True)
    return values[counts >= least], values[counts >= most]
