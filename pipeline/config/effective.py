"""The values of a config that are in force, by the keys of the file, without secrets."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from pipeline.config.document import ConfigDocument, KeyPath, read_document
from pipeline.config.fill import keys_of
from pipeline.config.load import parts_of
from pipeline.config.models import Config
from pipeline.config.section import Section
from pipeline.records.keys import Format

_HIDDEN = (Format("secret"), Format("header value"))
_MASK = "***"


def given_values(path: Path) -> Any:
    """The values that the file gives, with variables of the environment by their names."""
    document = read_document(path, None)
    return document.data


def effective_values(config: Config, path: Path) -> dict[str, Any]:
    """Every value in force: from the file, from the environment or by default.

    A value that the file takes from the environment is shown as the file has it, so that no secret is.
    """
    return _section(config, (), read_document(path, {}))


def _section(made: Any, key: KeyPath, document: ConfigDocument) -> dict[str, Any]:
    return {name: _plain(value, (*key, name), document, hidden) for name, value, hidden in _values(made)}


def _values(made: Any) -> Iterator[tuple[str, Any, bool]]:
    """The keys of a section or record, with their values, and whether a value is secret."""
    palettes = [(item.metadata["prefix"], item.name) for item in _fields(made) if item.metadata.get("prefix")]
    for item in keys_of(type(made)):
        hidden = any(part in _HIDDEN for part in parts_of(item.annotation))
        if hasattr(made, item.name):
            yield item.name, getattr(made, item.name), hidden
        elif getattr(made, "kind", "") == item.name:
            yield item.name, made.location, hidden
        for prefix, name in palettes:
            inner = item.name.removeprefix(prefix)
            if item.name.startswith(prefix) and hasattr(getattr(made, name), inner):
                yield item.name, getattr(getattr(made, name), inner), hidden


def _fields(made: Any) -> tuple[Any, ...]:
    return fields(made) if is_dataclass(made) else ()


def _plain(value: Any, key: KeyPath, document: ConfigDocument, hidden: bool) -> Any:
    if key in document.written:
        return document.written[key]
    if isinstance(value, Section) or (is_dataclass(value) and not isinstance(value, type)):
        return _section(value, key, document)
    if isinstance(value, Mapping):
        return {str(name): _plain(each, (*key, name), document, hidden) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each, (*key, position), document, hidden) for position, each in enumerate(value)]
    if hidden and value is not None:
        return _MASK
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
