"""Write: what a writer is sent of a story, and whether the source bears out what it proposes."""

from pipeline.stages.write.alignment import without_strangers
from pipeline.stages.write.checker import CHECKER_VERSION, check_translation, doubtful_names
from pipeline.stages.write.finding import Finding

__all__ = ["CHECKER_VERSION", "Finding", "check_translation", "doubtful_names", "without_strangers"]
