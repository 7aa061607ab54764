"""Read edits.yaml, with the editor's decisions about one edition of an issue."""

from pathlib import Path

from pipeline.config.load import read_record
from pipeline.records import Edits


def load_edits(path: Path) -> Edits:
    """The edits of a file; none where there is no file or it is empty. ConfigError names line and key."""
    if not path.exists() or not path.read_bytes().strip():
        return Edits()
    return read_record(path, Edits)
