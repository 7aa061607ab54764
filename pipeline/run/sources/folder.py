"""Folders of documents."""

from collections.abc import Iterator
from datetime import datetime

from pipeline.edges.files import read_folder
from pipeline.errors import FetchError
from pipeline.records import FetchSettings, Response, Source
from pipeline.run.sources.reader import Mark, Reader, path_of


class FolderReader(Reader):
    """Reads every document in a folder."""

    def read(
        self, source: Source, marks: str | None, *, limits: FetchSettings, now: datetime
    ) -> Iterator[Response | FetchError | Mark]:
        """Read the documents; those that cannot be read come as errors."""
        del marks
        return read_folder(path_of(source), max_bytes=limits.max_page_bytes, now=now)

    def probe(self, source: Source, *, limits: FetchSettings, now: datetime) -> Response | str:
        """Count the documents."""
        items = list(read_folder(path_of(source), max_bytes=limits.max_page_bytes, now=now))
        skipped = [str(item) for item in items if isinstance(item, FetchError)]
        return "; ".join([f"{len(items) - len(skipped)} documents", *skipped])
