"""edits.yaml written: whole or not at all, its comments kept, and never over a change that was not read."""

import contextlib
import io
import os
import tempfile
import time
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

from pipeline.edges.outbox import OutboxError
from pipeline.errors import UsageError
from pipeline.records import Edits, StoryEdit, to_json

EXCHANGED_SECONDS = 5.0  # a folder that is being exchanged is away for milliseconds
_WIDE = 4096  # no line is folded


class EditsChangedError(UsageError):
    """The file says something else than what was read."""


def read_edits_bytes(path: Path) -> bytes:
    """The file's bytes; none where there is no file. Waits while a run exchanges the issue's folder."""
    deadline = time.monotonic() + EXCHANGED_SECONDS
    while True:
        try:
            return path.read_bytes()
        except FileNotFoundError:
            if path.parent.is_dir():
                return b""
            if time.monotonic() > deadline:
                return b""
            time.sleep(0.01)
        except OSError as error:
            raise OutboxError(f"{path}: cannot be read ({error.strerror or error})") from error


def merge_edits(old: bytes, edits: Edits) -> bytes:
    """The file's text with these edits in it; comments and the order of what stays are kept."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width = _WIDE
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    document: Any = yaml.load(old.decode("utf-8")) if old.strip() else None
    if not isinstance(document, MutableMapping):
        document = yaml.map()
    wanted = _plain(edits)
    _put(document, wanted)
    if not document:
        return old if old.lstrip().startswith(b"#") and not _has_keys(old) else b""
    written = _dumped(yaml, document)
    if _unboxed(yaml.load(written)) != wanted:  # a comment stood where none can be kept: the words matter more
        written = _dumped(yaml, _boxed(wanted))
    return written.encode("utf-8")


def _dumped(yaml: Any, document: Any) -> str:
    out = io.StringIO()
    yaml.dump(document, out)
    return out.getvalue()


def write_edits(path: Path, text: bytes, *, read: bytes) -> None:
    """Put `text` in place of what was `read`. EditsChangedError where another program has written since."""
    deadline = time.monotonic() + EXCHANGED_SECONDS
    while True:
        try:
            _write_once(path, text, read)
        except FileNotFoundError as error:  # the folder is being exchanged
            if time.monotonic() > deadline:
                raise OutboxError(f"{path.parent}: the issue's folder is gone; 'newsletter run' makes it") from error
            time.sleep(0.01)
        except OSError as error:
            raise OutboxError(f"{path}: cannot be written ({error.strerror or error})") from error
        else:
            return


def _write_once(path: Path, text: bytes, read: bytes) -> None:
    descriptor, half = tempfile.mkstemp(prefix=".edits-", suffix=".half", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(half).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        now = path.read_bytes() if path.exists() else b""
        if not Path(half).exists():  # the folder went away while we looked: what is under its name now is another one
            raise FileNotFoundError(half)
        if now != read:
            raise EditsChangedError(f"{path}: was changed by another program in the meantime")
        Path(half).replace(path)
    finally:
        with contextlib.suppress(OSError):
            Path(half).unlink()


def _plain(edits: Edits) -> dict[str, Any]:
    """What the file says of these edits: nothing of what is not said."""
    said: dict[str, Any] = {}
    empty = Edits()
    for name, value in to_json(edits).items():
        if name == "stories":
            words = {story: _plain_words(edit) for story, edit in edits.stories.items()}
            said[name] = {story: edit for story, edit in words.items() if edit}
        elif value != to_json(getattr(empty, name)):
            said[name] = value
    return {name: value for name, value in said.items() if value not in ({}, [])}


def _plain_words(edit: StoryEdit) -> dict[str, Any]:
    return {name: value for name, value in to_json(edit).items() if value is not None}


def _put(there: MutableMapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Bring a mapping of the file to what is wanted, touching only what differs."""
    for name in [name for name in there if name not in wanted]:
        del there[name]
    for name, value in wanted.items():
        known = there.get(name)
        if isinstance(value, dict) and isinstance(known, MutableMapping):
            _put(known, value)
        elif name not in there or _unboxed(known) != value:
            there[name] = _boxed(value)


def _boxed(value: Any) -> Any:
    """A value in the form a person would have written: paragraphs as a block, lists of ids on a line."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq
    from ruamel.yaml.scalarstring import LiteralScalarString

    if isinstance(value, str) and "\n" in value and value.isprintable() is False and _can_be_block(value):
        return LiteralScalarString(value)
    if isinstance(value, dict):
        return CommentedMap({name: _boxed(item) for name, item in value.items()})
    if isinstance(value, list):
        made = CommentedSeq([_boxed(item) for item in value])
        if not any(isinstance(item, list) for item in value):
            made.fa.set_flow_style()
        return made
    return value


def _can_be_block(text: str) -> bool:
    lines = text.split("\n")
    return not text.startswith((" ", "\n", "\t")) and all(line.isprintable() for line in lines)


def _unboxed(value: Any) -> Any:
    if isinstance(value, MutableMapping):
        return {str(name): _unboxed(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_unboxed(item) for item in value]
    return str(value) if isinstance(value, str) else value


def _has_keys(text: bytes) -> bool:
    return any(line.strip() and not line.lstrip().startswith(b"#") for line in text.splitlines())
