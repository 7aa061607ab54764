"""The worker's part of clean and tag: turn an entry into encoded stories, with their languages on request.

The stages are imported inside the functions, because the parent process does not need them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.edges.store.codec import decode
from pipeline.edges.store.stories import EncodedStory, encode_story
from pipeline.records import UNKNOWN_LANGUAGE, Decision, Document, Entry, Rejected, Source, Story

if TYPE_CHECKING:
    from pipeline.stages.clean import Residue

TAG_VERSION = 2
SAMPLE_CHARACTERS = 600  # of a story, to tag it when boilerplate is learned


@dataclass(frozen=True, slots=True)
class CleanTask:
    """An entry with everything that a worker needs to clean it."""

    entry: Entry
    document: Document | None
    source: Source
    learned: frozenset[str]
    seen_at: datetime
    later: Mapping[str, Document] = field(default_factory=dict)  # the fetched later pages, by address


@dataclass(frozen=True, slots=True)
class CleanResult:
    """The stories of an entry, its rejected records and the decisions about them."""

    stories: tuple[EncodedStory, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    decisions: tuple[Decision, ...] = ()  # of clean
    tags: tuple[Decision, ...] = ()  # of tag, for the tagged stories
    unknown: int = 0  # tagged stories of unknown language
    later_pages: tuple[str, ...] = ()  # addresses of all later pages of the story


@dataclass(frozen=True, slots=True)
class SourceSample:
    """A source's newest stories, encoded, and its known boilerplate."""

    source: str
    texts: tuple[str, ...]
    known: frozenset[str]


@dataclass(frozen=True, slots=True)
class SharedLines:
    """Lines that several stories have in common, and the ids of the entries that contain them."""

    lines: frozenset[str]
    entries: frozenset[str]


def run_clean_task(task: CleanTask, *, residue: "Residue | None", expected: Sequence[str] | None) -> CleanResult:
    """Clean an entry and, unless `expected` is None, tag its stories. `residue` None means the default patterns."""
    from pipeline.stages.clean import clean_entry

    cleaned = clean_entry(
        task.entry,
        task.document,
        source=task.source,
        residue=residue,
        learned=task.learned,
        later=task.later,
        now=task.seen_at,
    )
    if expected is None:
        stories = list(map(encode_story, cleaned.stories))
        return CleanResult(tuple(stories), cleaned.rejected, cleaned.decisions, later_pages=cleaned.later_pages)
    tagged = _tag_all(cleaned.stories, expected)
    stories = [encode_story(story, tagged_by=TAG_VERSION) for story, _ in tagged]
    stories += map(encode_story, cleaned.stories[len(tagged) :])
    return CleanResult(
        tuple(stories),
        cleaned.rejected,
        cleaned.decisions,
        tuple(decision for _, decisions in tagged for decision in decisions),
        sum(story.language == UNKNOWN_LANGUAGE for story, _ in tagged),
        cleaned.later_pages,
    )


def find_more_pages(task: CleanTask) -> tuple[str, ...]:
    """Find the addresses of the later pages of an entry's story, without cleaning it."""
    from pipeline.stages.clean import find_later_pages

    return find_later_pages(task.document, task.later) if task.document is not None else ()


def _tag_all(stories: Sequence[Story], expected: Sequence[str]) -> list[tuple[Story, tuple[Decision, ...]]]:
    """Tag the stories up to the first one that fails, which is left to the tag stage."""
    from pipeline.stages.tag import tag_story

    found: list[tuple[Story, tuple[Decision, ...]]] = []
    for story in stories:
        try:
            found.append(tag_story(story, expected=expected))
        except Exception:  # noqa: BLE001 - the tag stage meets it again and records it
            break
    return found


def tag_task(story: Story, *, expected: Sequence[str]) -> tuple[Story, tuple[Decision, ...]]:
    """Tag a story."""
    from pipeline.stages.tag import tag_story

    return tag_story(story, expected=expected)


def tag_section(words: str, *, letter: str) -> str:
    """Tag the words of a section of the editor's own."""
    from pipeline.stages.tag import tag_words

    return tag_words(words, letter=letter)


def find_shared_lines(sample: SourceSample) -> list[SharedLines]:
    """Find the new boilerplate of a source: lines that several of its articles in one language share."""
    from pipeline.stages.clean import fold, learn_lines
    from pipeline.stages.tag import tag_text

    by_language: dict[str, list[Story]] = defaultdict(list)
    for story in (decode(Story, text) for text in sample.texts):
        if story.role == "article":
            by_language[tag_text(story.text[:SAMPLE_CHARACTERS])].append(story)
    found = []
    for stories in by_language.values():
        lines = learn_lines([block.text for block in story.blocks] for story in stories) - sample.known
        entries = {story.entry for story in stories if any(fold(block.text) in lines for block in story.blocks)}
        found.append(SharedLines(lines, frozenset(entries)))
    return found
