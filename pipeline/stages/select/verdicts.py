"""Events as the editors judged them: stories that report the same happening are joined, others are parted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.records import Event, stable_id

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Pairs of stories that report the same event, and pairs of which the second does not report the first's."""

    same: tuple[Pair, ...] = ()
    other: tuple[Pair, ...] = ()

    def of_originals(self, copies: Mapping[str, str]) -> "Verdicts":
        """The verdicts with each copy replaced by the story that it was folded into; events have no copies."""

        def originals(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
            found = ((copies.get(one, one), copies.get(other, other)) for one, other in pairs)
            return tuple((one, other) for one, other in found if one != other)

        return Verdicts(originals(self.same), originals(self.other))


def judge_events(events: Iterable[Event], verdicts: Verdicts) -> tuple[Event, ...]:
    """Part the events, then join them. Of a pair with both verdicts, as two editions may give, the stories part."""
    parted = [part for event in events for part in _part(event, verdicts.other)]
    apart = {frozenset(pair) for pair in verdicts.other}
    return _join(parted, [pair for pair in verdicts.same if frozenset(pair) not in apart])


def _part(event: Event, pairs: Sequence[Pair]) -> list[Event]:
    """The event, and those of the stories that leave it, which stay together unless a pair parts them.

    The best story that is left tells the event; where all would leave, the best stays. A story that a pair parts only
    from others that leave stays.
    """
    inside = set(event.stories)
    within = [(one, other) for one, other in pairs if one in inside and other in inside]
    if not within:
        return [event]
    leaving = {other for _, other in within}
    if leaving == inside:
        leaving.discard(event.best)
    apart = {frozenset(pair) for pair in within}
    groups: list[list[str]] = [[story for story in event.stories if story not in leaving]]
    for story in (story for story in event.stories if story in leaving):
        fitting = (group for group in groups if not any(frozenset((story, other)) in apart for other in group))
        group = next(fitting, None)
        if group is None:
            groups.append([story])
        else:
            group.append(story)
    kept, *others = groups
    return [
        replace(event, best=kept[0], stories=tuple(kept)),
        *(Event(stable_id("event apart", group[0]), group[0], tuple(group), event.follows) for group in others),
    ]


def _join(events: Iterable[Event], pairs: Iterable[Pair]) -> tuple[Event, ...]:
    """Join the events of each pair; the joined event keeps the first one's best."""
    merged = {event.id: event for event in events}
    home = {story: event.id for event in merged.values() for story in event.stories}
    for one, other in pairs:
        first, second = home.get(one), home.get(other)
        if first is None or second is None or first == second:
            continue
        gone = merged.pop(second)
        kept = merged[first]
        merged[first] = replace(kept, stories=(*kept.stories, *gone.stories), follows=kept.follows or gone.follows)
        home.update(dict.fromkeys(gone.stories, first))
    return tuple(merged.values())
