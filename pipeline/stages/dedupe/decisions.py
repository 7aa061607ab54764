"""Decisions for the ledger: each comparison that mattered, with its figures, the bounds and the outcome."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from pipeline.records import NO_COPY, Decision, Event, Outcome
from pipeline.stages.dedupe.copies import Comparison
from pipeline.stages.dedupe.index import ARTICLE, CLEANED, EVENTLESS, NEAREST, READ, RULES, Index
from pipeline.stages.dedupe.likeness import COSINE_UNITS, FLOOR, contributions, likeness
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.suggest import Suggestion
from pipeline.stages.dedupe.terms import Places

_STAGE = "dedupe"
_MOST_COMPARISONS = 3  # of a story that are recorded
_RULE_OF = dict(zip(NEAREST, ("event", "other event"), strict=True))


class _Pair(NamedTuple):
    """A row of the index's pairs as plain numbers, their likeness, and what each feature adds to the log-odds."""

    one: int
    other: int
    words: float
    runs: float
    vectors: float
    minutes: int
    outlet: bool
    form: bool
    has_vectors: bool
    likeness: float
    terms: Sequence[float]


def decide_copies(
    index: Index,
    stories: Iterable[int],
    compared: Mapping[int, Sequence[Comparison]],
    settings: Settings,
) -> Iterator[Decision]:
    """For each story, whether it was folded, into which story and why; then what it was compared with."""
    folded = np.bincount(index.state["winner"][index.alive], minlength=len(index)) - 1
    for number in stories:
        name = index.names[number]
        if index.stories["role"][number] != ARTICLE:
            role = "read" if index.stories["role"][number] == READ else "letter"
            yield Decision(name, _STAGE, Outcome.KEPT, "not compared", None, f"a {role} is never a copy")
            continue
        winner, rule = int(index.state["winner"][number]), RULES[index.state["rule"][number]]
        if winner != number:
            figure = float(index.state["figure"][number])
            yield Decision(name, _STAGE, Outcome.FOLDED, rule, figure, f"into {index.names[winner]}")
        elif folded[number]:
            count = int(folded[number])
            yield Decision(name, _STAGE, Outcome.KEPT, "best of copies", float(count), f"{count} folded")
        else:
            yield Decision(name, _STAGE, Outcome.KEPT, NO_COPY)
        for comparison in compared.get(number, ())[:_MOST_COMPARISONS]:
            detail = _format_comparison(index.names[comparison.other], comparison, settings)
            yield Decision(name, _STAGE, Outcome.KEPT, "compared with", comparison.jaccard, detail)
        if not compared.get(number) and winner == number:
            detail = _why_not_compared(int(index.stories["shingles"][number]), settings)
            yield Decision(name, _STAGE, Outcome.KEPT, "compared with", None, detail)


def _format_comparison(name: str, comparison: Comparison, settings: Settings) -> str:
    shared = f"{comparison.jaccard:.0%} of both texts in common, {comparison.containment:.0%} of the shorter one"
    return f"{name}: {shared}; {comparison.missing or 'enough for a copy'} (bounds: {_format_bounds(settings)})"


def _format_bounds(settings: Settings) -> str:
    return (
        f"{settings.word_jaccard:.0%} or {settings.word_containment:.0%},"
        f" in scripts without spaces {settings.character_jaccard:.0%} or {settings.character_containment:.0%},"
        f" within one outlet {settings.own_outlet_jaccard:.0%} or {settings.own_outlet_containment:.0%}"
    )


def _why_not_compared(shingles: int, settings: Settings) -> str:
    if shingles < settings.least_shingles:
        return "other stories by address and whole body only: its text is too short for more"
    return "no other story: none has enough of its text"


def decide_published(before: Mapping[str, str], published_before: Mapping[str, str]) -> Iterator[Decision]:
    """The copies of stories that an earlier issue published, and that issue."""
    for name, old in sorted(before.items()):
        if name != old:
            detail = f"a copy of {old}, which {published_before[old]} published"
            yield Decision(name, _STAGE, Outcome.DROPPED, "published before", None, detail)


def decide_events(index: Index, stories: Places, settings: Settings) -> Iterator[Decision]:
    """For each kept story, the most similar story of its event and the most similar one of another event."""
    pairs = _nearest_pairs(index, stories, settings)
    for number in stories.tolist():
        name = index.names[number]
        if removed := [part for bit, part in enumerate(CLEANED) if index.stories["cleaned"][number] >> bit & 1]:
            yield Decision(name, _STAGE, Outcome.KEPT, "compared without", None, " and ".join(removed))
        if (rule := int(index.stories["rule"][number])) != 0:
            detail = f"its title is that of a {EVENTLESS[rule]}, which does not report a single event"
            yield Decision(name, _STAGE, Outcome.KEPT, "event of its own", None, detail)
            continue
        nearest = pairs.get(number, {})
        for column, pair in nearest.items():
            detail = _explain_pair(index, number, pair, settings, joined=column == "inside")
            yield Decision(name, _STAGE, Outcome.KEPT, _RULE_OF[column], round(pair.likeness, 4), detail)
        if not nearest:
            days = settings.event_hours / 24
            detail = f"no story in its language within {days:g} days reaches a likeness of {settings.loose.least:g}"
            yield Decision(name, _STAGE, Outcome.KEPT, "event of its own", None, detail)


def explain_two(index: Index, one: str, other: str, settings: Settings) -> str:
    """Why two stories of an index, given by id, are one event or two."""
    numbers = index.numbers()
    first, second = (int(index.state["winner"][numbers[name]]) for name in (one, other))
    stories, state = index.stories[[first, second]], index.state[[first, second]]
    if first == second:
        return "one story: one is a copy of the other, or both are copies of a third"
    if (stories["role"] != ARTICLE).any():
        return "not compared: one is a letter or points to a story elsewhere"
    if stories["rule"].any():
        return f"two events: the title of one is that of a {EVENTLESS[int(stories['rule'].max())]}"
    if stories["language"].all() and stories["language"][0] != stories["language"][1]:
        return "two events: events in two languages are suggested to the editor, never joined"
    if abs(stories["dated"][0] - stories["dated"][1]) >= 3600 * settings.event_hours:
        return f"two events: they are more than {settings.event_hours / 24:g} days apart"
    joined = bool(state["label"][0] == state["label"][1])
    outcome = "one event" if joined else "perhaps one event" if state["loose"][0] == state["loose"][1] else "two events"
    ends = index.pairs["one"], index.pairs["other"]
    place = np.flatnonzero(np.isin(ends[0], [first, second]) & np.isin(ends[1], [first, second]))
    if not len(place):
        return f"{outcome}: words, spelling and meaning, less days and outlet, give a likeness below {FLOOR:g}"
    (pair,) = _read_pairs(index, place, settings)
    return f"{outcome}: {_explain_pair(index, first, pair, settings, joined=joined)}"


def _nearest_pairs(index: Index, stories: Places, settings: Settings) -> dict[int, dict[str, _Pair]]:
    """The pair of each story with its nearest in the event, and with its nearest in another one, by column."""
    found: dict[int, dict[str, _Pair]] = {}
    for column in NEAREST:
        others = index.state[column][stories]
        numbers, others = stories[others >= 0], others[others >= 0]
        pairs = _read_pairs(index, index.find_pairs(numbers, others), settings)
        for number, pair in zip(numbers.tolist(), pairs, strict=True):
            found.setdefault(number, {})[column] = pair
    return found


def _read_pairs(index: Index, places: Places, settings: Settings) -> list[_Pair]:
    """Read pairs by their positions in the index, all at once: numpy is slow at single rows."""
    table = index.pairs[places]
    terms = zip(*(part.tolist() for part in contributions(table, settings)), strict=True)
    cosines = ([value / COSINE_UNITS for value in table[name].tolist()] for name in ("words", "runs", "vectors"))
    others = (table[name].tolist() for name in ("minutes", "outlet", "form", "has_vectors"))
    ends, values = (table["one"].tolist(), table["other"].tolist()), likeness(table, settings).tolist()
    return list(map(_Pair._make, zip(*ends, *cosines, *others, values, terms, strict=True)))


def _explain_pair(index: Index, number: int, pair: _Pair, settings: Settings, *, joined: bool) -> str:
    """The features of a pair in plain words, what each adds to the log-odds, and what would change the outcome."""
    base, words, runs, vectors, days, outlet, form = pair.terms
    parts = [
        f"words in common {pair.words:.2f} ({words:+.1f})",
        f"spelling of the titles {pair.runs:.2f} ({runs:+.1f})",
        f"meaning {pair.vectors:.2f} ({vectors:+.1f})" if pair.has_vectors else "no sentence vectors",
        f"{pair.minutes / 1440:.1f} days apart ({days:+.1f})",
        *([f"the same outlet ({outlet:+.1f})"] if pair.outlet else []),
        *([f"another subject and other figures in the outlet's title ({form:+.1f})"] if pair.form else []),
        f"any two stories ({base:+.1f})",
    ]
    other = index.names[pair.other if pair.one == number else pair.one]
    outcome = (_what_would_part if joined else _what_would_join)(pair, settings)
    return f"{other}: {', '.join(parts)} give a likeness of {pair.likeness:.2f}; {outcome}"


def _what_would_part(pair: _Pair, settings: Settings) -> str:
    """Why a pair is one event, and the values of single features with which it would be two."""
    bound = settings.sure.pair
    if pair.likeness < bound or _is_late(pair, settings):
        return f"other stories of the event join them, since alone they would need {bound:g} within a day"
    changes = _changes(pair, bound, settings)
    if not changes:
        return f"{bound:g} is enough, and no single feature would have parted them"
    return f"{bound:g} is enough; they would be two with {' or '.join(changes)}"


def _what_would_join(pair: _Pair, settings: Settings) -> str:
    """Why a pair is two events, and the values of single features with which it would be one."""
    bound = settings.sure.pair
    rule = f"one event from {bound:g}, perhaps one from {settings.loose.pair:g}"
    if pair.likeness >= bound and _is_late(pair, settings):
        return f"{rule}; stories more than {settings.follow_up_hours:g} hours apart are perhaps one at most"
    if pair.likeness >= bound:
        return f"{rule}; the other stories of the two events have too little in common"
    changes = _changes(pair, bound, settings)
    if not changes:
        return f"{rule}; no single feature would have joined them"
    return f"{rule}; they would be one with {' or '.join(changes)}"


def _is_late(pair: _Pair, settings: Settings) -> bool:
    return pair.minutes > 60 * settings.follow_up_hours


def _changes(pair: _Pair, bound: float, settings: Settings) -> list[str]:
    """The values of single features with which a pair would just reach the bound, or just miss it."""
    weights = settings.likeness.full if pair.has_vectors else settings.likeness.without_vectors
    missing = math.log(bound / (1 - bound)) - sum(pair.terms)
    found = []
    for field, label in (("vectors", "a meaning"), ("words", "words in common"), ("runs", "a spelling")):
        needed = getattr(pair, field) + missing / (getattr(weights, field) or math.inf)
        if 0 < needed <= 1 and (pair.has_vectors or field != "vectors"):
            found.append(f"{label} of {needed:.2f}")
    days = pair.minutes / 1440 + missing / weights.days
    if 0 <= days <= settings.event_hours / 24:
        found.append(f"{days:.1f} days between them")
    outlet = weights.outlet + (weights.form if pair.form else 0.0)  # two outlets have no form in common
    flags = (("two outlets", pair.outlet, outlet), ("one subject in the titles", pair.form, weights.form))
    return found + [label for label, is_set, weight in flags if is_set and 0 < missing <= -weight]


def decide_reads(index: Index, events: Iterable[Event], numbers: Mapping[str, int]) -> Iterator[Decision]:
    """For each read that joined an event, the event's best story. `numbers`: the stories to decide on."""
    for event in events:
        for name in event.stories:
            if name != event.best and name in numbers and index.stories["role"][numbers[name]] != ARTICLE:
                yield Decision(name, _STAGE, Outcome.KEPT, "event by title", 1.0, f"points to {event.best}")


def decide_suggestions(suggestions: Iterable[Suggestion]) -> Iterator[Decision]:
    """For both stories of a suggested pair, the other story with the figure and the evidence."""
    for pair in suggestions:
        for name, other in ((pair.one, pair.other), (pair.other, pair.one)):
            detail = f"as {other}, for an editor to decide: {'; '.join(pair.evidence)}"
            yield Decision(name, _STAGE, Outcome.KEPT, "perhaps the same event", pair.figure, detail)
