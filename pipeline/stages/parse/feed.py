"""What a feed said, as a record."""

from dataclasses import dataclass

from pipeline.records import Entry


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
