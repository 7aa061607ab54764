"""One story once: copies, events, and the same news in other languages."""

from pipeline.stages.dedupe.aliases import Aliases, default_aliases, load_aliases
from pipeline.stages.dedupe.files import cluster_lines, read_stories_jsonl
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.stage import Deduped, dedupe_stories
from pipeline.stages.dedupe.suggest import Suggestion

__all__ = [
    "Aliases",
    "Deduped",
    "Settings",
    "Suggestion",
    "cluster_lines",
    "dedupe_stories",
    "default_aliases",
    "load_aliases",
    "read_stories_jsonl",
]
