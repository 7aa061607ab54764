"""One story once: copies, events, and the same news in other languages."""

from pipeline.stages.dedupe.aliases import Aliases, default_aliases, load_aliases
from pipeline.stages.dedupe.files import BAD_FIELD, cluster_lines, read_stories_jsonl
from pipeline.stages.dedupe.fingerprints import FINGERPRINT_VERSION, fingerprint_readings
from pipeline.stages.dedupe.reading import READING_VERSION, read_story
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.stage import Deduped, dedupe_readings, dedupe_stories
from pipeline.stages.dedupe.suggest import Suggestion

__all__ = [
    "BAD_FIELD",
    "FINGERPRINT_VERSION",
    "READING_VERSION",
    "Aliases",
    "Deduped",
    "Settings",
    "Suggestion",
    "cluster_lines",
    "dedupe_readings",
    "dedupe_stories",
    "default_aliases",
    "fingerprint_readings",
    "load_aliases",
    "read_stories_jsonl",
    "read_story",
]
