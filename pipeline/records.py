"""The words of the project, in pipeline order: Source → Response → Entry → Story → Event → Issue → Email.

All are frozen and slotted, made of plain values, so that they pickle to a worker, compare by value and serialise
through `to_json`/`from_json`. Times are aware and in UTC. Languages are BCP 47 tags; `und` where it is not known.
"""

import dataclasses
import functools
import hashlib
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal, TypeVar

SourceKind = Literal["feed", "page", "folder", "warc"]
BlockKind = Literal["paragraph", "heading", "item", "quote", "code"]
Role = Literal["article", "letter", "feature", "read"]
Confidence = Literal["high", "low", "none"]

UNKNOWN_LANGUAGE = "und"

Record = TypeVar("Record")


class Kept(StrEnum):
    """What a decision did to a story."""

    KEPT = "kept"
    CHANGED = "changed"
    FOLDED = "folded"
    DROPPED = "dropped"
    RANKED = "ranked"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class Source:
    """Where entries come from, as the config says."""

    name: str
    kind: SourceKind
    location: str  # an http(s) address, or a path
    outlet: str
    weight: float = 1.0
    language: str | None = None
    section: str | None = None
    enabled: bool = True
    follow: bool = True  # fetch the article pages the entries point to
    max_entries: int = 100
    poll_seconds: int = 3600


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
    follows: str | None = None  # id of a story an approved issue carried that this is a new turn of


@dataclass(frozen=True, slots=True)
class Decision:
    """A line of the ledger: what was done to one story, by which rule, on which figure."""

    story: str
    stage: str
    outcome: Kept
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
class StoryEdit:
    """The editor's words for one story; None leaves the machine's."""

    kicker: str | None = None
    headline: str | None = None
    blurb: str | None = None  # paragraphs apart by an empty line
    picture: str | None = None  # an address, a file such as uploads/quay.jpg beside the edits, or "none"
    alt: str | None = None
    credit: str | None = None
    crop: tuple[float, float, float] | None = None  # the middle of what is shown, from 0 to 1 across and down; zoom


@dataclass(frozen=True, slots=True)
class Edits:
    """The editor's word on one issue and edition: what `edits.yaml` holds, keyed by story ids."""

    features: tuple[str, ...] = ()  # pinned, in this order, the first leads
    reads: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    stories: Mapping[str, StoryEdit] = field(default_factory=dict)
    greeting: str | None = None
    letter: str | None = None  # Markdown
    subject: str | None = None
    preheader: str | None = None
    coordinated_by: str | None = None
    same_event: tuple[tuple[str, str], ...] = ()  # suggestions across languages that the editor accepted
    other_event: tuple[tuple[str, str], ...] = ()  # suggestions that the editor refused


@dataclass(frozen=True, slots=True)
class Place:
    """Where a story stands in one edition of an issue, and how it came there."""

    story: str
    event: str
    section: Literal["features", "reads"]
    score: float
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Artwork:
    """A picture as the issue shows it, made and sized; `name` is its file in pictures/."""

    name: str
    alt: str
    width: int  # CSS pixels; the file holds twice as many
    height: int
    credit: str = ""


@dataclass(frozen=True, slots=True)
class AlsoIn:
    """Another outlet's story of the same event."""

    outlet: str
    language: str
    url: str | None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The earlier issue's story that this one is a new turn of."""

    title: str
    issue_number: int
    language: str


@dataclass(frozen=True, slots=True)
class Letter:
    """The host's letter. Paragraphs are Markdown, one string a paragraph."""

    greeting: str  # "Hello from Hong Kong"
    host: str
    host_role: str
    city: str
    paragraphs: tuple[str, ...]
    language: str
    portrait: Artwork | None = None


@dataclass(frozen=True, slots=True)
class Feature:
    """One story of the issue, with its words."""

    story: str
    kicker: str
    headline: str
    paragraphs: tuple[str, ...]  # plain text
    outlet: str
    authors: tuple[str, ...]
    url: str | None
    language: str
    kicker_language: str
    picture: Artwork | None = None
    also_in: tuple[AlsoIn, ...] = ()
    follow_up: FollowUp | None = None
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """A line of the suggested reads."""

    story: str
    title: str
    outlet: str
    url: str | None
    language: str


@dataclass(frozen=True, slots=True)
class Tally:
    """True figures of the run, for the line that closes the letter and for `issue.json`."""

    stories: int
    outlets: int
    languages: int
    copies: int
    sources_answered: int
    sources_total: int


@dataclass(frozen=True, slots=True)
class Masthead:
    """What is the same in every issue of an edition."""

    title: str
    coordinated_by: str  # a sentence, in the edition's language
    desk_name: str
    desk_address: str  # e-mail
    postal_address: str
    subscribe_url: str
    unsubscribe_url: str
    browser_url: str | None
    list_id: str


@dataclass(frozen=True, slots=True)
class Issue:
    """Everything a template needs, decided. The same Issue renders to the same bytes."""

    key: str  # 2026-W47
    number: int
    edition: str
    language: str
    date: date  # in the newsroom's time zone
    subject: str
    preheader: str
    masthead: Masthead
    letter: Letter
    features: tuple[Feature, ...]  # the first is the lead
    reads: tuple[Read, ...]
    tally: Tally


@dataclass(frozen=True, slots=True)
class Email:
    """An issue rendered. `pictures` are (name, bytes); headers are (name, value) in their order."""

    subject: str
    preheader: str
    html: str
    text: str
    headers: tuple[tuple[str, str], ...]
    pictures: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What the check of an issue found; an error bars approval."""

    rule: str
    severity: Literal["error", "warning"]
    message: str
    story: str | None = None
    line: int | None = None  # of issue.html


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding that an editor let stand at approval, and why."""

    edition: str
    rule: str
    message: str
    reason: str
    story: str | None = None


@dataclass(frozen=True, slots=True)
class Templates:
    """What turns an issue into an e-mail, as plain values: files by name, message catalogues by locale."""

    files: tuple[tuple[str, str], ...]  # (name, text) of each template and style sheet
    catalogues: tuple[tuple[str, bytes], ...]  # (locale, gettext .po file)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What the archive finds a story's copies by: hashes of which two copies share some."""

    story: str
    exact: tuple[int, ...]  # of its address and its whole body: one in common makes a candidate
    bands: tuple[int, ...]  # of its MinHash signature: two in common make one. Signed, of 64 bits


@dataclass(frozen=True, slots=True)
class Reading:
    """What dedupe has read of one story, in a form of its own: all that the story is compared by later."""

    story: str
    data: bytes


def stable_id(*parts: str) -> str:
    """An `s`, so that YAML never takes it for a number, and 15 hexadecimal digits that depend on the parts alone."""
    return "s" + hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:15]


def to_json(record: Any) -> Any:
    """A record as JSON values: dates as ISO 8601, tuples as lists, bytes refused."""
    if record is None or isinstance(record, str | int | float | bool):
        return record
    kind: Any = type(record)
    if names := _names(kind):
        return {name: to_json(getattr(record, name)) for name in names}
    if isinstance(record, datetime | date):
        return record.isoformat()
    if isinstance(record, Mapping):
        return {key: to_json(value) for key, value in record.items()}
    if isinstance(record, tuple | list):
        return [to_json(item) for item in record]
    raise TypeError(f"{type(record).__name__} has no JSON form")


def from_json(kind: type[Record], value: Any) -> Record:
    """The inverse of `to_json` for a record class; fields that the JSON lacks take their defaults."""
    made: Record = _reviver(typing.cast(Any, kind))(value)
    return made


_Reviver = Callable[[Any], Any]


def _as_it_is(value: Any) -> Any:
    return value


@functools.cache
def _reviver(kind: Any) -> _Reviver:
    """What makes a value of that type again out of its JSON form; worked out once for each type that records have."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        revive = _record_reviver(kind)
    elif origin in (typing.Union, types.UnionType):
        revive = _reviver(next(part for part in arguments if part is not type(None)))
    elif origin is tuple:
        revive = _tuple_reviver(arguments)
    elif origin in (dict, Mapping):
        each = _reviver(arguments[1])
        revive = lambda value: {key: each(item) for key, item in value.items()}  # noqa: E731
    elif kind in (datetime, date):
        revive = kind.fromisoformat
    elif isinstance(kind, type) and issubclass(kind, StrEnum):
        revive = kind
    else:
        return _as_it_is
    return lambda value: None if value is None else revive(value)


def _record_reviver(kind: type) -> _Reviver:
    revivers = {name: _reviver(hint) for name, hint in typing.get_type_hints(kind).items()}
    plain = {name for name, revive in revivers.items() if revive is _as_it_is}

    def revive(value: Any) -> Any:
        known = {
            name: item if name in plain else revivers[name](item) for name, item in value.items() if name in revivers
        }
        return kind(**known)

    return revive


def _tuple_reviver(arguments: tuple[Any, ...]) -> _Reviver:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        each = _reviver(arguments[0])
        return tuple if each is _as_it_is else lambda value: tuple(map(each, value))
    parts = [_reviver(part) for part in arguments]
    return lambda value: tuple(part(item) for part, item in zip(parts, value, strict=True))


@functools.cache
def _names(kind: Any) -> tuple[str, ...]:
    """The fields of a record class; none of any other."""
    return tuple(item.name for item in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()
