"""Feed bytes to entries: RSS 0.9x and 2.0, Atom, RDF, JSON Feed."""

from .answer import answered_entry
from .discover import discover_feeds
from .feed import Feed
from .markup import clean_markup
from .read import parse_feed, read_feed

__all__ = ["Feed", "answered_entry", "clean_markup", "discover_feeds", "parse_feed", "read_feed"]
