"""The former name of `pipeline.stages.tag`: other programs import `tag_text` from here and know its former tags."""

from pipeline.stages import tag

_FORMER_TAGS = {"fil": "tl"}


def tag_text(text: str) -> str:
    """The BCP 47 tag of a text, `und` when unsure; `tl` for Filipino, which the pipeline itself calls `fil`."""
    found = tag.tag_text(text)
    return _FORMER_TAGS.get(found, found)


__all__ = ["tag_text"]
