"""The former name of `pipeline.stages.tag`, kept because other programs import `tag_text` from here."""

from pipeline.stages.tag import tag_text

__all__ = ["tag_text"]
