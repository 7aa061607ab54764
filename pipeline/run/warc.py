"""Web archives as a source: each page of a crawl becomes an entry with its document."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.edges.warc import list_archives, read_archive, unread
from pipeline.errors import FetchError
from pipeline.records import Rejected, Response, Source
from pipeline.run.session import Session

DONE = frozenset({"too large", "bad page"})  # what will be no other the next time


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of a source's archives."""

    pages: int  # that were new
    marks: str  # of the archives that were read to their end
    errors: tuple[FetchError, ...]


def read_archives(
    session: Session, source: Source, marks: str | None, keep: Callable[[Response], bool], *, room: int
) -> Reading:
    """Keep the pages of the archives that are new or have changed since `marks`, `room` new ones at most.

    FetchError when there are no archives at all.
    A batch of pages is kept at a time, so that neither memory nor what a kill costs follows the size of an archive.
    """
    archives = list_archives(Path(source.location))
    wanted = {archive.mark for archive in unread(archives, marks)}
    pages = 0
    errors: list[FetchError] = []
    read = [archive.mark for archive in archives if archive.mark not in wanted]
    for archive in archives:
        if archive.mark not in wanted or pages >= room:
            continue
        whole = True
        found = read_archive(archive.path, max_bytes=session.config.fetch.max_page_bytes, now=session.now)
        for batch in session.batches(session.track(found, archive.path.name)):
            if pages >= room:
                whole = False
                break
            for page in batch:
                if isinstance(page, Response):
                    pages += keep(page)
                    continue
                errors.append(page)
                whole = whole and page.reason in DONE
                session.store.ledger.reject([Rejected(page.message, "fetch", page.reason, source.name)], session.now)
        if whole:
            read.append(archive.mark)
    return Reading(pages, " ".join(read), tuple(errors))
