"""What the ledger is told: each comparison that mattered, with its figures, the bounds, and what came of it."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from pipeline.records import NO_COPY, Decision, Event, Outcome
from pipeline.stages.dedupe.copies import Alike
from pipeline.stages.dedupe.events import Grouping, Nearest
from pipeline.stages.dedupe.index import ARTICLE, EVENTLESS, READ, RULES, Index
from pipeline.stages.dedupe.likeness import contributions
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.suggest import Suggestion

_STAGE = "dedupe"
_TOLD = 3  # comparisons that are told of a story


def decide_copies(
    index: Index,
    stories: Iterable[int],
    compared: Mapping[int, Sequence[Alike]],
    settings: Settings,
) -> Iterator[Decision]:
    """For each story: folded into which by which rule on which figure, or kept; then what it was compared with."""
    folded = np.bincount(index.state["winner"][index.alive], minlength=len(index)) - 1
    for number in stories:
        name = index.names[number]
        if index.stories["role"][number] != ARTICLE:
            role = "read" if index.stories["role"][number] == READ else "letter"
            yield Decision(name, _STAGE, Outcome.KEPT, "not compared", None, f"a {role} is no copy")
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
        for near in compared.get(number, ())[:_TOLD]:
            said = _figures(index.names[near.other], near, settings)
            yield Decision(name, _STAGE, Outcome.KEPT, "compared with", near.jaccard, said)
        if not compared.get(number) and winner == number:
            said = _nobody(int(index.stories["shingles"][number]), settings)
            yield Decision(name, _STAGE, Outcome.KEPT, "compared with", None, said)


def _figures(name: str, near: Alike, settings: Settings) -> str:
    shared = f"{name}: {near.jaccard:.0%} of both texts, {near.contained:.0%} of the shorter"
    return f"{shared}; {near.wanting or 'enough for a copy'} (bounds: {_bounds(settings)})"


def _bounds(settings: Settings) -> str:
    return (
        f"{settings.word_jaccard:.0%} or {settings.word_containment:.0%},"
        f" in scripts without spaces {settings.character_jaccard:.0%} or {settings.character_containment:.0%},"
        f" within one outlet {settings.own_outlet_jaccard:.0%} or {settings.own_outlet_containment:.0%}"
    )


def _nobody(shingles: int, settings: Settings) -> str:
    if shingles < settings.least_shingles:
        return "nothing but addresses and whole bodies: its text is too short"
    return "no text of another story: none shares enough with it"


def decide_published(before: Mapping[str, str], published_before: Mapping[str, str]) -> Iterator[Decision]:
    """Which stories an earlier issue has told, and which issue."""
    for name, old in sorted(before.items()):
        if name != old:
            said = f"a copy of {old}, which {published_before[old]} published"
            yield Decision(name, _STAGE, Outcome.DROPPED, "published before", None, said)


def decide_events(index: Index, grouping: Grouping, settings: Settings) -> Iterator[Decision]:
    """For each story its nearest in its event, and the nearest of another one."""
    for number, inside, outside in zip(grouping.stories.tolist(), grouping.inside, grouping.outside, strict=True):
        name = index.names[number]
        if (rule := int(index.stories["rule"][number])) != 0:
            detail = f"its title is that of a {EVENTLESS[rule]}, which is no report of one event"
            yield Decision(name, _STAGE, Outcome.KEPT, "event of its own", None, detail)
            continue
        if inside[0] >= 0:
            yield Decision(
                name, _STAGE, Outcome.KEPT, "event", inside[1], _explain_pair(index, number, inside, settings)
            )
        if outside[0] >= 0:
            detail = f"{_explain_pair(index, number, outside, settings)}; {_lacking(index, outside, settings)}"
            yield Decision(name, _STAGE, Outcome.KEPT, "other event", outside[1], detail)
        if inside[0] < 0 and outside[0] < 0:
            detail = f"no story in its language within {settings.event_hours / 24:g} days has much in common with it"
            yield Decision(name, _STAGE, Outcome.KEPT, "event of its own", None, detail)


def _explain_pair(index: Index, number: int, nearest: Nearest, settings: Settings) -> str:
    """The features of a pair in plain words, with what each adds to the log-odds that it reports one event."""
    pair = index.pairs[nearest[0] : nearest[0] + 1]
    other = int(pair["other"][0] if pair["one"][0] == number else pair["one"][0])
    _, words, runs, vectors, days, outlet = (float(part[0]) for part in contributions(pair, settings))
    parts = [
        f"words {pair['words'][0] / 1e4:.2f} ({words:+.1f})",
        f"runs of the titles {pair['runs'][0] / 1e4:.2f} ({runs:+.1f})",
        f"meaning {pair['vectors'][0] / 1e4:.2f} ({vectors:+.1f})" if pair["has_vectors"][0] else "no sentence vectors",
        f"{pair['minutes'][0] / 1440:.1f} days apart ({days:+.1f})",
        *([f"one outlet ({outlet:+.1f})"] if pair["outlet"][0] else []),
    ]
    return f"{index.names[other]}: {', '.join(parts)}; together {nearest[1]:.2f}"


def _lacking(index: Index, nearest: Nearest, settings: Settings) -> str:
    """What keeps a pair from being one event, and how much more meaning or how many more shared words would join it."""
    sure, loose = settings.sure.pair, settings.loose.pair
    rule = f"two stories are one event from {sure:g}, and perhaps one from {loose:g}"
    pair = index.pairs[nearest[0] : nearest[0] + 1]
    lacking = math.log(sure / (1 - sure)) - sum(float(part[0]) for part in contributions(pair, settings))
    if lacking <= 0:
        return f"{rule}; the groups around them have too little in common"
    has_vectors = bool(pair["has_vectors"][0])
    weights = settings.likeness.full if has_vectors else settings.likeness.without_vectors
    name, weight = ("vectors", weights.vectors) if has_vectors else ("words", weights.words)
    wanted = pair[name][0] / 1e4 + lacking / max(weight, 1e-9)
    if wanted > 1:
        return f"{rule}; no other {'meaning' if has_vectors else 'words'} alone would join them"
    return f"{rule}; {'meaning' if has_vectors else 'words'} of {wanted:.2f} would join them"


def decide_reads(index: Index, events: Iterable[Event], numbers: Mapping[str, int]) -> Iterator[Decision]:
    """For a read the story it points to, of the stories by number."""
    for event in events:
        for name in event.stories:
            if name != event.best and name in numbers and index.stories["role"][numbers[name]] != ARTICLE:
                yield Decision(name, _STAGE, Outcome.KEPT, "event by title", 1.0, f"points to {event.best}")


def decide_suggestions(suggestions: Iterable[Suggestion]) -> Iterator[Decision]:
    """For both stories of a pair that may tell of one event in two languages: the other, the figure, the evidence."""
    for pair in suggestions:
        for name, other in ((pair.one, pair.other), (pair.other, pair.one)):
            said = f"as {other}, for an editor to judge: {'; '.join(pair.evidence)}"
            yield Decision(name, _STAGE, Outcome.KEPT, "perhaps the same event", pair.figure, said)
