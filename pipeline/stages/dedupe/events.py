# mypy: allow-untyped-calls, no-warn-return-any
"""Group stories into events by average linkage on their likeness: with the sure bounds, then with the loose ones.

Two groups join if the mean likeness over all their pairs reaches a bound that falls with the number of pairs: the mean
of many pairs is more certain than a single figure. Each step joins all groups that are each other's nearest, so the
result does not depend on the order of the stories.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import numpy as np

from pipeline.stages.dedupe.index import Index
from pipeline.stages.dedupe.likeness import compare_stories, likeness
from pipeline.stages.dedupe.settings import Bounds, Settings
from pipeline.stages.dedupe.terms import Places, Weights, changes

_FALL = 0.25  # exponent of the number of pairs: how fast the bound falls
_MEAN_DIGITS = 9  # so that the order of a sum does not change the mean


class _Links(NamedTuple):
    """Pairs of groups with candidate pairs between them, each pair once."""

    one: Places
    other: Places
    total: Weights  # of the likeness of all their pairs
    mean: Weights  # 0 if it does not reach the bound


def group_events(index: Index, stories: Places, values: Weights, settings: Settings) -> dict[str, Places]:
    """Group the stories of complete components, which are in the order of their names; return columns of STATE.

    Pairs across components are left out, so that the result does not depend on which components are grouped together.
    `values`: the likeness of the index's pairs.
    """
    components = index.state["component"]
    local = np.full(len(index), -1)
    local[stories] = np.arange(len(stories))
    ends = index.pairs["one"], index.pairs["other"]
    inner = np.flatnonzero((local[ends[0]] >= 0) & (components[ends[0]] == components[ends[1]]))
    one, other, value = local[ends[0][inner]], local[ends[1][inner]], values[inner]
    is_late = index.pairs["minutes"][inner] > 60 * settings.follow_up_hours
    sure = np.where(is_late, np.minimum(value, settings.loose.pair), value)
    labels = join(one, other, sure, np.arange(len(stories)), settings.sure)
    loose = join(one, other, value, labels, settings.loose)
    same = labels[one] == labels[other]
    nearest = [_nearest(one[mask], other[mask], value[mask], len(stories)) for mask in (same, ~same)]
    inside, outside = (np.where(best >= 0, stories[best], -1) for best in nearest)
    return {"label": stories[labels], "loose": stories[loose], "inside": inside, "outside": outside}


def join(one: Places, other: Places, value: Weights, labels: Places, bounds: Bounds) -> Places:
    """Join groups that are each other's nearest until there are none; return each story's label, its least member.

    `one`, `other`, `value`: pairs and their likeness, each pair once. `labels`: the groups to start with.
    """
    count = len(labels)
    sizes = np.bincount(labels, minlength=count)
    links = _sum_up(labels[one], labels[other], value, sizes, bounds)
    while True:
        reached = links.mean > 0
        best = _nearest(links.one[reached], links.other[reached], links.mean[reached], count)
        first = np.flatnonzero(best >= 0)
        first = first[(best[best[first]] == first) & (first < best[first])]
        if not len(first):
            return labels
        target = np.arange(count)
        target[best[first]] = first
        labels = target[labels]
        sizes[first] += sizes[best[first]]
        joined = np.zeros(count, dtype=bool)
        joined[first] = joined[best[first]] = True
        changed = np.flatnonzero(joined[links.one] | joined[links.other])
        added = _sum_up(target[links.one[changed]], target[links.other[changed]], links.total[changed], sizes, bounds)
        for old, new in zip(links, added, strict=True):
            old[changed] = 0  # there are fewer new ones; the rest link a group to itself, which counts for nothing
            old[changed[: len(new)]] = new


def _sum_up(one: Places, other: Places, value: Weights, sizes: Places, bounds: Bounds) -> _Links:
    """The links between groups, with the sum and the mean of their pairs' likeness."""
    apart = one != other
    first, second = np.minimum(one, other)[apart], np.maximum(one, other)[apart]
    order = np.argsort(first * len(sizes) + second)
    first, second = first[order], second[order]
    starts = np.flatnonzero(changes(first, second))
    totals = np.add.reduceat(value[apart][order], starts)
    first, second = first[starts], second[starts]
    pairs = (sizes[first] * sizes[second]).astype(np.float64)
    means = np.round(totals / pairs, _MEAN_DIGITS)
    least = bounds.least + (bounds.pair - bounds.least) / pairs**_FALL
    if bounds.large is not None:
        least = np.where(sizes[first] + sizes[second] > bounds.large, np.inf, least)
    return _Links(first, second, totals, np.where(means < least, 0.0, means))


def _nearest(one: Places, other: Places, value: Weights, size: int) -> Places:
    """For each of 0 … size - 1 the first of those that it has the greatest value with; -1 if there is none."""
    greatest, found = np.zeros(size), np.full(size, size)
    for ends in (one, other):
        np.maximum.at(greatest, ends, value)
    for mine, theirs in ((one, other), (other, one)):
        is_greatest = value == greatest[mine]
        np.minimum.at(found, mine[is_greatest], theirs[is_greatest])
    return np.where(found < size, found, -1)


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
