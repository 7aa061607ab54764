"""The worker's part of parse: turn a feed's bytes into encoded entries.

The parsers are imported inside the functions, because a command that finds nothing new does not need them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.edges.store.entries import EncodedEntry, encode_entry
from pipeline.edges.store.responses import StoredResponse
from pipeline.errors import FeedError
from pipeline.records import Entry, Source
from pipeline.run.sources import reader_of

if TYPE_CHECKING:
    from pipeline.stages.parse import Feed

ENOUGH_TEXT = 1500  # characters of content in a feed that make its article page unnecessary


@dataclass(frozen=True, slots=True)
class ParseTask:
    """A feed's bytes and its source. `since`: pages of older entries are not fetched."""

    stored: StoredResponse
    source: Source | None  # None where it is no longer in the config
    since: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed's entries, each with the state of its page, "wanted" or "none"."""

    entries: tuple[tuple[EncodedEntry, str], ...]
    notes: tuple[str, ...]
    ttl_seconds: int | None
    left: int = 0  # recent entries beyond the source's max_entries


@dataclass(frozen=True, slots=True)
class NotAFeed:
    """A page received instead of a feed, and the feeds that it links to."""

    message: str
    feeds: tuple[str, ...]


def parse_response(task: ParseTask) -> ParsedFeed | NotAFeed | None:
    """Parse a feed. Raises FeedError where it is neither a feed nor a page."""
    from pipeline.stages.parse import discover_feeds

    source, response = task.source, task.stored.response
    if source is None:
        return None
    try:
        feed = reader_of(source).parse(response, source)
    except FeedError as error:
        if error.reason != "html":
            raise
        return NotAFeed(str(error), tuple(discover_feeds(response.body, response.final_url)))
    entries = [_with_source_defaults(entry, feed, source) for entry in feed.entries]
    chosen = newest(entries, source.max_entries, task.now)
    recent = [entry for entry in entries if _moment(entry, task.now) > task.since]
    return ParsedFeed(
        tuple((encode_entry(entry), page_state(entry, source, task.since)) for entry in chosen),
        feed.notes,
        feed.ttl_seconds,
        max(0, len(recent) - source.max_entries),
    )


def newest(entries: Sequence[Entry], most: int, now: datetime) -> list[Entry]:
    """The newest entries in the feed's order. Undated ones count as new, so that a feed without dates keeps its first.

    Some feeds begin with their oldest entry; and a date in the future is not newer than now.
    """
    by_date = sorted(range(len(entries)), key=lambda place: _moment(entries[place], now), reverse=True)
    return [entries[place] for place in sorted(by_date[:most])]


def _moment(entry: Entry, now: datetime) -> datetime:
    return min(entry.published_at or now, now)


def page_state(entry: Entry, source: Source, since: datetime) -> str:
    """Return "wanted" where the entry's page should be fetched, else "none".

    A page is not needed where the feed contains the whole story.
    """
    complete = len(entry.content_html) >= ENOUGH_TEXT and entry.picture is not None
    recent = entry.published_at is None or entry.published_at > since
    recorded = entry.enclosure is not None and entry.enclosure.url == entry.url  # a recording is no page
    wanted = source.follow and entry.url is not None and recent and not complete and not recorded
    return "wanted" if wanted else "none"


def _with_source_defaults(entry: Entry, feed: "Feed", source: Source) -> Entry:
    own = entry.outlet if entry.outlet != feed.title else None  # prefer the config's name for the feed
    dated = entry.published_at or entry.updated_at
    return replace(entry, language=entry.language or source.language, outlet=own, published_at=dated)
