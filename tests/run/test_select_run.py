"""Select over the store: a judge and its answers, and what the command, status and issue.json say of a short week."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.config import load_config
from pipeline.records import Slot
from pipeline.run.select import select
from pipeline.run.session import Report, open_session
from pipeline.stages.select import JudgedStory, JudgeSettings
from tests.letters import ITEMS, NOW, Command, Letter

AT = datetime.fromisoformat(NOW).replace(tzinfo=ZoneInfo("Asia/Hong_Kong"))


class Scripted:
    """A judge that gives a grade to titles with a word, and remembers what it was asked."""

    def __init__(self, word: str = "", grade: int = 3) -> None:
        self.asked: list[str] = []
        self._word, self._grade = word, grade

    def __call__(self, about: str, stories: Sequence[JudgedStory]) -> list[int | None]:
        assert about
        self.asked += [story.title for story in stories]
        return [self._grade if self._word in story.title else None for story in stories]


def fail(about: str, stories: Sequence[JudgedStory]) -> list[int | None]:
    raise RuntimeError("the model is away")


def select_with(letter: Letter, judge: JudgeSettings | None) -> tuple[Report, list[Slot], dict[str, list[Any]]]:
    """The report, the slots, and the lines of the ledger for each story with a slot."""
    with open_session(load_config(letter.config), now=AT, judge=judge) as session:
        report = select(session)
        slots = session.store.issues.slots(session.key, "en")
        return report, slots, {slot.story: session.store.ledger.of(slot.story) for slot in slots}


def ready(newsletter: Command, letter: Letter) -> None:
    """The letter has a description, and its stories are in the store."""
    letter.change(about={"text": "A letter on machines in Asia."})
    letter.change(vectors="off")
    newsletter.on(letter, "run")


def test_a_judges_grade_moves_a_story_and_is_shown(newsletter: Command, letter: Letter) -> None:
    """As a line of the ledger, and in the reason."""
    ready(newsletter, letter)
    _, before, _ = select_with(letter, None)
    last = next(item.title for item in ITEMS if "rice" in item.title)
    report, after, lines = select_with(letter, JudgeSettings("tester", Scripted("rice")))
    assert report.notices == ()
    (judged,) = [story for story, decisions in lines.items() if any(line.rule == "rank/judge" for line in decisions)]
    with open_session(load_config(letter.config), now=AT) as session:
        assert session.store.stories.get([judged])[0].title == last
    assert any("tester gives it 3 of 3" in line.detail for line in lines[judged] if line.rule.startswith("chosen/"))
    scores = {slot.story: slot.score for slot in before}
    assert {slot.story: slot.score for slot in after}[judged] > scores[judged]


def test_answers_are_kept_and_replayed(newsletter: Command, letter: Letter) -> None:
    """A second select asks nothing, not even of the stories that the judge could not grade; another name asks again."""
    ready(newsletter, letter)
    first, second = Scripted("rice"), Scripted("rice")
    _, slots, _ = select_with(letter, JudgeSettings("tester", first))
    _, again, _ = select_with(letter, JudgeSettings("tester", second))
    assert (len(first.asked), second.asked, again) == (len(ITEMS), [], slots)
    select_with(letter, JudgeSettings("tester 2", second))
    assert len(second.asked) == len(ITEMS)


def test_a_judge_that_fails_costs_a_line_and_nothing_else(newsletter: Command, letter: Letter) -> None:
    """The issue is the one without a judge, and the next run asks again."""
    ready(newsletter, letter)
    _, plain, decisions = select_with(letter, None)
    report, slots, lines = select_with(letter, JudgeSettings("tester", fail))
    assert report.notices == ("tester left 8 stories without a grade: the model is away",)
    assert (slots, lines) == (plain, decisions)
    later = Scripted("rice")
    select_with(letter, JudgeSettings("tester", later))
    assert len(later.asked) == len(ITEMS)


def test_a_judge_has_a_budget(newsletter: Command, letter: Letter) -> None:
    """Of calls and of seconds; a notice counts the stories without a grade."""
    ready(newsletter, letter)
    for settings in (JudgeSettings("a", Scripted(), most_calls=0), JudgeSettings("b", Scripted(), seconds=0.0)):
        report, _, _ = select_with(letter, settings)
        assert report.notices == (f"{settings.name} left 8 stories without a grade: its budget was spent",)


def test_no_issue_and_a_short_one_are_said_with_the_reason(newsletter: Command, letter: Letter) -> None:
    """By the run, with exit code 3, and by status; a short issue only by status and on request."""
    letter.change(vectors="off", about={"text": "On ports."}, topics=[{"name": "ports", "words": {"en": ["port"]}}])
    letter.change(select={"minimum": 2})
    done = newsletter.on(letter, "run")
    reason = "no issue: 1 of at least 2 new stories on the subject; other events: 7 off the subject"
    assert done.code == 3
    assert f"select: en: {reason}" in done.err
    status = newsletter.on(letter, "status")
    assert f"No issue for 2026-W47 yet.\n  en: {reason}" in status.out
    letter.change(select={"minimum": 1})
    assert newsletter.on(letter, "run", "--force").code == 0
    reason = "a short issue: 1 of 4 features, 0 of 6 reads; other events: 7 off the subject"
    assert reason in newsletter.on(letter, "status").out
    assert newsletter.on(letter, "status", "--json").json["notes"] == {"en": [reason]}


def test_an_issue_says_in_plain_words_why_each_story_is_in(newsletter: Command, letter: Letter) -> None:
    """issue.json has the sentence and, as fields of their own, the figures; explain prints both."""
    letter.change(vectors="off", about={"text": "On ports."}, topics=[{"name": "ports", "words": {"en": ["port"]}}])
    letter.change(select={"minimum": 1})
    newsletter.on(letter, "run")
    issue = json.loads((letter.folder / "outbox" / "2026-W47" / "issue.json").read_text(encoding="utf-8"))
    (story,) = [feature["story"] for feature in issue["features"]]
    assert issue["reasons"][story]["text"] == "on your subject: ports · 1 outlet · 2 days old"
    assert set(issue["reasons"][story]["figures"]) >= {"relevance", "coverage", "score"}
    assert "on your subject: ports · 1 outlet · 2 days old" in newsletter.on(letter, "explain", story).out


def test_an_unattended_letter_carries_no_feature_without_a_text(newsletter: Command, letter: Letter) -> None:
    """A headline alone is a read there; with an editor it may be a feature, and a warning asks for a text."""
    letter.change(vectors="off")
    for number in range(4):
        bare = ITEMS[2 * number + 1]
        letter.write_feed(f"paper{number}", [ITEMS[2 * number], type(bare)(bare.title, "")])

    def textless(approve: str) -> list[bool]:
        letter.change(approve=approve, select={"features": 6, "reads": 6})
        newsletter.on(letter, "run", "--force")
        issue = json.loads((letter.folder / "outbox" / "2026-W47" / "issue.json").read_text(encoding="utf-8"))
        warned = {finding["story"] for finding in issue["checks"]["findings"] if finding["rule"] == "blurb"}
        assert warned == {feature["story"] for feature in issue["features"] if not feature["paragraphs"]}
        return [not feature["paragraphs"] for feature in issue["features"]]

    assert sum(textless("editor")) == 2
    assert sum(textless("auto")) == 0
