"""What a feed said, as a record."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline.records import Entry, stable_id


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as it described itself."""

    title: str
    home_url: str | None
    language: str | None  # BCP 47
    ttl_seconds: int | None  # how long it asks not to be polled
    self_url: str | None  # where it says it lives
    new_url: str | None  # where it says it has moved to
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()  # "declared iso-8859-1, read as utf-8", "XML mended"


def without_doubles(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries with an id of their own each: one that comes twice with its address is one, others are told apart."""
    kept: dict[str, Entry] = {}
    for entry in entries:
        twin, number, id_ = kept.get(entry.id), 1, entry.id
        if twin is not None and twin.url == entry.url is not None:
            continue
        while id_ in kept:
            number, id_ = number + 1, stable_id(entry.id, str(number))
        kept[id_] = entry if id_ == entry.id else replace(entry, id=id_)
    return tuple(kept.values())
