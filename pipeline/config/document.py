"""Read a YAML file as plain data, with the line of every key, and replace ${NAME} with the environment's values.

Scalars follow the YAML 1.2 core schema: only `true` and `false` are booleans, so that `no` is Norwegian, and dates
stay text. Aliases are refused, so that a small file cannot expand to gigabytes.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from pipeline.errors import ConfigError

KeyPath = tuple[str | int, ...]

LARGEST_BYTES = 2_000_000
DEEPEST = 20

_REFERENCE = re.compile(r"\$\$\{|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<default>:-[^{}]*)?\}|\$\{[^}]*\}?")
COMMENT_HINT = "a # after a space begins a comment; put a value that begins with # in quotes"
_COMMENTED = re.compile(r"[:,\[]\s+#\S")
_CUT_OFF = re.compile(r"[\[{][^\]}]*[:,\[]\s+#\S")
_CORE_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str", "seq", "map")}


class Problem(NamedTuple):
    """Something that is wrong in the file."""

    line: int
    key: KeyPath
    message: str


@dataclass(slots=True)
class ConfigDocument:
    """The content of a YAML file. Lines count from 1; `written` has the original text of scalars with variables."""

    data: Any = None
    lines: dict[KeyPath, int] = field(default_factory=dict)
    written: dict[KeyPath, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    commented: set[KeyPath] = field(default_factory=set)  # keys with nothing but a comment after the colon

    def line_of(self, key: KeyPath) -> int:
        """The line of a key, or of the innermost key around it that the file has."""
        while key and key not in self.lines:
            key = key[:-1]
        return self.lines.get(key, 1)


class _Rules:
    """The rules by which scalars are read."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 (PyYAML's own form)


class _Loader(_Rules, yaml.SafeLoader):
    """A loader that refuses aliases and deep nesting."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            raise _refusal(f"the alias *{event.anchor} is refused; repeat the value instead", event)
        if self.depth >= DEEPEST:
            raise _refusal(f"nested more than {DEEPEST} levels deep", event)
        self.depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _refusal(problem: str, event: yaml.Event) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)  # type: ignore[arg-type]


class _FastLoader(_Rules, getattr(yaml, "CSafeLoader", _Loader)):  # type: ignore[misc]
    """A loader in C, where libyaml is installed: eight times as fast, but it checks neither aliases nor nesting."""


# Text that may contain an alias, an anchor or deep nesting: the slow loader, which checks for them, reads it.
_NEEDS_CHECKS = re.compile(r"[*&]|^ {40}|(?:[-?] +){8}|(?:[\[{][^\[\]{}]*){12}", re.MULTILINE)


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
    if not _NEEDS_CHECKS.search(text):
        try:
            node: yaml.Node | None = _FastLoader(text).get_single_node()
        except (yaml.YAMLError, UnicodeError):
            pass  # the slow loader reports what is wrong
        else:
            return node
    return _Loader(text).get_single_node()


def read_document(path: Path, environ: Mapping[str, str] | None) -> ConfigDocument:
    """Read a file; its data is None where it is empty. ConfigError where it is not a mapping in YAML."""
    text = _read_text(path)
    try:
        node = _compose(text)
    except yaml.MarkedYAMLError as error:
        line, explained = _explain(error, text)
        raise ConfigError(f"{path}:{line}: {explained}") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ConfigError(
            f"{path}:{line}: the character U+{ord(text[error.position]):04X} is not allowed in YAML"
        ) from error
    document = ConfigDocument()
    lines = text.splitlines()
    if node is None or (isinstance(node, yaml.ScalarNode) and not node.value.strip()):
        return document
    if not isinstance(node, yaml.MappingNode):
        raise ConfigError(f"{path}:{node.start_mark.line + 1}: expected keys with values, such as `name: My Letter`")
    document.data = _Builder(document, environ, lines).build(node, ())
    return document


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            body = file.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: the file does not exist; name one with --config, or create one with `newsletter init`"
        ) from None
    except OSError as error:
        raise ConfigError(f"{path}: the file cannot be read: {error.strerror}") from error
    if len(body) > LARGEST_BYTES:
        raise ConfigError(f"{path}: the file is larger than {LARGEST_BYTES:,} bytes, which is too large for a config")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: the file is not UTF-8; save it in this encoding") from error


def _explain(error: yaml.MarkedYAMLError, text: str) -> tuple[int, str]:
    """The line of a fault in the syntax, and what is wrong there."""
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    cut_off = _cut_off_line(error, text)
    return (cut_off, f"not YAML: {COMMENT_HINT}") if cut_off else (line, _explain_problem(error))


def _cut_off_line(error: yaml.MarkedYAMLError, text: str) -> int | None:
    """The line of a list or mapping in brackets whose end is lost in a comment, such as `{accent: #c5321f}`."""
    begin, end = error.context_mark, error.problem_mark
    if begin is None or end is None or "flow" not in (error.context or ""):
        return None
    lines = list(enumerate(text.splitlines()[: end.line + 1], 1))[max(0, begin.line - 1) :]
    return next((number for number, line in lines if _CUT_OFF.search(line)), None)


def _explain_problem(error: yaml.MarkedYAMLError) -> str:
    problem, mark = error.problem or "not YAML", error.problem_mark
    if mark and "\\t" in problem and "cannot start" in problem:
        return "the line begins with a tab; indent with spaces"
    if "mapping values are not allowed" in problem:
        return "not YAML: unexpected colon; check the indentation, and put text that contains `: ` in quotes"
    if "could not find expected ':'" in problem or "expected <block end>" in problem:
        return "not YAML: check the indentation of this line and the one before it, and that the key ends with a colon"
    if "but found another document" in problem:
        return "a second document begins here (`---`); keep one"
    context = f"{error.context}: " if error.context else ""
    return problem if "refused" in problem or "nested" in problem else f"not YAML: {context}{problem}"


class _Builder:
    """Builds the data of nodes, and collects lines and problems."""

    def __init__(self, document: ConfigDocument, environ: Mapping[str, str] | None, lines: Sequence[str]) -> None:
        self.document = document
        self.environ = environ
        self._lines = lines

    def build(self, node: yaml.Node, key: KeyPath) -> Any:
        if node.tag not in _CORE_TAGS:
            self._report(node, key, f"the tag {node.tag} is not supported; leave it out")
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
                self._report(name_node, key, f"the key {_format_key(name)} is not text; put it in quotes")
                continue
            inner = (*key, name)
            if name in made:
                first = self.document.lines[inner]
                self._report(name_node, inner, f"the key is repeated, first in line {first}; keep one")
                continue
            self.document.lines[inner] = name_node.start_mark.line + 1
            made[name] = self.build(value_node, inner)
        return made

    def _scalar(self, node: yaml.Node, key: KeyPath) -> Any:
        value: str = node.value
        match node.tag.rpartition(":")[2]:
            case "null":
                if not value and self._is_commented(node.start_mark):
                    self.document.commented.add(key)
                return None
            case "bool":
                return value.lower() == "true"
            case "int":
                return int(value) if len(value) < 1000 else value  # Python refuses to convert several thousand digits
            case "float":
                return float(value)
        if any("\ud800" <= character <= "\udfff" for character in value):
            self._report(node, key, "contains half a character (a lone surrogate)")
            return None
        if self.environ is None or "${" not in value:
            return value
        self.document.written[key] = value
        return self._substitute(node, value, key, self.environ)

    def _is_commented(self, mark: Any) -> bool:
        """Whether the rest of a line is a comment that begins like a value, without a space after the #."""
        line = self._lines[mark.line] if mark.line < len(self._lines) else ""
        return bool(_COMMENTED.search(line, max(0, mark.column - 1)))

    def _substitute(self, node: yaml.Node, value: str, key: KeyPath, environ: Mapping[str, str]) -> str:

        def replace(found: re.Match[str]) -> str:
            if found[0] == "$${":
                return "${"
            name, default = found["name"], found["default"]
            if name is None:
                self._report(node, key, f"{found[0]} is not a variable name; write ${{NAME}} or ${{NAME:-default}}")
                return ""
            if default is None and name not in environ:
                self._report(
                    node, key, f"the environment has no variable {name}; set it, or write ${{{name}:-default}}"
                )
                return ""
            return environ.get(name, "") or (default or "")[2:]

        return _REFERENCE.sub(replace, value)

    def _report(self, node: yaml.Node, key: KeyPath, message: str) -> None:
        self.document.problems.append(Problem(node.start_mark.line + 1, key, message))


def _format_key(name: Any) -> str:
    return name if isinstance(name, str) else "that is a list or mapping"
