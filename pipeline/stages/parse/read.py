"""Read a feed from its bytes."""

from dataclasses import replace

from pipeline.errors import FeedError
from pipeline.records import Entry

from . import jsonfeed, syndication
from .decode import decode_text
from .discover import discover_feeds
from .feed import Feed

MAX_BYTES = 10_000_000


def read_feed(body: bytes, url: str, *, source: str = "", charset: str | None = None) -> Feed:
    """Read RSS, Atom, RDF or JSON Feed from bytes; `charset` is what the transport declared. Raises only FeedError."""
    if len(body) > MAX_BYTES:
        raise FeedError("too large", f"{url} is larger than {MAX_BYTES // 1_000_000} MB")
    if not body.strip(b"\x00\t\r\n "):
        raise FeedError("empty", f"{url} returned an empty body")
    decoded = decode_text(body, charset)
    opening = decoded.text.lstrip()[:1]
    try:
        parser = jsonfeed.read if opening in ("{", "[") else syndication.read
        feed = parser(decoded.text, url, source)
    except FeedError as error:
        found = discover_feeds(body, url) if error.reason == "html" else []
        hint = f"; it links to {', '.join(found)}" if found else ""
        raise FeedError(error.reason, f"{url}: {error.message}{hint}") from None
    except Exception as error:  # lxml, feedparser and nh3 raise various errors on hostile bytes
        raise FeedError("broken", f"{url}: parsing failed with {type(error).__name__}") from error
    if decoded.overruled:
        feed = replace(feed, notes=(*feed.notes, f"charset overruled: {decoded.overruled}"))
    return feed


def parse_feed(body: bytes, url: str, *, source: str = "") -> list[Entry]:
    """Return the entries of a feed in its order. Raises only FeedError."""
    return list(read_feed(body, url, source=source).entries)
