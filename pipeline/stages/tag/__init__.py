"""Tag: the language of a text as a BCP 47 tag, traditional and simplified Chinese apart, `und` when unsure."""

from pipeline.stages.tag.detect import Detection, detect, tag_text
from pipeline.stages.tag.story import tag_story, tag_words

__all__ = ["Detection", "detect", "tag_story", "tag_text", "tag_words"]
