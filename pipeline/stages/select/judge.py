"""A judge from outside, such as a language model, grades the best candidates: one factor of their scores among others.

A judge is any function that gets what the letter is about and some stories, and returns a grade for each: 0 for off the
subject, 1 for of little interest, 2 for worth a place, 3 for a lead, or None if it cannot tell.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from pipeline.records import stable_id
from pipeline.stages.select.rank import Candidate
from pipeline.stages.select.relevance import summary_of

MOST_JUDGED = 60  # candidates, the best ones: those below have no chance of a place
STORIES_OF_CALL = 10
HIGHEST_GRADE = 3
NEUTRAL_GRADE, STEP = 2, 1.5  # a grade of 2 leaves a score as it is, each step up or down multiplies or divides it


@dataclass(frozen=True, slots=True)
class JudgedStory:
    """What a judge sees of a story."""

    title: str
    summary: str
    outlet: str
    language: str

    def key(self, about: str, judge: str) -> str:
        """The key of the judge's answer: another text, description or judge has another one."""
        return stable_id("grade", judge, about, self.title, self.summary, self.outlet, self.language)


Grades: TypeAlias = Sequence[int | None]  # in the order of the stories
Judge: TypeAlias = Callable[[str, Sequence[JudgedStory]], Grades]  # (what the letter is about, stories) → grades


@dataclass(frozen=True, slots=True)
class JudgeSettings:
    """A judge, with the name that its answers are kept under and its budget for one run."""

    name: str  # of the model with its version: under another name it is asked again
    judge: Judge
    most_calls: int = 12
    seconds: float = 120.0  # no call begins later


def judged_stories(candidates: Sequence[Candidate]) -> dict[str, JudgedStory]:
    """Event → its best story as the judge sees it, of the best candidates on the subject."""
    best = [candidate for candidate in candidates if candidate.on_subject][:MOST_JUDGED]
    return {
        each.event.id: JudgedStory(each.best.title, summary_of(each.best), each.best.outlet, each.best.language)
        for each in best
    }


def checked_grades(grades: Grades, stories: Sequence[JudgedStory]) -> list[int | None]:
    """The grades, as many as stories. ValueError if they are anything else."""
    checked = list(grades)
    if len(checked) != len(stories):
        raise ValueError(f"{len(checked)} grades for {len(stories)} stories")
    for grade in checked:
        if grade is not None and (type(grade) is not int or not 0 <= grade <= HIGHEST_GRADE):
            raise ValueError(f"{grade!r} is not a grade from 0 to {HIGHEST_GRADE}")
    return checked


def with_grades(candidates: Sequence[Candidate], grades: Mapping[str, int], judge: str) -> list[Candidate]:
    """Return the candidates with the grades of their events in their scores, highest score first."""
    graded = [
        _with_grade(candidate, grades[candidate.event.id], judge) if candidate.event.id in grades else candidate
        for candidate in candidates
    ]
    return sorted(graded, key=lambda candidate: (-candidate.score, candidate.event.id))


def _with_grade(candidate: Candidate, grade: int, judge: str) -> Candidate:
    factor = round(STEP ** (grade - NEUTRAL_GRADE), 6)
    part = ("judge", factor, f"{judge} gives it {grade} of {HIGHEST_GRADE}")
    return replace(candidate, score=round(min(1.0, candidate.score * factor), 6), parts=(*candidate.parts, part))
