"""What the ledger is told: each comparison that mattered, with its figures, the bounds, and what came of it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pipeline.records import Decision, Event, Kept
from pipeline.stages.dedupe.copies import Folding, Likeness
from pipeline.stages.dedupe.events import Grouping
from pipeline.stages.dedupe.reading import Gist
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.suggest import Suggestion

_STAGE = "dedupe"


def decide_copies(gists: Sequence[Gist], folding: Folding, settings: Settings) -> Iterator[Decision]:
    """For each story: folded into which by which rule on which figure, or kept; then what it was compared with."""
    by_story = {copy.story: copy for copy in folding.copies}
    count = Counter(copy.winner for copy in folding.copies)
    told = sum(gist.is_told for gist in gists)
    for gist in gists:
        name = gist.id
        if not gist.is_told:
            yield Decision(name, _STAGE, Kept.KEPT, "not compared", None, f"a {gist.role} is no copy")
            continue
        if name in by_story:
            copy = by_story[name]
            yield Decision(name, _STAGE, Kept.FOLDED, copy.rule, copy.figure, f"into {copy.winner}")
        elif count[name]:
            yield Decision(name, _STAGE, Kept.KEPT, "best of copies", float(count[name]), f"{count[name]} folded")
        else:
            yield Decision(name, _STAGE, Kept.KEPT, "no copy", None, f"of {told - 1:,} other stories")
        for near in folding.compared.get(name, ()):
            yield Decision(name, _STAGE, Kept.KEPT, "compared with", near.jaccard, _figures(near, settings))
        if name not in folding.compared and name not in by_story:
            yield Decision(name, _STAGE, Kept.KEPT, "compared with", None, _nobody(gist, settings))


def _figures(near: Likeness, settings: Settings) -> str:
    shared = f"{near.story}: {near.jaccard:.0%} of both texts, {near.contained:.0%} of the shorter"
    return f"{shared}; {near.wanting or 'enough for a copy'} (bounds: {_bounds(settings)})"


def _bounds(settings: Settings) -> str:
    return (
        f"{settings.word_jaccard:.0%} or {settings.word_containment:.0%},"
        f" in scripts without spaces {settings.character_jaccard:.0%} or {settings.character_containment:.0%},"
        f" within one outlet {settings.own_outlet_jaccard:.0%} or {settings.own_outlet_containment:.0%}"
    )


def _nobody(gist: Gist, settings: Settings) -> str:
    if len(gist.words) <= settings.least_shingles:
        return "nothing but addresses and whole bodies: its text is too short"
    return "no text of another story: none shares enough with it"


def decide_carried(before: Mapping[str, str], carried: Mapping[str, str]) -> Iterator[Decision]:
    """Which stories an earlier issue has told, and which issue."""
    for name, old in sorted(before.items()):
        if name != old:
            said = f"a copy of {old}, which {carried[old]} carried"
            yield Decision(name, _STAGE, Kept.DROPPED, "carried", None, said)


def decide_events(
    told: Sequence[Gist], grouping: Grouping, events: Sequence[Event], pointing: Sequence[Gist], settings: Settings
) -> Iterator[Decision]:
    """For each story its nearest in its event, and the nearest of another one; for a read the story it points to."""
    rule = f"two stories join at {settings.event_pair:g}, groups by the mean of all their pairs"
    for gist, (place, cosine), (other, far) in zip(told, grouping.inside, grouping.outside, strict=True):
        if place >= 0:
            yield Decision(gist.id, _STAGE, Kept.KEPT, "event", cosine, f"with {told[place].id}; {rule}")
        if other >= 0:
            yield Decision(gist.id, _STAGE, Kept.KEPT, "other event", far, f"nearest is {told[other].id}; {rule}")
        if place < 0 and other < 0:
            said = f"no story in its language and within {settings.event_hours / 24:g} days is like it"
            yield Decision(gist.id, _STAGE, Kept.KEPT, "event of its own", None, said)
    reads = {gist.id for gist in pointing}
    for event in events:
        for name in event.stories:
            if name in reads and name != event.best:
                yield Decision(name, _STAGE, Kept.KEPT, "event by title", 1.0, f"points to {event.best}")


def decide_suggestions(suggestions: Sequence[Suggestion]) -> Iterator[Decision]:
    """For both stories of a pair that may tell of one event in two languages: the other, the figure, the evidence."""
    for pair in suggestions:
        for name, other in ((pair.one, pair.other), (pair.other, pair.one)):
            said = f"as {other}, for an editor to judge: {'; '.join(pair.evidence)}"
            yield Decision(name, _STAGE, Kept.KEPT, "perhaps the same event", pair.figure, said)
