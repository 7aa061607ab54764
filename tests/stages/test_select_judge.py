"""A judge's grades as one factor of the scores: which stories it sees, which answers count, what a grade does."""

from typing import Any

import pytest

from pipeline.records import Event
from pipeline.stages.select import Candidate, JudgedStory, checked_grades, judged_stories, with_grades
from tests.factories import story


def candidate(name: str, score: float, **fields: Any) -> Candidate:
    return Candidate(
        Event(f"v-{name}", name, (name,)), (story(name),), score, (("coverage", 0.0, "1 outlet"),), None, **fields
    )


def test_a_judge_sees_the_sixty_best_stories_on_the_subject() -> None:
    """Title, the beginning of the text, outlet and language; the candidates come with the best one first."""
    candidates = [candidate(f"s{number:03}", 1 - number / 100, on_subject=number > 0) for number in range(80)]
    stories = judged_stories(candidates)
    assert list(stories) == [f"v-s{number:03}" for number in range(1, 61)]
    assert stories["v-s001"] == JudgedStory("Title of s001", "Text of s001.", "Outlet of s001", "en")


def test_a_grade_is_one_factor_of_the_score_and_shown_as_such() -> None:
    """A grade of 2 leaves the score as it is; the others move a story, but a strong one stays above a weak one."""
    candidates = [candidate("a", 0.60), candidate("b", 0.50), candidate("c", 0.40), candidate("d", 0.05)]
    graded = with_grades(candidates, {"v-a": 0, "v-b": 2, "v-c": 3, "v-d": 3}, "tester")
    assert [(each.best.id, each.score) for each in graded] == [
        ("c", 0.6),
        ("b", 0.5),
        ("a", 0.266666),
        ("d", 0.075),
    ]
    assert graded[0].parts[-1] == ("judge", 1.5, "tester gives it 3 of 3")


def test_without_grades_nothing_changes() -> None:
    """A story without a grade keeps its score and its parts."""
    candidates = [candidate("a", 0.6), candidate("b", 0.5)]
    assert with_grades(candidates, {}, "tester") == candidates


def test_a_key_changes_with_the_text_the_description_and_the_judge() -> None:
    """An old answer stands for exactly what was asked."""
    told = JudgedStory("A title", "A text", "An outlet", "en")
    keys = {
        told.key("ports", "tester"),
        told.key("ships", "tester"),
        told.key("ports", "tester 2"),
        JudgedStory("A title", "Another text", "An outlet", "en").key("ports", "tester"),
    }
    assert len(keys) == 4
    assert told.key("ports", "tester") == JudgedStory("A title", "A text", "An outlet", "en").key("ports", "tester")


@pytest.mark.parametrize("grades", [[], [1], [1, 2, 3], [1, 4], [1, -1], [1, True], [1, "2"], [1, 2.0], "12"])
def test_an_answer_that_is_no_grade_for_each_story_is_refused(grades: Any) -> None:
    """As a whole: which story a grade belongs to would be a guess."""
    stories = [JudgedStory("a", "", "", "en"), JudgedStory("b", "", "", "en")]
    with pytest.raises(ValueError, match=r"grade"):
        checked_grades(grades, stories)
    assert checked_grades([None, 3], stories) == [None, 3]
