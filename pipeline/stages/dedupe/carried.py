"""Events that go on from a story that an earlier issue carried."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from scipy.sparse import csr_array

from pipeline.records import Event
from pipeline.stages.dedupe.events import likest_of
from pipeline.stages.dedupe.reading import Gist
from pipeline.stages.dedupe.settings import Settings


def carried_before(copies: Mapping[str, str], carried: Collection[str]) -> dict[str, str]:
    """Stories that were told already, each with the carried one that it is or is a copy of; `copies` → winner."""
    groups: dict[str, list[str]] = {}
    for copy, winner in copies.items():
        groups.setdefault(winner, [winner]).append(copy)
    found = {name: name for name in carried}
    for group in groups.values():
        old = min((name for name in group if name in carried), default=None)
        if old is not None:
            found |= {name: old for name in group if name not in found}
    return found


def follow_ups(
    events: Sequence[Event], told: Sequence[Gist], matrix: csr_array, before: Mapping[str, str], settings: Settings
) -> dict[str, str]:
    """Events that are a new turn of one an approved issue carried: event id → the carried story it goes on from.

    An event has something new where one of its stories is not in `before`. It goes on from the carried story it holds,
    or holds a copy of, else from the one most like its new stories, however long ago. `told` are the stories that are
    no copies, with their vectors.
    """
    place = {gist.id: number for number, gist in enumerate(told)}
    found: dict[str, str] = {}
    event_of: dict[int, str] = {}
    for event in events:
        new = [place[name] for name in event.stories if name not in before and name in place]
        held = sorted(before[name] for name in event.stories if name in before)
        if new and held:
            found[event.id] = held[0]
        elif new:
            event_of |= dict.fromkeys(new, event.id)
    earlier = np.array(sorted(place[name] for name in before if name in place), dtype=np.int64)
    best: dict[str, tuple[float, str]] = {}
    if len(earlier):
        for one, other, cosine in likest_of(
            told, matrix, np.array(sorted(event_of), dtype=np.int64), earlier, settings
        ):
            event_id = event_of[one]
            best[event_id] = min(best.get(event_id, (0.0, "")), (-cosine, before[told[other].id]))
    return dict(sorted((found | {event_id: old for event_id, (_, old) in best.items()}).items()))
