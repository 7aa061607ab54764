"""Parse: turn feed bytes into entries. Reads RSS 0.9x and 2.0, Atom, RDF and JSON Feed."""

from .answer import apply_answer
from .discover import discover_feeds
from .feed import Feed
from .markup import clean_markup
from .read import parse_feed, read_feed

__all__ = ["Feed", "apply_answer", "clean_markup", "discover_feeds", "parse_feed", "read_feed"]
