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
from scipy.sparse import csr_array

from pipeline.stages.dedupe.index import PAIR, Index, Table
from pipeline.stages.dedupe.postings import rows
from pipeline.stages.dedupe.settings import Settings, Weights
from pipeline.stages.dedupe.terms import Hashes, Mask, Places, distinct
from pipeline.stages.dedupe.terms import Weights as Values
from pipeline.text.vectors import EXACT_WIDTH

FLOOR = 0.1  # pairs of smaller likeness are dropped
_FIELDS = ("words", "runs")
_BLOCK = 250_000  # pairs in a block: bounds memory
_DIGITS = 6  # of a likeness
COSINE_UNITS = 10_000  # cosines are stored as integers of this scale
_ODD = np.uint64(0x9E3779B97F4A7C15)


def common_keys(index: Index, field: str, among: Mask, settings: Settings) -> Hashes:
    """The common words or runs of these stories, each mixed with its language; sorted.

    The number of stories of a language is rounded down to a power of two, so that the limit seldom changes.
    """
    languages, counts = np.unique(index.stories["language"][among], return_counts=True)
    keys, stories = index.keys(field, among)
    of_language = index.stories["language"][stories]
    mixed, first, often = np.unique(_mix(keys, of_language), return_index=True, return_counts=True)
    window = np.maximum(counts[np.searchsorted(languages, of_language[first])], settings.common_window)
    return mixed[often * settings.common_share > 2 ** np.floor(np.log2(np.maximum(window, 1)))]


def stories_with_changed_keys(index: Index, before: Mask, after: Mask, settings: Settings) -> Mask:
    """The stories in both windows with a word or run that is common in one window only."""
    found = np.zeros(len(index), dtype=bool)
    for field in _FIELDS:
        old, new = (common_keys(index, field, among, settings) for among in (before, after))
        changed = np.setxor1d(old, new, assume_unique=True)
        if len(changed):
            keys, stories = index.keys(field, before & after)
            found[stories[np.isin(_mix(keys, index.stories["language"][stories]), changed)]] = True
    return found


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
    shared = [_Shared(index, field, comparable, settings) for field in _FIELDS]
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
    """The words or runs of stories, without the common ones."""

    def __init__(self, index: Index, field: str, among: Mask, settings: Settings) -> None:
        keys, stories = index.keys(field, among)
        common = common_keys(index, field, index.kept, settings)
        rare = ~np.isin(_mix(keys, index.stories["language"][stories]), common)
        keys, stories = keys[rare], stories[rare]
        names, columns = np.unique(keys, return_inverse=True)
        ones = np.ones(len(keys), dtype=np.int32)
        self._matrix: csr_array = rows(stories, columns, ones, (len(index), max(1, len(names))))
        self._counts = np.diff(self._matrix.indptr).astype(np.float64)

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
    table["form"] = _fill_in_one_form(index, table)
    table["has_vectors"] = has_vectors[row, column]
    table["minutes"] = np.minimum(gap[row, column] // 60, np.iinfo(np.int32).max)
    for name, values in (("words", words), ("runs", runs), ("vectors", vectors)):
        table[name] = np.rint(COSINE_UNITS * values[row, column])
    return table[likeness(table, settings, timed=timed) >= FLOOR]


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


def _mix(keys: Hashes, languages: Hashes) -> Hashes:
    return (keys ^ (languages * _ODD)) * _ODD
