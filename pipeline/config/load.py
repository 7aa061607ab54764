"""Load config.yaml as a Config, or report every problem of the file at once, each with its line and key."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import is_dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from pipeline.config.document import COMMENT_HINT, ConfigDocument, KeyPath, Problem, read_document
from pipeline.config.fill import Fill, keys_of
from pipeline.config.models import Config
from pipeline.config.section import UNKNOWN_KEY, Section
from pipeline.errors import ConfigError
from pipeline.records.keys import Format

Made = TypeVar("Made")

_SECRET = Format("secret")
_SOURCE_SECRETS = {"headers": "a header's value", "login": "a login", "password": "a password"}
_HINT = "write ${NAME} and set NAME in the environment"
_SECRET_VALUE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*(?::-)?\}")
_ADDRESS_WITH_PASSWORD = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#@:]*:(?!\$\{)[^\s/?#@]+@", re.IGNORECASE)


def load_config(path: Path, *, environ: Mapping[str, str] = os.environ) -> Config:
    """Load the config in a file. ConfigError has a line `file:line: key: what is wrong` for each problem."""
    document = read_document(path, environ)
    if document.data is None:
        raise ConfigError(f"{path}: the file is empty; `newsletter init` writes one to start from")
    return _validate(path, document, Config, Config.model_validate)


def read_record(path: Path, record: type[Made]) -> Made:
    """Load another YAML file as a record, with the same checks and messages; `${NAME}` is plain text in it."""
    adapter: TypeAdapter[Made] = TypeAdapter(Annotated[record, Fill()])  # type: ignore[arg-type]
    return _validate(path, read_document(path, None), record, adapter.validate_python)


def _validate(path: Path, document: ConfigDocument, kind: type[Made], check: Callable[..., Made]) -> Made:
    problems = [*document.problems, *_exposed_secrets(document, kind)]
    made: Made | None = None
    try:
        made = check(document.data or {}, context={"folder": path.absolute().parent})
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            key = _key_in_file(document, tuple(detail["loc"]))
            message = _with_hint(detail["msg"], key, document, kind)
            problems.append(Problem(document.line_of(key), key, message))
    if problems or made is None:
        raise ConfigError("\n".join(_report(path, problems)))
    return made


def _with_hint(message: str, key: KeyPath, document: ConfigDocument, kind: type) -> str:
    """A message with what the file shows about the mistake: a value lost in a comment, a key in the wrong place."""
    if key in document.commented and message.endswith("found nothing"):
        return f"{message}; {COMMENT_HINT}"
    if message == UNKNOWN_KEY:
        name = str(key[-1])
        places = [path for path in _key_paths(kind, ()) if path[-1] == name]
        return f"{message}; did you mean {' or '.join(map(format_key, places))}?" if 0 < len(places) < 3 else message
    return message


def _key_paths(kind: type, key: KeyPath) -> Iterator[KeyPath]:
    """The path of every key of a config outside lists."""
    for item in keys_of(kind):
        yield (*key, item.name)
        for part in parts_of(item.annotation):
            if isinstance(part, type) and (is_dataclass(part) or issubclass(part, Section)):
                yield from _key_paths(part, (*key, item.name))


def _report(path: Path, problems: list[Problem]) -> Iterator[str]:
    """A line for each problem, in the order of the file; one for each key."""
    reported: set[KeyPath] = set()  # a value that could not be read has no second problem
    for problem in sorted(problems, key=lambda problem: problem.line):
        if problem.key in reported and problem.key:
            continue
        reported.add(problem.key)
        key = f"{format_key(problem.key)}: " if problem.key else ""
        yield _escape(f"{path}:{problem.line}: {key}{problem.message}")


def _escape(text: str) -> str:
    """Spell out line ends and control characters of keys and values, so that a problem is one line."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def format_key(key: KeyPath) -> str:
    """`sources[3].weight` for ("sources", 3, "weight")."""
    text = ""
    for part in key:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _key_in_file(document: ConfigDocument, location: KeyPath) -> KeyPath:
    """The key path of a pydantic location, without the names that pydantic adds."""
    key: KeyPath = ()
    value: Any = document.data
    for position, part in enumerate(location):
        inside = isinstance(value, list) and isinstance(part, int) and part < len(value)
        if inside or (isinstance(value, dict) and part in value):
            key, value = (*key, part), value[part]
        elif (
            position == len(location) - 1
            and isinstance(value, dict)
            and part not in ("[key]", "text", "mapping", "list")
        ):
            return (*key, part)  # a key that is missing
    return key


def _exposed_secrets(document: ConfigDocument, kind: type) -> Iterator[Problem]:
    for key in _secret_keys(kind, document.data, ()):
        if not _SECRET_VALUE.fullmatch(document.written.get(key, "").strip()):
            message = f"do not write a secret in this file; {_HINT}"
            yield Problem(document.line_of(key), key, message)
    for key, value in _texts(document.data, ()):
        of_source = key[2] if key[0] == "sources" and len(key) > 2 else ""
        if of_source in _SOURCE_SECRETS and not _names_variables(document.written.get(key, "")):
            message = f"do not write {_SOURCE_SECRETS[of_source]} in this file; {_HINT}"
            yield Problem(document.line_of(key), key, message)
        if _ADDRESS_WITH_PASSWORD.search(document.written.get(key, value)):
            message = "do not write a password in an address; write ${NAME} instead and set NAME in the environment"
            yield Problem(document.line_of(key), key, message)


def _names_variables(written: str) -> bool:
    """Whether the text has variables and no defaults for them."""
    return bool(_SECRET_VALUE.search(written)) and "${" not in _SECRET_VALUE.sub("", written)


def _secret_keys(kind: type, values: Any, key: KeyPath) -> Iterator[KeyPath]:
    """The keys of the file that have a secret, but for those of sources."""
    for item in keys_of(kind):
        given = values.get(item.name) if isinstance(values, dict) and item.name != "sources" else None
        if given is None:
            continue
        for part in parts_of(item.annotation):
            if part == _SECRET:
                yield (*key, item.name)
            elif isinstance(part, type) and (is_dataclass(part) or issubclass(part, Section)):
                if not isinstance(given, list):
                    yield from _secret_keys(part, given, (*key, item.name))
                    continue
                for position, each in enumerate(given):
                    yield from _secret_keys(part, each, (*key, item.name, position))


def parts_of(annotation: Any) -> Iterator[Any]:
    """A type and its parts."""
    yield annotation
    if get_origin(annotation) is Annotated:
        yield from annotation.__metadata__
    for part in get_args(annotation):
        yield from parts_of(part)


def _texts(value: Any, key: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(item, (*key, name))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _texts(item, (*key, position))
