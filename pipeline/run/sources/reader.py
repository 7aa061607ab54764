"""The reader of a source that is one document, and what other readers replace."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.edges.files import local_path, read_file
from pipeline.errors import FeedError, FetchError
from pipeline.records import FetchSettings, Purpose, Response, Source

if TYPE_CHECKING:
    from pipeline.stages.parse import Feed


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a part of a source is read; its marks are passed to the next read. A part has one, the last one."""

    text: str  # without spaces
    part: str = ""  # by default each mark is a part of its own


class Reader:
    """Reads a source whose responses are documents: each response is an entry of its own."""

    lists_entries = False  # whether a response is a list of entries, which `parse` reads in a worker
    is_limited = False  # whether the limits of a run, such as fetch.max_run_entries, end the reading
    is_final = False  # whether a document never changes: one with the same address is the same document

    @property
    def purpose(self) -> Purpose:
        """What the fetcher requests an address of such a source for."""
        return "feed" if self.lists_entries else "page"

    def is_requested(self, source: Source) -> bool:
        """Whether the fetcher requests the source's address; the reader reads any other source on its own."""
        return local_path(source.location) is None

    def read(
        self, source: Source, marks: str | None, *, limits: FetchSettings, now: datetime
    ) -> Iterator[Response | FetchError | Mark]:
        """Read a source that is not requested. FetchError is raised where there is nothing to read."""
        del marks
        yield read_file(path_of(source), max_bytes=limits.bytes_for(self.purpose), now=now)

    def parse(self, response: Response, source: Source) -> "Feed":
        """Read the entries of a response that is a list of them. FeedError if it cannot be read, or is one document."""
        raise FeedError("not a feed", f"{response.final_url}: {source.name} has documents, not lists of entries")

    def probe(self, source: Source, *, limits: FetchSettings, now: datetime) -> Response | str:
        """A source that is not requested as a response, or a description of what it contains."""
        return self.describe(read_file(path_of(source), max_bytes=limits.bytes_for(self.purpose), now=now))

    def describe(self, response: Response) -> Response | str:
        """A description of a response; the response itself where it has to be parsed first."""
        return response if self.lists_entries else f"{len(response.body):,} bytes"


def path_of(source: Source) -> Path:
    """The path of a source on this machine."""
    return local_path(source.location) or Path(source.location)
