"""Rank the week's events, choose stories for each edition's slots, and compose the issue."""

from pipeline.stages.select.choose import Choice, choose_stories
from pipeline.stages.select.compose import EditionText, Material, add_pictures, compose_issue, picture_alt, picture_url
from pipeline.stages.select.convert import convert_material
from pipeline.stages.select.judge import (
    Judge,
    JudgedStory,
    JudgeSettings,
    checked_grades,
    judged_stories,
    with_grades,
)
from pipeline.stages.select.kinds import StoryKind, kind_of
from pipeline.stages.select.rank import (
    Candidate,
    Strengths,
    decisions_of,
    rank_events,
    with_text_for_ranking,
)
from pipeline.stages.select.readers import Clicked, Readers, learn_readers
from pipeline.stages.select.relevance import Relevance, StoryVectors, Subject, measure_relevance
from pipeline.stages.select.taste import Kept, Past, Taste, learn_taste, with_taste
from pipeline.stages.select.verdicts import Verdicts, judge_events
from pipeline.stages.select.yardstick import yardstick

__all__ = [
    "Candidate",
    "Choice",
    "Clicked",
    "EditionText",
    "Judge",
    "JudgeSettings",
    "JudgedStory",
    "Kept",
    "Material",
    "Past",
    "Readers",
    "Relevance",
    "StoryKind",
    "StoryVectors",
    "Strengths",
    "Subject",
    "Taste",
    "Verdicts",
    "add_pictures",
    "checked_grades",
    "choose_stories",
    "compose_issue",
    "convert_material",
    "decisions_of",
    "judge_events",
    "judged_stories",
    "kind_of",
    "learn_readers",
    "learn_taste",
    "measure_relevance",
    "picture_alt",
    "picture_url",
    "rank_events",
    "with_grades",
    "with_taste",
    "with_text_for_ranking",
    "yardstick",
]
