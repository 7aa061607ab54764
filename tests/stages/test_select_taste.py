"""What editors kept of earlier proposals: reasons for a candidate, and a small factor on its score."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from pipeline.records import Event, Proposal
from pipeline.stages.select import (
    Candidate,
    Clicked,
    Past,
    StoryKind,
    StoryVectors,
    learn_readers,
    learn_taste,
    with_taste,
)
from tests.factories import story

MAY = date(2026, 5, 12)


def row(*numbers: int) -> Any:
    """A title's vector: these numbers and zeros."""
    return np.array([*numbers, *[0] * (8 - len(numbers))], np.int8)


def past(title: str, place: str = "read", *, vector: Any = None, day: date = MAY, **fields: Any) -> Past:
    """A story that was proposed and is in that place of the issue, or was passed over where `place` is empty."""
    values = {"story": title, "event": title, "outlet": "Harbour", "source": "harbour", "kind": "story"}
    proposal = Proposal(**{**values, "title": title, "section": "reads", "score": 0.5, **fields})
    return Past(proposal, day, place, np.empty(0, np.int8) if vector is None else vector)


def candidate(name: str, score: float = 0.5, kind: Any = "story", **fields: Any) -> Candidate:
    best = story(name, **fields)
    return Candidate(Event(name, name, (name,)), (best,), score, (), None, kinds={name: StoryKind(kind)})


def judged(*candidates: Candidate, seen: list[Past], issues: int = 8, rows: Any = None, counts: bool = True) -> Any:
    """The candidates by id, with the note and factor of their part `taste`."""
    vectors = StoryVectors({name: np.concatenate([vector, vector]) for name, vector in (rows or {}).items()})
    found = with_taste(candidates, learn_taste(seen, issues=issues, counts=counts), vectors)
    return {each.event.id: each for each in found}


def note(found: Candidate) -> str:
    return next((words for part, _, words in found.parts if part == "taste"), "")


def test_a_candidate_is_like_the_nearest_chosen_headline() -> None:
    """The reason names the headline, its place and the day of its issue, from the first approved issue on."""
    seen = [past("Quay opens", "lead", vector=row(9, 1)), past("Far away", "feature", vector=row(0, 0, 9))]
    found = judged(candidate("a"), candidate("b"), seen=seen, issues=1, rows={"a": row(9), "b": row(0, 0, 0, 9)})
    assert note(found["a"]) == "like “Quay opens”, which you led with on 12 May 2026"
    assert note(found["b"]) == ""


def test_the_stories_passed_over_are_counted() -> None:
    """Twice passed over is said so; a story that another edition of the issue has was not passed over."""
    seen = [
        past("One", "", vector=row(9, 1)),
        past("Two", "", vector=row(9, 2), day=date(2026, 5, 19)),
        past("Three", "", vector=row(0, 9, 9)),
        past("Three", "feature", vector=row(0, 9, 9)),
    ]
    found = judged(candidate("a"), candidate("b"), seen=seen, issues=2, rows={"a": row(9), "b": row(0, 9, 8)})
    assert note(found["a"]) == "you passed over its like twice"
    assert note(found["b"]) == "like “Three”, which you made a feature on 12 May 2026"


@pytest.mark.parametrize(("issues", "counts"), [(7, True), (30, False)])
def test_scores_do_not_change_before_eight_issues_or_if_switched_off(issues: int, counts: bool) -> None:
    """The reasons remain."""
    seen = [past(f"Dropped {number}", "", vector=row(9)) for number in range(40)]
    found = judged(candidate("a", source="harbour"), seen=seen, issues=issues, rows={"a": row(9)}, counts=counts)
    assert found["a"].score == 0.5
    assert note(found["a"]) == "you passed over its like 40 times"


def test_a_score_changes_by_a_quarter_at_most() -> None:
    """What is always kept gains, what is always dropped loses, and nothing else moves them further."""
    seen = [past(f"Kept {n}", "lead", source="good", kind="analysis", vector=row(9)) for n in range(60)]
    seen += [past(f"Dropped {n}", "", source="bad", kind="release", vector=row(0, 9)) for n in range(60)]
    found = judged(
        candidate("a", source="good", kind="analysis"),
        candidate("b", source="bad", kind="release"),
        candidate("c", source="new"),
        seen=seen,
        rows={"a": row(9), "b": row(0, 9), "c": row(0, 0, 9)},
    )
    assert found["a"].score == pytest.approx(0.5 * 1.25)
    assert found["b"].score == pytest.approx(0.5 * 0.75)
    assert found["c"].score == 0.5
    assert "you kept 0 of 60 proposed from this source" in note(found["b"])


def test_an_editor_who_keeps_everything_changes_nothing() -> None:
    """Issues that a run approves by itself teach nothing about sources and kinds."""
    seen = [past(f"Kept {n}", source=f"source {n % 5}", kind=("story", "release")[n % 2]) for n in range(80)]
    found = judged(candidate("a", source="source 1", kind="release"), candidate("b"), seen=seen)
    assert [each.score for each in found.values()] == [0.5, 0.5]


def test_the_order_follows_the_changed_scores() -> None:
    """The highest score is first."""
    seen = [past(f"Dropped {n}", "", source="bad") for n in range(30)] + [past(f"Kept {n}") for n in range(30)]
    found = judged(candidate("a", 0.5, source="bad"), candidate("b", 0.49, source="harbour"), seen=seen)
    assert list(found) == ["b", "a"]


def test_stories_that_the_editor_added_speak_for_their_source() -> None:
    """A source that the editor had to add stories of gains on one whose proposals are dropped as often as others."""
    seen = [past(f"Added {n}", origin="added", source="small") for n in range(10)]
    seen += [past(f"Other {n}", "read" if n % 2 else "") for n in range(20)]
    taste = learn_taste(seen, issues=9)
    assert taste.sources["small"].added == 10
    assert taste.source_figure("small") > 0 > taste.source_figure("harbour")


def test_without_an_approved_issue_candidates_stay_as_they_are() -> None:
    """No part is added."""
    before = candidate("a")
    assert with_taste([before], learn_taste([], issues=0), StoryVectors({})) == [before]


def clicked(number: int, source: str, clicks: int, place: str = "read") -> Clicked:
    """A story of an issue with its clicks."""
    return Clicked(f"2026-W{number:02}", "en", place, source, "story", clicks)


def test_clicks_count_only_where_wanted_and_after_eight_issues() -> None:
    """A source that readers click more than its neighbours rises, one that they leave out falls, by a quarter."""
    stories = [
        clicked(number, source, clicks)
        for number in range(1, 9)
        for source, clicks in (("harbour", 30), ("quay", 3), ("pier", 12))
    ]
    two = (candidate("a", source="harbour"), candidate("b", source="quay"))
    for counts, seen, changes in ((True, stories, True), (False, stories, False), (True, stories[:21], False)):
        taste = learn_taste([past("x")], issues=8, readers=learn_readers(seen, counts=counts), counts=False)
        found = {each.event.id: each for each in with_taste(two, taste, StoryVectors({}))}
        assert (found["a"].score > 0.5 > found["b"].score) is changes
        assert all(0.375 <= each.score <= 0.625 for each in found.values())
        assert ("2.0 times as often" in note(found["a"])) is changes


def test_the_lead_is_clicked_because_it_leads() -> None:
    """Its clicks say nothing about its source, and neither do those of a story alone in its section."""
    stories = [clicked(number, "harbour", 900, "lead") for number in range(1, 9)]
    stories += [clicked(number, "quay", 5, "feature") for number in range(1, 9)]
    readers = learn_readers(stories, counts=True)
    assert (readers.issues, readers.source_figure("harbour"), readers.source_figure("quay")) == (8, 0, 0)
