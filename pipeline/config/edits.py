"""Read edits.yaml, with the editor's decisions about one edition of an issue."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pipeline.config.fill import checked
from pipeline.config.load import read_record
from pipeline.errors import ConfigError
from pipeline.records import Edits, SectionEdit


def load_edits(path: Path) -> Edits:
    """The edits of a file; none where there is no file or it is empty. ConfigError names line and key."""
    if not path.exists() or not path.read_bytes().strip():
        return Edits()
    return read_record(path, Edits)


def build_section(values: Mapping[str, Any]) -> SectionEdit:
    """Build a section of the editor's own, with the checks of the file. ConfigError names each key."""
    try:
        return _section_adapter().validate_python(values)
    except ValidationError as error:
        problems = (
            ": ".join(filter(None, (".".join(map(str, detail["loc"])), detail["msg"])))
            for detail in error.errors(include_url=False)
        )
        raise ConfigError("; ".join(problems)) from error


@functools.cache
def _section_adapter() -> TypeAdapter[SectionEdit]:
    return TypeAdapter(checked(SectionEdit))
