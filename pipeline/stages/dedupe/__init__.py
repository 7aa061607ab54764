"""One story once: copies, events, and the same news in other languages."""

from pipeline.stages.dedupe.aliases import Aliases, default_aliases, load_aliases
from pipeline.stages.dedupe.carried import carried_copies, follow_ups
from pipeline.stages.dedupe.files import cluster_lines, read_stories_jsonl
from pipeline.stages.dedupe.fingerprints import fingerprint_stories
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.stage import Deduped, dedupe_stories
from pipeline.stages.dedupe.suggest import Suggestion

__all__ = [
    "Aliases",
    "Deduped",
    "Settings",
    "Suggestion",
    "carried_copies",
    "cluster_lines",
    "dedupe_stories",
    "default_aliases",
    "fingerprint_stories",
    "follow_ups",
    "load_aliases",
    "read_stories_jsonl",
]
