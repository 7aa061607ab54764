"""Tag: which language a text is in, as BCP 47, traditional and simplified Chinese apart, `und` when unsure."""

from pipeline.stages.tag.declare import declared
from pipeline.stages.tag.detect import Detection, detect, tag_text
from pipeline.stages.tag.story import tag_story

__all__ = ["Detection", "declared", "detect", "tag_story", "tag_text"]
