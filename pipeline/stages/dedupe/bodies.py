"""A story's body as it is compared: without the boilerplate, as shingles, with its hash and figures."""

from dataclasses import dataclass

import numpy as np

from pipeline.stages.dedupe.features import Features
from pipeline.stages.dedupe.shingles import Hashes, Kinds, Mask, Words, digest, distinct, shingle
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


def read_body(gist: Features, left_out: Mask | None = None) -> Body:
    """The body without the units that are left out; the mask has those of the standfirst too, none of them set."""
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
        figures=distinct(words[(kinds & DIGITS) != 0]),
        lead=_lead(gist, before, words, kinds),
    )


def _lead(gist: Features, before: int, words: Words, kinds: Kinds) -> Words:
    """The standfirst and the body's beginning, as far as so many words that say something."""
    first = np.concatenate([gist.words[:before], words[:_LEAD_READ]])
    kind = np.concatenate([gist.kinds[:before], kinds[:_LEAD_READ]])
    says = np.where(kind & CHARACTER, 1.0 / _CHARACTERS_A_WORD, 1.0)
    says[(kind & FUNCTION) != 0] = 0.0
    end = int(np.searchsorted(np.cumsum(says), _LEAD_WORDS, side="right"))
    return terms(first[:end], kind[:end])
