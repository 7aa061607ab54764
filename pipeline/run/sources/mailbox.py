"""Mailboxes: each message is a document."""

from collections.abc import Iterator
from datetime import datetime

from pipeline.edges.files import local_path
from pipeline.edges.imap import Mailbox, Place, count_messages, mailbox_at, read_mailbox
from pipeline.edges.maildir import list_maildir, read_maildir
from pipeline.errors import FetchError
from pipeline.records import FetchSettings, Response, Source
from pipeline.run.sources.reader import Mark, Reader, path_of

_PART = "mailbox"


class MailboxReader(Reader):
    """Reads the messages that have arrived in a mailbox, and changes nothing in it."""

    is_limited = True
    is_final = True  # a copy, such as one that came through another alias, has other headers

    def is_requested(self, source: Source) -> bool:  # noqa: ARG002
        """Whether the fetcher requests it: it speaks no IMAP."""
        return False

    def read(
        self, source: Source, marks: str | None, *, limits: FetchSettings, now: datetime
    ) -> Iterator[Response | FetchError | Mark]:
        """Read the new messages. FetchError is raised where the mailbox cannot be read."""
        mailbox = _on_server(source)
        if mailbox is None:
            yield from read_maildir(path_of(source), max_bytes=limits.max_page_bytes, now=now)
            return
        before = _place(marks)
        yield from (_mark(before),) if before else ()
        for item in read_mailbox(mailbox, before, limits=limits, now=now):
            yield _mark(item) if isinstance(item, Place) else item

    def probe(self, source: Source, *, limits: FetchSettings, now: datetime) -> Response | str:  # noqa: ARG002
        """Count the messages."""
        mailbox = _on_server(source)
        found = count_messages(mailbox, limits=limits) if mailbox else len(list_maildir(path_of(source)))
        return f"{found:,} messages"


def _on_server(source: Source) -> Mailbox | None:
    if local_path(source.location) is not None:
        return None
    return mailbox_at(source.location, source.login or "", source.password or "")


def _mark(place: Place) -> Mark:
    return Mark(f"{place.validity}:{place.uid}", _PART)


def _place(marks: str | None) -> Place | None:
    validity, _, uid = (marks or "").partition(":")
    return Place(int(validity), int(uid)) if validity.isdigit() and uid.isdigit() else None
