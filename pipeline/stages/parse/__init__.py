"""Feed bytes to entries: RSS 0.9x and 2.0, Atom, RDF, JSON Feed."""

from .discover import discover_feeds
from .feed import Feed
from .read import parse_feed, read_feed

__all__ = ["Feed", "discover_feeds", "parse_feed", "read_feed"]
