"""Tag: which language a text is in, as BCP 47, traditional and simplified Chinese apart, `und` when unsure."""

from pipeline.stages.language.declare import declared
from pipeline.stages.language.detect import Detection, detect, tag_text
from pipeline.stages.language.story import tag_story

__all__ = ["Detection", "declared", "detect", "tag_story", "tag_text"]
