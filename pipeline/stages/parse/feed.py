"""A parsed feed as a record."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline.records import Entry, stable_id


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as it describes itself."""

    title: str
    language: str | None  # BCP 47
    ttl_seconds: int | None  # the polling interval that the feed asks for
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()  # "declared iso-8859-1, read as utf-8", "XML mended"


def without_duplicates(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Drop repeated entries with the same id and URL, and give other entries with a repeated id a new id."""
    kept: dict[str, Entry] = {}
    for entry in entries:
        twin, number, id_ = kept.get(entry.id), 1, entry.id
        if twin is not None and twin.url == entry.url is not None:
            continue
        while id_ in kept:
            number, id_ = number + 1, stable_id(entry.id, str(number))
        kept[id_] = entry if id_ == entry.id else replace(entry, id=id_)
    return tuple(kept.values())
