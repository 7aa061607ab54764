"""The base of all parts of the config: frozen, strict about keys, and reporting all problems at once."""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

Checked = TypeVar("Checked")

UNKNOWN_KEY = "unknown key"
_RESTATED = "restated"  # the type of an error that has its final message
_FACTORY_SKIPPED = "default_factory_not_called"  # follows from another error, which is reported

_EXPECTED = {
    "int": "a whole number",
    "float": "a number",
    "finite": "a finite number",
    "bool": "true or false",
    "string": "text",
    "path": "a path",
    "tuple": "a list",
    "list": "a list",
    "dict": "keys with values",
    "mapping": "keys with values",
    "model": "keys with values",
}


Contradiction = tuple[tuple[str | int, ...], str]  # (key path, message)


class Section(BaseModel):
    """A part of the config. It is checked by the same rules whether it is built from a file or from values."""

    # Parts are built together with the whole that they belong to.
    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, str_strip_whitespace=True, defer_build=True
    )

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterable[Contradiction]:  # noqa: ARG003 (for subclasses)
        """Find keys that are right on their own but do not go together."""
        return ()

    @model_validator(mode="wrap")
    @classmethod
    def _collect_problems(cls, given: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        descriptions = {name: field.description or "" for name, field in cls.model_fields.items()}
        found = cls.contradictions(given) if isinstance(given, Mapping) else ()
        return collect_problems(cls.__name__, descriptions, given, handler, found)


def collect_problems(
    title: str,
    keys: Mapping[str, str],
    given: Any,
    check: Callable[[Any], Checked],
    contradictions: Iterable[Contradiction],
) -> Checked:
    """Check a value, or raise one ValidationError with a message for every problem. `keys` maps keys to meanings."""
    problems: list[InitErrorDetails] = []
    made: Checked | None = None
    try:
        made = check(given)
    except ValidationError as error:
        found = error.errors(include_url=False)
        problems = [_problem(tuple(one["loc"]), _restate(keys, one)) for one in found if not _follows(one, found)]
    problems += [_problem(key, message) for key, message in contradictions]
    if problems or made is None:
        raise ValidationError.from_exception_data(title, problems)
    return made


def suggest(word: str, known: Iterable[str]) -> str:
    """`; did you mean …?` where a known word is similar, else an empty string."""
    by_lower = {candidate.casefold(): candidate for candidate in known}
    found = difflib.get_close_matches(word.casefold(), by_lower, n=1, cutoff=0.6)
    return f"; did you mean {by_lower[found[0]]}?" if found else ""


def repeated(items: Any, field: str) -> Iterable[tuple[int, str, int]]:
    """(position, value, first position) of each item whose field repeats an earlier one; case does not matter."""
    seen: dict[str, int] = {}
    for position, item in enumerate(items if isinstance(items, list | tuple) else ()):
        value = item.get(field) if isinstance(item, Mapping) else getattr(item, field, None)
        if isinstance(value, str):
            first = seen.setdefault(" ".join(value.casefold().split()), position)
            if first != position:
                yield position, value, first


def _follows(error: ErrorDetails, others: Iterable[ErrorDetails]) -> bool:
    """Whether an error is caused by another one: pydantic does not count the invalid items of a list."""
    depth = len(error["loc"])
    short = error["type"] == "too_short"
    return error["type"] == _FACTORY_SKIPPED or (
        short and any(len(other["loc"]) > depth and other["loc"][:depth] == error["loc"] for other in others)
    )


def _problem(key: tuple[str | int, ...], message: str) -> InitErrorDetails:
    error = PydanticCustomError(_RESTATED, "{message}", {"message": message})
    return InitErrorDetails(type=error, loc=key, input=None)


def _restate(keys: Mapping[str, str], error: ErrorDetails) -> str:
    kind, context, key = error["type"], error.get("ctx", {}), error["loc"]
    if kind == _RESTATED:
        return error["msg"]
    if kind == "missing":
        meaning = keys.get(str(key[0])) if len(key) == 1 else None
        return f"missing: {meaning}" if meaning else "missing"
    if kind == "extra_forbidden":
        return f"{UNKNOWN_KEY}{suggest(str(key[-1]), keys)}"
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", context["expected"])
        return f"{error['input']!r} is not one of {', '.join(words)}{suggest(str(error['input']), words)}"
    if kind == "value_error":
        return str(context["error"])
    return _restate_limit(kind, context) or _restate_type(kind, error)


def _restate_limit(kind: str, context: Mapping[str, Any]) -> str | None:
    match kind:
        case "greater_than_equal":
            return f"must be {context['ge']} or more"
        case "greater_than":
            return f"must be more than {context['gt']}"
        case "less_than_equal":
            return f"must be {context['le']} or less"
        case "string_too_short":
            return "must not be empty"
        case "too_short":
            return f"needs at least {context['min_length']}"
        case _:
            return None


def _restate_type(kind: str, error: ErrorDetails) -> str:
    stem, _, rest = kind.partition("_")
    if stem not in _EXPECTED or rest not in {"type", "parsing", "from_float", "number", "parsing_size"}:
        return error["msg"]
    found, hint = kind_of(error["input"]), ""
    if stem in ("string", "path") and found != "nothing":
        hint = "; put it in quotes" if isinstance(error["input"], int | float | bool) else ""
    return f"expected {_EXPECTED[stem]}, found {found}{hint}"


def kind_of(value: Any) -> str:
    """The kind of a value, for a message; never the value itself, which may be private."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "text"
    return "a list" if isinstance(value, list | tuple) else "keys with values"
