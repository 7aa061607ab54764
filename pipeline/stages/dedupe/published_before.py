"""Events that go on from a story that an earlier issue published."""

from collections.abc import Collection, Iterable, Mapping

import numpy as np

from pipeline.stages.dedupe.events import likest_of
from pipeline.stages.dedupe.index import Index
from pipeline.stages.dedupe.settings import Settings


def already_published(copies: Mapping[str, str], published_before: Collection[str]) -> dict[str, str]:
    """Stories that were told already, each with the published one that it is or is a copy of; `copies` → winner."""
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
    """Events that are a new turn of one an approved issue published: label → the published story it goes on from.

    `events` are stories' numbers by label. An event has something new where one of its stories is not in `before`. It
    goes on from the published story it holds, or holds a copy of, else from the one most like its new stories, however
    long ago.
    """
    kept, names = index.kept, index.names
    found: dict[int, str] = {}
    event_of: dict[int, int] = {}
    for label, stories in events.items():
        own = list(stories)
        new = [number for number in own if kept[number] and names[number] not in before]
        held = sorted(before[names[number]] for number in own if names[number] in before)
        if new and held:
            found[label] = held[0]
        elif new:
            event_of |= dict.fromkeys(new, label)
    earlier = [number for name, number in index.numbers().items() if name in before and kept[number]]
    best: dict[int, tuple[float, str]] = {}
    if earlier and event_of:
        asked, told = np.array(sorted(event_of)), np.array(sorted(earlier))
        for one, other, cosine in likest_of(index, asked, told, settings):
            label = event_of[one]
            best[label] = min(best.get(label, (0.0, "")), (-cosine, before[names[other]]))
    return found | {label: old for label, (_, old) in best.items()}
