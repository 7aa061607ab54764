"""Fold copies into one story, group stories into events and suggest events that may be the same."""

from pipeline.stages.dedupe.copies import FINGERPRINT_VERSION, fingerprint_features
from pipeline.stages.dedupe.decisions import explain_two
from pipeline.stages.dedupe.features import FEATURES_VERSION, extract_features, open_features, texts_to_embed
from pipeline.stages.dedupe.index import Index, Parts
from pipeline.stages.dedupe.round import Changes, DedupeInputs, run_round
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.signs import Aliases, default_aliases, load_aliases
from pipeline.stages.dedupe.stage import BAD_FIELD, cluster_lines, dedupe_features, dedupe_stories, read_stories_jsonl
from pipeline.stages.dedupe.suggest import Suggestion

__all__ = [
    "BAD_FIELD",
    "FEATURES_VERSION",
    "FINGERPRINT_VERSION",
    "Aliases",
    "Changes",
    "DedupeInputs",
    "Index",
    "Parts",
    "Settings",
    "Suggestion",
    "cluster_lines",
    "dedupe_features",
    "dedupe_stories",
    "default_aliases",
    "explain_two",
    "extract_features",
    "fingerprint_features",
    "load_aliases",
    "open_features",
    "read_stories_jsonl",
    "run_round",
    "texts_to_embed",
]
