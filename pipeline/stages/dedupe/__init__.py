"""One story once: copies, events, and the same news in other languages."""

from pipeline.stages.dedupe.files import cluster_lines, read_stories_jsonl
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.stage import Deduped, Suggestion, dedupe_stories

__all__ = ["Deduped", "Settings", "Suggestion", "cluster_lines", "dedupe_stories", "read_stories_jsonl"]
