"""Feed bytes to entries: RSS 0.9x and 2.0, Atom, RDF, JSON Feed."""

from .discover import discover_feeds
from .feed import Feed
from .markup import clean_markup
from .read import parse_feed, read_feed

__all__ = ["Feed", "clean_markup", "discover_feeds", "parse_feed", "read_feed"]
