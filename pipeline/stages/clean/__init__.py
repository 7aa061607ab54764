"""Clean: turn pages, feed entries and documents into stories without boilerplate."""

from pipeline.stages.clean.clean import Cleaned, clean_document, clean_entry
from pipeline.stages.clean.extract import extract_text
from pipeline.stages.clean.later import find_later_pages
from pipeline.stages.clean.learn import learn_lines
from pipeline.stages.clean.present import story_as_json
from pipeline.stages.clean.residue import Residue, ResidueError, default_residue, load_residue
from pipeline.text.normalise import fold

__all__ = [
    "Cleaned",
    "Residue",
    "ResidueError",
    "clean_document",
    "clean_entry",
    "default_residue",
    "extract_text",
    "find_later_pages",
    "fold",
    "learn_lines",
    "load_residue",
    "story_as_json",
]
