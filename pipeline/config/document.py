"""A YAML file as plain data, with the line of every key, and values of the environment put in.

Scalars are read by the YAML 1.2 core rules: only `true` and `false` are booleans, so that `no` is Norwegian, and dates
stay text. Aliases are refused, so that no file can grow when it is read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from pipeline.errors import ConfigError

KeyPath = tuple[str | int, ...]

LARGEST_BYTES = 2_000_000
DEEPEST = 20

_REFERENCE = re.compile(r"\$\$\{|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<default>:-[^{}]*)?\}|\$\{[^}]*\}?")
_CORE_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str", "seq", "map")}


class Problem(NamedTuple):
    """One thing that is wrong with the file."""

    line: int
    key: KeyPath
    message: str


@dataclass(slots=True)
class Document:
    """What a YAML file says; lines count from 1, `written` is each scalar with a variable as it stands in the file."""

    data: Any = None
    lines: dict[KeyPath, int] = field(default_factory=dict)
    written: dict[KeyPath, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line_of(self, key: KeyPath) -> int:
        """The line of a key, or of the nearest thing around it that the file has."""
        while key and key not in self.lines:
            key = key[:-1]
        return self.lines.get(key, 1)


class _Rules:
    """How scalars are read."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 (PyYAML's own form)


class _Loader(_Rules, yaml.SafeLoader):
    """Composes without aliases and not too deeply."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            raise _refusal(f"the alias *{event.anchor} is refused: write the value out", event)
        if self.depth >= DEEPEST:
            raise _refusal(f"nested deeper than {DEEPEST} levels", event)
        self.depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _refusal(said: str, event: yaml.Event) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=said, problem_mark=event.start_mark)  # type: ignore[arg-type]


class _QuickLoader(_Rules, getattr(yaml, "CSafeLoader", _Loader)):  # type: ignore[misc]
    """Composes in C where libyaml is there, eight times as fast; nothing in it looks for aliases or for depth."""


# What may be an alias or an anchor, or be nested deeply: that is left to the loader that looks into it.
_INTRICATE = re.compile(r"[*&]|^ {40}|(?:[-?] +){8}|(?:[\[{][^\[\]{}]*){12}", re.MULTILINE)


def _add_rule(name: str, pattern: str, first: str) -> None:
    for character in first:
        rule = (f"tag:yaml.org,2002:{name}", re.compile(pattern))
        _Rules.yaml_implicit_resolvers.setdefault(character, []).append(rule)


_add_rule("null", r"^(?:~|null|Null|NULL|)$", "~nN")
_Rules.yaml_implicit_resolvers.setdefault("", []).append(("tag:yaml.org,2002:null", re.compile(r"^$")))
_add_rule("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF")
_add_rule("int", r"^[-+]?[0-9]+$", "-+0123456789")
_add_rule("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789")


def _compose(text: str) -> yaml.Node | None:
    if not _INTRICATE.search(text):
        try:
            node: yaml.Node | None = _QuickLoader(text).get_single_node()
        except (yaml.YAMLError, UnicodeError):
            pass  # the other one tells what is wrong
        else:
            return node
    return _Loader(text).get_single_node()


def read_document(path: Path, environ: Mapping[str, str] | None) -> Document:
    """The file as data, None where it says nothing; ConfigError where it is no YAML that could be looked into."""
    text = _read_text(path)
    try:
        node = _compose(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ConfigError(f"{path}:{mark.line + 1 if mark else 1}: {_explain(error)}") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ConfigError(
            f"{path}:{line}: the character U+{ord(text[error.position]):04X} cannot stand here"
        ) from error
    document = Document()
    if node is None or (isinstance(node, yaml.ScalarNode) and not node.value.strip()):
        return document
    if not isinstance(node, yaml.MappingNode):
        raise ConfigError(f"{path}:{node.start_mark.line + 1}: expected keys with values, such as `name: My Letter`")
    document.data = _Builder(document, environ).build(node, ())
    return document


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            body = file.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; name one with --config, or start with `newsletter init`") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    if len(body) > LARGEST_BYTES:
        raise ConfigError(f"{path}: larger than {LARGEST_BYTES:,} bytes: this is no config")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: not UTF-8; save the file in that encoding") from error


def _explain(error: yaml.MarkedYAMLError) -> str:
    problem, mark = error.problem or "not YAML", error.problem_mark
    if mark and "\\t" in problem and "cannot start" in problem:
        return "a tab stands here; YAML takes spaces"
    if "mapping values are not allowed" in problem:
        return "not YAML: a colon where none can stand; check the indentation, and put text that holds `: ` in quotes"
    if "could not find expected ':'" in problem or "expected <block end>" in problem:
        return "not YAML: check the indentation of this line and the one before it, and that the key ends with a colon"
    if "but found another document" in problem:
        return "a second document begins here (`---`); the config is one"
    context = f"{error.context}: " if error.context else ""
    return problem if "refused" in problem or "deeper" in problem else f"not YAML: {context}{problem}"


class _Builder:
    """Turns nodes into data, noting lines and every problem."""

    def __init__(self, document: Document, environ: Mapping[str, str] | None) -> None:
        self.document = document
        self.environ = environ

    def build(self, node: yaml.Node, key: KeyPath) -> Any:
        if node.tag not in _CORE_TAGS:
            self._note(node, key, f"the tag {node.tag} is not known here; leave it out")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, key)
        if isinstance(node, yaml.SequenceNode):
            for position, item in enumerate(node.value):
                self.document.lines[*key, position] = item.start_mark.line + 1
            return [self.build(item, (*key, position)) for position, item in enumerate(node.value)]
        return self._scalar(node, key)

    def _mapping(self, node: yaml.MappingNode, key: KeyPath) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name_node, value_node in node.value:
            name = name_node.value
            if not isinstance(name, str) or name_node.tag != "tag:yaml.org,2002:str":
                self._note(name_node, key, f"the key {_shown(name)} is not text; put it in quotes")
                continue
            inner = (*key, name)
            if name in made:
                first = self.document.lines[inner]
                self._note(name_node, inner, f"stands twice, first in line {first}; keep one")
                continue
            self.document.lines[inner] = name_node.start_mark.line + 1
            made[name] = self.build(value_node, inner)
        return made

    def _scalar(self, node: yaml.Node, key: KeyPath) -> Any:
        value: str = node.value
        match node.tag.rpartition(":")[2]:
            case "null":
                return None
            case "bool":
                return value.lower() == "true"
            case "int":
                return int(value) if len(value) < 1000 else value  # Python refuses some thousand digits
            case "float":
                return float(value)
        if any("\ud800" <= character <= "\udfff" for character in value):
            self._note(node, key, "holds half a character (a lone surrogate)")
            return None
        if self.environ is None or "${" not in value:
            return value
        self.document.written[key] = value
        return self._put_in(node, value, key, self.environ)

    def _put_in(self, node: yaml.Node, value: str, key: KeyPath, environ: Mapping[str, str]) -> str:

        def replace(found: re.Match[str]) -> str:
            if found[0] == "$${":
                return "${"
            name, default = found["name"], found["default"]
            if name is None:
                self._note(node, key, f"{found[0]} names no variable; write ${{NAME}} or ${{NAME:-default}}")
                return ""
            if default is None and name not in environ:
                self._note(node, key, f"the environment has no variable {name}; set it, or write ${{{name}:-default}}")
                return ""
            return environ.get(name, "") or (default or "")[2:]

        return _REFERENCE.sub(replace, value)

    def _note(self, node: yaml.Node, key: KeyPath, message: str) -> None:
        self.document.problems.append(Problem(node.start_mark.line + 1, key, message))


def _shown(name: Any) -> str:
    return name if isinstance(name, str) else "of a list or mapping"
