"""What the ledger is told: each comparison that mattered, with its figures, the bounds, and what came of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from pipeline.records import NO_COPY, Decision, Event, Outcome
from pipeline.stages.dedupe.copies import Alike
from pipeline.stages.dedupe.events import Grouping
from pipeline.stages.dedupe.index import READ, RULES, TOLD, Index
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
        if index.stories["role"][number] != TOLD:
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
    rule = f"two stories join at {settings.event_pair:g}, groups by the mean of all their pairs"
    for number, (inside, cosine), (outside, far) in zip(
        grouping.stories.tolist(), grouping.inside, grouping.outside, strict=True
    ):
        name = index.names[number]
        if inside >= 0:
            yield Decision(name, _STAGE, Outcome.KEPT, "event", cosine, f"with {index.names[inside]}; {rule}")
        if outside >= 0:
            yield Decision(name, _STAGE, Outcome.KEPT, "other event", far, f"nearest is {index.names[outside]}; {rule}")
        if inside < 0 and outside < 0:
            days = settings.event_hours / 24
            said = f"no story in its language and within {days:g} days is as like it as {settings.event_link:g}"
            yield Decision(name, _STAGE, Outcome.KEPT, "event of its own", None, said)


def decide_reads(index: Index, events: Iterable[Event], numbers: Mapping[str, int]) -> Iterator[Decision]:
    """For a read the story it points to, of the stories by number."""
    for event in events:
        for name in event.stories:
            if name != event.best and name in numbers and index.stories["role"][numbers[name]] != TOLD:
                yield Decision(name, _STAGE, Outcome.KEPT, "event by title", 1.0, f"points to {event.best}")


def decide_suggestions(suggestions: Iterable[Suggestion]) -> Iterator[Decision]:
    """For both stories of a pair that may tell of one event in two languages: the other, the figure, the evidence."""
    for pair in suggestions:
        for name, other in ((pair.one, pair.other), (pair.other, pair.one)):
            said = f"as {other}, for an editor to judge: {'; '.join(pair.evidence)}"
            yield Decision(name, _STAGE, Outcome.KEPT, "perhaps the same event", pair.figure, said)
