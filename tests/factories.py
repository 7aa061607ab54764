"""Builders of records for tests: one for each record, with defaults that any field overrides."""

# ruff: noqa: A002 - `id` is the field's name

from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.records import Block, Entry, Slot, Source, Story

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


def days_ago(days: float) -> datetime:
    """That many days before `NOW`."""
    return NOW - timedelta(days=days)


def source(name: str = "harbour", location: str = "https://harbour.example/feed", **fields: Any) -> Source:
    """A feed whose outlet has the source's name."""
    return Source(**{"name": name, "kind": "feed", "location": location, "outlet": name, **fields})


def entry(id: str = "e1", **fields: Any) -> Entry:
    """An entry of the source `harbour` that points to a page."""
    values = {"source": "harbour", "url": f"https://harbour.example/{id}", "title": f"Title of {id}"}
    return Entry(**{"id": id, **values, **fields})


def story(id: str = "s1", *paragraphs: Block | str, **fields: Any) -> Story:
    """An English story, published at `NOW`, with an entry, source, outlet, title and text of its own, without a URL.

    A string is a paragraph for each of its lines that has text; `blocks=()` makes a story without text.
    """
    values = {
        "entry": f"entry of {id}",
        "source": f"source of {id}",
        "outlet": f"Outlet of {id}",
        "title": f"Title of {id}",
        "url": None,
        "canonical_url": None,
        "published_at": NOW,
        "language": "en",
        "blocks": blocks(*paragraphs) if paragraphs else blocks(f"Text of {id}."),
    }
    return Story(**{"id": id, **values, **fields})


def blocks(*paragraphs: Block | str) -> tuple[Block, ...]:
    """Blocks as they are, and a paragraph for each line of a string that has text."""
    made: list[Block] = []
    for paragraph in paragraphs:
        if isinstance(paragraph, Block):
            made.append(paragraph)
        else:
            made += [Block("paragraph", line) for line in paragraph.split("\n") if line]
    return tuple(made)


def slot(story: str, section: str = "features", **fields: Any) -> Slot:
    """A slot for a story that is an event of its own."""
    return Slot(**{"story": story, "event": f"event of {story}", "section": section, "score": 0.5, **fields})
