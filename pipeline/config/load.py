"""config.yaml to a Config, or every problem of the file at once, each with its line and key."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import ValidationError

from pipeline.config.document import Document, KeyPath, Problem, read_document
from pipeline.config.fill import keys_of
from pipeline.config.models import Config
from pipeline.config.section import Section
from pipeline.errors import ConfigError
from pipeline.records.settings import Format

AnySection = TypeVar("AnySection", bound=Section)

SECRET = Format("secret")
_SECRET = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*(?::-)?\}")
_OPEN_PASSWORD = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#@:]*:(?!\$\{)[^\s/?#@]+@", re.IGNORECASE)


def load_config(path: Path, *, environ: Mapping[str, str] = os.environ) -> Config:
    """The config in a file; ConfigError with `file:line: key: what is wrong` for each problem, a line each."""
    document = read_document(path, environ)
    if document.data is None:
        raise ConfigError(f"{path}: the file is empty; `newsletter init` writes one to start from")
    return _validate(path, document, Config)


def read_section(path: Path, section: type[AnySection], *, environ: Mapping[str, str] | None) -> AnySection:
    """Another YAML file of the letter, held to the same rules; without `environ` a `${NAME}` in it is plain text."""
    return _validate(path, read_document(path, environ), section)


def _validate(path: Path, document: Document, section: type[AnySection]) -> AnySection:
    problems = [*document.problems, *_open_secrets(document, section)]
    made: AnySection | None = None
    try:
        made = section.model_validate(document.data or {}, context={"folder": path.absolute().parent})
    except ValidationError as error:
        for one in error.errors(include_url=False):
            key = _known(document, tuple(one["loc"]))
            problems.append(Problem(document.line_of(key), key, one["msg"]))
    if problems or made is None:
        raise ConfigError("\n".join(_in_order(path, problems)))
    return made


def _in_order(path: Path, problems: list[Problem]) -> Iterator[str]:
    told: set[KeyPath] = set()  # a value that could not be read is not told wrong a second time
    for problem in sorted(problems, key=lambda each: (each.line, problems.index(each))):
        if problem.key in told and problem.key:
            continue
        told.add(problem.key)
        key = spell_key(problem.key)
        yield _one_line(
            f"{path}:{problem.line}: {key}: {problem.message}" if key else f"{path}:{problem.line}: {problem.message}"
        )


def _one_line(text: str) -> str:
    """What a key or value holds of line ends and control characters is spelt out: a problem is one line."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def spell_key(key: KeyPath) -> str:
    """`sources[3].weight` for ("sources", 3, "weight")."""
    spelt = ""
    for part in key:
        spelt += f"[{part}]" if isinstance(part, int) else f".{part}" if spelt else part
    return spelt


def _known(document: Document, key: KeyPath) -> KeyPath:
    """The key path as the file has it: pydantic puts names of its own between and behind."""
    known: KeyPath = ()
    value: Any = document.data
    for position, part in enumerate(key):
        inside = isinstance(value, list) and isinstance(part, int) and part < len(value)
        if inside or (isinstance(value, dict) and part in value):
            known, value = (*known, part), value[part]
        elif position == len(key) - 1 and isinstance(value, dict) and part not in ("[key]", "text", "mapping", "list"):
            return (*known, part)  # a key that is missing
    return known


def _open_secrets(document: Document, section: type[Section]) -> Iterator[Problem]:
    for key in _secret_keys(section, ()):
        value: Any = document.data
        for part in key:
            value = value.get(part) if isinstance(value, dict) else None
        if value is not None and not _SECRET.fullmatch(document.written.get(key, "").strip()):
            said = "a secret is never written out here; write ${NAME} and set NAME in the environment"
            yield Problem(document.line_of(key), key, said)
    for key, value in _texts(document.data, ()):
        if _OPEN_PASSWORD.search(document.written.get(key, value)):
            said = "a password in an address is never written out here; write ${NAME} in its place"
            yield Problem(document.line_of(key), key, said)


def _secret_keys(kind: type, key: KeyPath) -> Iterator[KeyPath]:
    for item in keys_of(kind):
        for part in _parts(item.annotation):
            if part == SECRET:
                yield (*key, item.name)
            elif isinstance(part, type) and (is_dataclass(part) or issubclass(part, Section)):
                yield from _secret_keys(part, (*key, item.name))


def _parts(annotation: Any) -> Iterator[Any]:
    """A type, and what it is made of."""
    yield annotation
    if get_origin(annotation) is Annotated:
        yield from annotation.__metadata__
    for part in get_args(annotation):
        if get_origin(annotation) is not tuple:
            yield from _parts(part)


def _texts(value: Any, key: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(item, (*key, name))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _texts(item, (*key, position))
