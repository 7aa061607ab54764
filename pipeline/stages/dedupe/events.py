# mypy: allow-untyped-calls, no-warn-return-any
"""Stories of one happening, by reciprocal nearest neighbours under average linkage, within a window of time.

Two groups join where the mean cosine over all their pairs reaches a bound that falls with the number of pairs: two
single stories need much in common, large groups less, since a mean of many pairs is a surer figure. Each round joins
all groups that are each other's nearest, so that the answer does not depend on the order of the stories.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from pipeline.records import UNKNOWN_LANGUAGE, Story
from pipeline.stages.dedupe.aliases import Aliases
from pipeline.stages.dedupe.bodies import Body, read_bodies
from pipeline.stages.dedupe.pieces import self_product, without_common
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.shingles import Hashes, Places, Weights
from pipeline.stages.dedupe.tongue import tongue
from pipeline.stages.dedupe.vectors import vectors

_FLOOR = 0.04  # cosines below this count as none
_OTHER_PARTIES = 0.5  # of the cosine of stories about different companies
_SURE_HOURS = 36.0  # apart without loss of likeness


@dataclass(frozen=True, slots=True)
class Grouping:
    """Places of stories by event, and for each story its nearest in the event with their cosine (-1, 0.0: none)."""

    groups: list[list[int]]
    nearest: list[tuple[int, float]]


def group_events(stories: Sequence[Story], bodies: Sequence[Body], aliases: Aliases, settings: Settings) -> Grouping:
    """The events among stories that are no copies of each other; `stories` come sorted by id."""
    if not stories:
        return Grouping([], [])
    alike = _likeness(stories, bodies, aliases, settings)
    labels = np.arange(len(stories))
    sums, sizes = alike, np.ones(len(stories), dtype=np.float64)
    while True:
        joined = _join(sums, sizes, settings)
        if joined is None:
            break
        labels = joined[labels]
        count = int(joined.max()) + 1
        turn = csr_array((np.ones(len(joined)), (joined, np.arange(len(joined)))), shape=(count, len(joined)))
        sums = _without_diagonal(turn @ sums @ turn.T)
        sums.sort_indices()
        sizes = np.bincount(joined, weights=sizes).astype(np.float64)
    order = np.argsort(labels, kind="stable")
    groups = [part.tolist() for part in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)]
    return Grouping(sorted(groups), _nearest(alike, labels))


def _join(sums: csr_array, sizes: Weights, settings: Settings) -> Places | None:
    """New labels with every pair of groups joined that are each other's nearest, or None where none are."""
    rows = np.repeat(np.arange(len(sizes)), np.diff(sums.indptr))
    pairs = sizes[rows] * sizes[sums.indices]
    means = np.round(sums.data / pairs, 9)  # so that sums in another order are no other means
    bound = settings.event_least + (settings.event_pair - settings.event_least) / np.sqrt(pairs)
    means[means < bound] = 0.0
    best = _first_best(means, rows, sums.indices, len(sizes))
    one = np.flatnonzero(best >= 0)
    one = one[(best[best[one]] == one) & (one < best[one])]
    if not len(one):
        return None
    target = np.arange(len(sizes))
    target[best[one]] = one
    return np.unique(target, return_inverse=True)[1]


def _first_best(values: Weights, rows: Places, columns: Places, size: int) -> Places:
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


def cosines(stories: Sequence[Story], aliases: Aliases, settings: Settings) -> Iterator[tuple[int, int, float]]:
    """Places of two stories, the lesser first, that are alike enough for one event, and their cosine, whenever told."""
    matrix = without_common(vectors(read_bodies(stories, settings)), settings.event_products)
    weigh = _Weigher(stories, aliases)
    for row, column, cosine in self_product(matrix):
        value = cosine * weigh(row, column)
        kept = value >= settings.event_pair
        yield from zip(row[kept].tolist(), column[kept].tolist(), value[kept].tolist(), strict=True)


def _likeness(stories: Sequence[Story], bodies: Sequence[Body], aliases: Aliases, settings: Settings) -> csr_array:
    """Cosines, without those of strangers, of other languages and of other weeks; symmetric, without a diagonal."""
    matrix = without_common(vectors(bodies), settings.event_products)
    weigh = _Weigher(stories, aliases)
    hours = np.array([story.dated_at.timestamp() / 3600 if story.dated_at else np.nan for story in stories])
    span = max(1.0, settings.event_hours - _SURE_HOURS)
    rows: list[Places] = []
    columns: list[Places] = []
    values: list[Weights] = []
    for row, column, cosine in self_product(matrix):
        gap = np.nan_to_num(np.abs(hours[row] - hours[column]), nan=0.0)
        value = cosine * weigh(row, column) * np.clip((settings.event_hours - gap) / span, 0.0, 1.0)
        kept = value >= _FLOOR
        rows.append(row[kept])
        columns.append(column[kept])
        values.append(value[kept])
    one, other, value = np.concatenate(rows), np.concatenate(columns), np.concatenate(values)
    ends = (np.concatenate([one, other]), np.concatenate([other, one]))
    graph = csr_array((np.concatenate([value, value]), ends), shape=(len(stories), len(stories)))
    graph.sort_indices()
    return graph


class _Weigher:
    """What a cosine counts for: nothing between languages, half where the titles name different companies."""

    def __init__(self, stories: Sequence[Story], aliases: Aliases) -> None:
        tongues = [tongue(story) for story in stories]
        names = {name: place for place, name in enumerate(sorted(set(tongues) - {UNKNOWN_LANGUAGE}))}
        self._language = np.array([names.get(name, -1) for name in tongues])
        self._parties = _parties(stories, aliases)
        self._named = np.asarray(self._parties.any(axis=1))

    def __call__(self, one: Places, other: Places) -> Weights:
        first, second = self._language[one], self._language[other]
        same = (first == second) | (first < 0) | (second < 0)
        together = np.asarray((self._parties[one] & self._parties[other]).any(axis=1))
        apart = self._named[one] & self._named[other] & ~together
        return np.where(same, np.where(apart, _OTHER_PARTIES, 1.0), 0.0)


def _parties(stories: Sequence[Story], aliases: Aliases) -> Hashes:
    """Stories by words of 64 bits, a bit for each company that some title names."""
    named = [{name for name in aliases.find(story.title) if name.kind == "companies"} for story in stories]
    places = {name: place for place, name in enumerate(sorted(set().union(*named), key=lambda name: name.name))}
    bits = np.zeros((len(stories), len(places) // 64 + 1), dtype=np.uint64)
    for row, names in enumerate(named):
        for name in names:
            bits[row, places[name] // 64] |= np.uint64(1 << places[name] % 64)
    return bits


def _without_diagonal(matrix: csr_array) -> csr_array:
    entries = matrix.tocoo()
    off = entries.row != entries.col
    return csr_array((entries.data[off], (entries.row[off], entries.col[off])), shape=matrix.shape)


def _nearest(alike: csr_array, labels: Places) -> list[tuple[int, float]]:
    rows = np.repeat(np.arange(alike.shape[0]), np.diff(alike.indptr))
    inside = np.where(labels[rows] == labels[alike.indices], alike.data, 0.0)
    best = _first_best(inside, rows, alike.indices, alike.shape[0])
    value = np.zeros(alike.shape[0])
    np.maximum.at(value, rows, inside)
    return [(int(place), round(float(cosine), 4)) for place, cosine in zip(best, value, strict=True)]
