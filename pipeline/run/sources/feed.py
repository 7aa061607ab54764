"""Feeds: RSS, Atom, RDF and JSON Feed."""

from typing import TYPE_CHECKING

from pipeline.records import Response, Source
from pipeline.run.sources.reader import Reader
from pipeline.text.charsets import declared_charset

if TYPE_CHECKING:
    from pipeline.stages.parse import Feed


class FeedReader(Reader):
    """Reads feeds."""

    lists_entries = True

    def parse(self, response: Response, source: Source) -> "Feed":
        """Parse a feed. FeedError where it is none."""
        from pipeline.stages.parse import read_feed  # loads the parsers

        return read_feed(response.body, response.final_url, source=source.name, charset=declared_charset(response))
