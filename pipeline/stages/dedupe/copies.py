# mypy: allow-untyped-calls
"""Fingerprints of stories for the archive: MinHash in twelve groups of six bands of two rows.

The bands of a group have their first row in common, and their keys begin with it: in an index they stand together, so
that a story costs twelve places of it, not 72. A story is kept under the least hashes, and looked for under the least
and the second least of either row, for what an edit has taken is mostly the one or the other. At a Jaccard of .3 two
texts share three bands or more with a probability of .984, at .2 of .83, at .01 (strangers) of .00002.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from pipeline.records import Fingerprint, StoredFeatures
from pipeline.stages.dedupe.features import FEATURES_VERSION, Body, Features, open_features
from pipeline.stages.dedupe.index import ARTICLE, NEAR, Index, Table, chunks
from pipeline.stages.dedupe.postings import Edge, products, rows
from pipeline.stages.dedupe.settings import DEFAULTS, Settings
from pipeline.stages.dedupe.terms import (
    CHARACTER,
    FUNCTION,
    HIRAGANA,
    LETTER,
    Hashes,
    Mask,
    Places,
    Words,
    digest,
    distinct,
    mix,
    shared,
)

_LONG_BODY = 80  # words from which an equal body is a copy under any title
_SHORT_BODY = 25  # words below which an equal body under another title proves nothing: "subscribe to read on"


@dataclass(frozen=True, slots=True)
class Links:
    """Pairs of stories by number: the same story beyond doubt, and near copies."""

    same: list[Edge]
    near: list[Edge]

    @property
    def all(self) -> list[Edge]:
        """Both."""
        return [*self.same, *self.near]


@dataclass(frozen=True, slots=True)
class Alike:
    """What a story was compared with: the number of the other, their figures, and what was wanting for a copy."""

    other: int
    jaccard: float
    contained: float  # of the smaller text
    wanting: str


class Linker:
    """Finds the links among some stories of an index; `ranks` is the place of each in the order of names."""

    def __init__(self, index: Index, among: Mask, ranks: Places, settings: Settings) -> None:
        """Look at these stories of the index, letters and reads apart."""
        self._index, self._ranks, self._settings = index, ranks, settings
        self._among = among & (index.stories["role"] == ARTICLE)
        self._bodies = self._groups("key")

    def links(self) -> Links:
        """All links."""
        return Links([*self._same_address(), *self._same_body()], [*self._equal(), *self._near()])

    def compared(self, stories: Sequence[int]) -> dict[int, list[Alike]]:
        """For each of these stories what it was compared with, the likest first."""
        keys = self._index.stories["key"]
        found: dict[int, list[Alike]] = {}
        asked = np.isin(keys, keys[list(stories)])
        pairs = self._index.between("near", self._among)
        for one, other, alike, contained, flags in pairs[asked[pairs["one"]] | asked[pairs["other"]]].tolist():
            said = wanting(flags, self._share_outlet(one, other))
            found.setdefault(int(keys[one]), []).append(Alike(self._first(other), alike, contained, said))
            found.setdefault(int(keys[other]), []).append(Alike(self._first(one), alike, contained, said))
        for told in found.values():
            told.sort(key=lambda pair: (-pair.jaccard, self._ranks[pair.other]))
        return {number: found.get(int(keys[number]), []) for number in stories}

    def _groups(self, column: str) -> dict[int, list[int]]:
        """The stories that share a value of a column, by that value, each group in the order of names."""
        numbers = np.flatnonzero(self._among)
        numbers = numbers[np.argsort(self._ranks[numbers])]
        values: Hashes = self._index.stories[column][numbers]
        _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
        shared = (counts[inverse] > 1) & (values != 0)
        groups: dict[int, list[int]] = {}
        for number, value in zip(numbers[shared].tolist(), values[shared].tolist(), strict=True):
            groups.setdefault(value, []).append(number)
        return groups

    def _same_address(self) -> Iterator[Edge]:
        """Pairs of stories at one address; the parts of one document share theirs."""
        entries, documents = self._index.stories["entry"], self._index.stories["document"]
        for first, *others in self._groups("address").values():
            for other in others:
                parts = entries[first] == entries[other] != 0 or documents[first] == documents[other] != 0
                if not parts:
                    yield first, other

    def _same_body(self) -> Iterator[Edge]:
        """Pairs of stories with all words of their bodies equal; short bodies need the same title or another outlet."""
        stories = self._index.stories
        for group in self._bodies.values():
            titles: dict[int, int] = {}
            for number in group:
                other = titles.setdefault(int(stories["title"][number]), number)
                if other != number:
                    yield other, number
            first, *rest = titles.values()
            outlets = stories["outlet"][list(titles.values())]
            if rest and _proves(int(stories["words"][first]), outlets):
                yield from ((first, number) for number in rest)

    def _equal(self) -> Iterator[Edge]:
        """Pairs with equal bodies that are long enough for near copies; within one outlet they have to be longer."""
        stories = self._index.stories
        for first, *rest in self._bodies.values():
            outlets = set(stories["outlet"][[first, *rest]].tolist())
            one_outlet = len(outlets) == 1 and 0 not in outlets
            least = self._settings.own_outlet_shingles if one_outlet else self._settings.least_shingles
            if stories["shingles"][first] >= least:
                yield from ((first, number) for number in rest)

    def _near(self) -> Iterator[Edge]:
        for one, other, _, _, flags in self._index.between("near", self._among).tolist():
            if not wanting(flags, self._share_outlet(one, other)):
                yield from ((number, other) for number in self._with_body(one))
                yield from ((one, number) for number in self._with_body(other) if number != other)

    def _with_body(self, number: int) -> list[int]:
        return self._bodies.get(int(self._index.stories["key"][number]), [number])

    def _first(self, number: int) -> int:
        return self._with_body(number)[0]

    def _share_outlet(self, one: int, other: int) -> bool:
        outlets = self._index.stories["outlet"]
        mine, theirs = (set(outlets[self._with_body(number)].tolist()) for number in (one, other))
        return bool((mine & theirs) - {0})


def _proves(words: int, outlets: Hashes) -> bool:
    """Whether an equal body makes stories of different titles copies: one a paywall shows for every story does not."""
    return words >= _LONG_BODY or (words >= _SHORT_BODY and int(np.unique(outlets, return_counts=True)[1].max()) <= 2)


NEAR_COPY, NEARER, CONTRADICTING = 1, 2, 4  # flags of a pair

_SAMPLED = 0.08  # of the smaller sample that candidates share: half of what near copies do at the least
_LEAST_SAMPLED = 3
_LEAST_CONTAINED = 30  # shingles below which a text inside a longer one is a quotation
_TIMES_CONTAINED = 12  # a text so many times longer has most phrases of its language
_OWN_SHARE = 0.2  # of the smaller sample, without common shingles, that copies share
_FIGURES = 3  # numbers two texts have to name before they can contradict
_FIGURES_SHARED = 0.34  # below this the words are a form that is filled in anew each time: quarterly results, weather
_TOGETHER = 1_000  # candidates that are compared at a time: bounds the bodies in memory

Bodies = Callable[[Places], Mapping[int, Body]]  # by number


class _Candidates(NamedTuple):
    """Pairs of stories by number, the first one new, and what they share of their samples."""

    one: Places
    other: Places
    both: Places


def jaccard(one: Body, other: Body) -> float:
    """Shared shingles over all, 0 to 1."""
    both = shared(one.shingles, other.shingles)
    return both / max(1, len(one.shingles) + len(other.shingles) - both)


def share_of_smaller(one: Body, other: Body) -> float:
    """Shared shingles over those of the smaller text, 0 to 1."""
    return shared(one.shingles, other.shingles) / max(1, min(len(one.shingles), len(other.shingles)))


def compare_bodies(index: Index, new: Places, bodies: Bodies, settings: Settings) -> Table:
    """What each new story's body has in common with those it may be a copy of: rows of NEAR.

    `new` are numbers of stories that stand for all that have their body, in order.
    """
    found = _candidates(index, new, settings)
    own = _own_sizes(index, np.union1d(found.one, found.other), settings)
    table = np.empty(len(found.one), dtype=NEAR)
    order = np.lexsort((found.other, found.one))
    for start in range(0, len(order), _TOGETHER):
        some = order[start : start + _TOGETHER]
        one, other = found.one[some], found.other[some]
        read = bodies(np.union1d(one, other))
        smaller = np.minimum(own[one], own[other])
        has_own = (smaller >= _LEAST_SAMPLED) & (found.both[some] >= _OWN_SHARE * smaller)
        for row, first, second, is_own in zip(
            range(start, start + len(some)), one.tolist(), other.tolist(), has_own.tolist(), strict=True
        ):
            table[row] = (first, second, *_compared(read[first], read[second], is_own, settings))
    return table


def _candidates(index: Index, new: Places, settings: Settings) -> _Candidates:
    """Pairs of a new story and another whose samples share enough that the bodies may be near, each pair once."""
    is_new = index.mask(new)
    parts = [_Candidates(*np.empty((3, 0), dtype=np.int64))]
    for some in chunks(new):
        parts += _candidates_of(index, some, is_new, settings)
    return _Candidates(*map(np.concatenate, zip(*parts, strict=True)))


def _candidates_of(index: Index, new: Places, is_new: Mask, settings: Settings) -> Iterator[_Candidates]:
    keys, whose = index.keys("sample", index.mask(new))
    wanted, columns = np.unique(keys, return_inverse=True)
    others = index.alive & index.state["sampled"]
    places, stories = index.entries("sample", wanted, others)
    counts = np.bincount(places, minlength=len(wanted))
    some = (counts > 1) & (counts <= settings.common_shingle)
    place_of = np.zeros(len(index), dtype=np.int64)
    place_of[new] = np.arange(len(new))
    of_new, of_all = some[columns], some[places]
    matrix = _ones(place_of[whose[of_new]], columns[of_new], (len(new), len(wanted)))
    turned = _ones(places[of_all], stories[of_all], (len(wanted), len(index)))
    sampled = index.stories["sampled"]
    for row, other, both in products(matrix, turned):
        one = new[row]
        enough = both >= np.maximum(_LEAST_SAMPLED, _SAMPLED * np.minimum(sampled[one], sampled[other]))
        kept = enough & ((other < one) | ~is_new[other])
        yield _Candidates(one[kept], other[kept], both[kept])


def _ones(places: Places, columns: Places, shape: tuple[int, int]) -> csr_array:
    return rows(places, columns, np.ones(len(places), dtype=np.int32), shape)


def _own_sizes(index: Index, stories: Places, settings: Settings) -> Places:
    """For each story by number how much of its sample is in no more bodies than boilerplate is."""
    keys, whose = index.keys("sample", index.mask(stories))
    wanted, columns = np.unique(keys, return_inverse=True)
    places, _ = index.entries("sample", wanted, index.alive & index.state["sampled"])
    few = np.bincount(places, minlength=len(wanted)) <= settings.common_shingle
    return np.bincount(whose[few[columns]], minlength=len(index))


def _compared(one: Body, other: Body, has_own: bool, settings: Settings) -> tuple[float, float, int]:
    both = shared(one.shingles, other.shingles)
    smaller, larger = sorted((len(one.shingles), len(other.shingles)))
    alike, contained = both / max(1, smaller + larger - both), both / max(1, smaller)
    flags = 0
    least_alike, least_contained = _bounds(one, other, settings)
    near = smaller >= settings.least_shingles and alike >= least_alike
    inside = smaller >= _LEAST_CONTAINED and larger <= _TIMES_CONTAINED * smaller and contained >= least_contained
    if has_own and (near or inside):
        flags |= NEAR_COPY
    if smaller >= settings.own_outlet_shingles and (
        alike >= settings.own_outlet_jaccard or contained >= settings.own_outlet_containment
    ):
        flags |= NEARER
    if _contradict(one.figures, other.figures):
        flags |= CONTRADICTING
    return round(alike, 4), round(contained, 4), flags


def _bounds(one: Body, other: Body, settings: Settings) -> tuple[float, float]:
    """What two bodies have to share of all shingles, or of the smaller's."""
    smaller, larger = sorted((len(one.shingles), len(other.shingles)))
    alike, contained = settings.word_jaccard, settings.word_containment
    if one.unspaced and other.unspaced:
        is_brief = smaller < settings.brief
        alike = settings.brief_jaccard if is_brief else settings.character_jaccard
        contained = settings.brief_containment if is_brief else settings.character_containment
    return alike, settings.short_containment if 2 * smaller < larger else contained


def _contradict(one: Words, other: Words) -> bool:
    fewer = min(len(one), len(other))
    return fewer >= _FIGURES and len(np.intersect1d(one, other, assume_unique=True)) < _FIGURES_SHARED * fewer


def wanting(flags: int, same_outlet: bool) -> str:
    """What is wanting for a pair to be copies; nothing where they are."""
    if not flags & NEAR_COPY:
        return "too little in common"
    if same_outlet and not flags & NEARER:
        return "too little in common for one outlet"
    return "the same words with other figures" if flags & CONTRADICTING else ""


FINGERPRINT_VERSION = 100 * FEATURES_VERSION + 1  # raise it when a fingerprint of the same reading changes
_GROUPS, _BANDS = 12, 6  # bands in each
_WORDS, _CHARACTERS, _LETTERS = 2, 3, 8  # in a shingle
_PIECE = 4_096  # shingles at a time: bounds the memory of a long story
_FIRST_BITS, _SECOND_BITS = 20, 12  # of a key
_ROWS = _GROUPS + _GROUPS * _BANDS  # the first row of each group, then the second ones
_FACTORS = np.array([digest(f"factor {row}") >> 32 | 1 for row in range(_ROWS)], dtype=np.uint32)[:, None]
_ADDENDS = np.array([digest(f"addend {row}") >> 32 for row in range(_ROWS)], dtype=np.uint32)[:, None]
_SEEDS = np.array([digest(f"seed {row}") for row in range(_ROWS)], dtype=np.uint64)[:, None]
_MIXER = np.uint64(digest("mixer") | 1)


def fingerprint_features(features: Iterable[StoredFeatures], settings: Settings = DEFAULTS) -> list[Fingerprint]:
    """A fingerprint for each story but letters and reads, by id; each rests on its own story alone."""
    return [_fingerprint(gist, settings) for gist in open_features(features) if gist.is_told]


def _fingerprint(gist: Features, settings: Settings) -> Fingerprint:
    start = int(gist.ends[gist.standfirst - 1]) if gist.standfirst else 0
    exact = []
    if gist.address:
        exact.append(_signed(digest(f"address {gist.address}")))
    if start < len(gist.words):
        exact.append(_signed(digest(gist.words[start:].tobytes().hex())))
    shingles = _shingles(gist, start)
    if len(shingles) < settings.least_shingles:
        return Fingerprint(gist.id, tuple(exact), ())
    keys = _keys(shingles)
    return Fingerprint(gist.id, tuple(exact), tuple(keys[:, 0, :, 0].ravel().tolist()), tuple(keys.ravel().tolist()))


def _shingles(gist: Features, start: int) -> Words:
    """The body's runs of words, but for those of function words alone: strangers have little else in common."""
    words, kinds = gist.words[start:], gist.kinds[start:]
    characters, letters = (int(np.count_nonzero(kinds & kind)) for kind in (CHARACTER, LETTER))
    width = _WORDS
    if 2 * characters >= len(words):
        width = _LETTERS if 2 * letters >= characters else _CHARACTERS
    mixed = mix(words, width)
    says = (kinds & (FUNCTION | HIRAGANA)) == 0
    saying = np.zeros(len(mixed), dtype=bool)
    for place in range(width):
        saying |= says[place : len(mixed) + place]
    return distinct((mixed[saying] >> np.uint64(32)).astype(np.uint32))


def _keys(shingles: Words) -> Places:
    """Keys by group, by its first row's least hash and second least, by band, and by the same two of its second row."""
    found: list[Words] = []
    for start in range(0, len(shingles), _PIECE):
        found += _two_least(shingles[start : start + _PIECE] * _FACTORS + _ADDENDS)
    mixed = (np.stack(_two_least(np.stack(found, axis=1)), axis=1) ^ _SEEDS) * _MIXER
    mixed ^= mixed >> np.uint64(32)
    mixed *= _MIXER
    first = mixed[:_GROUPS] >> np.uint64(64 - _FIRST_BITS) << np.uint64(_SECOND_BITS)
    second = (mixed[_GROUPS:] >> np.uint64(64 - _SECOND_BITS)).reshape(_GROUPS, _BANDS, 2)
    keys = (first[:, :, None, None] | second[:, None, :, :]).astype(np.int64)
    signed: Places = keys - (1 << (_FIRST_BITS + _SECOND_BITS - 1))
    return signed


def _two_least(hashes: Words) -> tuple[Words, Words]:
    """The least and the second least of each row."""
    each, places = np.arange(len(hashes)), hashes.argmin(axis=1)
    least = hashes[each, places]
    hashes[each, places] = np.iinfo(np.uint32).max
    return least, hashes.min(axis=1)


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value
