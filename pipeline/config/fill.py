"""Fill the settings records of `pipeline.records` from the keys of the file.

`Annotated[SelectSettings, Fill()]` as the type of a config field makes pydantic check a mapping by the record's own
declaration (see `pipeline.records.keys`) and build the record. Nothing about a record's fields is repeated here.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, Field, GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, core_schema

from pipeline.config.section import Contradiction, collect_problems
from pipeline.config.values import CHECKS
from pipeline.records import SECTION_KEYS, SectionEdit
from pipeline.records.keys import Format

Conflicts = Callable[[Mapping[str, Any]], Iterable[Contradiction]]


class Key(NamedTuple):
    """A key of the file."""

    name: str
    description: str
    annotation: Any
    default: Any  # dataclasses.MISSING where the key is needed
    limits: Mapping[str, Any]


class Fill:
    """Marks a config field whose value is a record, filled from the keys of a mapping.

    `conflicts` finds keys that are right on their own but do not go together, in the mapping as the file has it.
    """

    def __init__(self, conflicts: Conflicts | None = None) -> None:
        self._conflicts = conflicts

    def keys(self, record: type) -> Iterator[Key]:
        """The keys of the mapping."""
        return keys_of(record)

    def build(self, record: type, values: Mapping[str, Any], info: ValidationInfo) -> Any:  # noqa: ARG002 (for subclasses)
        """Make the record of checked values."""
        return build_record(record, values)

    def __get_pydantic_core_schema__(self, record: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Pydantic's protocol for custom types."""
        keys = list(self.keys(record))
        descriptions = {key.name: key.description for key in keys}

        def fill(value: Any, check: Callable[[Any], dict[str, Any]], info: ValidationInfo) -> Any:
            if dataclasses.is_dataclass(record) and isinstance(value, record):
                return value
            conflicts = self._conflicts(value) if self._conflicts and isinstance(value, Mapping) else ()
            values = collect_problems(record.__name__, descriptions, value, check, conflicts)
            return self.build(record, values, info)

        fields = {
            key.name: core_schema.typed_dict_field(
                handler.generate_schema(
                    Annotated[checked(key.annotation, **key.limits), Field(description=key.description)]
                ),
                required=key.default is dataclasses.MISSING,
            )
            for key in keys
        }
        config = core_schema.CoreConfig(allow_inf_nan=False, str_strip_whitespace=True)
        mapping = core_schema.typed_dict_schema(fields, extra_behavior="forbid", config=config)
        dump = core_schema.plain_serializer_function_ser_schema(_dump)
        return core_schema.with_info_wrap_validator_function(fill, mapping, serialization=dump)


def _dump(value: Any) -> Any:
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else value


def keys_of(kind: type) -> Iterator[Key]:
    """The keys of a record or a section."""
    if issubclass(kind, BaseModel):
        for name, info in kind.model_fields.items():
            default = dataclasses.MISSING if info.is_required() else info.default
            yield Key(name, info.description or "", info.annotation, None if info.default_factory else default, {})
        return
    for item in dataclasses.fields(kind):  # type: ignore[arg-type]
        if "prefix" in item.metadata:
            yield from _palette_keys(item)
        elif "kinds" in item.metadata:
            for source_kind in item.metadata["kinds"].values():
                yield Key(source_kind.name, source_kind.description, source_kind.location | None, None, {})
        elif "description" in item.metadata:
            yield _key(item)


def _palette_keys(item: dataclasses.Field[Any]) -> Iterator[Key]:
    prefix = item.metadata["prefix"]
    for key in keys_of(item.type):  # type: ignore[arg-type]
        description = f"{key.name} on a dark screen" if prefix else key.description
        yield key._replace(name=prefix + key.name, description=description, default=getattr(item.default, key.name))


def _key(item: dataclasses.Field[Any]) -> Key:
    default = item.default if item.default_factory is dataclasses.MISSING else item.default_factory()
    annotation: Any = item.type
    if item.metadata["optional"]:
        annotation = annotation | None
        default = None if default is dataclasses.MISSING else default
    return Key(item.name, item.metadata["description"], annotation, default, item.metadata["limits"])


def build_record(record: type, values: Mapping[str, Any]) -> Any:
    """The record with these values of its keys; what is left out keeps its default."""
    made: dict[str, Any] = {}
    for item in dataclasses.fields(record):
        prefix = item.metadata.get("prefix")
        if prefix is not None:
            names = (inner.name for inner in dataclasses.fields(item.type))  # type: ignore[arg-type]
            chosen = {name: values[prefix + name] for name in names if prefix + name in values}
            made[item.name] = dataclasses.replace(item.default, **chosen)  # type: ignore[type-var]
        elif item.name in values and not (item.metadata.get("optional") and values[item.name] is None):
            made[item.name] = values[item.name]
    return record(**made)


def _section_conflicts(given: Mapping[str, Any]) -> Iterable[Contradiction]:
    """A section of the editor's own has the keys of its kind."""
    kind = str(given.get("kind"))
    if kind not in SECTION_KEYS:
        return
    needed, others = SECTION_KEYS[kind]
    for name in needed:
        if not given.get(name):
            yield (), f"needs {name}, because it is a section of kind {kind}"
    for name in given:
        if name not in ("kind", "after", "language", *needed, *others):
            yield (name,), f"is not for a section of kind {kind}; leave it out"


def checked(annotation: Any, **limits: Any) -> Any:
    """The type of a record's field, with limits and with the checks of the formats in it."""
    if limits:
        return Annotated[checked(annotation), Field(**limits)]
    if dataclasses.is_dataclass(annotation):
        return Annotated[annotation, Fill(_section_conflicts if annotation is SectionEdit else None)]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return CHECKS[arguments[1].name] if isinstance(arguments[1], Format) else annotation
    if origin is UnionType or origin is Union:  # a record in a union is never written in the file
        return Union[tuple(checked(part) for part in arguments if not dataclasses.is_dataclass(part))]  # noqa: UP007
    if origin in (None, Literal):
        return annotation
    return origin[tuple(part if part is ... else checked(part) for part in arguments)]
