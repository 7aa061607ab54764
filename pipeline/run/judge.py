"""Ask the session's judge for grades of the best candidates, and apply the grades in the store.

A program passes a judge to `open_session`; the commands have none.
"""

import time
from collections.abc import Sequence

from pipeline.config import Config
from pipeline.run.session import Session
from pipeline.stages.select import Candidate, JudgedStory, JudgeSettings, checked_grades, judged_stories, with_grades
from pipeline.stages.select.judge import STORIES_OF_CALL


def ask_judge(session: Session, candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """Have the judge grade the best candidates that have no grade in the store yet; return a notice of what failed.

    `candidates` are ranked without grades. A failure costs the grades of its call and nothing else.
    """
    if session.judge is None:
        return ()
    settings, about = session.judge, _description(session.config)
    stories = {story.key(about, settings.name): story for story in judged_stories(candidates).values()}
    known = session.store.grades.get(stories)
    waiting = [(key, story) for key, story in stories.items() if key not in known]
    calls = [waiting[start : start + STORIES_OF_CALL] for start in range(0, len(waiting), STORIES_OF_CALL)]
    end = time.monotonic() + settings.seconds
    ungraded, reason = 0, ""
    for number, call in enumerate(calls):
        if number >= settings.most_calls or time.monotonic() >= end:
            ungraded, reason = ungraded + sum(map(len, calls[number:])), reason or "its budget was spent"
            break
        try:
            grades = checked_grades(settings.judge(about, [story for _, story in call]), [story for _, story in call])
        except Exception as error:  # noqa: BLE001 - a judge is anybody's code, and an issue does not depend on it
            ungraded, reason = ungraded + len(call), str(error) or type(error).__name__
        else:
            with session.store.transaction():
                session.store.grades.put(dict(zip((key for key, _ in call), grades, strict=True)))
    return (f"{settings.name} left {ungraded} stories without a grade: {reason}",) if ungraded else ()


def with_stored_grades(session: Session, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates with the judge's grades that are in the store, ranked again; unchanged without a judge."""
    if session.judge is None:
        return list(candidates)
    keys = _keys(session.judge, _description(session.config), judged_stories(candidates))
    known = session.store.grades.get(keys.values())
    grades = {event: grade for event, key in keys.items() if (grade := known.get(key)) is not None}
    return with_grades(candidates, grades, session.judge.name)


def _keys(judge: JudgeSettings, about: str, stories: dict[str, JudgedStory]) -> dict[str, str]:
    return {event: story.key(about, judge.name) for event, story in stories.items()}


def _description(config: Config) -> str:
    """What the letter is about, as a judge reads it: the paragraph, the headlines, or else the topics' names."""
    about = config.about
    topics = [topic.sentence or topic.name for topic in config.topics]
    return "\n".join((about.text, *about.headlines) if about.text or about.headlines else topics)
