# mypy: allow-untyped-calls
"""Pairs of stories that are copies, and MinHash fingerprints that find copies in the archive.

A fingerprint has twelve groups of six bands of two rows. The bands of a group share their first row and their keys
begin with it, so they are neighbours in an index: a story touches 12 places of it, not 72. A story is stored under
the least hash of each row and searched under the least and second least, since an edit mostly removes one of the two.
Two texts share three bands or more with probability .984 at a Jaccard of .3, .83 at .2, .00002 at .01 (unrelated).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pipeline.records import Fingerprint, StoredFeatures
from pipeline.stages.dedupe.features import FEATURES_VERSION, Body, Features, open_features
from pipeline.stages.dedupe.index import ARTICLE, NEAR, Index, Table, chunks
from pipeline.stages.dedupe.postings import Edge, Matrix, products, rows
from pipeline.stages.dedupe.settings import DEFAULTS, Settings
from pipeline.stages.dedupe.terms import (
    CHARACTER,
    FUNCTION,
    HIRAGANA,
    LETTER,
    Hashes,
    Kinds,
    Mask,
    Places,
    Words,
    digest,
    distinct,
    mix,
    shared,
)

_LONG_BODY = 80  # words from which an equal body makes a copy whatever the title
_SHORT_BODY = 25  # words below which it proves nothing under another title: "subscribe to read on"


class Links(NamedTuple):
    """Pairs of stories by number: certainly the same story, and near copies."""

    same: list[Edge]
    near: list[Edge]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison with another story: its number, their similarity, and why they are not copies."""

    other: int
    jaccard: float
    containment: float  # of the smaller text
    missing: str  # empty if they are copies


class Linker:
    """Finds copies among some stories of an index. `ranks`: the position of each story in the order of names."""

    def __init__(self, index: Index, among: Mask, ranks: Places, settings: Settings) -> None:
        """`among`: the stories to compare. Letters and reads are left out."""
        self._index, self._ranks, self._settings = index, ranks, settings
        self._among = among & (index.stories["role"] == ARTICLE)
        self._same_bodies = self._groups("key")

    def links(self) -> Links:
        """All pairs."""
        return Links([*self._same_address(), *self._same_body()], [*self._equal_bodies(), *self._near_copies()])

    def compared(self, stories: Sequence[int]) -> dict[int, list[Comparison]]:
        """The comparisons of each of these stories, the most similar first."""
        keys = self._index.stories["key"]
        found: dict[int, list[Comparison]] = {}
        wanted = np.isin(keys, keys[list(stories)])
        pairs = self._index.between("near", self._among)
        for one, other, similarity, containment, flags in pairs[wanted[pairs["one"]] | wanted[pairs["other"]]].tolist():
            missing = missing_for_copy(flags, self._share_outlet(one, other))
            for number, compared in ((one, other), (other, one)):
                comparison = Comparison(self._first(compared), similarity, containment, missing)
                found.setdefault(int(keys[number]), []).append(comparison)
        for comparisons in found.values():
            comparisons.sort(key=lambda pair: (-pair.jaccard, self._ranks[pair.other]))
        return {number: found.get(int(keys[number]), []) for number in stories}

    def _groups(self, column: str) -> dict[int, list[int]]:
        """Groups of stories that share a value of a column, by that value; each group in the order of names."""
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
        """Pairs of stories with one canonical URL. Parts of one document share theirs and are no copies."""
        entries, documents = self._index.stories["entry"], self._index.stories["document"]
        for first, *others in self._groups("address").values():
            for other in others:
                parts = entries[first] == entries[other] != 0 or documents[first] == documents[other] != 0
                if not parts:
                    yield first, other

    def _same_body(self) -> Iterator[Edge]:
        """Pairs of stories whose bodies have the same words. Short bodies need the same title or another outlet."""
        stories = self._index.stories
        for group in self._same_bodies.values():
            titles: dict[int, int] = {}
            for number in group:
                other = titles.setdefault(int(stories["title"][number]), number)
                if other != number:
                    yield other, number
            first, *rest = titles.values()
            outlets = stories["outlet"][list(titles.values())]
            if rest and _proves_copies(int(stories["words"][first]), outlets):
                yield from ((first, number) for number in rest)

    def _equal_bodies(self) -> Iterator[Edge]:
        """Pairs with equal bodies that are long enough for near copies. Within one outlet they must be longer."""
        stories = self._index.stories
        for first, *rest in self._same_bodies.values():
            outlets = set(stories["outlet"][[first, *rest]].tolist())
            one_outlet = len(outlets) == 1 and 0 not in outlets
            least = self._settings.own_outlet_shingles if one_outlet else self._settings.least_shingles
            if stories["shingles"][first] >= least:
                yield from ((first, number) for number in rest)

    def _near_copies(self) -> Iterator[Edge]:
        for one, other, _, _, flags in self._index.between("near", self._among).tolist():
            if not missing_for_copy(flags, self._share_outlet(one, other)):
                yield from ((number, other) for number in self._with_body(one))
                yield from ((one, number) for number in self._with_body(other) if number != other)

    def _with_body(self, number: int) -> list[int]:
        return self._same_bodies.get(int(self._index.stories["key"][number]), [number])

    def _first(self, number: int) -> int:
        return self._with_body(number)[0]

    def _share_outlet(self, one: int, other: int) -> bool:
        outlets = self._index.stories["outlet"]
        mine, theirs = (set(outlets[self._with_body(number)].tolist()) for number in (one, other))
        return bool((mine & theirs) - {0})


def _proves_copies(words: int, outlets: Hashes) -> bool:
    """Whether an equal body makes stories of different titles copies. A paywall's notice does not."""
    return words >= _LONG_BODY or (words >= _SHORT_BODY and int(np.unique(outlets, return_counts=True)[1].max()) <= 2)


NEAR_COPY, NEARER, CONTRADICTING = 1, 2, 4  # flags of a pair

_SAMPLED = 0.08  # of the smaller sample that candidates share: half of the least that near copies share
_LEAST_SAMPLED = 3
_LEAST_CONTAINED = 30  # shingles below which a text inside a longer one is a quotation
_TIMES_CONTAINED = 12  # a text that is longer by this factor has most phrases of its language
_OWN_SHARE = 0.2  # of the smaller sample, common shingles left out, that copies share
_FIGURES = 3  # numbers that both texts must name before they can contradict each other
_FIGURES_SHARED = 0.34  # below this the text is a form filled in again: quarterly results, weather
_TOGETHER = 1_000  # candidates in a batch: bounds the bodies in memory

Bodies = Callable[[Places], Mapping[int, Body]]  # by number


class _Candidates(NamedTuple):
    """Pairs of stories by number, the first one new, and the number of sampled shingles that they share."""

    one: Places
    other: Places
    both: Places


def jaccard(one: Body, other: Body) -> float:
    """The Jaccard similarity of the shingles, 0 to 1."""
    both = shared(one.shingles, other.shingles)
    return both / max(1, len(one.shingles) + len(other.shingles) - both)


def containment(one: Body, other: Body) -> float:
    """Shared shingles divided by those of the smaller text, 0 to 1."""
    return shared(one.shingles, other.shingles) / max(1, min(len(one.shingles), len(other.shingles)))


def compare_bodies(index: Index, new: Places, bodies: Bodies, settings: Settings) -> Table:
    """Compare new bodies with those that they may be copies of: rows of NEAR.

    `new`: sorted numbers of stories, one for each distinct body.
    """
    found = _candidates(index, new, settings)
    own = _own_sizes(index, np.union1d(found.one, found.other), settings)
    table = np.empty(len(found.one), dtype=NEAR)
    order = np.lexsort((found.other, found.one))
    for start in range(0, len(order), _TOGETHER):
        some = order[start : start + _TOGETHER]
        one, other = found.one[some], found.other[some]
        body_of = bodies(np.union1d(one, other))
        smaller = np.minimum(own[one], own[other])
        has_own = (smaller >= _LEAST_SAMPLED) & (found.both[some] >= _OWN_SHARE * smaller)
        for row, first, second, is_own in zip(
            range(start, start + len(some)), one.tolist(), other.tolist(), has_own.tolist(), strict=True
        ):
            table[row] = (first, second, *_compare(body_of[first], body_of[second], is_own, settings))
    return table


def _candidates(index: Index, new: Places, settings: Settings) -> _Candidates:
    """Pairs of a new story and another whose samples share enough for near copies; each pair once."""
    is_new = index.mask(new)
    parts = [_Candidates(*np.empty((3, 0), dtype=np.int64))]
    for some in chunks(new):
        parts += _candidate_batches(index, some, is_new, settings)
    return _Candidates(*map(np.concatenate, zip(*parts, strict=True)))


def _candidate_batches(index: Index, new: Places, is_new: Mask, settings: Settings) -> Iterator[_Candidates]:
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


def _ones(places: Places, columns: Places, shape: tuple[int, int]) -> Matrix:
    return rows(places, columns, np.ones(len(places), dtype=np.int32), shape)


def _own_sizes(index: Index, stories: Places, settings: Settings) -> Places:
    """For each story by number, how many of its sampled shingles are not common."""
    keys, whose = index.keys("sample", index.mask(stories))
    wanted, columns = np.unique(keys, return_inverse=True)
    places, _ = index.entries("sample", wanted, index.alive & index.state["sampled"])
    few = np.bincount(places, minlength=len(wanted)) <= settings.common_shingle
    return np.bincount(whose[few[columns]], minlength=len(index))


def _compare(one: Body, other: Body, has_own: bool, settings: Settings) -> tuple[float, float, int]:
    both = shared(one.shingles, other.shingles)
    smaller, larger = sorted((len(one.shingles), len(other.shingles)))
    similarity, contained = both / max(1, smaller + larger - both), both / max(1, smaller)
    flags = 0
    least_jaccard, least_containment = _bounds(one, other, settings)
    near = smaller >= settings.least_shingles and similarity >= least_jaccard
    inside = smaller >= _LEAST_CONTAINED and larger <= _TIMES_CONTAINED * smaller and contained >= least_containment
    if has_own and (near or inside):
        flags |= NEAR_COPY
    if smaller >= settings.own_outlet_shingles and (
        similarity >= settings.own_outlet_jaccard or contained >= settings.own_outlet_containment
    ):
        flags |= NEARER
    if _contradict(one.figures, other.figures):
        flags |= CONTRADICTING
    return round(similarity, 4), round(contained, 4), flags


def _bounds(one: Body, other: Body, settings: Settings) -> tuple[float, float]:
    """The Jaccard similarity and the containment from which two bodies are near copies."""
    smaller, larger = sorted((len(one.shingles), len(other.shingles)))
    least_jaccard, least_containment = settings.word_jaccard, settings.word_containment
    if one.unspaced and other.unspaced:
        is_brief = smaller < settings.brief
        least_jaccard = settings.brief_jaccard if is_brief else settings.character_jaccard
        least_containment = settings.brief_containment if is_brief else settings.character_containment
    return least_jaccard, settings.short_containment if 2 * smaller < larger else least_containment


def _contradict(one: Words, other: Words) -> bool:
    fewer = min(len(one), len(other))
    return fewer >= _FIGURES and len(np.intersect1d(one, other, assume_unique=True)) < _FIGURES_SHARED * fewer


def missing_for_copy(flags: int, same_outlet: bool) -> str:
    """Why a pair is not a copy; empty if it is one."""
    if not flags & NEAR_COPY:
        return "too little in common"
    if same_outlet and not flags & NEARER:
        return "too little in common for two stories of one outlet"
    return "the same words with different numbers" if flags & CONTRADICTING else ""


FINGERPRINT_VERSION = 100 * FEATURES_VERSION + 1  # increase it when the fingerprint of the same features changes
_GROUPS, _BANDS = 12, 6  # bands in each
_WORDS, _CHARACTERS, _LETTERS = 2, 3, 8  # in a shingle
_PIECE = 4_096  # shingles in a batch: bounds the memory of a long story
_FIRST_BITS, _SECOND_BITS = 20, 12  # of a key
_ROWS = _GROUPS + _GROUPS * _BANDS  # the first row of each group, then the second ones
_FACTORS = np.array([digest(f"factor {row}") >> 32 | 1 for row in range(_ROWS)], dtype=np.uint32)[:, None]
_ADDENDS = np.array([digest(f"addend {row}") >> 32 for row in range(_ROWS)], dtype=np.uint32)[:, None]
_SEEDS = np.array([digest(f"seed {row}") for row in range(_ROWS)], dtype=np.uint64)[:, None]
_MIXER = np.uint64(digest("mixer") | 1)


def fingerprint_features(stored: Iterable[StoredFeatures], settings: Settings = DEFAULTS) -> list[Fingerprint]:
    """The fingerprint of each story except letters and reads, by id. It depends on no other story."""
    return [_fingerprint(features, settings) for features in open_features(stored) if features.is_told]


def _fingerprint(features: Features, settings: Settings) -> Fingerprint:
    start = features.body_start
    exact = []
    if features.address:
        exact.append(_signed(digest(f"address {features.address}")))
    if start < len(features.words):
        exact.append(_signed(digest(features.words[start:].tobytes().hex())))
    shingles = _shingles(features.words[start:], features.kinds[start:])
    if len(shingles) < settings.least_shingles:
        return Fingerprint(features.id, tuple(exact), ())
    keys = _keys(shingles)
    bands, probes = keys[:, 0, :, 0].ravel().tolist(), keys.ravel().tolist()
    return Fingerprint(features.id, tuple(exact), tuple(bands), tuple(probes))


def _shingles(words: Words, kinds: Kinds) -> Words:
    """The shingles of a body, except those of function words only, which unrelated texts share."""
    characters, letters = (int(np.count_nonzero(kinds & kind)) for kind in (CHARACTER, LETTER))
    width = _WORDS
    if 2 * characters >= len(words):
        width = _LETTERS if 2 * letters >= characters else _CHARACTERS
    mixed = mix(words, width)
    is_content = (kinds & (FUNCTION | HIRAGANA)) == 0
    has_content = np.zeros(len(mixed), dtype=bool)
    for place in range(width):
        has_content |= is_content[place : len(mixed) + place]
    return distinct((mixed[has_content] >> np.uint64(32)).astype(np.uint32))


def _keys(shingles: Words) -> Places:
    """Keys of shape (groups, 2, bands, 2): the least and second least hash of the first row, and of the second row."""
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
    """The least and the second least hash of each row."""
    numbers, places = np.arange(len(hashes)), hashes.argmin(axis=1)
    least = hashes[numbers, places]
    hashes[numbers, places] = np.iinfo(np.uint32).max
    return least, hashes.min(axis=1)


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value
