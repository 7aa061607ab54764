"""Write: check what a model proposes against the source."""

from pipeline.stages.write.checker import CHECKER_VERSION, check_translation, doubtful_names
from pipeline.stages.write.finding import Finding

__all__ = ["CHECKER_VERSION", "Finding", "check_translation", "doubtful_names"]
