"""Fill the sources: from their own keys, from source_defaults, and from the built-in defaults, in this order."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationInfo

from pipeline.config.fill import Fill, Key, build_record, keys_of
from pipeline.config.section import Contradiction
from pipeline.records import SOURCE_KINDS, Source


class FillSource(Fill):
    """Marks a config field that is a source. Its section must declare `fetch` and `source_defaults` before it."""

    def __init__(self) -> None:
        super().__init__(_kind_conflicts)

    def build(self, record: type, values: Mapping[str, Any], info: ValidationInfo) -> Source:
        """Make the record, with defaults from other parts of the config where they have no problem of their own."""
        kind = next(name for name in SOURCE_KINDS if values.get(name) is not None)
        made = {**(info.data.get("source_defaults") or {}), **values, "kind": kind, "location": str(values[kind])}
        if made.get("poll_seconds") is None and "fetch" in info.data:
            made["poll_seconds"] = info.data["fetch"].poll_seconds
        made["outlet"] = made.get("outlet") or made["name"]
        source: Source = build_record(record, made)
        return source


class FillSourceDefaults(Fill):
    """Marks a config field that is a mapping of some of a source's shared keys."""

    def keys(self, record: type) -> Iterator[Key]:  # noqa: ARG002 (a mapping)
        """The keys that all sources may share."""
        shared = {item.name for item in dataclasses.fields(Source) if item.metadata.get("shared")}
        return (key for key in keys_of(Source) if key.name in shared)

    def build(self, record: type, values: Mapping[str, Any], info: ValidationInfo) -> Mapping[str, Any]:  # noqa: ARG002
        """Keep what the file says."""
        return values


def _kind_conflicts(given: Mapping[str, Any]) -> Iterable[Contradiction]:
    """A source is of one kind."""
    if given.get("headers") and not (given.get("feed") or given.get("page")):
        yield ("headers",), "are for a feed or a page of the Web; leave them out"
    mailbox = str(given.get("mailbox") or "")
    account = [name for name in ("login", "password") if given.get(name) is not None]
    if mailbox.lower().startswith("imaps://") and len(account) < 2:
        yield (), "needs login and password for its mailbox; write ${NAME} and set NAME in the environment"
    for name in account if "://" not in mailbox else ():
        yield (name,), "is for a mailbox on a server; leave it out"
    named = [kind for kind in SOURCE_KINDS if given.get(kind) is not None]
    if not named:
        *others, last = SOURCE_KINDS
        yield (), f"needs one of {', '.join(others)} or {last}: where its stories come from"
    elif len(named) > 1:
        yield (named[1],), f"has {' and '.join(named)}; keep one, and make the other a source of its own"
