"""edits.yaml to Edits: the editor's word on one issue, or what is wrong with the file, and where."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from pipeline.config.load import read_section
from pipeline.config.section import Section
from pipeline.records import Edits, StoryEdit

Share = Annotated[float, Field(ge=0, le=1)]
Zoom = Annotated[float, Field(ge=1, le=8)]
StoryId = Annotated[str, StringConstraints(pattern=r"^s[0-9a-f]{15}$")]


class _StoryWords(Section):
    """The editor's words for one story."""

    kicker: str | None = Field(None, description="the line above the headline; empty for none")
    headline: str | None = Field(None, description="the headline")
    blurb: str | None = Field(None, description="the text, paragraphs apart by an empty line")
    picture: str | None = Field(
        None, description="the address of another picture, a file such as uploads/quay.jpg, or none"
    )
    alt: str | None = Field(None, description="what the picture shows")
    credit: str | None = Field(None, description="who made the picture")
    crop: tuple[Share, Share, Zoom] | None = Field(
        None, description="the middle of what is shown, from 0 to 1 across and down, and how far it is enlarged"
    )


class _IssueWords(Section):
    """The editor's word on one edition of an issue."""

    features: tuple[StoryId, ...] = Field((), description="stories that are features, the lead first")
    reads: tuple[StoryId, ...] = Field((), description="stories that are suggested reads, in their order")
    drops: tuple[StoryId, ...] = Field((), description="stories that are out")
    stories: dict[StoryId, _StoryWords] = Field(default_factory=dict, description="words, by story")
    greeting: str | None = Field(None, description="the first words of the letter")
    letter: str | None = Field(None, description="the letter, in Markdown")
    subject: str | None = Field(None, description="the subject line")
    preheader: str | None = Field(None, description="what inboxes show behind the subject")
    coordinated_by: str | None = Field(None, description="who coordinated the issue")
    same_event: tuple[tuple[StoryId, StoryId], ...] = Field(
        (), description="pairs of stories that tell of one event in two languages"
    )
    other_event: tuple[tuple[StoryId, StoryId], ...] = Field(
        (), description="pairs of stories that were suggested, but tell of two events"
    )


def load_edits(path: Path) -> Edits:
    """The editor's word in a file; no word where there is no file or an empty one. ConfigError names line and key."""
    if not path.exists() or not path.read_bytes().strip():
        return Edits()
    words = read_section(path, _IssueWords, environ=None)
    values = words.model_dump()
    values["stories"] = {story: StoryEdit(**edit) for story, edit in values["stories"].items()}
    return Edits(**values)
