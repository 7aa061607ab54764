"""Read and edit the list of sources in config.yaml, and keep its comments.

The text is edited where the YAML parser says that a source begins and ends. It is parsed again before it is written,
and an edit that would change anything else is refused. (The round trip of a YAML library would drop the comment before
the next source when one is removed.)
"""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import yaml

from pipeline.edges.atomic import replace_file
from pipeline.errors import ConfigError, UsageError
from pipeline.records import SOURCE_KINDS, Source
from pipeline.text.normalise import printable_line

_PLAIN = re.compile(r"[^\W\d_][\w &'()./+-]*[\w).]|https?://[\w./?=&%+~@;()'$-]*[\w/]")  # needs no quotes anywhere
_VARIABLES = ("headers", "login", "password")  # the program's own text, with names of variables
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


@dataclass(frozen=True, slots=True)
class Listed:
    """A source as written in the file."""

    name: str
    kind: str
    location: str
    line: int


def list_sources(path: Path) -> tuple[Listed, ...]:
    """The sources as written, in the order of the file. ConfigError where it cannot be read as YAML."""
    return tuple(item.listed for item in _SourcesText(path).items)


def add_source(path: Path, source: Source) -> int:
    """Add a source at the end of the list, and return its line. UsageError where its name or address is taken."""
    text = _SourcesText(path)
    for item in text.items:
        if _folded(item.listed.name) == _folded(source.name):
            raise UsageError(f"{path}:{item.listed.line}: there is already a source {item.listed.name}")
        if item.listed.location == source.location:
            raise UsageError(
                f"{path}:{item.listed.line}: {source.location} is already in the list, as {item.listed.name}"
            )
    text.append([source])
    return list_sources(path)[-1].line


def add_sources(path: Path, sources: Iterable[Source]) -> tuple[Source, ...]:
    """Add many sources, and return those added. Known addresses are left out; taken names get a number."""
    text = _SourcesText(path)
    names = {_folded(item.listed.name) for item in text.items}
    locations = {item.listed.location for item in text.items}
    added: list[Source] = []
    for source in sources:
        if source.location not in locations:
            named = replace(source, name=_free_name(source.name, names))
            names.add(_folded(named.name))
            locations.add(named.location)
            added.append(named)
    if added:
        text.append(added)
    return tuple(added)


def remove_source(path: Path, name: str) -> Listed:
    """Remove a source and its own lines from the list. UsageError where no source has this name."""
    text = _SourcesText(path)
    for position, item in enumerate(text.items):
        if _folded(item.listed.name) == _folded(name):
            text.remove(position)
            return item.listed
    near = difflib.get_close_matches(name, [item.listed.name for item in text.items], n=1)
    raise UsageError(f"{path}: there is no source {name}" + (f"; did you mean {near[0]}?" if near else ""))


@dataclass(frozen=True, slots=True)
class _Item:
    listed: Listed
    start: int  # of its first line
    end: int  # after its last line
    indent: str  # before its dash


class _SourcesText:
    """The text of a config file, with the positions of its sources."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        try:
            raw = self.path.read_bytes().decode("utf-8")
        except OSError as error:
            raise ConfigError(f"{path}: the file cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise ConfigError(f"{path}: the file is not UTF-8; save it in this encoding") from error
        self.mark = "\ufeff" if raw.startswith("\ufeff") else ""
        self.text = raw.removeprefix("\ufeff")
        self.newline = "\r\n" if "\r\n" in self.text else "\n"
        try:
            self.data: Any = yaml.safe_load(self.text)
            root = yaml.compose(self.text, Loader=yaml.SafeLoader)
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            where = getattr(error, "problem_mark", None)
            line = f":{where.line + 1}" if where else ""
            raise ConfigError(
                f"{path}{line}: this YAML cannot be edited; `newsletter status` reports what is wrong"
            ) from error
        if root is not None and not isinstance(root, yaml.MappingNode):
            raise ConfigError(f"{path}: expected keys with values; this is not a config")
        pairs: list[tuple[Any, Any]] = [pair for pair in root.value if pair[0].value == "sources"] if root else []
        self.key: Any = pairs[0][0] if pairs else None
        self.node: Any = pairs[0][1] if pairs else None
        self.items = tuple(self._find_items())

    def append(self, sources: Sequence[Source]) -> None:
        """Write the file with these sources at the end of the list."""
        entries = [_entry(source) for source in sources]
        if self.items:
            position, indent, text = self.items[-1].end, self.items[-1].indent, self.text
        elif self.key is None:
            text = self._ended(self.text) + f"sources:{self.newline}"
            position, indent = len(text), "  "
        else:
            colon = self.text.index(":", self.key.end_mark.index) + 1
            text = self._ended(self.text[:colon] + self.text[max(colon, self.node.end_mark.index) :])
            position, indent = _line_end(text, colon), "  "
        head = self._ended(text[:position])
        lines = (line for entry in entries for line in _lines(entry, indent))
        made = head + "".join(line + self.newline for line in lines) + text[position:]
        self._write(made, self._sources() + [_read_back(entry) for entry in entries])

    def remove(self, position: int) -> None:
        """Write the file without the source at this position."""
        item = self.items[position]
        made = self.text[: item.start] + self.text[item.end :]
        if len(self.items) == 1 and self.key is not None:
            colon = self.text.index(":", self.key.end_mark.index) + 1
            made = made[:colon] + " []" + made[colon:]
        self._write(made, [source for place, source in enumerate(self._sources()) if place != position])

    def _sources(self) -> list[Any]:
        return list((self.data or {}).get("sources") or [])

    def _find_items(self) -> Iterator[_Item]:
        if self.node is None or (isinstance(self.node, yaml.ScalarNode) and self._sources() == []):
            return
        if not isinstance(self.node, yaml.SequenceNode):
            raise ConfigError(
                f"{self.path}:{self.node.start_mark.line + 1}: sources: expected a list with `- name:` for each source"
            )
        if self.node.flow_style and self.node.value:
            message = "the sources are in [ ]; put each on its own line, after `- `, to edit them here"
            raise ConfigError(f"{self.path}:{self.node.start_mark.line + 1}: {message}")
        for node in self.node.value:
            start = self.text.rfind("\n", 0, node.start_mark.index) + 1
            dash = re.fullmatch(r"([ ]*)-[ ]+", self.text[start : node.start_mark.index])
            if dash is None or not isinstance(node, yaml.MappingNode):
                message = "expected `- name: …` at the start of a source; edit the file by hand"
                raise ConfigError(f"{self.path}:{node.start_mark.line + 1}: {message}")
            end = _line_end(self.text, _content_end(node, self.text))
            yield _Item(_listed(node), start, end, dash[1])

    def _ended(self, text: str) -> str:
        return text if not text or text.endswith("\n") else text + self.newline

    def _write(self, text: str, sources: list[Any]) -> None:
        """Replace the file atomically, if the new text has these sources and nothing else has changed."""
        before = {key: value for key, value in (self.data or {}).items() if key != "sources"}
        try:
            after = dict(yaml.safe_load(text))
        except (yaml.YAMLError, TypeError) as error:
            raise UsageError(f"{self.path}: cannot be edited safely; edit the file by hand") from error
        if (after.pop("sources", None) or []) != sources or after != before:
            raise UsageError(f"{self.path}: cannot be edited without changing something else; edit the file by hand")
        _replace(self.path, (self.mark + text).encode())


def _listed(node: yaml.MappingNode) -> Listed:
    values = {str(key.value): str(value.value) for key, value in node.value if isinstance(value, yaml.ScalarNode)}
    kind = next((name for name in SOURCE_KINDS if name in values), "feed")
    return Listed(values.get("name", ""), kind, values.get(kind, "").replace("$${", "${"), node.start_mark.line + 1)


def _content_end(node: Any, text: str) -> int:
    """Where a node's own text ends. PyYAML ends a block only where the next one begins, after comments."""
    if isinstance(node, yaml.ScalarNode):
        end: int = node.end_mark.index
        if node.style in ("|", ">"):
            return node.start_mark.index + len(text[node.start_mark.index : end].rstrip())
        return end
    if node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _content_end(last[1] if isinstance(node, yaml.MappingNode) else last, text)


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end + 1


def _entry(source: Source) -> dict[str, Any]:
    """The keys of a source in the config, without those that have their default."""
    entry: dict[str, Any] = {"name": printable_line(source.name), source.kind: source.location}
    if printable_line(source.outlet) != entry["name"]:
        entry["outlet"] = printable_line(source.outlet)
    for field in fields(Source):
        value = getattr(source, field.name)
        if field.name not in ("name", "kind", "location", "outlet", *_VARIABLES) and value != field.default:
            entry[field.name] = value
    entry |= {name: value for name in _VARIABLES if (value := getattr(source, name))}
    if not source.location.isprintable() or not entry["name"]:
        raise UsageError(
            f"{source.name or source.location}: a source needs a name, and an address of printable characters"
        )
    return entry


def _lines(entry: dict[str, Any], indent: str) -> Iterator[str]:
    for position, (key, value) in enumerate(entry.items()):
        own = key in _VARIABLES
        written = json.dumps(value, ensure_ascii=False) if own else _scalar(value)
        yield f"{indent}{'  ' if position else '- '}{key}: {written}"


def _scalar(value: str | int | float | bool) -> str:
    value = _escaped(value)
    if not isinstance(value, str):
        return json.dumps(value)
    plain = _PLAIN.fullmatch(value) and value.casefold() not in _WORDS
    return value if plain else json.dumps(value, ensure_ascii=False)


def _read_back(entry: dict[str, Any]) -> dict[str, Any]:
    """The keys of a source as YAML gives them."""
    return {key: value if key in _VARIABLES else _escaped(value) for key, value in entry.items()}


def _escaped(value: Any) -> Any:
    """Escape `${`: an address from elsewhere must not read this machine's environment."""
    return value.replace("${", "$${") if isinstance(value, str) else value


def _replace(path: Path, body: bytes) -> None:
    try:
        replace_file(path, body)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error


def _free_name(name: str, taken: set[str]) -> str:
    number, free = 2, name
    while _folded(free) in taken:
        number, free = number + 1, f"{name} ({number})"
    return free


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
