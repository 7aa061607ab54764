"""Records of what goes out: the editor's word, slots, Issue → Email, and what the gate finds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal


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
class Slot:
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
