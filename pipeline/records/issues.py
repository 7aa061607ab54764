"""Records of what goes out: Slot → Issue → Email, the editor's edits, and the findings of check."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from pipeline.records.keys import Language, Line, Share, StoryId, Zoom, key
from pipeline.records.sections import OwnSection, SectionEdit


@dataclass(frozen=True, slots=True)
class TextOrigin:
    """Where a text comes from that a writer proposed."""

    writer: str  # the protocol, and the model, host or command as the config has it
    model: str  # as it names itself; empty if it does not
    language: str  # of the story
    verdict: Literal["passed", "accepted"]  # by the checker alone, or by an editor as well


@dataclass(frozen=True, slots=True)
class StoryEdit:
    """The editor's text and picture for one story; None keeps the machine's."""

    kicker: str | None = field(default=None, metadata=key("the line above the headline; empty for none"))
    headline: str | None = field(default=None, metadata=key("the headline"))
    blurb: str | None = field(default=None, metadata=key("the text; an empty line separates paragraphs"))
    picture: str | None = field(
        default=None,
        metadata=key("the address of another picture, a file next to the edits such as uploads/quay.jpg, or none"),
    )
    alt: str | None = field(default=None, metadata=key("what the picture shows"))
    credit: str | None = field(default=None, metadata=key("who made the picture"))
    crop: tuple[Share, Share, Zoom] | None = field(
        default=None, metadata=key("the centre from the left and from the top, from 0 to 1, and the zoom")
    )
    origin: tuple[Line, Line, Language] | None = field(
        default=None,
        metadata=key("for texts that a writer proposed: the writer, its model, and the language of the story"),
    )
    draft: Literal["refused"] | None = field(
        default=None, metadata=key("refused: what a writer proposes for the story is not printed")
    )


@dataclass(frozen=True, slots=True)
class Edits:
    """The editor's decisions about one edition of an issue, as in its `edits.yaml`."""

    features: tuple[StoryId, ...] = field(default=(), metadata=key("the pinned features in order, the lead first"))
    reads: tuple[StoryId, ...] = field(default=(), metadata=key("the pinned suggested reads in order"))
    drops: tuple[StoryId, ...] = field(default=(), metadata=key("the stories to leave out"))
    shortlist: tuple[StoryId, ...] = field(
        default=(), metadata=key("the stories that the desk's shortlist keeps in sight; they count for nothing else")
    )
    stories: Mapping[StoryId, StoryEdit] = field(default_factory=dict, metadata=key("text and pictures, by story"))
    sections: Mapping[Line, SectionEdit] = field(
        default_factory=dict, metadata=key("sections of your own, by a name that you choose, in their order")
    )
    greeting: str | None = field(default=None, metadata=key("the first words of the letter"))
    letter: str | None = field(default=None, metadata=key("the letter, in Markdown"))
    subject: str | None = field(default=None, metadata=key("the subject line"))
    preheader: str | None = field(default=None, metadata=key("the text that inboxes show after the subject"))
    coordinated_by: str | None = field(default=None, metadata=key("who coordinated the issue"))
    same_event: tuple[tuple[StoryId, StoryId], ...] = field(
        default=(), metadata=key("pairs of stories that report the same event")
    )
    other_event: tuple[tuple[StoryId, StoryId], ...] = field(
        default=(),
        metadata=key("pairs of stories that report different events: the second leaves the event of the first"),
    )
    examples: tuple[Line, ...] = field(
        default=(), metadata=key("headlines that this issue wants more like, beside those of about in the config")
    )

    def __post_init__(self) -> None:
        # Two ordered dictionaries are equal only in the same order.
        object.__setattr__(self, "sections", OrderedDict(self.sections))


@dataclass(frozen=True, slots=True)
class Slot:
    """A position in one edition of an issue, with the story that fills it."""

    story: str
    event: str
    section: Literal["features", "reads"]
    score: float  # of the story's rank
    pinned: bool = False  # by the editor


@dataclass(frozen=True, slots=True)
class Proposal:
    """A story that select proposed for an edition, or that is in the issue after the editor's decisions."""

    story: str
    event: str
    title: str
    outlet: str
    source: str
    kind: str
    section: Literal["features", "reads"]  # as proposed, else in the issue
    score: float
    # Proposed without the editor's decisions; filled by select where they left a slot empty; added by the editor.
    origin: Literal["proposed", "filled", "added"] = "proposed"


@dataclass(frozen=True, slots=True)
class Artwork:
    """A picture in the size that the issue shows."""

    name: str  # of the file in pictures/
    alt: str
    width: int  # CSS pixels; the file has twice as many
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
    """The story of an earlier issue that this story continues."""

    title: str
    issue_number: int
    language: str


@dataclass(frozen=True, slots=True)
class Letter:
    """The letter that opens an issue."""

    greeting: str  # "Hello from Hong Kong"
    host: str  # who signs it
    host_role: str
    city: str
    paragraphs: tuple[str, ...]  # Markdown
    language: str
    portrait: Artwork | None = None


@dataclass(frozen=True, slots=True)
class Original:
    """The texts of a story that the issue shows in another script."""

    language: str
    headline: str
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feature:
    """One of the main stories of an issue."""

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
    also_in: tuple[AlsoIn, ...] = ()  # the same event elsewhere
    follow_up: FollowUp | None = None
    truncated: bool = False  # the source has only the beginning of the text
    original: Original | None = None  # if the text was converted to the edition's script
    markdown: tuple[str, ...] = ()  # the paragraphs as an editor wrote them; empty if they are the source's
    origin: TextOrigin | None = None  # if a writer proposed the text

    @property
    def source_language(self) -> str:
        """The language of the story that the texts were made from."""
        return self.origin.language if self.origin else self.language

    @property
    def is_unread(self) -> bool:
        """Whether a machine wrote the text, and no editor has accepted it."""
        return self.origin is not None and self.origin.verdict == "passed"


@dataclass(frozen=True, slots=True)
class Read:
    """One of the suggested reads."""

    story: str
    title: str
    outlet: str
    url: str | None
    language: str
    original: Original | None = None  # if the title was converted to the edition's script


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of the run, for the closing line of the letter and for `issue.json`."""

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
    coordinated_by: str  # a sentence in the edition's language
    desk_name: str
    desk_address: str  # an email address
    postal_address: str
    subscribe_url: str
    unsubscribe_url: str
    browser_url: str | None
    list_id: str


@dataclass(frozen=True, slots=True)
class Issue:
    """All that the templates need. The same Issue always renders to the same bytes."""

    key: str  # the ISO week: 2026-W47
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
    territory: str = ""  # ISO 3166: where dates are written as in this edition
    sections: tuple[OwnSection, ...] = ()  # in the order of the file, each after a part of the letter
    kept_links: tuple[str, ...] = ()  # addresses that stay as they are, of sources whose pages need their parameters


@dataclass(frozen=True, slots=True)
class Email:
    """A rendered issue."""

    subject: str
    preheader: str
    html: str
    text: str
    headers: tuple[tuple[str, str], ...]  # (name, value)
    pictures: tuple[tuple[str, bytes], ...]  # (name, file)


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem that check found in an issue; an error prevents approval."""

    rule: str
    severity: Literal["error", "warning"]
    message: str
    story: str | None = None
    line: int | None = None  # of issue.html


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding that an editor accepted on approval."""

    edition: str
    rule: str
    message: str
    reason: str
    story: str | None = None


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates and message catalogues that turn an issue into an email."""

    files: tuple[tuple[str, str], ...]  # (name, text) of each template and style sheet
    catalogues: tuple[tuple[str, bytes], ...]  # (locale, gettext .po file)
