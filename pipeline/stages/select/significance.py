"""How much an event weighs: outlets that report it, big names and amounts of money in its titles."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipeline.stages.select.words import SearchText, WordFinder, common_words, is_meant

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


def measure_significance(titles: Sequence[str], known: Sequence[Sequence[str]], outlets: int) -> Significance:
    """Measure an event by the titles of its stories, the known firms in each, and the outlets that report it."""
    with_money = sum(1 for title in titles if _MONEY.search(title))
    return Significance(
        coverage=DOUBLED_OUTLETS * math.log2(min(MANY_OUTLETS, max(1, outlets))),
        names=BIG_NAME * sum(1 for firms in known if firms) / len(titles),
        money=MONEY * with_money / len(titles),
        big_names=tuple(sorted({_table()[form] for forms in known for form in forms})),
    )


def known_firms(titles: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Story → the widely known firms in its title, as it writes them; `titles` are those of a week by story."""
    found = {story: _finder().find(SearchText(title)) for story, title in titles.items()}
    common = common_words(found.values())
    return {
        story: tuple(dict.fromkeys(each.word for each in firms if is_meant(each, [firms], common)))
        for story, firms in found.items()
    }


def main_firm(title: str, known: Iterable[str], firms: Iterable[str]) -> str | None:
    """The firm that a title names first, in its first half: the one that the story is on, not one beside it."""
    found = [(title.lower().find(form.lower()), _table().get(form, form)) for form in (*known, *firms)]
    return min(((place, firm) for place, firm in found if 0 <= place < len(title) / 2), default=(0, None))[1]


@cache
def _finder() -> WordFinder:
    return WordFinder(_table(), names=True)


@cache
def _table() -> dict[str, str]:
    """Form of a name → the firm."""
    lines = (files(__package__) / "names.txt").read_text(encoding="utf-8").splitlines()
    firms = [[form.strip() for form in line.split(",")] for line in lines if line and not line.startswith("#")]
    return {form: forms[0] for forms in firms for form in forms}
