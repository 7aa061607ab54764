"""Which of several copies stands for all of them."""

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Protocol, TypeAlias

from pipeline.stages.dedupe.features import Features

_NEVER = datetime.max.replace(tzinfo=UTC)
_CREDITS = (
    "({})", "（{}）", "via {}", "source: {}", "first published by {}", "first published in {}", "first published on {}",
    "originally published by {}", "originally published in {}", "originally published on {}",
    "originally appeared in {}", "originally appeared on {}", "first appeared in {}", "first appeared on {}",
    "quelle: {}", "bron: {}", "來源：{}", "来源：{}", "轉載自{}", "转载自{}", "出典：{}", "提供：{}", "출처: {}",
)  # fmt: skip

Rank: TypeAlias = tuple[bool, str, int, float, datetime, str]


class Ranked(Protocol):
    """What a story is ranked by."""

    @property
    def id(self) -> str:
        """The story's."""

    @property
    def source(self) -> str:
        """Its name."""

    @property
    def dated_at(self) -> datetime | None:
        """When it was published or first seen."""

    @property
    def size(self) -> int:
        """Characters of the body."""


def rank(story: Ranked, weights: Mapping[str, float], *, credited: bool) -> Rank:
    """The least wins: credited original, earlier day, fuller text, more trusted source, earlier time, id.

    It asks nothing of the other copies but whom they credit, so that two stories never change places when a third
    comes in. Length counts in steps of a quarter: an added caption does not outweigh trust.
    """
    dated = story.dated_at
    return (
        not credited,
        dated.astimezone(UTC).date().isoformat() if dated else "9999",
        -int(math.log(story.size + 1, 1.25)),
        -weights.get(story.source, 1.0),
        dated or _NEVER,
        story.id,
    )


def credited_outlets(copies: Iterable[Features]) -> frozenset[str]:
    """The outlets of these copies that one of them names, in its first or last lines, as where it has the text from."""
    edges, names = set(), set()
    for gist in copies:
        edges.add(gist.edges)
        names.add(gist.outlet)
    said = "\n".join(sorted(edges))
    return frozenset(name for name in names if len(name) > 2 and _is_credited(name.casefold(), said))


def _is_credited(name: str, said: str) -> bool:
    return name in said and any(pattern.format(name) in said for pattern in _CREDITS)
