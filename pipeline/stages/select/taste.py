"""What the editors kept of earlier proposals: reasons for a candidate, and a small factor on its score.

One week of choices teaches nothing that a good description does not say, and news moves on. So the factor needs eight
approved issues, changes a score by a quarter at most, and is 1 where the editors changed nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from pipeline.records import Proposal
from pipeline.stages.select.rank import Candidate
from pipeline.stages.select.readers import Readers
from pipeline.stages.select.relevance import StoryVectors

ISSUES_NEEDED = 8  # approved ones, before the factor differs from 1
MOST = 0.25  # by which it changes a score
ALIKE = 0.55  # cosine of two titles from which one is called like the other
NEAR = 0.45  # from which likeness counts in the factor
PRIOR = 5  # with as many proposals, a source's own share counts as much as that of all sources

_NO_READERS = Readers()
_TIMES = {1: "once", 2: "twice"}


@dataclass(frozen=True, slots=True)
class Past:
    """A story that select proposed for an approved issue, or that the editor added."""

    proposal: Proposal
    day: date  # of the issue
    place: str  # in the issue: lead, feature or read; empty for a story that the editor passed over
    title: npt.NDArray[np.int8]  # the title's vector; may be empty


@dataclass(frozen=True, slots=True)
class Kept:
    """How many stories were proposed, how many of these were kept, and how many others the editor added."""

    proposed: int = 0
    kept: int = 0
    added: int = 0

    def with_story(self, past: Past) -> "Kept":
        """The counts with one story more."""
        if past.proposal.origin == "added":
            return replace(self, added=self.added + 1)
        return replace(self, proposed=self.proposed + 1, kept=self.kept + bool(past.place))

    @property
    def share(self) -> float:
        """The share of stories that the editor wanted; 1 without stories."""
        total = self.proposed + self.added
        return (self.kept + self.added) / total if total else 1.0


@dataclass(frozen=True, slots=True)
class Taste:
    """What the editors kept, by source and by kind, and the stories with title vectors."""

    issues: int = 0  # approved ones with proposals
    all: Kept = Kept()
    sources: Mapping[str, Kept] = field(default_factory=dict)
    kinds: Mapping[str, Kept] = field(default_factory=dict)
    past: Sequence[Past] = ()
    counts: bool = True  # whether the config lets it count in the score
    readers: Readers = _NO_READERS

    @property
    def is_active(self) -> bool:
        """Whether what the editors kept changes scores."""
        return self.counts and self.issues >= ISSUES_NEEDED

    @property
    def has_active_readers(self) -> bool:
        """Whether what readers clicked changes scores."""
        return self.readers.counts and self.readers.issues >= ISSUES_NEEDED

    def source_figure(self, source: str) -> float:
        """How much more of a source's stories than of all the editors wanted, from -1 to 1."""
        return _more(self.sources.get(source, Kept()), self.all)

    def kind_figure(self, kind: str) -> float:
        """How much more of a kind's stories than of all the editors wanted, from -1 to 1."""
        return _more(self.kinds.get(kind, Kept()), self.all)


def learn_taste(past: Sequence[Past], *, issues: int, counts: bool = True, readers: Readers = _NO_READERS) -> Taste:
    """Count what became of the stories of approved issues."""
    sources: dict[str, Kept] = {}
    kinds: dict[str, Kept] = {}
    every = Kept()
    for story in past:
        proposal = story.proposal
        sources[proposal.source] = sources.get(proposal.source, Kept()).with_story(story)
        kinds[proposal.kind] = kinds.get(proposal.kind, Kept()).with_story(story)
        every = every.with_story(story)
    return Taste(issues, every, sources, kinds, _once_each(past), counts, readers)


def _once_each(past: Iterable[Past]) -> list[Past]:
    """Each event of an issue once, as chosen if any edition has it; without those that have no title vector."""
    events: dict[tuple[date, str], Past] = {}
    for story in past:
        known = events.get((story.day, story.proposal.event))
        if len(story.title) and (known is None or (story.place and not known.place)):
            events[story.day, story.proposal.event] = story
    return list(events.values())


def _more(own: Kept, every: Kept) -> float:
    stories = own.proposed + own.added
    return (own.kept + own.added + PRIOR * every.share) / (stories + PRIOR) - every.share


def with_taste(candidates: Sequence[Candidate], taste: Taste, vectors: StoryVectors) -> list[Candidate]:
    """Return the candidates with a part `taste` where there is something to say; the highest score first."""
    if not taste.issues:
        return list(candidates)
    likeness = _Likeness(candidates, taste, vectors)
    judged = [_judge(candidate, taste, likeness) for candidate in candidates]
    return sorted(judged, key=lambda candidate: (-candidate.score, candidate.event.id))


def _judge(candidate: Candidate, taste: Taste, likeness: "_Likeness") -> Candidate:
    best = candidate.best
    note = likeness.note(best.id)
    if not (taste.is_active or taste.has_active_readers):
        return replace(candidate, parts=(*candidate.parts, ("taste", 1.0, note))) if note else candidate
    kind, figure, notes = candidate.kind(best.id).kind, 0.0, [note]
    if taste.is_active:
        figure += likeness.figure(best.id) + taste.source_figure(best.source) + taste.kind_figure(kind)
        notes.append(_source_note(taste.sources.get(best.source)))
    if taste.has_active_readers:
        figure += taste.readers.source_figure(best.source) + taste.readers.kind_figure(kind)
        notes.append(taste.readers.note(best.source))
    return _with_factor(candidate, figure, "; ".join(filter(None, notes)))


def _with_factor(candidate: Candidate, figure: float, notes: str) -> Candidate:
    factor = round(1 + MOST * max(-1.0, min(1.0, figure)), 4)
    if factor == 1 and not notes:
        return candidate
    return replace(
        candidate,
        score=round(min(1.0, candidate.score * factor), 6),
        parts=(*candidate.parts, ("taste", factor, notes or "nothing alike before")),
    )


def _source_note(kept: Kept | None) -> str:
    return f"you kept {kept.kept} of {kept.proposed} proposed from this source" if kept and kept.proposed else ""


class _Likeness:
    """The past stories whose titles are nearest to each candidate's."""

    def __init__(self, candidates: Iterable[Candidate], taste: Taste, vectors: StoryVectors) -> None:
        ids = [candidate.best.id for candidate in candidates if candidate.best.id in vectors]
        past = [story for story in taste.past if len(story.title) == vectors.width]
        self._places = {story: place for place, story in enumerate(ids)}
        self._chosen = [story for story in past if story.place]
        self._passed = [story for story in past if not story.place]
        self._to_chosen = _cosines(vectors, ids, self._chosen)
        self._to_passed = _cosines(vectors, ids, self._passed)

    def figure(self, story: str) -> float:
        """Nearness to the nearest chosen story less that to the nearest one passed over, from -1 to 1."""
        if story not in self._places:
            return 0.0
        place = self._places[story]
        chosen, passed = (max(NEAR, float(row[place].max(initial=0.0))) for row in (self._to_chosen, self._to_passed))
        return (chosen - passed) / (1 - NEAR)

    def note(self, story: str) -> str:
        """The likeness in words; empty where nothing is alike."""
        if story not in self._places:
            return ""
        place, notes = self._places[story], []
        if self._chosen and self._to_chosen[place].max() >= ALIKE:
            nearest = self._chosen[int(self._to_chosen[place].argmax())]
            notes.append(f"like “{nearest.proposal.title}”, which you {_did(nearest.place)} on {_date(nearest.day)}")
        passed = int(np.count_nonzero(self._to_passed[place] >= ALIKE)) if self._passed else 0
        if passed:
            notes.append(f"you passed over its like {_TIMES.get(passed, f'{passed} times')}")
        return "; ".join(notes)


def _cosines(vectors: StoryVectors, stories: Sequence[str], past: Sequence[Past]) -> npt.NDArray[np.float64]:
    if not past or not stories:
        return np.zeros((len(stories), 0))
    return np.round(vectors.title_cosines(stories, np.stack([story.title for story in past])), 6)


def _did(place: str) -> str:
    return {"lead": "led with", "feature": "made a feature"}.get(place, "chose as a read")


def _date(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
