"""Summarise: the first sentences that carry a story, and lines cut to a width, in every script."""

from pipeline.stages.summarise.reading import reading_minutes
from pipeline.stages.summarise.sentences import split_sentences
from pipeline.stages.summarise.shorten import display_width, shorten
from pipeline.stages.summarise.summary import summarise

__all__ = ["display_width", "reading_minutes", "shorten", "split_sentences", "summarise"]
