"""Web archives: each page of a crawl is a document."""

from collections.abc import Iterator
from datetime import datetime

from pipeline.edges.warc import list_archives, read_archive
from pipeline.errors import FetchError
from pipeline.records import FetchSettings, Response, Source
from pipeline.run.sources.reader import Mark, Reader, path_of

PERMANENT = frozenset({"too large", "bad page"})  # errors that another read of the archive would give again


class WarcReader(Reader):
    """Reads the archives that are new or have changed."""

    is_limited = True

    def read(
        self, source: Source, marks: str | None, *, limits: FetchSettings, now: datetime
    ) -> Iterator[Response | FetchError | Mark]:
        """Read the pages of the archives that have no mark yet. FetchError is raised where there are no archives."""
        known = set((marks or "").split())
        archives = list_archives(path_of(source))
        yield from (Mark(archive.mark) for archive in archives if archive.mark in known)
        for archive in archives:
            if archive.mark in known:
                continue
            complete = True
            for page in read_archive(archive.path, max_bytes=limits.max_page_bytes, now=now):
                complete = complete and (isinstance(page, Response) or page.reason in PERMANENT)
                yield page
            if complete:
                yield Mark(archive.mark)

    def probe(self, source: Source, *, limits: FetchSettings, now: datetime) -> Response | str:  # noqa: ARG002
        """Count the archives."""
        return f"{len(list_archives(path_of(source)))} archives"
