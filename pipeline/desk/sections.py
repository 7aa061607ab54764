"""Changes to sections of the editor's own: add, remove, edit a field, put them in order."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from pipeline.config.edits import build_section
from pipeline.desk.texts import clean_text
from pipeline.errors import ConfigError, UsageError
from pipeline.records import Edits, SectionEdit, to_json

MAX_SECTIONS = 30
MAX_EVENTS = 50

_FIELDS = tuple(field.name for field in fields(SectionEdit) if field.name != "kind")
_PATH = re.compile(rf"sections\.(.+)\.({'|'.join(_FIELDS)})", re.DOTALL)
_EVENT_TEXTS = ("what", "when", "where", "link")


def is_section_path(path: str) -> bool:
    """Whether the path names a field of a section."""
    return _PATH.fullmatch(path) is not None


def flatten_sections(edits: Edits) -> dict[str, Any]:
    """Return the fields of all sections by their paths, as JSON values."""
    return {
        f"sections.{name}.{field}": value
        for name, section in edits.sections.items()
        for field, value in to_json(section).items()
        if field in _FIELDS and value
    }


def set_section_field(edits: Edits, path: str, value: Any) -> Edits:
    """Return the edits with another value in a field of a section. UsageError if the section is gone or incomplete."""
    match = _PATH.fullmatch(path)
    if match is None or match[1] not in edits.sections:
        raise UsageError("the section is no longer there")
    name, field = match[1], match[2]
    section = _build({**to_json(edits.sections[name]), field: value})
    return replace(edits, sections={**edits.sections, name: section})


def change_sections(edits: Edits, change: Mapping[str, Any]) -> Edits:
    """Return the edits after a change of the kind section, which adds or removes one, or arrange."""
    if change.get("kind") == "arrange":
        return _arrange(edits, change.get("names"))
    return _set_section(edits, change.get("name"), change.get("value"))


def _set_section(edits: Edits, name: Any, value: Any) -> Edits:
    """Add a section at the end, or remove it (None). A name that is there keeps its section: it was sent twice."""
    if not isinstance(name, str) or not (name := clean_text("name", name).strip()):
        raise UsageError("a section needs a name")
    if value is None:
        return replace(edits, sections={known: kept for known, kept in edits.sections.items() if known != name})
    if name in edits.sections:
        return edits
    if len(edits.sections) >= MAX_SECTIONS:
        raise UsageError(f"an issue takes {MAX_SECTIONS} sections; delete one first")
    if not isinstance(value, Mapping):
        raise UsageError("a section has a kind and texts")
    return replace(edits, sections={**edits.sections, name: _build(value)})


def _arrange(edits: Edits, names: Any) -> Edits:
    """Put the sections in the order of these names; any others come last."""
    if not isinstance(names, list):
        raise UsageError("expected a list of names of sections")
    order = [name for name in dict.fromkeys(map(str, names)) if name in edits.sections]
    return replace(edits, sections={name: edits.sections[name] for name in (*order, *edits.sections)})


def undo_sections(before: Edits, after: Edits) -> list[dict[str, Any]]:
    """Return the changes that add, remove and arrange the sections as they were; fields that changed are apart."""
    added = [name for name in after.sections if name not in before.sections]
    removed = [name for name in before.sections if name not in after.sections]
    changes: list[dict[str, Any]] = [{"kind": "section", "name": name, "value": None} for name in added]
    changes += [{"kind": "section", "name": name, "value": to_json(before.sections[name])} for name in removed]
    kept = [name for name in after.sections if name in before.sections]
    if list(before.sections) != [*kept, *removed]:
        changes.append({"kind": "arrange", "names": list(before.sections)})
    return changes


def _build(values: Mapping[str, Any]) -> SectionEdit:
    given = {str(name): _clean(str(name), value) for name, value in values.items()}
    try:
        return build_section({name: value for name, value in given.items() if value})
    except ConfigError as error:
        raise UsageError(str(error)) from error


def _clean(name: str, value: Any) -> Any:
    if name == "events":
        return [_clean_event(event) for event in _listed(value)]
    return value if value is None else clean_text(name, value).strip()


def _listed(value: Any) -> Sequence[Any]:
    events = value or []
    if not isinstance(events, list) or len(events) > MAX_EVENTS:
        raise UsageError(f"events: expected a list of at most {MAX_EVENTS}")
    return events


def _clean_event(event: Any) -> dict[str, str]:
    if not isinstance(event, Mapping):
        raise UsageError("events: each has a day and what happens")
    texts = {name: clean_text(name, event[name]).strip() for name in _EVENT_TEXTS if event.get(name) is not None}
    return {name: text for name, text in texts.items() if text}
