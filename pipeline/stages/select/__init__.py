"""Which stories make the issue, in which place, and in which words."""

from pipeline.stages.select.choose import Choice, choose_stories
from pipeline.stages.select.compose import EditionText, Material, compose_issue
from pipeline.stages.select.rank import Candidate, in_short, merge_events, rank_events

__all__ = [
    "Candidate",
    "Choice",
    "EditionText",
    "Material",
    "choose_stories",
    "compose_issue",
    "in_short",
    "merge_events",
    "rank_events",
]
