# mypy: allow-untyped-calls
"""The same event in two languages, by what needs no translation: names, amounts, dates. Suggested, never merged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from pipeline.records import Event
from pipeline.stages.dedupe.pieces import self_product, without_common
from pipeline.stages.dedupe.reading import Gist
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.shingles import Mask, Weights
from pipeline.stages.dedupe.signs import SIGN_KINDS, SIGN_WEIGHTS, WHAT, WHO, Sign

_RARITY = 0.25  # exponent of the number of stories that have a sign
_SPELLINGS = np.array([SIGN_KINDS.index(kind) for kind in ("pinyin", "sound", "name")], dtype=np.uint8)
_OF_KIND = np.array([SIGN_WEIGHTS[kind] for kind in SIGN_KINDS])


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two events that may be one, told in two languages: for an editor to judge."""

    one: str  # the story that stands for the one event
    other: str
    figure: float  # cosine of what the two texts name
    evidence: tuple[str, ...]


def suggest_events(events: Sequence[Event], told: Sequence[Gist], settings: Settings) -> list[Suggestion]:
    """Pairs of events whose stories, in different languages, name the same things; the surest first."""
    if len({gist.language for gist in told}) < 2:
        return []
    event_of = {name: event for event in events for name in event.stories}
    found: dict[tuple[str, str], Suggestion] = {}
    for one, other, figure in _alike(told, settings):
        this, that = told[one], told[other]
        first, second = event_of[this.id], event_of[that.id]
        if first.id == second.id or this.language == that.language or not _is_near(this, that, settings):
            continue
        named, named_there = this.signs(), that.signs()
        shared = _shared(named, named_there)
        if not _tells(shared, settings):
            continue
        pair = (min(first.best, second.best), max(first.best, second.best))
        if pair not in found or found[pair].figure < figure:
            found[pair] = Suggestion(*pair, round(figure, 4), tuple(_evidence(shared, named, named_there)))
    return sorted(found.values(), key=lambda pair: (-pair.figure, pair.one, pair.other))


def _alike(told: Sequence[Gist], settings: Settings) -> Iterator[tuple[int, int, float]]:
    """Places of stories and the cosine of their signs, where it reaches the bound."""
    keys = np.concatenate([gist.sign_keys for gist in told])
    kinds = np.concatenate([gist.sign_kinds for gist in told])
    rows = np.repeat(np.arange(len(told)), [len(gist.sign_keys) for gist in told])
    values, columns, counts = np.unique(keys, return_inverse=True, return_counts=True)
    often = counts[columns]
    # Spellings and plain words that no other story has say nothing, and add nothing to a story's length.
    counted: Mask = ~np.isin(kinds, _SPELLINGS) | (often > 1)
    weights: Weights = np.where(counted, _OF_KIND[kinds] * often**-_RARITY, 0.0)
    lengths = np.sqrt(np.bincount(rows, weights=weights**2, minlength=len(told)))
    kept = counted & (often > 1)
    data = weights[kept] / lengths[rows[kept]]
    matrix = csr_array((data, (rows[kept], columns[kept])), shape=(len(told), len(values)))
    matrix.sort_indices()
    for one, other, cosine in self_product(without_common(matrix, settings.products)):
        likely = cosine >= settings.suggestion_cosine
        yield from zip(one[likely].tolist(), other[likely].tolist(), cosine[likely].tolist(), strict=True)


def _is_near(one: Gist, other: Gist, settings: Settings) -> bool:
    if one.dated_at is None or other.dated_at is None:
        return True
    return abs((one.dated_at - other.dated_at).total_seconds()) <= 3600 * settings.event_hours


def _shared(one: dict[Sign, str], other: dict[Sign, str]) -> list[Sign]:
    return sorted(one.keys() & other.keys(), key=lambda sign: (-SIGN_WEIGHTS[sign[0]], sign))


def _tells(shared: Sequence[Sign], settings: Settings) -> bool:
    """Whether what two texts share names a party and something that happened to it, and is enough of both."""
    who = sum(WHO.get(kind, 0.0) for kind, _ in shared)
    what = sum(WHAT.get(kind, 0.0) for kind, _ in shared)
    return who > 0 and what >= settings.suggestion_what and who + what >= settings.suggestion_evidence


def _evidence(shared: Sequence[Sign], one: dict[Sign, str], other: dict[Sign, str]) -> Iterator[str]:
    for sign in shared:
        first, second = one[sign], other[sign]
        yield first if first == second else f"{first} = {second}"
