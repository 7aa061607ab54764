# mypy: allow-untyped-calls
"""The same event in two languages, by what needs no translation: names, amounts, dates. Suggested, never merged."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.stages.dedupe.features import Features
from pipeline.stages.dedupe.index import NAMED, Index, Table, chunks
from pipeline.stages.dedupe.intake import kinds_of
from pipeline.stages.dedupe.postings import products, rows
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.signs import SIGN_KINDS, SIGN_WEIGHTS, WHAT, WHO, Sign
from pipeline.stages.dedupe.terms import Places, Weights

_RARITY = 0.25  # exponent of the number of stories that have a sign
_SPELLINGS = np.array([SIGN_KINDS.index(kind) for kind in ("pinyin", "sound", "name")], dtype=np.uint64)
_OF_KIND = np.array([SIGN_WEIGHTS[kind] for kind in SIGN_KINDS])
# Weights of two sums in one whole number: in tenths, who above, what below.
_WHO = 1 << 20
_SUMS = np.array([round(10 * WHO.get(kind, 0)) * _WHO + round(10 * WHAT.get(kind, 0)) for kind in SIGN_KINDS])


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two events that may be one, told in two languages: for an editor to judge."""

    one: str  # the story that stands for the one event
    other: str
    figure: float  # cosine of what the two texts name
    evidence: tuple[str, ...]


def compare_signs(index: Index, new: Places, settings: Settings) -> Table:
    """Pairs of a new story and one in another language that share enough that tells: rows of NAMED, each pair once.

    Enough is a party and something that happened to it, whatever else names the same.
    """
    is_new = index.mask(new)
    languages, dated = index.stories["language"], index.stories["dated"]
    parts = [np.empty(0, dtype=NAMED)]
    for one, other, sums in _sums(index, new, settings):
        who, what = sums // _WHO / 10, sums % _WHO / 10
        tells = (who > 0) & (what >= settings.suggestion_what) & (who + what >= settings.suggestion_evidence)
        gap = np.nan_to_num(np.abs(dated[one] - dated[other]), nan=0.0)
        tells &= (languages[one] != languages[other]) & (gap <= 3600 * settings.event_hours)
        tells &= ~is_new[other] | (other < one)
        table = np.empty(int(tells.sum()), dtype=NAMED)
        table["one"], table["other"] = one[tells], other[tells]
        parts.append(table)
    return np.concatenate(parts)


def _sums(index: Index, new: Places, settings: Settings) -> Iterator[tuple[Places, Places, Places]]:
    """Numbers of new stories and of others, with the weights of the signs that they share."""
    among = index.alive & index.state["indexed"]
    if len(np.unique(index.stories["language"][among])) < 2:
        return
    for some in chunks(new):
        place = np.zeros(len(index), dtype=np.int64)
        place[some] = np.arange(len(some))
        keys, whose = index.keys("signs", index.mask(some))
        wanted, columns = np.unique(keys, return_inverse=True)
        places, stories = index.entries("signs", wanted, among)
        few = np.bincount(places, minlength=len(wanted)) <= settings.common_word
        mine, theirs = few[columns], few[places]
        matrix = rows(place[whose[mine]], columns[mine], _SUMS[kinds_of(keys[mine])], (len(some), len(wanted)))
        ones = np.ones(int(theirs.sum()), dtype=np.int64)
        for row, other, sums in products(
            matrix, rows(places[theirs], stories[theirs], ones, (len(wanted), len(index)))
        ):
            yield some[row], other, sums


def suggest_events(
    index: Index, best: Mapping[int, int], read: Callable[[Iterable[int]], Mapping[int, Features]], settings: Settings
) -> list[Suggestion]:
    """Pairs of events that name the same things in two languages, the surest first; `best` is by the event's label."""
    pairs = index.between("named", index.kept)
    labels = index.state["label"]
    pairs = pairs[labels[pairs["one"]] != labels[pairs["other"]]]
    figures = _figures(index, pairs)
    chosen: dict[tuple[str, str], tuple[float, str, str, int, int]] = {}
    for ends, figure in zip(pairs.tolist(), figures.tolist(), strict=True):
        if figure < settings.suggestion_cosine:
            continue
        (first, one), (second, other) = sorted((index.names[best[int(labels[each])]], each) for each in ends)
        told = (-figure, index.names[one], index.names[other], one, other)
        chosen[first, second] = min(chosen.get((first, second), told), told)
    gists = read({number for told in chosen.values() for number in told[3:]})
    found = [
        Suggestion(first, second, -figure, tuple(_evidence(gists[one].signs(), gists[other].signs())))
        for (first, second), (figure, _, _, one, other) in chosen.items()
    ]
    return sorted(found, key=lambda pair: (-pair.figure, pair.one, pair.other))


def _figures(index: Index, pairs: Table) -> Weights:
    """For each pair the cosine of what the two name; a sign counts the less the more stories have it, in octaves."""
    keys, whose = index.keys("signs", index.mask(np.concatenate([pairs["one"], pairs["other"]])))
    wanted, columns = np.unique(keys, return_inverse=True)
    places, _ = index.entries("signs", wanted, index.kept)
    often = 2.0 ** np.ceil(np.log2(np.maximum(1, np.bincount(places, minlength=len(wanted)))))
    kinds = kinds_of(wanted)
    # Spellings and plain words that no other story has say nothing, and add nothing to a story's length.
    counted = ~np.isin(kinds, _SPELLINGS) | (often > 1)
    weights = np.where(counted, _OF_KIND[kinds] * often**-_RARITY, 0.0)[columns]
    lengths = np.sqrt(np.bincount(whose, weights=weights**2, minlength=len(index)))
    lengths[lengths == 0] = 1.0
    matrix = rows(whose, columns, weights / lengths[whose], (len(index), max(1, len(wanted))))
    cosines = matrix[pairs["one"]].multiply(matrix[pairs["other"]]).sum(axis=1)
    return np.round(np.asarray(cosines, dtype=np.float64).ravel(), 4)


def _evidence(one: dict[Sign, str], other: dict[Sign, str]) -> Iterator[str]:
    shared: Sequence[Sign] = sorted(one.keys() & other.keys(), key=lambda sign: (-SIGN_WEIGHTS[sign[0]], sign))
    for sign in shared:
        first, second = one[sign], other[sign]
        yield first if first == second else f"{first} = {second}"
