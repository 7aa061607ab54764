# mypy: allow-untyped-calls, no-warn-return-any
"""Group stories into events by average linkage on their likeness: with the sure bounds, then with the loose ones.

Two groups join if the mean likeness over all their pairs reaches a bound that falls with the number of pairs: the mean
of many pairs is more certain than a single figure. Each step joins all groups that are each other's nearest, so the
result does not depend on the order of the stories.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pipeline.stages.dedupe.index import Index
from pipeline.stages.dedupe.likeness import compare_stories, likeness
from pipeline.stages.dedupe.postings import component_labels
from pipeline.stages.dedupe.settings import Bounds, Settings
from pipeline.stages.dedupe.terms import Mask, Places, Weights

_FALL = 0.25  # exponent of the number of pairs: how fast the bound falls
_MEAN_DIGITS = 9  # so that the order of a sum does not change the mean

Nearest = tuple[int, float]  # the position of a pair in the index (-1: none) and its likeness


@dataclass(frozen=True, slots=True)
class Grouping:
    """Stories by number, the labels of their events and loose groups, and their nearest in the event and out of it."""

    stories: Places
    labels: Places
    loose: Places
    inside: list[Nearest]
    outside: list[Nearest]


class _Links(NamedTuple):
    """Pairs of groups with candidate pairs between them, in both directions, sorted."""

    row: Places
    column: Places
    total: Weights  # of the likeness of all their pairs
    mean: Weights  # 0 if it does not reach the bound


def event_components(index: Index, among: Mask, settings: Settings) -> Places:
    """For each story the label of its component. No event or loose group spans two components."""
    pairs = index.between("pairs", among)
    linked = pairs[likeness(pairs, settings) >= min(settings.loose.least, settings.sure.least)]
    return component_labels(len(index), linked["one"], linked["other"])


def group_events(index: Index, stories: Places, components: Places, settings: Settings) -> Grouping:
    """Group the stories of complete components. `stories` are in the order of their names.

    Pairs across components are left out, so that the result does not depend on which components are grouped together.
    """
    local = np.full(len(index), -1)
    local[stories] = np.arange(len(stories))
    ends = index.pairs["one"], index.pairs["other"]
    inner = np.flatnonzero((local[ends[0]] >= 0) & (components[ends[0]] == components[ends[1]]))
    pairs = index.pairs[inner]
    one, other = local[pairs["one"]], local[pairs["other"]]
    row, column = np.concatenate([one, other]), np.concatenate([other, one])
    order = np.lexsort((column, row))
    row, column, place = row[order], column[order], np.tile(inner, 2)[order]
    value = np.tile(likeness(pairs, settings), 2)[order]
    is_late = np.tile(pairs["minutes"] > 60 * settings.follow_up_hours, 2)[order]
    sure = np.where(is_late, np.minimum(value, settings.loose.pair), value)
    labels = join(row, column, sure, np.arange(len(stories)), settings.sure)
    loose = join(row, column, value, labels, settings.loose)
    same = labels[row] == labels[column]
    nearest = (_nearest(row, column, place, np.where(mask, value, 0.0), len(stories)) for mask in (same, ~same))
    return Grouping(stories, stories[labels], stories[loose], *nearest)


def join(row: Places, column: Places, value: Weights, labels: Places, bounds: Bounds) -> Places:
    """Join groups that are each other's nearest until there are none; return each story's label, its least member.

    `row`, `column`, `value`: the likeness of pairs in both directions, sorted. `labels`: the groups to start with.
    """
    count = len(labels)
    sizes = np.bincount(labels, minlength=count)
    links = _sum_up(labels[row], labels[column], value, sizes, bounds)
    while True:
        best = _first_best(links.mean, links.row, links.column, count)
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
        changed = joined[links.row] | joined[links.column]
        kept = _Links._make(part[~changed] for part in links)
        added = _sum_up(target[links.row[changed]], target[links.column[changed]], links.total[changed], sizes, bounds)
        places = np.searchsorted(kept.row * count + kept.column, added.row * count + added.column)
        links = _Links._make(np.insert(old, places, new) for old, new in zip(kept, added, strict=True))


def _sum_up(row: Places, column: Places, value: Weights, sizes: Places, bounds: Bounds) -> _Links:
    """The links between groups, with the sum and the mean of their pairs' likeness."""
    apart = row != column
    keys, places = np.unique(row[apart] * len(sizes) + column[apart], return_inverse=True)
    totals = np.bincount(places, weights=value[apart], minlength=len(keys)).astype(np.float64)
    rows, columns = keys // max(1, len(sizes)), keys % max(1, len(sizes))
    pairs = (sizes[rows] * sizes[columns]).astype(np.float64)
    means = np.round(totals / pairs, _MEAN_DIGITS)
    least = bounds.least + (bounds.pair - bounds.least) / pairs**_FALL
    if bounds.large is not None:
        least = np.where(sizes[rows] + sizes[columns] > bounds.large, np.inf, least)
    return _Links(rows, columns, totals, np.where(means < least, 0.0, means))


def _first_best(values: Weights, rows: Places, columns: Places, size: int) -> Places:
    """For each row the first column of its greatest value above 0; -1 if there is none."""
    best = np.full(size, -1)
    if not len(values):
        return best
    starts = np.flatnonzero(np.concatenate([[True], rows[1:] != rows[:-1]]))
    greatest = np.repeat(np.maximum.reduceat(values, starts), np.diff(np.append(starts, len(rows))))
    places = np.flatnonzero((values == greatest) & (values > 0))[::-1]  # the first column of a row is written last
    best[rows[places]] = columns[places]
    return best


def _nearest(row: Places, column: Places, place: Places, values: Weights, size: int) -> list[Nearest]:
    """For each story the pair with the greatest value above 0."""
    best = _first_best(values, row, column, size)
    found: list[Nearest] = [(-1, 0.0)] * size
    chosen = np.flatnonzero((best[row] == column) & (values > 0))
    for story, pair, value in zip(row[chosen].tolist(), place[chosen].tolist(), values[chosen].tolist(), strict=True):
        found[story] = (pair, round(value, 4))
    return found


def already_published(copies: Mapping[str, str], published_before: Collection[str]) -> dict[str, str]:
    """Map stories that were published before to the published story that they are, or are a copy of."""
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
    """Map the labels of events that follow up a published story to that story.

    `events` are stories' numbers by label. A follow-up has at least one story that is not in `before`. It follows the
    published story that it contains, itself or as a copy; else the one most similar to its new stories, of any date.
    """
    kept, names = index.kept, index.names
    found: dict[int, str] = {}
    label_of: dict[int, int] = {}
    for label, stories in events.items():
        members = list(stories)
        new = [number for number in members if kept[number] and names[number] not in before]
        published = [before[names[number]] for number in members if names[number] in before]
        if new and published:
            found[label] = min(published)
        elif new:
            label_of |= dict.fromkeys(new, label)
    earlier = [number for name, number in index.numbers().items() if name in before and kept[number]]
    best: dict[int, tuple[float, str]] = {}
    if earlier and label_of:
        new_stories, others = np.array(sorted(label_of)), np.array(sorted(earlier))
        pairs = compare_stories(index, new_stories, settings, others=others, timed=False)
        values = likeness(pairs, settings, timed=False)
        enough = values >= settings.loose.pair
        for one, other, value in zip(pairs["one"][enough], pairs["other"][enough], values[enough], strict=True):
            label = label_of[int(one)]
            best[label] = min(best.get(label, (0.0, "")), (-float(value), before[names[other]]))
    return found | {label: old for label, (_, old) in best.items()}
