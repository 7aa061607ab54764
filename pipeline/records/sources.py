"""Sources, and the kinds of source there are."""

from dataclasses import dataclass, field
from typing import Any

from pipeline.records.keys import (
    DeclaredLanguage,
    HeaderName,
    HeaderValue,
    Line,
    Location,
    MailboxLocation,
    Number,
    PathPattern,
    Positive,
    Secret,
    Whole,
    key,
)
from pipeline.records.settings import POLL_SECONDS


@dataclass(frozen=True, slots=True)
class SourceKind:
    """A kind of source. Its reader, under the same name, is in `pipeline.run.sources`."""

    name: str  # the key of a source that gives its location
    description: str
    location: Any  # the type of the key's value


SOURCE_KINDS = {
    kind.name: kind
    for kind in (
        SourceKind("feed", "a feed: its address, or the path of a file", Location),
        SourceKind("page", "a page of stories: its address, or the path of a file", Location),
        SourceKind("folder", "a folder of documents: txt, html, md and eml files", PathPattern),
        SourceKind(
            "mailbox",
            "newsletters that come by mail: imaps://HOST/FOLDER on a server, or the path of a Maildir",
            MailboxLocation,
        ),
        SourceKind(
            "warc", "web archives (WARC): the path of a file, or a pattern such as crawl/*.warc.gz", PathPattern
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where entries come from. In the config, `source_defaults` may set the shared keys for all sources."""

    name: Line = field(metadata=key("the source's name; each source has its own"))
    kind: str = field(metadata={"kinds": SOURCE_KINDS})
    location: str  # an http(s) address, or a path
    outlet: Line = field(metadata=key("the outlet named in the credit; the source's name by default", optional=True))
    weight: Number = field(default=1.0, metadata=key("how much its stories count", shared=True))
    language: DeclaredLanguage | None = field(
        default=None, metadata=key("the language of most of its stories", shared=True)
    )
    section: Line | None = field(default=None, metadata=key("its heading in lists and in OPML", shared=True))
    enabled: bool = field(
        default=True, metadata=key("false keeps the source in the list without requesting it", shared=True)
    )
    follow: bool = field(default=True, metadata=key("whether the pages of its entries are fetched", shared=True))
    max_entries: Positive = field(default=100, metadata=key("how many entries of one response are read", shared=True))
    poll_seconds: Whole = field(
        default=POLL_SECONDS,
        metadata=key(
            "the shortest time between two requests to the source; fetch.poll_seconds by default",
            optional=True,
            shared=True,
        ),
    )
    headers: dict[HeaderName, HeaderValue] = field(
        default_factory=dict,
        repr=False,
        metadata=key(
            "headers for its host alone, such as Authorization or Cookie, with values from the environment:"
            " Basic ${USER}:${PASSWORD}"
        ),
    )
    login: Secret | None = field(
        default=None, repr=False, metadata=key("the account of a mailbox on a server, written ${NAME}")
    )
    password: Secret | None = field(default=None, repr=False, metadata=key("its password, written ${NAME}"))
    keep_links: bool = field(
        default=False,
        metadata=key("true leaves the links to its stories as they are, for pages that need their tracking parameters"),
    )


# The source of the pages that editors add one by one: it is in no config, and its stories have their pages' outlets.
ADDED = Source("(added)", "added", "", "")
