# mypy: allow-untyped-calls, no-warn-return-any
"""The likeness of two stories: a fitted function of shared words and runs, sentence vectors, days and outlet.

All words and runs have the same weight, except that common ones, which too large a share of the window's stories has,
do not count. When a word becomes common or stops being common, the stories that have it are compared again. All sums
are of integers, so that every machine computes the same likeness.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.stages.dedupe.index import COMMON, PAIR, Index, Table
from pipeline.stages.dedupe.postings import Matrix, rows
from pipeline.stages.dedupe.settings import Settings, Weights
from pipeline.stages.dedupe.terms import Mask, Places, changes, contains, distinct
from pipeline.stages.dedupe.terms import Weights as Values
from pipeline.text.vectors import EXACT_WIDTH

_KEY_BITS = np.uint64(32)  # of words and runs, which are 32-bit hashes
FLOOR = 0.1  # pairs of smaller likeness are dropped
_BLOCK = 250_000  # pairs in a block: bounds memory
_DIGITS = 6  # of a likeness
COSINE_UNITS = 10_000  # cosines are stored as integers of this scale


def find_common_keys(index: Index, field: str, settings: Settings) -> Table:
    """The common words or runs of the kept stories of each language: rows of COMMON, sorted.

    The number of stories of a language is rounded down to a power of two, so that the limit seldom changes.
    """
    kept = index.kept
    languages, codes, counts = np.unique(index.stories["language"][kept], return_inverse=True, return_counts=True)
    code_of = np.zeros(len(index), dtype=np.uint64)
    code_of[kept] = codes
    keys, stories = index.keys(field, kept)
    ordered = np.sort(code_of[stories] << _KEY_BITS | keys)
    starts = np.flatnonzero(changes(ordered))
    language = (ordered[starts] >> _KEY_BITS).astype(np.int64)
    window = 2 ** np.floor(np.log2(np.maximum(counts, settings.common_window)))
    common = np.diff(np.append(starts, len(ordered))) * settings.common_share > window[language]
    table = np.empty(np.count_nonzero(common), dtype=COMMON)
    table["language"], table["key"] = languages[language[common]], ordered[starts[common]].astype(np.uint32)
    return np.sort(table)


def update_common_keys(index: Index, was_kept: Mask, settings: Settings) -> Mask:
    """Find the common words and runs again. Return the stories, kept then and now, that have one which has changed."""
    found = np.zeros(len(index), dtype=bool)
    for field in index.common:
        old, index.common[field] = index.common[field], find_common_keys(index, field, settings)
        changed = np.setxor1d(old, index.common[field], assume_unique=True)
        found[_stories_with(index, field, changed, was_kept & index.kept)] = True
    return found


def _stories_with(index: Index, field: str, keys: Table, among: Mask) -> Places:
    """The stories that have these words or runs of their language, once for each."""
    found = [np.empty(0, dtype=np.int64)]
    for language in distinct(keys["language"]):
        own = among & (index.stories["language"] == language)
        found.append(index.entries(field, keys["key"][keys["language"] == language], own).docs)
    return np.concatenate(found)


def compare_stories(
    index: Index, stories: Places, settings: Settings, *, others: Places | None = None, timed: bool = True
) -> Table:
    """Compare stories with `others`, by default with all kept stories: rows of PAIR, each pair once.

    `timed`: whether days apart count.
    """
    comparable = index.kept & (index.stories["rule"] == 0)
    wanted = index.mask(stories) & comparable
    if others is not None:
        comparable &= index.mask(others) | wanted
    if not wanted.any():
        return np.empty(0, dtype=PAIR)
    shared = [_Shared(index, field, wanted, comparable) for field in index.common]
    parts = [np.empty(0, dtype=PAIR)]
    for one, near in _blocks(index, wanted, comparable, settings, timed=timed):
        other = near if others is None else np.setdiff1d(near, stories)
        table = _compare_block(index, one, other, shared, settings, timed=timed)
        is_first = ~index.mask(one)[table["other"]] | (table["other"] < table["one"])
        parts.append(table[is_first])
    return np.concatenate(parts)


def likeness(table: Table, settings: Settings, *, timed: bool = True) -> Values:
    """The likeness of each pair, 0 to 1."""
    parts = contributions(table, settings, timed=timed)
    odds = sum(parts[1:], parts[0])
    return np.round(1.0 / (1.0 + np.exp(-odds)), _DIGITS)


def contributions(table: Table, settings: Settings, *, timed: bool = True) -> list[Values]:
    """What each feature adds to the log-odds of each pair, in the order of the fields of `Weights`."""
    full, plain = settings.likeness.full, settings.likeness.without_vectors
    kinds = table["has_vectors"].astype(np.intp)
    days = table["minutes"] / 1440 if timed else np.zeros(len(table))
    cosines = (table[name] / COSINE_UNITS for name in ("words", "runs", "vectors"))
    values = (1.0, *cosines, days, table["outlet"], table["form"])
    names = Weights.__slots__
    return [
        np.array([getattr(plain, name), getattr(full, name)])[kinds] * value
        for name, value in zip(names, values, strict=True)
    ]


class _Shared:
    """The words or runs that wanted stories share with comparable ones, without the common ones."""

    def __init__(self, index: Index, field: str, wanted: Mask, comparable: Mask) -> None:
        common, languages = index.common[field], index.stories["language"]
        has, has_common = index.keys(field, comparable)[1], _stories_with(index, field, common, comparable)
        counts = (np.bincount(stories, minlength=len(index)) for stories in (has, has_common))
        self._counts = np.subtract(*counts).astype(np.float64)
        names = distinct(index.keys(field, wanted)[0])
        columns, stories = index.entries(field, names, comparable)
        rare = np.ones(len(columns), dtype=bool)
        for language in distinct(common["language"]):
            is_common = contains(common["key"][common["language"] == language], names)
            rare &= ~(is_common[columns] & (languages[stories] == language))
        ones = np.ones(np.count_nonzero(rare), dtype=np.int32)
        self._matrix: Matrix = rows(stories[rare], columns[rare], ones, (len(index), max(1, len(names))))

    def cosines(self, one: Places, other: Places) -> Values:
        """The cosine of each pair, as a matrix."""
        both = (self._matrix[one] @ self._matrix[other].T).toarray()
        lengths = np.sqrt(self._counts[one][:, None] * self._counts[other][None, :])
        return np.divide(both, lengths, out=np.zeros(both.shape), where=lengths > 0)


def _blocks(
    index: Index, wanted: Mask, comparable: Mask, settings: Settings, *, timed: bool
) -> Iterator[tuple[Places, Places]]:
    """Blocks of wanted stories of one language, and the comparable stories near enough in language and time.

    The stories of earlier blocks are left out, since they have been compared.
    """
    waiting = comparable.copy()
    languages, dated = index.stories["language"], index.stories["dated"]
    seconds = 3600 * settings.event_hours if timed else np.inf
    for language in distinct(languages[wanted]).tolist():
        mine = np.flatnonzero(wanted & (languages == language))
        mine = mine[np.argsort(dated[mine], kind="stable")]  # the undated come last
        same = comparable if language == 0 else comparable & ((languages == language) | (languages == 0))
        size = max(1, _BLOCK // max(1, int(same.sum())))
        for start in range(0, len(mine), size):
            some = mine[start : start + size]
            others = np.flatnonzero(same & waiting)
            waiting[some] = False
            times = dated[some]
            if np.isnan(times).any():
                yield some, others
                continue
            near = np.isnan(dated[others]) | (
                (dated[others] > times.min() - seconds) & (dated[others] < times.max() + seconds)
            )
            yield some, others[near]


def _compare_block(
    index: Index, one: Places, other: Places, shared: list[_Shared], settings: Settings, *, timed: bool
) -> Table:
    dated, outlets = index.stories["dated"], index.stories["outlet"]
    words, runs = (field.cosines(one, other) for field in shared)
    vectors, has_vectors = vector_cosines(index, one, other)
    gap = np.nan_to_num(np.abs(dated[one][:, None] - dated[other][None, :]), nan=0.0)
    candidate = (words >= settings.candidate_words) | (has_vectors & (vectors >= settings.candidate_vectors))
    candidate &= one[:, None] != other[None, :]
    if timed:
        candidate &= gap < 3600 * settings.event_hours
    row, column = np.nonzero(candidate)
    table = np.zeros(len(row), dtype=PAIR)
    table["one"], table["other"] = one[row], other[column]
    table["outlet"] = (outlets[one[row]] == outlets[other[column]]) & (outlets[one[row]] != 0)
    table["has_vectors"] = has_vectors[row, column]
    table["minutes"] = np.minimum(gap[row, column] // 60, np.iinfo(np.int32).max)
    for name, values in (("words", words), ("runs", runs), ("vectors", vectors)):
        table[name] = np.rint(COSINE_UNITS * values[row, column])
    table = table[likeness(table, settings, timed=timed) >= FLOOR]
    table["form"] = _fill_in_one_form(index, table)  # of few pairs, since it lowers the likeness
    return table[~table["form"] | (likeness(table, settings, timed=timed) >= FLOOR)]


def _fill_in_one_form(index: Index, table: Table) -> Mask:
    """Whether two titles of one outlet have other figures, and each begins with a word that the other does not have.

    So do the results of two companies in an outlet's house style. An update of a report keeps its subject.
    """
    opening, figures = index.stories["opening"], index.stories["figures"]
    one, other = table["one"], table["other"]
    found: Mask = table["outlet"] & (figures[one] != figures[other]) & (figures[one] != 0) & (figures[other] != 0)
    found &= (opening[one] != 0) & (opening[other] != 0)
    places = np.flatnonzero(found)
    if len(places):
        runs, stories = index.keys("runs", index.mask(np.concatenate([one[places], other[places]])))
        known = set(zip(stories.tolist(), runs.tolist(), strict=True))
        pairs = zip(one[places].tolist(), other[places].tolist(), strict=True)
        found[places] = [(a, int(opening[b])) not in known and (b, int(opening[a])) not in known for a, b in pairs]
    return found


def vector_cosines(index: Index, one: Places, other: Places) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """The mean cosine of the two vectors of each pair, and whether both stories have vectors."""
    places = index.state["vector"]
    mine, theirs = places[one], places[other]
    has_vectors = (mine >= 0)[:, None] & (theirs >= 0)[None, :]
    mean = np.zeros(has_vectors.shape)
    if not has_vectors.any():
        return mean, has_vectors
    width = index.vectors.shape[1] // 2
    exact: Any = np.float32 if width <= EXACT_WIDTH else np.float64
    for part in (slice(0, width), slice(width, 2 * width)):
        first, second = (index.vectors[some, part].astype(exact) for some in (mine, theirs))
        lengths = [np.sqrt(np.einsum("ij,ij->i", each, each).astype(np.float64)) for each in (first, second)]
        product = lengths[0][:, None] * lengths[1][None, :]
        product[product == 0] = 1.0
        mean += np.divide((first @ second.T), product, out=product, dtype=np.float64)
    mean /= 2
    if not has_vectors.all():
        mean[~has_vectors] = 0.0
    return mean, has_vectors
