"""Rank the week's events, choose stories for each edition's slots, and compose the issue."""

from pipeline.stages.select.choose import Choice, choose_stories
from pipeline.stages.select.compose import EditionText, Material, add_pictures, compose_issue, picture_url
from pipeline.stages.select.rank import Candidate, merge_events, rank_events, with_text_for_ranking

__all__ = [
    "Candidate",
    "Choice",
    "EditionText",
    "Material",
    "add_pictures",
    "choose_stories",
    "compose_issue",
    "merge_events",
    "picture_url",
    "rank_events",
    "with_text_for_ranking",
]
