"""Records of what comes in: Source → Response → Entry → Story → Features → Event, and the decisions about stories."""

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
    """What a decision does to a story."""

    KEPT = "kept"
    CHANGED = "changed"
    FOLDED = "folded"
    DROPPED = "dropped"
    RANKED = "ranked"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class Response:
    """The bytes of an address, as received."""

    url: str  # as requested
    final_url: str  # after redirects
    status: int
    headers: tuple[tuple[str, str], ...]  # names in lower case
    body: bytes
    fetched_at: datetime

    def header(self, name: str) -> str | None:
        """Return the first header with this name, or None."""
        return next((value for key, value in self.headers if key == name.lower()), None)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, as its source describes it."""

    url: str
    alt: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed, or one document, as it describes itself. Its HTML is sanitised."""

    id: str
    source: str  # name of the Source; "" if a parser is called on its own
    url: str | None  # absolute, http or https
    title: str
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    language: str | None = None  # declared by the entry or its feed
    summary_html: str = ""
    content_html: str = ""
    picture: Picture | None = None
    topics: tuple[str, ...] = ()
    outlet: str | None = None  # the feed's title, or the item's <source>


@dataclass(frozen=True, slots=True)
class Document:
    """An article page or a file of a folder: the input of clean."""

    url: str  # an http(s) or file address
    body: bytes
    media_type: str = "text/html"  # text/html, text/plain, text/markdown or message/rfc822
    charset: str | None = None  # as declared by the HTTP header


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list item, quotation or piece of code."""

    kind: BlockKind
    text: str  # plain, in NFC, without line breaks except in code
    language: str | None = None  # None: the story's language


@dataclass(frozen=True, slots=True)
class Link:
    """A story in the reading list of a newsletter."""

    title: str
    outlet: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """One story, extracted from an entry."""

    id: str  # stays the same when the entry is fetched again
    entry: str  # id of the Entry
    source: str  # name of the Source
    outlet: str
    title: str
    url: str | None  # for readers; None for a story without an address, in a document
    canonical_url: str | None  # for comparisons
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    date_confidence: Confidence = "none"
    first_seen_at: datetime | None = None
    language: str = UNKNOWN_LANGUAGE
    language_confidence: float = 0.0
    language_layer: str = ""  # the layer of the tagger that decided
    declared_language: str | None = None  # by the page, or else by the entry or its feed
    role: Role = "article"
    standfirst: str = ""
    key_points: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    picture: Picture | None = None
    topics: tuple[str, ...] = ()
    truncated: bool = False  # the source has only the beginning of the text
    links: tuple[Link, ...] = ()  # of a newsletter's reading list
    host: str = ""  # who signs a letter
    city: str = ""  # where it is signed
    document: str | None = None  # address of the roundup or listing that contains the story

    @property
    def text(self) -> str:
        """The blocks as plain text, with an empty line between two."""
        return "\n\n".join(block.text for block in self.blocks)

    @property
    def dated_at(self) -> datetime | None:
        """The publication time, or the time first seen if that is earlier or the only one known."""
        known = [at for at in (self.published_at, self.first_seen_at) if at]
        return min(known) if known else None


@dataclass(frozen=True, slots=True)
class StoredFeatures:
    """The features of one story, encoded by dedupe."""

    story: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Hashes of a story, by which the index of published stories finds its copies. Signed 64-bit integers."""

    story: str
    exact: tuple[int, ...]  # of the address and the whole body: one in common makes a candidate
    bands: tuple[int, ...]  # of the MinHash signature, to store: three in common make a candidate
    probes: tuple[int, ...] = ()  # the bands to search for, if they differ from `bands`


@dataclass(frozen=True, slots=True)
class Event:
    """Stories that report the same happening, without copies."""

    id: str
    best: str  # the first of `stories`
    stories: tuple[str, ...]  # story ids, best first
    follows: str | None = None  # id of a published story that this event continues


NO_COPY = "no copy"  # the rule of a decision about a story that was compared with all others and resembles none


@dataclass(frozen=True, slots=True)
class Decision:
    """A line of the ledger: what a stage did to a story, by which rule and figure."""

    story: str
    stage: str
    outcome: Outcome
    rule: str
    figure: float | None = None  # the value that the rule tested
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that a stage could not use; it is counted and listed."""

    id: str
    stage: str
    reason: str  # one or two words, for counting
    detail: str = ""


def stable_id(*parts: str) -> str:
    """Return "s", so that YAML never reads a number, and 15 hexadecimal digits of a hash of the parts."""
    return "s" + hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:15]
