"""Rank the week's events, choose stories for each edition's slots, and compose the issue."""

from pipeline.stages.select.choose import Choice, choose_stories
from pipeline.stages.select.compose import EditionText, Material, add_pictures, compose_issue, picture_url
from pipeline.stages.select.kinds import StoryKind, kind_of
from pipeline.stages.select.rank import Candidate, Strengths, merge_events, rank_events, with_text_for_ranking
from pipeline.stages.select.relevance import Relevance, StoryVectors, Subject, measure_relevance
from pipeline.stages.select.yardstick import yardstick

__all__ = [
    "Candidate",
    "Choice",
    "EditionText",
    "Material",
    "Relevance",
    "StoryKind",
    "StoryVectors",
    "Strengths",
    "Subject",
    "add_pictures",
    "choose_stories",
    "compose_issue",
    "kind_of",
    "measure_relevance",
    "merge_events",
    "picture_url",
    "rank_events",
    "with_text_for_ranking",
    "yardstick",
]
