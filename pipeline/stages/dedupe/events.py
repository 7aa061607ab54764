# mypy: allow-untyped-calls, no-warn-return-any
"""Stories of one happening: linked where two are alike, then joined by average linkage, within a window of time.

What hangs together by links, whose cosine is `event_link` or more, is looked at by itself. In it two groups join where
the mean cosine over all their pairs reaches a bound that falls with the number of pairs: two single stories need much
in common, large groups less, since a mean of many pairs is a surer figure. Each round joins all groups that are each
other's nearest, so that the answer does not depend on the order of the stories.

No word weighs more for being rare: a cosine is then a matter of two stories alone, which no third one changes, and on
headlines that were grouped by hand it is the better one too.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from pipeline.stages.dedupe.index import ALIKE, Index, Table, chunks
from pipeline.stages.dedupe.postings import component_labels, products, rows
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.terms import Hashes, Mask, Places, Weights

_FALL = 0.25  # exponent of the number of pairs


def bound(pairs: Weights, settings: Settings) -> Weights:
    """The mean cosine at which two groups join that make so many pairs."""
    return settings.event_least + (settings.event_pair - settings.event_least) / pairs**_FALL


def join(alike: csr_array, settings: Settings) -> Places:
    """For each row the least place of its group, when all groups are joined that are each other's nearest.

    Only what a round has joined is added up and weighed anew; a group goes by the least place in it.
    """
    count = alike.shape[0]
    labels, sizes = np.arange(count), np.ones(count, dtype=np.int64)
    lines = np.repeat(labels, np.diff(alike.indptr))
    edges = _weigh(lines, alike.indices.astype(np.int64), alike.data, sizes, settings)
    while True:
        best = first_best(edges.mean, edges.row, edges.column, count)
        one = np.flatnonzero(best >= 0)
        one = one[(best[best[one]] == one) & (one < best[one])]
        if not len(one):
            return labels
        target = np.arange(count)
        target[best[one]] = one
        labels = target[labels]
        sizes[one] += sizes[best[one]]
        joined = np.zeros(count, dtype=bool)
        joined[one] = joined[best[one]] = True
        anew = joined[edges.row] | joined[edges.column]
        left = _Edges._make(part[~anew] for part in edges)
        row, column, total = target[edges.row[anew]], target[edges.column[anew]], edges.total[anew]
        apart = row != column
        keys, places = np.unique(row[apart] * count + column[apart], return_inverse=True)
        sums = np.bincount(places, weights=total[apart], minlength=len(keys)).astype(np.float64)
        new = _weigh(keys // count, keys % count, sums, sizes, settings)
        order = np.searchsorted(left.row * count + left.column, keys)
        edges = _Edges._make(np.insert(one, order, other) for one, other in zip(left, new, strict=True))


class _Edges(NamedTuple):
    """Pairs of groups that have something in common, both ways, in order."""

    row: Places
    column: Places
    total: Weights  # of the cosines of all their pairs
    mean: Weights  # 0 where it does not reach the bound


def _weigh(rows: Places, columns: Places, totals: Weights, sizes: Places, settings: Settings) -> _Edges:
    pairs = (sizes[rows] * sizes[columns]).astype(np.float64)
    means = np.round(totals / pairs, 9)  # so that sums in another order are no other means
    return _Edges(rows, columns, totals, np.where(means < bound(pairs, settings), 0.0, means))


def first_best(values: Weights, rows: Places, columns: Places, size: int) -> Places:
    """For each row the column of its greatest value above 0, the least such column; -1 where there is none.

    Rows come in order, and the columns of each row too.
    """
    best = np.full(size, -1)
    if not len(values):
        return best
    starts = np.flatnonzero(np.concatenate([[True], rows[1:] != rows[:-1]]))
    greatest = np.repeat(np.maximum.reduceat(values, starts), np.diff(np.append(starts, len(rows))))
    places = np.flatnonzero((values == greatest) & (values > 0))[::-1]  # the least column of a row is written last
    best[rows[places]] = columns[places]
    return best


_FLOOR = 0.08  # cosines below this count as none
_OTHER_PARTIES = 0.5  # of the cosine of stories about different companies
_SURE_HOURS = 36.0  # apart without loss of likeness
_DIGITS = 6  # of a cosine that count: sums in another order are no other figures
_TOGETHER = 1_000  # stories of small components that are multiplied at a time
_FIELDS = (("words", "word_weight"), ("runs", "run_weight"), ("figures", "figure_weight"))

Nearest = tuple[int, float]  # number of a story, -1 for none, and the cosine


@dataclass(frozen=True, slots=True)
class Grouping:
    """Stories by number, with the label of the event of each, and its nearest in the event and out of it."""

    stories: Places
    labels: Places
    inside: list[Nearest]
    outside: list[Nearest]


def compare_events(index: Index, new: Places, settings: Settings) -> Table:
    """Pairs of a new story and any other, as alike as a link needs: rows of ALIKE, each pair once."""
    is_new = index.mask(new)
    among = index.alive & index.state["indexed"]
    parts = [np.empty(0, dtype=ALIKE)]
    for one, other, value in _cosines(index, new, among, settings, timed=True):
        linked = (value >= settings.event_link) & (~is_new[other] | (other < one))
        table = np.empty(int(linked.sum()), dtype=ALIKE)
        table["one"], table["other"], table["value"] = one[linked], other[linked], value[linked]
        parts.append(table)
    return np.concatenate(parts)


def likest_of(index: Index, new: Places, earlier: Places, settings: Settings) -> Iterator[tuple[int, int, float]]:
    """Numbers of a new and an earlier story that are alike enough for one event, and their cosine, whenever told."""
    for one, other, value in _cosines(index, new, index.mask(earlier), settings, timed=False):
        kept = value >= settings.event_pair
        yield from zip(one[kept].tolist(), other[kept].tolist(), value[kept].tolist(), strict=True)


def event_components(index: Index, among: Mask, links: Table) -> Places:
    """For each number the label of what hangs together by these links among those stories."""
    inner = links[among[links["one"]] & among[links["other"]]]
    return component_labels(len(index), inner["one"], inner["other"])


def group_events(index: Index, stories: Places, components: Places, settings: Settings) -> Grouping:
    """The events of whole components; the stories stand by component, and in it in the order of their names."""
    alike = _within(index, stories, components[stories], settings)
    labels = join(alike, settings)
    lines = np.repeat(np.arange(len(stories)), np.diff(alike.indptr))
    same = labels[lines] == labels[alike.indices]
    return Grouping(
        stories, stories[labels], _nearest(alike, lines, same, stories), _nearest(alike, lines, ~same, stories)
    )


def _within(index: Index, stories: Places, components: Places, settings: Settings) -> csr_array:
    """Cosines of the stories of each component, those of strangers left out; symmetric, without a diagonal."""
    weigh = _Weigher(index, index.mask(stories))
    parts: list[tuple[Places, Places, Weights]] = []
    for span in _spans(components):
        some = index.mask(stories[span])
        piece = hstack([mine for mine, _ in _blocks(index, stories[span], some, index.kept, settings)], format="csr")
        for row, column, cosine in products(piece, piece.T.tocsr()):
            one, other = span[row], span[column]
            likely = (one < other) & (cosine >= _FLOOR) & (components[one] == components[other])
            one, other = one[likely], other[likely]
            value = weigh(cosine[likely], stories[one], stories[other], settings, timed=True)
            kept = value >= _FLOOR
            parts.append((one[kept], other[kept], value[kept]))
    size = (len(stories), len(stories))
    if not parts:
        return csr_array(size)
    one, other, value = (np.concatenate(part) for part in zip(*parts, strict=True))
    return rows(np.concatenate([one, other]), np.concatenate([other, one]), np.concatenate([value, value]), size)


def _spans(components: Places) -> Iterator[Places]:
    """Places of whole components of more than one story, not many more at a time than are multiplied at once."""
    ends = np.flatnonzero(np.append(components[1:] != components[:-1], True)) + 1
    sizes = np.diff(ends, prepend=0)
    waiting: list[Places] = []
    count = 0
    for end, size in zip(ends[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        if count and count + size > _TOGETHER:
            yield np.concatenate(waiting)
            waiting, count = [], 0
        waiting.append(np.arange(end - size, end))
        count += size
    if waiting:
        yield np.concatenate(waiting)


def _cosines(
    index: Index, new: Places, among: Mask, settings: Settings, *, timed: bool
) -> Iterator[tuple[Places, Places, Weights]]:
    """Numbers of new stories and of others, with their likeness."""
    weigh = _Weigher(index, among | index.mask(new))
    for some in chunks(new):
        blocks = _blocks(index, some, among, among, settings)
        matrix = hstack([mine for mine, _ in blocks], format="csr")
        turned = vstack([theirs for _, theirs in blocks], format="csr")
        for row, column, cosine in products(matrix, turned):
            likely = cosine >= _FLOOR
            one, other = some[row[likely]], column[likely]
            yield one, other, weigh(cosine[likely], one, other, settings, timed=timed)


def _blocks(
    index: Index, new: Places, among: Mask, counted: Mask, settings: Settings
) -> list[tuple[csr_array, csr_array]]:
    """For each field the new stories by its keys, and the keys by all stories of the index, those `among` alone.

    A key that more stories have than `common_word`, of those counted, has no part.
    """
    is_new = index.mask(new)
    place = np.zeros(len(index), dtype=np.int64)
    place[new] = np.arange(len(new))
    found = []
    for field, weight in _FIELDS:
        weights = index.stories[weight].astype(np.float64)
        keys, whose = index.keys(field, is_new)
        wanted, columns = np.unique(keys, return_inverse=True)
        places, stories = index.entries(field, wanted, counted)
        few = np.bincount(places, minlength=len(wanted)) <= settings.common_word
        mine, theirs = few[columns], few[places] & among[stories]
        shape = (len(new), max(1, len(wanted)))
        found.append(
            (
                rows(place[whose[mine]], columns[mine], weights[whose[mine]], shape),
                rows(places[theirs], stories[theirs], weights[stories[theirs]], (shape[1], len(index))),
            )
        )
    return found


class _Weigher:
    """What a cosine counts for: nothing between languages, half where the titles name different companies."""

    def __init__(self, index: Index, among: Mask) -> None:
        self._languages: Hashes = index.stories["language"]
        self._hours = index.stories["dated"] / 3600
        self._parties = _parties(index, among)
        self._named = np.asarray(self._parties.any(axis=1))

    def __call__(self, cosines: Weights, one: Places, other: Places, settings: Settings, *, timed: bool) -> Weights:
        first, second = self._languages[one], self._languages[other]
        same = (first == second) | (first == 0) | (second == 0)
        together = np.asarray((self._parties[one] & self._parties[other]).any(axis=1))
        apart = self._named[one] & self._named[other] & ~together
        value = cosines * np.where(same, np.where(apart, _OTHER_PARTIES, 1.0), 0.0)
        if timed:  # what is not dated is near everything
            gap = np.nan_to_num(np.abs(self._hours[one] - self._hours[other]), nan=0.0)
            span = max(1.0, settings.event_hours - _SURE_HOURS)
            value *= np.clip((settings.event_hours - gap) / span, 0.0, 1.0)
        return np.round(value, _DIGITS)


def _parties(index: Index, among: Mask) -> Hashes:
    """Stories by words of 64 bits, a bit for each company that some title among them names."""
    keys, whose = index.keys("companies", among)
    names, places = np.unique(keys, return_inverse=True)
    bits = np.zeros((len(index), len(names) // 64 + 1), dtype=np.uint64)
    np.bitwise_or.at(bits, (whose, places // 64), np.uint64(1) << (places % 64).astype(np.uint64))
    return bits


def _nearest(alike: csr_array, lines: Places, counts: Mask, stories: Places) -> list[Nearest]:
    """For each story its nearest by the entries that count."""
    values = np.where(counts, alike.data, 0.0)
    best = first_best(values, lines, alike.indices, alike.shape[0])
    value = np.zeros(alike.shape[0])
    np.maximum.at(value, lines, values)
    return [
        (int(stories[place]) if place >= 0 else -1, round(float(cosine), 4))
        for place, cosine in zip(best.tolist(), value.tolist(), strict=True)
    ]


def already_published(copies: Mapping[str, str], published_before: Collection[str]) -> dict[str, str]:
    """Stories that were told already, each with the published one that it is or is a copy of; `copies` → winner."""
    groups: dict[str, list[str]] = {}
    for copy, winner in copies.items():
        groups.setdefault(winner, [winner]).append(copy)
    found = {name: name for name in published_before}
    for group in groups.values():
        old = min((name for name in group if name in published_before), default=None)
        if old is not None:
            found |= {name: old for name in group if name not in found}
    return found


def follow_ups(
    index: Index, events: Mapping[int, Iterable[int]], before: Mapping[str, str], settings: Settings
) -> dict[int, str]:
    """Events that are a new turn of one an approved issue published: label → the published story it goes on from.

    `events` are stories' numbers by label. An event has something new where one of its stories is not in `before`. It
    goes on from the published story it holds, or holds a copy of, else from the one most like its new stories, however
    long ago.
    """
    kept, names = index.kept, index.names
    found: dict[int, str] = {}
    event_of: dict[int, int] = {}
    for label, stories in events.items():
        own = list(stories)
        new = [number for number in own if kept[number] and names[number] not in before]
        held = sorted(before[names[number]] for number in own if names[number] in before)
        if new and held:
            found[label] = held[0]
        elif new:
            event_of |= dict.fromkeys(new, label)
    earlier = [number for name, number in index.numbers().items() if name in before and kept[number]]
    best: dict[int, tuple[float, str]] = {}
    if earlier and event_of:
        asked, told = np.array(sorted(event_of)), np.array(sorted(earlier))
        for one, other, cosine in likest_of(index, asked, told, settings):
            label = event_of[one]
            best[label] = min(best.get(label, (0.0, "")), (-cosine, before[names[other]]))
    return found | {label: old for label, (_, old) in best.items()}
