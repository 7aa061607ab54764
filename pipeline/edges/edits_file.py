"""edits.yaml, written by the program: atomically, with its comments kept, never over a change that was not read."""

import io
import time
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

from pipeline.edges.atomic import FileChangedError, replace_file
from pipeline.edges.outbox import OutboxError
from pipeline.errors import UsageError
from pipeline.records import Edits, to_json

REPLACED_SECONDS = 5.0  # a render replaces the folder within milliseconds
_SECTION_DEFAULTS: tuple[tuple[str, Any], ...] = (("after", "features"), ("events", []))
_NO_FOLDING = 4096  # columns


class EditsChangedError(UsageError):
    """Another program has changed the file since it was read."""


def read_edits_bytes(path: Path) -> bytes:
    """The file's bytes, b"" if there is no file. Waits while a render replaces the issue's folder. OutboxError."""
    deadline = time.monotonic() + REPLACED_SECONDS
    is_there = False
    while True:
        try:
            return path.read_bytes()
        except FileNotFoundError:
            if is_there or time.monotonic() > deadline:
                return b""
            # The folder may have come back since: only a second look shows that it has no such file.
            is_there = path.parent.is_dir()
            time.sleep(0.0 if is_there else 0.01)
        except OSError as error:
            raise OutboxError(f"{path}: cannot be read ({error.strerror or error})") from error


def write_edits(path: Path, text: bytes, *, read: bytes) -> None:
    """Replace the content that was `read` by `text`. EditsChangedError if the file has changed; OutboxError.

    Waits while a render replaces the issue's folder.
    """
    deadline = time.monotonic() + REPLACED_SECONDS
    while True:
        try:
            replace_file(path, text, expected=read)
        except FileChangedError as error:
            raise EditsChangedError(f"{path}: was changed by another program in the meantime") from error
        except FileNotFoundError as error:
            if time.monotonic() > deadline:
                raise OutboxError(f"{path.parent}: the issue's folder is gone; 'newsletter run' makes it") from error
            time.sleep(0.01)
        except OSError as error:
            raise OutboxError(f"{path}: cannot be written ({error.strerror or error})") from error
        else:
            return


def merge_edits(old: bytes, edits: Edits) -> bytes:
    """The file's text changed to these edits; comments and the order of unchanged keys are kept."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width = _NO_FOLDING
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    document: Any = yaml.load(old.decode("utf-8")) if old.strip() else None
    if not isinstance(document, MutableMapping):
        document = yaml.map()
    wanted = _plain(edits)
    _update(document, wanted)
    sections = document.get("sections")
    if isinstance(sections, MutableMapping) and list(sections) != list(wanted["sections"]):
        for name in wanted["sections"]:
            sections.move_to_end(name)  # type: ignore[attr-defined]
    if not document:
        return old if old.lstrip().startswith(b"#") and not _has_keys(old) else b""
    text = _dump(yaml, document)
    if _to_plain(yaml.load(text)) != wanted:  # a comment in an impossible position; the edits matter more
        text = _dump(yaml, _to_yaml(wanted))
    return text.encode("utf-8")


def _dump(yaml: Any, document: Any) -> str:
    out = io.StringIO()
    yaml.dump(document, out)
    return out.getvalue()


def _plain(edits: Edits) -> dict[str, Any]:
    """The edits as the file has them: without keys that have their default."""
    values = to_json(edits)
    stories = {story: _without_none(edit) for story, edit in values["stories"].items()}
    values["stories"] = {story: edit for story, edit in stories.items() if edit}
    values["sections"] = {
        name: {
            key: [_without_none(item) for item in value] if key == "events" else value
            for key, value in _without_none(section).items()
            if (key, value) not in _SECTION_DEFAULTS
        }
        for name, section in values["sections"].items()
    }
    defaults = to_json(Edits())
    return {name: value for name, value in values.items() if value != defaults[name]}


def _without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: item for name, item in values.items() if item is not None}


def _update(document: MutableMapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Change a mapping of the file to `wanted`; equal values are not touched."""
    for name in [name for name in document if name not in wanted]:
        del document[name]
    for name, value in wanted.items():
        current = document.get(name)
        if isinstance(value, dict) and isinstance(current, MutableMapping):
            _update(current, value)
        elif name not in document or _to_plain(current) != value:
            document[name] = _to_yaml(value)


def _to_yaml(value: Any) -> Any:
    """A value in the style a person would use: paragraphs as a block, lists of ids on one line."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq
    from ruamel.yaml.scalarstring import LiteralScalarString

    if isinstance(value, str) and "\n" in value and _can_be_block(value):
        return LiteralScalarString(value)
    if isinstance(value, dict):
        return CommentedMap({name: _to_yaml(item) for name, item in value.items()})
    if isinstance(value, list):
        items = CommentedSeq([_to_yaml(item) for item in value])
        if not any(isinstance(item, list | dict) for item in value):
            items.fa.set_flow_style()
        return items
    return value


def _can_be_block(text: str) -> bool:
    return not text.startswith((" ", "\n", "\t")) and all(line.isprintable() for line in text.split("\n"))


def _to_plain(value: Any) -> Any:
    if isinstance(value, MutableMapping):
        return {str(name): _to_plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_to_plain(item) for item in value]
    return str(value) if isinstance(value, str) else value


def _has_keys(text: bytes) -> bool:
    return any(line.strip() and not line.lstrip().startswith(b"#") for line in text.splitlines())
