"""Which stories belong together as copies: by address, by body, by near copy. Each link rests on its stories alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.stages.dedupe.components import Edge
from pipeline.stages.dedupe.index import TOLD, Index
from pipeline.stages.dedupe.likeness import wanting
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.shingles import Hashes, Mask, Places

_LONG_BODY = 80  # words from which an equal body is a copy under any title
_SHORT_BODY = 25  # words below which an equal body under another title proves nothing: "subscribe to read on"


@dataclass(frozen=True, slots=True)
class Links:
    """Pairs of stories by number: the same story beyond doubt, and near copies."""

    same: list[Edge]
    near: list[Edge]

    @property
    def all(self) -> list[Edge]:
        """Both."""
        return [*self.same, *self.near]


@dataclass(frozen=True, slots=True)
class Alike:
    """What a story was compared with: the number of the other, their figures, and what was wanting for a copy."""

    other: int
    jaccard: float
    contained: float  # of the smaller text
    wanting: str


class Linker:
    """Finds the links among some stories of an index; `ranks` is the place of each in the order of names."""

    def __init__(self, index: Index, among: Mask, ranks: Places, settings: Settings) -> None:
        """Look at these stories of the index, letters and reads apart."""
        self._index, self._ranks, self._settings = index, ranks, settings
        self._among = among & (index.stories["role"] == TOLD)
        self._bodies = self._groups("key")

    def links(self) -> Links:
        """All links."""
        return Links([*self._same_address(), *self._same_body()], [*self._equal(), *self._near()])

    def compared(self, stories: Sequence[int]) -> dict[int, list[Alike]]:
        """For each of these stories what it was compared with, the likest first."""
        keys = self._index.stories["key"]
        found: dict[int, list[Alike]] = {}
        asked = np.isin(keys, keys[list(stories)])
        pairs = self._index.between("near", self._among)
        for one, other, alike, contained, flags in pairs[asked[pairs["one"]] | asked[pairs["other"]]].tolist():
            said = wanting(flags, self._share_outlet(one, other))
            found.setdefault(int(keys[one]), []).append(Alike(self._first(other), alike, contained, said))
            found.setdefault(int(keys[other]), []).append(Alike(self._first(one), alike, contained, said))
        for told in found.values():
            told.sort(key=lambda pair: (-pair.jaccard, self._ranks[pair.other]))
        return {number: found.get(int(keys[number]), []) for number in stories}

    def _groups(self, column: str) -> dict[int, list[int]]:
        """The stories that share a value of a column, by that value, each group in the order of names."""
        numbers = np.flatnonzero(self._among)
        numbers = numbers[np.argsort(self._ranks[numbers])]
        values: Hashes = self._index.stories[column][numbers]
        _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
        shared = (counts[inverse] > 1) & (values != 0)
        groups: dict[int, list[int]] = {}
        for number, value in zip(numbers[shared].tolist(), values[shared].tolist(), strict=True):
            groups.setdefault(value, []).append(number)
        return groups

    def _same_address(self) -> Iterator[Edge]:
        """Pairs of stories at one address; the parts of one document share theirs."""
        entries, documents = self._index.stories["entry"], self._index.stories["document"]
        for first, *others in self._groups("address").values():
            for other in others:
                parts = entries[first] == entries[other] != 0 or documents[first] == documents[other] != 0
                if not parts:
                    yield first, other

    def _same_body(self) -> Iterator[Edge]:
        """Pairs of stories with all words of their bodies equal; short bodies need the same title or another outlet."""
        stories = self._index.stories
        for group in self._bodies.values():
            titles: dict[int, int] = {}
            for number in group:
                other = titles.setdefault(int(stories["title"][number]), number)
                if other != number:
                    yield other, number
            first, *rest = titles.values()
            outlets = stories["outlet"][list(titles.values())]
            if rest and _proves(int(stories["words"][first]), outlets):
                yield from ((first, number) for number in rest)

    def _equal(self) -> Iterator[Edge]:
        """Pairs with equal bodies that are long enough for near copies; within one outlet they have to be longer."""
        stories = self._index.stories
        for first, *rest in self._bodies.values():
            outlets = set(stories["outlet"][[first, *rest]].tolist())
            one_outlet = len(outlets) == 1 and 0 not in outlets
            least = self._settings.own_outlet_shingles if one_outlet else self._settings.least_shingles
            if stories["shingles"][first] >= least:
                yield from ((first, number) for number in rest)

    def _near(self) -> Iterator[Edge]:
        for one, other, _, _, flags in self._index.between("near", self._among).tolist():
            if not wanting(flags, self._share_outlet(one, other)):
                yield from ((number, other) for number in self._with_body(one))
                yield from ((one, number) for number in self._with_body(other) if number != other)

    def _with_body(self, number: int) -> list[int]:
        return self._bodies.get(int(self._index.stories["key"][number]), [number])

    def _first(self, number: int) -> int:
        return self._with_body(number)[0]

    def _share_outlet(self, one: int, other: int) -> bool:
        outlets = self._index.stories["outlet"]
        mine, theirs = (set(outlets[self._with_body(number)].tolist()) for number in (one, other))
        return bool((mine & theirs) - {0})


def _proves(words: int, outlets: Hashes) -> bool:
    """Whether an equal body makes stories of different titles copies: one a paywall shows for every story does not."""
    return words >= _LONG_BODY or (words >= _SHORT_BODY and int(np.unique(outlets, return_counts=True)[1].max()) <= 2)
