"""Records of what comes in: Source → Response → Entry → Story → Event, and what is said of each on its way."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

BlockKind = Literal["paragraph", "heading", "item", "quote", "code"]
Role = Literal["article", "letter", "feature", "read"]
Confidence = Literal["high", "low", "none"]

UNKNOWN_LANGUAGE = "und"


class Outcome(StrEnum):
    """What a decision did to a story."""

    KEPT = "kept"
    CHANGED = "changed"
    FOLDED = "folded"
    DROPPED = "dropped"
    RANKED = "ranked"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class Response:
    """The bytes as they came."""

    url: str  # as asked for
    final_url: str  # after redirects
    status: int
    headers: tuple[tuple[str, str], ...]  # names in lower case
    body: bytes
    fetched_at: datetime

    def header(self, name: str) -> str | None:
        """The first header of that name, or None."""
        return next((value for key, value in self.headers if key == name.lower()), None)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as its source describes it."""

    url: str
    alt: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed, or one document, as it said of itself. Its HTML has been through nh3."""

    id: str
    source: str  # the Source's name, "" where a parser is called on its own
    url: str | None  # http or https, absolute
    title: str
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    language: str | None = None  # declared by the entry or its feed
    summary_html: str = ""
    content_html: str = ""
    picture: Picture | None = None
    topics: tuple[str, ...] = ()
    outlet: str | None = None  # the feed's own title, or the item's <source>


@dataclass(frozen=True, slots=True)
class Document:
    """What clean reads: an article page as fetched, a file of a folder."""

    url: str  # http(s), or a file: address
    body: bytes
    media_type: str = "text/html"  # text/html, text/plain, text/markdown, message/rfc822
    charset: str | None = None  # as the transport declared it


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list item, quotation or piece of code. Plain text, NFC, no line breaks but in code."""

    kind: BlockKind
    text: str
    language: str | None = None  # only where it is not the story's own


@dataclass(frozen=True, slots=True)
class Link:
    """A story that a newsletter's reading list points to."""

    title: str
    outlet: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """One story, cleaned. Its id is stable over re-fetches."""

    id: str
    entry: str  # the Entry it was made from
    source: str
    outlet: str
    title: str
    url: str | None  # where a reader goes; None for a story that is only in a document
    canonical_url: str | None  # for comparing
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    date_confidence: Confidence = "none"
    first_seen_at: datetime | None = None
    language: str = UNKNOWN_LANGUAGE
    language_confidence: float = 0.0
    language_layer: str = ""  # which layer of the tagger decided
    declared_language: str | None = None
    role: Role = "article"
    standfirst: str = ""
    key_points: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    picture: Picture | None = None
    topics: tuple[str, ...] = ()
    truncated: bool = False
    links: tuple[Link, ...] = ()
    host: str = ""  # who signs a letter, and from where
    city: str = ""
    document: str | None = None  # address of the roundup or listing it was part of

    @property
    def text(self) -> str:
        """The body as plain text, a block a paragraph."""
        return "\n\n".join(block.text for block in self.blocks)

    @property
    def dated_at(self) -> datetime | None:
        """When it was published, or else first seen; nothing was published after it was seen."""
        known = [at for at in (self.published_at, self.first_seen_at) if at]
        return min(known) if known else None


@dataclass(frozen=True, slots=True)
class Event:
    """Stories that tell of one happening, copies folded away. `best` is one of `stories`."""

    id: str
    best: str
    stories: tuple[str, ...]  # story ids, best first
    follows: str | None = None  # id of a story an approved issue published that this is a new turn of


NO_COPY = "no copy"  # the rule of a decision on what was compared with all others and is like none


@dataclass(frozen=True, slots=True)
class Decision:
    """A line of the ledger: what was done to one story, by which rule, on which figure."""

    story: str
    stage: str
    outcome: Outcome
    rule: str
    figure: float | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record a stage could not use. Counted, listed, never lost."""

    id: str
    stage: str
    reason: str  # one or two words, for counting
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What the archive finds a story's copies by: hashes of which two copies share some."""

    story: str
    exact: tuple[int, ...]  # of its address and its whole body: one in common makes a candidate
    bands: tuple[int, ...]  # of its MinHash signature, under which it is kept: three in common make one. Signed
    probes: tuple[int, ...] = ()  # the bands that it is looked for under, where they are not the same


@dataclass(frozen=True, slots=True)
class StoredFeatures:
    """What dedupe has read of one story, in a form of its own: all that the story is compared by later."""

    story: str
    data: bytes


def stable_id(*parts: str) -> str:
    """An `s`, so that YAML never takes it for a number, and 15 hexadecimal digits that depend on the parts alone."""
    return "s" + hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:15]
