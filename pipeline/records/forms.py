"""Convert records to JSON values and back."""

import dataclasses
import functools
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

Record = TypeVar("Record")


def to_json(record: Any) -> Any:
    """Convert a record to JSON values: dates become ISO 8601, tuples lists. TypeError for bytes.

    Secrets, the fields that `repr` leaves out, are left out.
    """
    if record is None or isinstance(record, str | int | float | bool):
        return record
    if isinstance(record, tuple | list):
        return [to_json(item) for item in record]
    layer = record if isinstance(record, dict) else json_layer(record)
    return layer if isinstance(layer, str) else {key: to_json(value) for key, value in layer.items()}


def json_layer(record: Any) -> Any:
    """Convert the outermost layer of a record, as the `default` of a `json` encoder, which does the rest."""
    kind: Any = type(record)
    if names := _names(kind):
        return {name: getattr(record, name) for name in names}
    if isinstance(record, datetime | date):
        return record.isoformat()
    if isinstance(record, Mapping):
        return dict(record)
    raise TypeError(f"{kind.__name__} has no JSON form")


def from_json(kind: type[Record], value: Any) -> Record:
    """Invert `to_json` for a record class. Missing fields take their defaults, and unknown ones are ignored."""
    record: Record = _reviver(typing.cast(Any, kind))(value)
    return record


_Reviver = Callable[[Any], Any]


def _identity(value: Any) -> Any:
    return value


@functools.cache
def _reviver(kind: Any) -> _Reviver:
    """Return the function that makes a value of this type from its JSON form. Cached: deriving it is slow."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        revive = _record_reviver(kind)
    elif origin in (typing.Union, types.UnionType):
        revive = _reviver(next(part for part in arguments if part is not type(None)))
    elif origin is tuple:
        revive = _tuple_reviver(arguments)
    elif origin in (dict, Mapping):
        revive_item = _reviver(arguments[1])
        revive = lambda value: {key: revive_item(item) for key, item in value.items()}  # noqa: E731
    elif kind in (datetime, date):
        revive = kind.fromisoformat
    elif isinstance(kind, type) and issubclass(kind, StrEnum):
        revive = kind
    else:
        return _identity
    return lambda value: None if value is None else revive(value)


def _record_reviver(kind: type) -> _Reviver:
    revivers = {name: _reviver(hint) for name, hint in typing.get_type_hints(kind).items()}
    plain = {name for name, revive in revivers.items() if revive is _identity}

    def revive(value: Any) -> Any:
        known = {
            name: item if name in plain else revivers[name](item) for name, item in value.items() if name in revivers
        }
        return kind(**known)

    return revive


def _tuple_reviver(arguments: tuple[Any, ...]) -> _Reviver:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        revive_item = _reviver(arguments[0])
        return tuple if revive_item is _identity else lambda value: tuple(map(revive_item, value))
    revivers = [_reviver(argument) for argument in arguments]
    return lambda value: tuple(revive(item) for revive, item in zip(revivers, value, strict=True))


@functools.cache
def _names(kind: Any) -> tuple[str, ...]:
    """Return the field names of a record class; none for any other class."""
    return tuple(item.name for item in dataclasses.fields(kind) if item.repr) if dataclasses.is_dataclass(kind) else ()
