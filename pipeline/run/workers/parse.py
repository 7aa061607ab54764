"""What a worker makes of a feed's bytes: its entries as they are kept, encoded, so that little travels back.

The parsers are loaded where a feed is read: a command that finds nothing new needs none of them.
"""

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

ENOUGH_TEXT = 1500  # characters of content in the feed itself beyond which its article page need not be asked for


@dataclass(frozen=True, slots=True)
class ParseTask:
    """A feed's bytes, its source, and from when on an entry's page is worth asking for."""

    stored: StoredResponse
    source: Source | None  # None where the config has it no longer
    since: datetime


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What a feed said: its entries, each with the state of its page, "wanted" or "none"."""

    entries: tuple[tuple[EncodedEntry, str], ...]
    notes: tuple[str, ...]
    ttl_seconds: int | None


@dataclass(frozen=True, slots=True)
class NotAFeed:
    """What came in place of a feed, and the feeds it links to."""

    said: str
    feeds: tuple[str, ...]


def parse_response(unread: ParseTask) -> ParsedFeed | NotAFeed | None:
    """Read a feed. FeedError where it is none, but for a page."""
    from pipeline.stages.parse import discover_feeds

    source, response = unread.source, unread.stored.response
    if source is None:
        return None
    try:
        feed = reader_of(source).parse(response, source)
    except FeedError as error:
        if error.reason != "html":
            raise
        return NotAFeed(str(error), tuple(discover_feeds(response.body, response.final_url)))
    entries = (_as_kept(entry, feed, source) for entry in feed.entries[: source.max_entries])
    return ParsedFeed(
        tuple((encode_entry(entry), page_of(entry, source, unread.since)) for entry in entries),
        feed.notes,
        feed.ttl_seconds,
    )


def page_of(entry: Entry, source: Source, since: datetime) -> str:
    """ "wanted" where the page of an entry is to be fetched.

    Not where the feed itself carries the whole story: it would only cost its host a request.
    """
    complete = len(entry.content_html) >= ENOUGH_TEXT and entry.picture is not None
    recent = entry.published_at is None or entry.published_at > since
    return "wanted" if source.follow and entry.url is not None and recent and not complete else "none"


def _as_kept(entry: Entry, feed: "Feed", source: Source) -> Entry:
    own = entry.outlet if entry.outlet != feed.title else None  # the config's name for the feed is the better one
    dated = entry.published_at or entry.updated_at
    return replace(entry, language=entry.language or source.language, outlet=own, published_at=dated)
