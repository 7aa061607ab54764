"""The JSON Schema of config.yaml, made from the typed config, for editors that complete and check while one types."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from pipeline.config.models import Config
from pipeline.config.publish import NEEDS as PUBLISHER_NEEDS
from pipeline.config.writer import NEEDS as WRITER_NEEDS
from pipeline.records import SOURCE_KINDS

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_VARIABLE = {"type": "string", "pattern": r"\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^{}]*)?\}"}  # ${NAME} may stand for any value
_SCALARS = ("string", "integer", "number", "boolean")
# pydantic leaves the limits of types with checks of their own in its own words.
_LIMITS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
_PARTS = ("items", "additionalProperties")


def config_schema() -> dict[str, Any]:
    """Return the schema. It knows all keys, types, limits and words, but not what keys need of each other's values."""
    schema = _tidy(Config.model_json_schema())
    definitions = schema["properties"]
    definitions["timezone"] = {**definitions["timezone"], "anyOf": [{"enum": sorted(available_timezones())}, _VARIABLE]}
    _needs(_record_in(definitions["publish"]["items"]), "kind", PUBLISHER_NEEDS)
    _needs(_record_in(definitions["writer"]), "protocol", WRITER_NEEDS)
    source = _record_in(definitions["sources"]["items"])
    source["oneOf"] = [{"required": [kind]} for kind in SOURCE_KINDS]
    return {"$schema": _DIALECT, "title": "A newsletter's config.yaml", **schema}


def _tidy(schema: Any) -> Any:
    """A part of the schema in the words of JSON Schema, without titles that repeat the key."""
    if not isinstance(schema, Mapping):
        return schema
    tidy: dict[str, Any] = {_LIMITS.get(str(name), str(name)): each for name, each in schema.items() if name != "title"}
    for name in ("properties", "$defs", "patternProperties"):
        if name in tidy:
            tidy[name] = {key: _tidy(value) for key, value in tidy[name].items()}
    for name in _PARTS:
        if name in tidy:
            tidy[name] = _tidy(tidy[name])
    for name in ("anyOf", "oneOf", "allOf", "prefixItems"):
        if name in tidy:
            tidy[name] = [_tidy(part) for part in tidy[name]]
    if "min_length" in tidy:
        tidy["minItems" if tidy.get("type") == "array" else "minLength"] = tidy.pop("min_length")
    return _or_variable(tidy) if tidy.get("type") in _SCALARS or "enum" in tidy or "const" in tidy else tidy


def _or_variable(scalar: dict[str, Any]) -> dict[str, Any]:
    """A scalar's schema that also takes a variable of the environment; plain text takes it anyway."""
    if scalar.get("type") == "string" and not {"pattern", "enum", "const"} & scalar.keys():
        return scalar
    outside: dict[str, Any] = {name: scalar.pop(name) for name in ("description", "default") if name in scalar}
    return {**outside, "anyOf": [scalar, _VARIABLE]}


def _record_in(schema: dict[str, Any]) -> dict[str, Any]:
    """The mapping among the forms of a value."""
    return next((part for part in schema.get("anyOf", ()) if part.get("type") == "object"), schema)


def _needs(record: dict[str, Any], key: str, needs: Mapping[str, tuple[str, ...]]) -> None:
    """Require keys where another key has a certain value."""
    record["allOf"] = [
        {"if": {"properties": {key: {"const": value}}, "required": [key]}, "then": {"required": list(names)}}
        for value, names in needs.items()
    ]
