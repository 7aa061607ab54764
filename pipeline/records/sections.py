"""Sections of one's own: what an editor adds to a letter beside its stories."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pipeline.records.keys import Address, DeclaredLanguage, Line, key

SectionKind = Literal["sponsor", "events", "number", "quote", "text"]
Place = Literal["letter", "lead", "features", "reads"]


@dataclass(frozen=True, slots=True)
class Occasion:
    """An entry of a list of events."""

    what: Line = field(metadata=key("what happens"))
    when: Line = field(metadata=key("day and time, as readers see them"))
    where: Line | None = field(default=None, metadata=key("the place"))
    link: Address | None = field(default=None, metadata=key("the address of its page"))


@dataclass(frozen=True, slots=True)
class SectionEdit:
    """A section of the editor's own, as in `edits.yaml`."""

    kind: SectionKind = field(metadata=key("sponsor, events, number, quote or text"))
    after: Place = field(default="features", metadata=key("the part that it follows: letter, lead, features or reads"))
    title: Line | None = field(default=None, metadata=key("the heading; by default that of the kind, if it has one"))
    text: str | None = field(default=None, metadata=key("the text, in Markdown; an empty line separates paragraphs"))
    figure: Line | None = field(default=None, metadata=key("the number, such as 41 %"))
    by: Line | None = field(default=None, metadata=key("who says it"))
    link: Address | None = field(default=None, metadata=key("the address that a sponsor's title or a speaker leads to"))
    events: tuple[Occasion, ...] = field(default=(), metadata=key("the events in order"))
    language: DeclaredLanguage | None = field(
        default=None, metadata=key("the language of its words; by default the letter's, or the one that they show")
    )


# The keys of each kind: those that it needs, then those that it may have.
SECTION_KEYS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "sponsor": (("title", "text"), ("link",)),
    "events": (("events",), ("title", "text")),
    "number": (("figure", "text"), ("title",)),
    "quote": (("text", "by"), ("link",)),
    "text": (("text",), ("title",)),
}


@dataclass(frozen=True, slots=True)
class OwnSection:
    """A section of the editor's own in an issue."""

    name: str
    kind: SectionKind
    after: Place
    title: str
    paragraphs: tuple[str, ...]  # Markdown
    figure: str
    by: str
    link: str | None
    events: tuple[Occasion, ...]
    language: str = ""  # of its words; "" for the edition's

    @property
    def words(self) -> str:
        """All its words, without the address."""
        events = (text for event in self.events for text in (event.what, event.when, event.where or ""))
        return "\n".join(filter(None, (self.title, self.figure, *self.paragraphs, self.by, *events)))
