"""How much an event weighs: outlets that report it, big names and amounts of money in its titles."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipeline.stages.select.words import words_pattern

DOUBLED_OUTLETS = 0.5  # what twice as many outlets add
BIG_NAME, MONEY = 0.3, 0.3  # what a title with one adds, as the share of the event's titles that have one
MANY_OUTLETS = 16  # more do not add to it

_MONEY = re.compile(
    r"[$€£¥₩₹]\s?\d|\d[\d.,]*\s?(?:billion|million|trillion|bn|mn|crore|億|亿|万亿|兆|조|억|Mrd|Mio|Milliarden|Millionen"
    r"|miljard|miljoen|milliards?)|\d[\d.,]*(?:千万|百万)?(?:美元|元|円|원|ドル|달러)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Significance:
    """The parts of an event's weight beside 1, each with its explanation."""

    coverage: float
    names: float
    money: float
    big_names: tuple[str, ...]


def measure_significance(titles: Sequence[str], outlets: int) -> Significance:
    """Measure an event by the titles of its stories and the number of outlets that report it."""
    names = [big_names(title) for title in titles]
    with_money = sum(1 for title in titles if _MONEY.search(title))
    return Significance(
        coverage=DOUBLED_OUTLETS * math.log2(min(MANY_OUTLETS, max(1, outlets))),
        names=BIG_NAME * sum(1 for found in names if found) / len(titles),
        money=MONEY * with_money / len(titles),
        big_names=tuple(sorted({name for found in names for name in found})),
    )


def main_firm(title: str, firms: Iterable[str]) -> str | None:
    """The firm that a title names first: the one that the story is on. Widely known ones, and `firms` of the letter."""
    lowered, pattern = title.lower(), words_pattern(_table())
    match = pattern.search(lowered) if pattern else None
    found = [(match.start(), _table()[match[0]])] if match else []
    found += [(lowered.find(firm.lower()), _table().get(firm.lower(), firm)) for firm in firms]
    return min(((place, firm) for place, firm in found if place >= 0), default=(0, None))[1]


def big_names(title: str) -> frozenset[str]:
    """The widely known firms that a title names, by their first names in the list."""
    pattern = words_pattern(_table())
    return frozenset(_table()[form] for form in pattern.findall(title.lower())) if pattern else frozenset()


@cache
def _table() -> dict[str, str]:
    """Form in lower case → the firm."""
    lines = (files(__package__) / "names.txt").read_text(encoding="utf-8").splitlines()
    firms = [[form.strip() for form in line.split(",")] for line in lines if line and not line.startswith("#")]
    return {form.lower(): forms[0] for forms in firms for form in forms}
