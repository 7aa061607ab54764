"""The readers of sources: for each kind of source in `pipeline.records.SOURCE_KINDS`, how it is read and probed."""

from collections.abc import Mapping

from pipeline.records import Source
from pipeline.run.sources.feed import FeedReader
from pipeline.run.sources.folder import FolderReader
from pipeline.run.sources.mailbox import MailboxReader
from pipeline.run.sources.reader import Mark, Reader
from pipeline.run.sources.warc import WarcReader

__all__ = ["READERS", "Mark", "Reader", "reader_of"]

READERS: Mapping[str, Reader] = {
    "feed": FeedReader(),
    "page": Reader(),
    "folder": FolderReader(),
    "mailbox": MailboxReader(),
    "warc": WarcReader(),
}


def reader_of(source: Source) -> Reader:
    """The reader of a source's kind."""
    return READERS[source.kind]
