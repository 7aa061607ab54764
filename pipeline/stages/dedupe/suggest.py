# mypy: allow-untyped-calls
"""Suggest events in two languages that may be the same, by sentence vectors and shared signs."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse.csgraph import minimum_spanning_tree

from pipeline.stages.dedupe.features import Features
from pipeline.stages.dedupe.index import NAMED, Index, Table, chunks
from pipeline.stages.dedupe.intake import kinds_of
from pipeline.stages.dedupe.likeness import likeness
from pipeline.stages.dedupe.postings import products, rows
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.signs import SIGN_KINDS, SIGN_WEIGHTS, WHAT, WHO, Sign
from pipeline.stages.dedupe.terms import Places, Weights, distinct

_RARITY = 0.25  # exponent of the number of stories that have a sign: how fast its weight falls
_SPELLINGS = np.array([SIGN_KINDS.index(kind) for kind in ("pinyin", "sound", "name")], dtype=np.uint64)
_OF_KIND = np.array([SIGN_WEIGHTS[kind] for kind in SIGN_KINDS])
# The weights of WHO and WHAT in one integer, in tenths: WHO in the high bits, WHAT in the low ones.
_WHO = 1 << 20
_SUMS = np.array([round(10 * WHO.get(kind, 0)) * _WHO + round(10 * WHAT.get(kind, 0)) for kind in SIGN_KINDS])


BestOf = Callable[[Iterable[int]], Mapping[int, int]]  # maps labels of events to the number of their best story
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


def suggest_events(index: Index, best_of: BestOf, read: Read, settings: Settings) -> list[Suggestion]:
    """Pairs of events in two languages that may be the same, the highest figure first.

    With sentence vectors each event must be the other's nearest in its language, by a margin. Without vectors only
    the shared signs decide.
    """
    evidence = _best_evidence(index)
    found = {key: figure for key, (figure, _, _) in evidence.items() if figure >= settings.suggestion_cosine}
    if len(index.vectors):
        found = _nearest_events(index, evidence, settings)
    best = best_of({label for key in found for label in key})
    features = read({number for key in found if key in evidence for number in evidence[key][1:]})
    suggestions = []
    for key, figure in found.items():
        first, second = sorted(index.names[best[label]] for label in key)
        shared: tuple[str, ...] = ()
        if key in evidence:
            one, other = sorted(evidence[key][1:], key=lambda number: index.names[number] != first)
            shared = tuple(_format_evidence(features[one].signs(), features[other].signs()))
        suggestions.append(Suggestion(first, second, round(figure, 4), shared or ("similar in meaning",)))
    return sorted(suggestions, key=lambda pair: (-pair.figure, pair.one, pair.other))


def resembling_events(index: Index, best_of: BestOf, settings: Settings) -> list[Suggestion]:
    """Pairs of events in one language that only the loose bounds join, the most similar first.

    Each group of events gives the pairs of its maximum spanning tree.
    """
    kept = index.kept
    labels, loose = index.state["label"], index.state["loose"]
    pairs = index.between("pairs", kept)
    pairs = pairs[(loose[pairs["one"]] == loose[pairs["other"]]) & (labels[pairs["one"]] != labels[pairs["other"]])]
    if not len(pairs):
        return []
    events, places = np.unique(np.stack([labels[pairs["one"]], labels[pairs["other"]]]), return_inverse=True)
    best = best_of(events.tolist())
    names = [index.names[best[int(label)]] for label in events]
    ranks = np.argsort(np.argsort(np.array(names)))
    ends = np.sort(ranks[places.reshape(2, -1)], axis=0)
    keys, of_pair = np.unique(ends[0] * len(events) + ends[1], return_inverse=True)
    one, other = keys // len(events), keys % len(events)
    sizes = np.bincount(labels[kept], minlength=len(index))[events][np.argsort(ranks)]
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


def _nearest_events(index: Index, evidence: Evidence, settings: Settings) -> dict[tuple[int, int], float]:
    """Pairs of events that are mutually nearest in their two languages by a margin, with their figure."""
    events = _events_with_vectors(index)
    found: dict[tuple[int, int], float] = {}
    languages = sorted(events)
    for place, language in enumerate(languages):
        for other in languages[place + 1 :]:
            one, two = events[language], events[other]
            scores = _event_scores(one, two, evidence, settings)
            mine, margin = _best_and_margin(scores)
            theirs, other_margin = _best_and_margin(scores.T)
            for row, column in enumerate(mine.tolist()):
                figure = float(scores[row, column])
                apart = min(margin[row], other_margin[column])
                if (
                    theirs[column] == row
                    and figure >= settings.suggestion_figure
                    and apart >= settings.suggestion_margin
                ):
                    first, second = sorted((int(one.labels[row]), int(two.labels[column])))
                    found[first, second] = figure
    return found


class _Events(NamedTuple):
    """Events of one language: their labels, sums of their vectors and of the vectors' lengths, and first dates."""

    labels: Places
    sums: Weights
    lengths: Weights
    dated: Weights


def _events_with_vectors(index: Index) -> dict[int, _Events]:
    """Events by language, of the stories that have vectors and may report an event."""
    use = index.kept & (index.state["vector"] >= 0) & (index.stories["rule"] == 0) & (index.stories["language"] != 0)
    found = {}
    for language in distinct(index.stories["language"][use]).tolist():
        stories = np.flatnonzero(use & (index.stories["language"] == language))
        stories = stories[np.argsort(index.state["label"][stories], kind="stable")]
        labels, starts = np.unique(index.state["label"][stories], return_index=True)
        vectors = index.vectors[index.state["vector"][stories]].astype(np.float64)
        halves = np.stack(np.split(vectors, 2, axis=1))
        lengths = np.sqrt(np.einsum("hij,hij->hi", halves, halves))
        dated = np.fmin.reduceat(index.stories["dated"][stories], starts)
        found[language] = _Events(
            labels.astype(np.int64),
            np.add.reduceat(halves, starts, axis=1),
            np.add.reduceat(lengths, starts, axis=1),
            dated,
        )
    return found


def _event_scores(one: _Events, other: _Events, evidence: Evidence, settings: Settings) -> Weights:
    """The mean cosine of the vectors over all pairs, plus the share of signs; -1 for events too far apart in time."""
    scores = np.zeros((len(one.labels), len(other.labels)))
    for half in range(2):
        lengths = np.maximum(one.lengths[half][:, None] * other.lengths[half][None, :], 1.0)
        scores += (one.sums[half] @ other.sums[half].T) / lengths / 2
    rows_of, columns_of = ({int(label): place for place, label in enumerate(each.labels)} for each in (one, other))
    for (first, second), (figure, _, _) in evidence.items():
        for mine, theirs in ((first, second), (second, first)):
            if mine in rows_of and theirs in columns_of:
                shared = min(figure, settings.suggestion_most_evidence)
                scores[rows_of[mine], columns_of[theirs]] += settings.suggestion_evidence_weight * shared
    gap = np.nan_to_num(np.abs(one.dated[:, None] - other.dated[None, :]), nan=0.0)
    return np.where(gap <= 3600 * settings.event_hours, np.round(scores, 4), -1.0)


def _best_and_margin(scores: Weights) -> tuple[Places, Weights]:
    """For each row the column of the best score, and its margin over the second."""
    best = np.argmax(scores, axis=1)
    rest = scores.copy()
    rest[np.arange(len(scores)), best] = -1.0
    return best, np.round(scores[np.arange(len(scores)), best] - rest.max(axis=1), 4)


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
