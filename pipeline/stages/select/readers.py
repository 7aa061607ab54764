"""What readers clicked in earlier issues: a factor by source and by kind, only where the config wants it.

Clicks depend on the place first: the lead gets most of them wherever it comes from. So a story is compared with the
others of its own section, and leads are left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter

PRIOR = 5  # with as many stories, a source's own figure counts as much as that of no difference


@dataclass(frozen=True, slots=True)
class Clicked:
    """A story that an issue has printed, with its clicks there."""

    issue: str
    edition: str
    place: str  # lead, feature or read
    source: str
    kind: str
    clicks: int


@dataclass(frozen=True, slots=True)
class Readers:
    """Stories by source and kind: how often each was clicked, as a multiple of the mean of its section."""

    issues: int = 0  # with results
    sources: Mapping[str, Sequence[float]] = field(default_factory=dict)
    kinds: Mapping[str, Sequence[float]] = field(default_factory=dict)
    counts: bool = False  # whether the config lets it count in the score

    def source_figure(self, source: str) -> float:
        """How much more than others readers clicked a source's stories, from -1 to 1."""
        return _figure(self.sources.get(source, ()))

    def kind_figure(self, kind: str) -> float:
        """How much more than others readers clicked a kind of stories, from -1 to 1."""
        return _figure(self.kinds.get(kind, ()))

    def note(self, source: str) -> str:
        """The clicks of a source in words; empty without any."""
        multiples = self.sources.get(source, ())
        if not multiples:
            return ""
        stories = f"{len(multiples)} {'story' if len(multiples) == 1 else 'stories'}"
        return (
            f"readers clicked {stories} of this source {sum(multiples) / len(multiples):.1f} times as often as others"
        )


def learn_readers(stories: Iterable[Clicked], *, counts: bool) -> Readers:
    """Compare the clicks of each story with the mean of its section in its edition."""
    section = attrgetter("issue", "edition", "place")
    sources: dict[str, list[float]] = {}
    kinds: dict[str, list[float]] = {}
    issues = set()
    for (issue, _, place), group in groupby(sorted(stories, key=section), section):
        members = list(group)
        issues.add(issue)
        total = sum(story.clicks for story in members)
        for story in members if place != "lead" and len(members) > 1 and total else ():
            multiple = story.clicks * len(members) / total
            sources.setdefault(story.source, []).append(multiple)
            kinds.setdefault(story.kind, []).append(multiple)
    return Readers(len(issues), sources, kinds, counts)


def _figure(multiples: Sequence[float]) -> float:
    return max(-1.0, min(1.0, sum(each - 1 for each in multiples) / (len(multiples) + PRIOR)))
