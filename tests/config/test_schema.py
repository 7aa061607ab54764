"""The schema for editors says of a config what the program says."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from pipeline.config.schema import config_schema
from tests.config.test_config import WHOLE
from tests.config.test_config_faults import FAULTS

ROOT = Path(__file__).resolve().parents[2]
VALIDATOR = Draft202012Validator(config_schema())
# Faults that show only in other keys, in the environment or on the disk, or that are no YAML for any reader.
BEYOND = re.compile(
    r"not YAML|in quotes|is repeated|is also the name|secret|password|environment|does not exist|would never be"
    r"|also needs|nothing; a #|no message catalogue|is no such|cannot recognise|needs \w+, because|is for a relay"
    r"|HTTP only|http:// is|cannot contain|not a valid address|control characters|already the name|supported"
    r"|is not a language tag|is not a host|surrogate|does not say which script"
)
BEYOND_VALUES = (".inf", "ud800")
COUNTED = 40


class _Loader(yaml.SafeLoader):
    """YAML 1.2, as editors read it: dates are text, and only true and false are booleans."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if tag.rpartition(":")[2] not in ("bool", "timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def keys(errors: Iterable[Any], at: tuple[Any, ...] = ()) -> Iterator[str]:
    """The keys that errors are about, also those within alternatives, as the program writes them."""
    for error in errors:
        path = [*at, *error.relative_path] if at else [*error.absolute_path]
        spelt = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
        yield spelt
        if error.validator == "additionalProperties":
            unknown = set(error.instance) - set(error.schema.get("properties", ()))
            yield from (f"{spelt}.{name}".removeprefix(".") for name in unknown)
        if error.validator == "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            yield from (f"{spelt}.{name}".removeprefix(".") for name in missing)
        yield from keys(error.context or ())


@pytest.mark.parametrize("path", ["config.yaml", "examples/config.yaml", "pipeline/edges/starter.yaml"])
def test_the_configs_that_come_with_the_program_are_right(path: str) -> None:
    """Nothing is reported while one reads them in an editor."""
    text = (ROOT / path).read_text(encoding="utf-8").replace("{{name}}", '"A letter"')
    assert [error.message for error in VALIDATOR.iter_errors(yaml.load(text, _Loader))] == []


def test_the_examples_of_the_reference_are_right() -> None:
    """The pieces of YAML on the page, put together."""
    pieces = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "config.md").read_text(encoding="utf-8"), re.DOTALL)
    assert [error.message for error in VALIDATOR.iter_errors(yaml.load("\n".join(pieces), _Loader))] == []


def refused() -> list[tuple[str, str]]:
    """Faults with their keys, but for those that no schema can see."""
    found = []
    for text, message in FAULTS:
        match = re.match(r"\d+: ([a-z_]\S*?): ", message)
        if match and not BEYOND.search(message) and not any(value in text for value in BEYOND_VALUES):
            found.append((text, match[1]))
    return found


@pytest.mark.parametrize(("text", "key"), refused())
def test_the_schema_refuses_what_the_program_refuses(text: str, key: str) -> None:
    """With the same key."""
    errors = VALIDATOR.iter_errors(yaml.load(f"{WHOLE}\n{text}", _Loader))
    assert key in set(keys(errors))


def test_enough_faults_are_compared() -> None:
    """At least forty of those that the program knows."""
    assert len(refused()) >= COUNTED


def test_every_key_is_explained() -> None:
    """Editors show what a key means while one points at it."""

    def unexplained(schema: Any, key: str) -> Iterator[str]:
        forms = (schema, *schema.get("anyOf", ()), *schema.get("oneOf", ()))
        for form in forms:
            if "$ref" in form:
                yield from unexplained(config_schema()["$defs"][form["$ref"].rpartition("/")[2]], key)
            for name, inside in form.get("properties", {}).items():
                if "description" not in inside:
                    yield f"{key}.{name}"
                yield from unexplained(inside, f"{key}.{name}")
            if isinstance(form.get("items"), dict):
                yield from unexplained(form["items"], f"{key}[]")

    assert [*unexplained(config_schema(), "")] == []
