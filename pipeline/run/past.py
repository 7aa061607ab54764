"""What earlier issues printed, for the question whether a story was in one of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pipeline.edges.outbox import OutboxError, read_issue_json
from pipeline.records import Issue, from_json
from pipeline.run.edits_file import file_stamp
from pipeline.run.session import APPROVED, Session
from pipeline.text.markdown import words_of


@dataclass(frozen=True, slots=True)
class Printed:
    """A story of an earlier issue, or that issue's letter."""

    key: str
    story: str  # its id; empty for the letter
    number: int
    on: date
    edition: str
    section: Literal["lead", "feature", "read", "letter"]
    title: str
    outlet: str
    url: str | None
    language: str
    text: str  # all its words, case folded


class PastIssues:
    """The texts of issues in the outbox. Each file is read once, and again when it has changed."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[object, tuple[Printed, ...]]] = {}

    def find(self, paths: Iterable[Path], words: Iterable[str]) -> list[Printed]:
        """Find what has every word, in the order of the files."""
        folded = [word.casefold() for word in words]
        printed = (each for path in paths for each in self._printed(path))
        return [each for each in printed if all(word in each.text for word in folded)]

    def _printed(self, path: Path) -> tuple[Printed, ...]:
        stamp = file_stamp(path)
        known = self._known.get(path)
        if known is None or known[0] != stamp:
            known = (stamp, tuple(_read(path)))
            self._known[path] = known
        return known[1]


def past_issue_paths(session: Session, key: str) -> list[Path]:
    """The issue.json of each edition of the approved issues but `key`, newest first."""
    approved = [stored.key for stored in session.store.issues.all() if stored.status == APPROVED and stored.key != key]
    editions = [edition.name for edition in session.config.editions]
    return [session.outbox.json_path(each, edition) for each in reversed(approved) for edition in editions]


def _read(path: Path) -> Iterator[Printed]:
    """What an issue.json contains; nothing if it cannot be read: the archive's notices name such a file."""
    try:
        content = read_issue_json(path)
        issue = from_json(Issue, content)
        published = {proposal["story"]: proposal["title"] for proposal in content.get("proposals") or ()}
    except (OutboxError, ValueError, TypeError, KeyError, AttributeError):
        return
    for section, story, title, outlet, url, language, texts in _stories(issue):
        # Editors may remember the outlet's title and not their own.
        text = "\n".join(filter(None, (title, published.get(story), outlet, *texts))).casefold()
        yield Printed(
            issue.key, story, issue.number, issue.date, issue.edition, section, title, outlet, url, language, text
        )


def _stories(issue: Issue) -> Iterator[tuple[Any, str, str, str, str | None, str, Sequence[str]]]:
    """(section, story, title, outlet, address, language, texts) of each story, then of the letter."""
    for index, feature in enumerate(issue.features):
        section = "feature" if index else "lead"
        texts = (feature.kicker, *feature.paragraphs, *feature.authors)
        yield section, feature.story, feature.headline, feature.outlet, feature.url, feature.language, texts
    for read in issue.reads:
        yield "read", read.story, read.title, read.outlet, read.url, read.language, ()
    if issue.letter.paragraphs:
        texts = tuple(map(words_of, issue.letter.paragraphs))
        yield "letter", "", issue.subject, issue.letter.host, None, issue.letter.language, texts
