# mypy: allow-untyped-calls
"""Suggest events in two languages that may be the same, by sentence vectors and shared signs."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any, NamedTuple

import numpy as np

from pipeline.stages.dedupe.features import Features
from pipeline.stages.dedupe.index import ACROSS, NAMED, Index, Table, chunks
from pipeline.stages.dedupe.intake import kinds_of
from pipeline.stages.dedupe.likeness import likeness
from pipeline.stages.dedupe.postings import products, rows
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.signs import SIGN_KINDS, SIGN_WEIGHTS, WHAT, WHO, Sign
from pipeline.stages.dedupe.terms import Mask, Places, Weights, changes, contains, distinct

_ROUNDED = 0.00005  # the most that rounding adds to a figure
_LARGE = 2**12  # length of an event's vectors above which float32 may not be exact
_BLOCK = 250_000  # pairs of events in a block: bounds memory
_RARITY = 0.25  # exponent of the number of stories that have a sign: how fast its weight falls
_SPELLINGS = np.array([SIGN_KINDS.index(kind) for kind in ("pinyin", "sound", "name")], dtype=np.uint64)
_OF_KIND = np.array([SIGN_WEIGHTS[kind] for kind in SIGN_KINDS])
# The weights of WHO and WHAT in one integer, in tenths: WHO in the high bits, WHAT in the low ones.
_WHO = 1 << 20
_SUMS = np.array([round(10 * WHO.get(kind, 0)) * _WHO + round(10 * WHAT.get(kind, 0)) for kind in SIGN_KINDS])


Read = Callable[[Iterable[int]], Mapping[int, Features]]
# By the labels of two events: the cosine of the signs of their most similar stories, and the numbers of these.
Evidence = Mapping[tuple[int, int], tuple[float, int, int]]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two events that may be the same. An editor decides."""

    one: str  # the best story of one event
    other: str
    figure: float  # their similarity, 0 to 1
    evidence: tuple[str, ...]


def compare_signs(index: Index, new: Places, settings: Settings) -> Table:
    """Pairs of a new story and one in another language that share enough signs: rows of NAMED, each pair once.

    They must share a party (WHO) and something that happened to it (WHAT).
    """
    is_new = index.mask(new)
    languages, dated = index.stories["language"], index.stories["dated"]
    parts = [np.empty(0, dtype=NAMED)]
    for one, other, sums in _shared_signs(index, new, settings):
        who, what = sums // _WHO / 10, sums % _WHO / 10
        enough = (who > 0) & (what >= settings.suggestion_what) & (who + what >= settings.suggestion_evidence)
        gap = np.nan_to_num(np.abs(dated[one] - dated[other]), nan=0.0)
        enough &= (languages[one] != languages[other]) & (gap <= 3600 * settings.event_hours)
        enough &= ~is_new[other] | (other < one)
        table = np.empty(int(enough.sum()), dtype=NAMED)
        table["one"], table["other"] = one[enough], other[enough]
        parts.append(table)
    return np.concatenate(parts)


def _shared_signs(index: Index, new: Places, settings: Settings) -> Iterator[tuple[Places, Places, Places]]:
    """Numbers of new stories and of others, with the summed weights of their shared signs."""
    among = index.alive & index.state["indexed"]
    if len(np.unique(index.stories["language"][among])) < 2:
        return
    for some in chunks(new):
        place = np.zeros(len(index), dtype=np.int64)
        place[some] = np.arange(len(some))
        keys, whose = index.keys("signs", index.mask(some))
        wanted, columns = np.unique(keys, return_inverse=True)
        places, stories = index.entries("signs", wanted, among)
        few = np.bincount(places, minlength=len(wanted)) <= settings.common_sign
        mine, theirs = few[columns], few[places]
        matrix = rows(place[whose[mine]], columns[mine], _SUMS[kinds_of(keys[mine])], (len(some), len(wanted)))
        ones = np.ones(int(theirs.sum()), dtype=np.int64)
        for row, other, sums in products(
            matrix, rows(places[theirs], stories[theirs], ones, (len(wanted), len(index)))
        ):
            yield some[row], other, sums


def suggest_events(index: Index, read: Read, settings: Settings) -> list[Suggestion]:
    """Pairs of events in two languages that may be the same, the highest figure first.

    With sentence vectors each event must be the other's nearest in its language, by a margin over those that do not
    resemble the nearest. Without vectors only the shared signs decide.
    """
    evidence = _best_evidence(index)
    found = {key: figure for key, (figure, _, _) in evidence.items() if figure >= settings.suggestion_cosine}
    if len(index.vectors):
        found = _nearest_events(index, evidence, settings)
    features = read({number for key in found if key in evidence for number in evidence[key][1:]})
    suggestions = []
    for key, figure in found.items():
        first, second = sorted(index.names[index.state["best"][label]] for label in key)
        shared: tuple[str, ...] = ()
        if key in evidence:
            one, other = sorted(evidence[key][1:], key=lambda number: index.names[number] != first)
            shared = tuple(_format_evidence(features[one].signs(), features[other].signs()))
        suggestions.append(Suggestion(first, second, round(figure, 4), shared or ("similar in meaning",)))
    return sorted(suggestions, key=lambda pair: (-pair.figure, pair.one, pair.other))


def resembling_events(index: Index, settings: Settings) -> list[Suggestion]:
    """Pairs of events in one language that only the loose bounds join, the most similar first.

    Each group of events gives the pairs of its maximum spanning tree.
    """
    from scipy.sparse.csgraph import minimum_spanning_tree

    labels, loose, pairs = index.state["label"], index.state["loose"], index.pairs
    pairs = pairs[(loose[pairs["one"]] == loose[pairs["other"]]) & (labels[pairs["one"]] != labels[pairs["other"]])]
    if not len(pairs):
        return []
    events, places = np.unique(np.stack([labels[pairs["one"]], labels[pairs["other"]]]), return_inverse=True)
    names = [index.names[best] for best in index.state["best"][events].tolist()]
    ranks = np.argsort(np.argsort(np.array(names)))
    ends = np.sort(ranks[places.reshape(2, -1)], axis=0)
    keys, of_pair = np.unique(ends[0] * len(events) + ends[1], return_inverse=True)
    one, other = keys // len(events), keys % len(events)
    sizes = np.bincount(labels[index.kept], minlength=len(index))[events][np.argsort(ranks)]
    sums = np.bincount(of_pair, weights=likeness(pairs, settings), minlength=len(keys))
    means = np.round(sums / (sizes[one] * sizes[other]), 4)
    names.sort()
    order = np.lexsort((other, one, -means))
    graph = rows(one[order], other[order], np.arange(1.0, len(order) + 1), (len(names), len(names)))
    tree = order[np.sort(minimum_spanning_tree(graph).data).astype(np.int64) - 1]
    evidence = ("similar in words and meaning",)
    return [
        Suggestion(names[first], names[second], mean, evidence)
        for first, second, mean in zip(one[tree].tolist(), other[tree].tolist(), means[tree].tolist(), strict=True)
    ]


def _best_evidence(index: Index) -> Evidence:
    named, labels = index.between("named", index.kept), index.state["label"]
    named = named[labels[named["one"]] != labels[named["other"]]]
    pairs = []
    for one, other, figure in zip(named["one"], named["other"], _sign_cosines(index, named), strict=True):
        first, second = sorted((int(one), int(other)), key=labels.__getitem__)
        pairs.append((-float(figure), index.names[first], index.names[second], first, second))
    found: dict[tuple[int, int], tuple[float, int, int]] = {}
    for figure, _, _, first, second in sorted(pairs):
        found.setdefault((int(labels[first]), int(labels[second])), (-figure, first, second))
    return found


class _Events(NamedTuple):
    """Events of one language, each with its first story, which names it, and the sum of its stories' vectors."""

    first: Places
    sums: Weights  # by event, the two vectors of each in turn
    lengths: Weights  # the sums of the lengths of both
    dated: Weights  # of the earliest story

    def select(self, events: Mask | Places) -> "_Events":
        """Some of the events."""
        return _Events._make(part[events] for part in self)


def compare_across(index: Index, changed: Mask, settings: Settings) -> Table:
    """The pairs of events in two languages that are close in meaning or share signs: rows of ACROSS, one < other.

    Only those of `changed` stories are compared; the others are in the index. Pairs that are left out are too far
    apart to be suggested or to stand in the way of a suggestion.
    """
    tables = [index.between("across", index.kept & ~changed)]
    if changed.any() and len(index.vectors):
        first = _first_in_event(index)
        languages, named = index.stories["language"], index.between("named", index.kept)
        ends = first[named["one"]], first[named["other"]]
        signs = np.stack([np.concatenate(ends), np.concatenate(ends[::-1])])
        for one, other in permutations(_events_by_language(index, first), 2):
            language, other_language = languages[one.first[0]], languages[other.first[0]]
            if language != other_language:
                wanted = ~changed[other.first] | (language < other_language)  # a pair of changed events is found once
                tables.append(_close_pairs(one.select(changed[one.first]), other, wanted, signs, settings))
    found = np.concatenate(tables)
    is_apart: Mask = index.state["label"][found["one"]] != index.state["label"][found["other"]]
    return found[is_apart]


def _first_in_event(index: Index) -> Places:
    """For each story with vectors that may report an event, the first such story of the event in its language.

    -1 for other stories.
    """
    use = index.kept & (index.state["vector"] >= 0) & (index.stories["rule"] == 0) & (index.stories["language"] != 0)
    stories = np.flatnonzero(use)
    languages, labels = index.stories["language"][stories], index.state["label"][stories]
    order = np.lexsort((labels, languages))
    starts = np.flatnonzero(changes(languages[order], labels[order]))
    first = np.full(len(index), -1)
    first[stories[order]] = np.repeat(stories[order][starts], np.diff(np.append(starts, len(stories))))
    return first


def _events_by_language(index: Index, first: Places) -> list[_Events]:
    """The events of each language, the large ones apart."""
    found = []
    for language in distinct(index.stories["language"][first >= 0]).tolist():
        stories = np.flatnonzero((first >= 0) & (index.stories["language"] == language))
        names, places = np.unique(first[stories], return_inverse=True)
        vectors = index.vectors[index.state["vector"][stories]].astype(np.float32).reshape(len(stories), 2, -1)
        lengths = np.sqrt(np.einsum("ihj,ihj->ih", vectors, vectors).astype(np.float64))
        ones = np.ones(len(stories), dtype=np.float32)
        of_event = rows(places, np.arange(len(stories)), ones, (len(names), len(stories)))
        dated = np.full(len(names), np.nan)
        np.fmin.at(dated, places, index.stories["dated"][stories])
        sums = (of_event @ vectors.reshape(len(stories), -1)).reshape(len(names), 2, -1)
        events = _Events(names, sums, of_event @ lengths, dated)
        is_large: Mask = np.any(events.lengths > _LARGE, axis=1)
        found += [events.select(mask) for mask in (is_large, ~is_large) if mask.any()]
    return found


def _close_pairs(one: _Events, other: _Events, wanted: Mask, signs: Places, settings: Settings) -> Table:
    """The pairs of events that are close in meaning, and those in `signs`, two rows of first stories.

    `wanted`: which of the other events to compare.
    """
    parts = [np.empty(0, dtype=ACROSS)]
    for some in chunks(np.arange(len(one.first)), max(1, _BLOCK // max(1, len(other.first)))):
        mine = one.select(some)
        # All sums are of integers, and none is larger than the product of the lengths.
        exact: Any = np.float32 if mine.lengths.max() * other.lengths.max() <= 2**24 else np.float64
        cosines = np.zeros((len(mine.first), len(other.first)))
        for half in range(2):
            lengths = np.maximum(mine.lengths[:, half, None] * other.lengths[None, :, half], 1.0)
            sums = [each.sums[:, half].astype(exact, copy=False) for each in (mine, other)]
            cosines += (sums[0] @ sums[1].T) / lengths / 2
        close = cosines >= settings.suggestion_figure - settings.suggestion_margin - _ROUNDED
        known = contains(mine.first, signs[0]) & contains(other.first, signs[1])
        close[np.searchsorted(mine.first, signs[0, known]), np.searchsorted(other.first, signs[1, known])] = True
        gap = np.nan_to_num(np.abs(mine.dated[:, None] - other.dated[None, :]), nan=0.0)
        close &= wanted & (gap <= 3600 * settings.event_hours)
        row, column = np.nonzero(close)
        ends = mine.first[row], other.first[column]
        table = np.empty(len(row), dtype=ACROSS)
        table["one"], table["other"], table["cosine"] = np.minimum(*ends), np.maximum(*ends), cosines[row, column]
        parts.append(table)
    return np.concatenate(parts)


def _nearest_events(index: Index, evidence: Evidence, settings: Settings) -> dict[tuple[int, int], float]:
    """Pairs of events that are mutually nearest in their two languages by a margin, with their figure.

    An event that resembles the nearest one is no rival to it.
    """
    first, table = _first_in_event(index), index.across
    weight, most = settings.suggestion_evidence_weight, settings.suggestion_most_evidence
    shared = {
        (min(first[one], first[other]), max(first[one], first[other])): weight * min(figure, most)
        for figure, one, other in evidence.values()
    }
    pairs = zip(table["one"].tolist(), table["other"].tolist(), strict=True)
    figure = np.tile(np.round(table["cosine"] + np.array([shared.get(pair, 0.0) for pair in pairs]), 4), 2)
    row, column = np.concatenate([table["one"], table["other"]]), np.concatenate([table["other"], table["one"]])
    language, loose, labels = index.stories["language"][column], index.state["loose"], index.state["label"]
    order = np.lexsort((-figure, language, row))
    row, column, figure = row[order], column[order], figure[order]
    starts = np.flatnonzero(changes(row, language[order]))
    best = np.repeat(column[starts], np.diff(np.append(starts, len(row))))
    rivals = np.maximum.reduceat(np.where(loose[column] == loose[best], -1.0, figure), starts)
    is_near = figure[starts] >= settings.suggestion_figure
    is_near &= np.round(figure[starts] - rivals, 4) >= settings.suggestion_margin
    places = starts[is_near]
    nearest = dict(zip(zip(row[places].tolist(), column[places].tolist(), strict=True), figure[places], strict=True))
    return {
        (min(labels[one], labels[other]), max(labels[one], labels[other])): float(figure)
        for (one, other), figure in sorted(nearest.items(), key=lambda item: item[1])
        if (other, one) in nearest
    }


def _sign_cosines(index: Index, pairs: Table) -> Weights:
    """For each pair the cosine of the signs. The weight of a sign falls with the number of its stories, in octaves."""
    keys, whose = index.keys("signs", index.mask(np.concatenate([pairs["one"], pairs["other"]])))
    wanted, columns = np.unique(keys, return_inverse=True)
    places, _ = index.entries("signs", wanted, index.kept)
    often = 2.0 ** np.ceil(np.log2(np.maximum(1, np.bincount(places, minlength=len(wanted)))))
    kinds = kinds_of(wanted)
    # Spellings and plain words of a single story are mostly no names: they do not count in its length.
    counted = ~np.isin(kinds, _SPELLINGS) | (often > 1)
    weights = np.where(counted, _OF_KIND[kinds] * often**-_RARITY, 0.0)[columns]
    lengths = np.sqrt(np.bincount(whose, weights=weights**2, minlength=len(index)))
    lengths[lengths == 0] = 1.0
    matrix = rows(whose, columns, weights / lengths[whose], (len(index), max(1, len(wanted))))
    cosines = matrix[pairs["one"]].multiply(matrix[pairs["other"]]).sum(axis=1)
    return np.round(np.asarray(cosines, dtype=np.float64).ravel(), 4)


def _format_evidence(one: dict[Sign, str], other: dict[Sign, str]) -> Iterator[str]:
    shared: Sequence[Sign] = sorted(one.keys() & other.keys(), key=lambda sign: (-SIGN_WEIGHTS[sign[0]], sign))
    for sign in shared:
        first, second = one[sign], other[sign]
        yield first if first == second else f"{first} = {second}"
