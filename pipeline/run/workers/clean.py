"""What a worker makes of an entry: its stories as they are kept, encoded, and where that is asked with their languages.

What cleans and tags is loaded where it works: the command that hands entries out and keeps stories needs none of it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.edges.store.codec import decode
from pipeline.edges.store.stories import EncodedStory, encode_story
from pipeline.records import UNKNOWN_LANGUAGE, Decision, Document, Entry, Rejected, Source, Story

if TYPE_CHECKING:
    from pipeline.stages.clean import Residue

TAG_VERSION = 2
TAGGED_CHARACTERS = 600  # of a story, which say its language where boilerplate is learned


@dataclass(frozen=True, slots=True)
class CleanTask:
    """An entry with all that cleaning it takes; it goes to a worker as it is."""

    entry: Entry
    document: Document | None
    source: Source
    learned: frozenset[str]
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class CleanResult:
    """What became of an entry: its stories, those that could not be used, and what was decided on them."""

    stories: tuple[EncodedStory, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    decisions: tuple[Decision, ...] = ()  # of clean
    tags: tuple[Decision, ...] = ()  # of tag, for the stories that it has seen
    unknown: int = 0  # of those, in a language that nobody can tell


@dataclass(frozen=True, slots=True)
class SourceSample:
    """A source's newest stories, as they are kept, and the lines that are known to be its boilerplate."""

    source: str
    texts: tuple[str, ...]
    known: frozenset[str]


@dataclass(frozen=True, slots=True)
class SharedLines:
    """Lines that several stories have in common, and the entries that hold one."""

    lines: frozenset[str]
    holders: frozenset[str]


def run_clean_task(unmade: CleanTask, *, residue: "Residue | None", expected: Sequence[str] | None) -> CleanResult:
    """Clean an entry, and where languages are `expected` tag its stories too. Without `residue` the shipped hold."""
    from pipeline.stages.clean import clean_entry

    cleaned = clean_entry(
        unmade.entry,
        unmade.document,
        source=unmade.source,
        residue=residue,
        learned=unmade.learned,
        now=unmade.seen_at,
    )
    if expected is None:
        return CleanResult(tuple(map(encode_story, cleaned.stories)), cleaned.rejected, cleaned.decisions)
    known = _tagged(cleaned.stories, expected)
    stories = [encode_story(story, tagged_by=TAG_VERSION) for story, _ in known]
    stories += map(encode_story, cleaned.stories[len(known) :])
    return CleanResult(
        tuple(stories),
        cleaned.rejected,
        cleaned.decisions,
        tuple(decision for _, decisions in known for decision in decisions),
        sum(story.language == UNKNOWN_LANGUAGE for story, _ in known),
    )


def _tagged(stories: Sequence[Story], expected: Sequence[str]) -> list[tuple[Story, tuple[Decision, ...]]]:
    """The stories with their languages, up to one that cannot be tagged: that is for the stage tag to say."""
    from pipeline.stages.tag import tag_story

    found: list[tuple[Story, tuple[Decision, ...]]] = []
    for story in stories:
        try:
            found.append(tag_story(story, expected=expected))
        except Exception:  # noqa: BLE001 - the stage tag meets it again, in a worker of its own, and keeps its name
            break
    return found


def tagged(story: Story, *, expected: Sequence[str]) -> tuple[Story, tuple[Decision, ...]]:
    """A story with its language, and what decided."""
    from pipeline.stages.tag import tag_story

    return tag_story(story, expected=expected)


def find_shared_lines(shelf: SourceSample) -> list[SharedLines]:
    """For each language of a source's articles the lines that several share and nobody knew to be boilerplate."""
    from pipeline.stages.clean import fold, learn_lines
    from pipeline.stages.tag import tag_text

    by_language: dict[str, list[Story]] = defaultdict(list)
    for story in (decode(Story, text) for text in shelf.texts):
        if story.role == "article":
            by_language[tag_text(story.text[:TAGGED_CHARACTERS])].append(story)
    found = []
    for stories in by_language.values():
        lines = learn_lines([block.text for block in story.blocks] for story in stories) - shelf.known
        holders = {story.entry for story in stories if any(fold(block.text) in lines for block in story.blocks)}
        found.append(SharedLines(lines, frozenset(holders)))
    return found
