"""Summarise: a story as its first sentences."""

from pipeline.stages.summarise.summary import summarise

__all__ = ["summarise"]
