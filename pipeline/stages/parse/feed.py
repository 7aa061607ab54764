"""A parsed feed as a record, and what identifies its items."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.records import Entry, stable_id

_NO_GUIDS = frozenset({"", "0", "-1", "-", "n/a", "na", "none", "null", "nil", "undefined", "false", "true", "guid"})


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as it describes itself."""

    title: str
    language: str | None  # BCP 47
    ttl_seconds: int | None  # the polling interval that the feed asks for
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()  # "declared iso-8859-1, read as utf-8", "XML mended"


@dataclass(frozen=True, slots=True)
class Item:
    """An entry whose id is not known yet, and its guid."""

    entry: Entry
    guid: str = ""
    date: str = ""  # as the feed writes it

    @property
    def traits(self) -> tuple[object, ...]:
        """What two different items that share a guid or an address differ in."""
        return self.entry.url, self.entry.title, self.entry.published_at, *self.words

    @property
    def words(self) -> tuple[str, ...]:
        """The text of an item without a title and a date."""
        entry = self.entry
        return ("" if entry.title or self.date else _text(entry),)


def identify(items: Sequence[Item], site: str) -> tuple[Entry, ...]:
    """Give each item its id, from its guid, or else its address, or else its title and date; drop repeated items.

    The site's own address identifies none of its items, and neither does what different items share.
    """
    keys = [_keys(item, site) for item in items]
    ambiguous = _ambiguous_keys(items, keys)
    entries: dict[str, Entry] = {}
    for item, own in zip(items, keys, strict=True):
        entry = item.entry
        sure = next((key for key in own if key not in ambiguous), None)
        parts = (sure,) if sure else (*own[:1], *filter(None, [entry.url]), entry.title, item.date, *item.words)
        id_ = stable_id(entry.source, *parts)
        if id_ in entries and not own and (not any(parts) or _text(entry) != _text(entries[id_])):
            # Another text under the same title, or an empty item, which a later stage rejects and counts.
            id_ = stable_id(entry.source, *parts, _text(entry) or str(len(entries)))
        entries.setdefault(id_, replace(entry, id=id_))
    return tuple(entries.values())


def _ambiguous_keys(items: Sequence[Item], keys: Sequence[list[str]]) -> set[str]:
    """The keys that different items share."""
    sharers: dict[str, list[Item]] = defaultdict(list)
    for item, own in zip(items, keys, strict=True):
        for key in own:
            sharers[key].append(item)
    return {key for key, some in sharers.items() if len(some) > 1 and len({item.traits for item in some}) > 1}


def _text(entry: Entry) -> str:
    return entry.summary_html or entry.content_html


def _keys(item: Item, site: str) -> list[str]:
    """What may identify the item, the best first."""
    guid, url = item.guid.strip(), (item.entry.url or "").partition("#")[0]
    home = site.rstrip("/")
    keys = [guid] if guid.lower() not in _NO_GUIDS and guid.rstrip("/") != home else []
    return [*keys, url] if url and url != guid and url.rstrip("/") != home else keys
