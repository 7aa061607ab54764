"""Previews: editions rendered in memory for the desk. What has not changed is not made again; nothing is written."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar, cast

from pipeline.config import Edition
from pipeline.edges.store.issues import StoredIssue
from pipeline.executors import Engine
from pipeline.records import Edits, Issue, Slot
from pipeline.run.check import PrintedEdition
from pipeline.run.edition import EditionDraft, RenderedEdition, compose_draft, render_draft
from pipeline.run.images import ImageMaker
from pipeline.run.select import Pool, build_pool, choose_edition
from pipeline.run.session import Session
from pipeline.stages.select import Choice, Verdicts

MOST_REMEMBERED = 256  # pictures; beyond that all are forgotten

Made = TypeVar("Made")


@dataclass(frozen=True, kw_only=True)
class Preview(RenderedEdition):
    """An edition as the desk shows it."""

    slots: tuple[Slot, ...]
    machine: Issue  # the same stories without the editor's words


def preview_of_built(built: PrintedEdition, slots: Sequence[Slot]) -> Preview:
    """The preview of an edition that is in the outbox."""
    return Preview(
        built.edition.name, built.issue, built.email, message=built.eml, slots=tuple(slots), machine=built.issue
    )


class _PictureMemory:
    """Pictures by what they were made from."""

    def __init__(self) -> None:
        self._made: dict[Hashable, object] = {}

    def recall(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What was made under this key before, or else what `make` returns."""
        if key not in self._made:
            if len(self._made) >= MOST_REMEMBERED:
                self._made.clear()
            self._made[key] = make()
        return cast(Made, self._made[key])


class Previews:
    """Renders editions of one issue. Keeps the pool, and the last choice and unedited issue of each edition."""

    def __init__(self, session: Session, engine: Engine) -> None:
        self._session = session
        self._engine = engine
        self._pictures = _PictureMemory()
        self._pool: tuple[tuple[object, ...], Pool] | None = None
        self._choices: dict[str, tuple[object, Choice]] = {}
        self._machine: dict[str, tuple[object, Issue]] = {}

    def pool(self, version: object, verdicts: Verdicts, examples: Sequence[str]) -> Pool:
        """The stories to choose from; the same object until the store's `version`, the verdicts or examples change."""
        key = (version, verdicts, tuple(examples))
        if self._pool is None or self._pool[0] != key:
            like = self._pool[1] if self._pool and self._pool[0][0] == version else None
            self._pool = (key, build_pool(self._session, verdicts, examples, like=like))
        return self._pool[1]

    def choice(self, edition: Edition, pool: Pool, edits: Edits) -> Choice:
        """The edition's slots with the editor's pins and drops; no slots if there are too few stories."""
        key = (pool.candidates, edits.features, edits.reads, edits.drops)
        known = self._choices.get(edition.name)
        if known is None or known[0] != key:
            known = (key, choose_edition(self._session, edition, pool, edits))
            self._choices[edition.name] = known
        return known[1]

    def render(self, edition: Edition, stored: StoredIssue, pool: Pool, edits: Edits) -> Preview | None:
        """The edition as it would go out, or None if there are too few stories for it."""
        slots = self.choice(edition, pool, edits).slots
        if not slots:
            return None
        draft = EditionDraft(edition, stored, pool, slots, edits)
        rendered = render_draft(self._session, draft, self._image_maker(edition))
        return Preview(edition.name, rendered.issue, rendered.email, slots=slots, machine=self._unedited(draft))

    def _unedited(self, draft: EditionDraft) -> Issue:
        """The issue without the editor's words, in the same slots."""
        edition, key = draft.edition, (draft.slots, draft.stored)
        known = self._machine.get(edition.name)
        if known is None or known[0] != key:
            issue = compose_draft(self._session, replace(draft, edits=Edits()), self._image_maker(edition))
            known = (key, issue)
            self._machine[edition.name] = known
        return known[1]

    def _image_maker(self, edition: Edition) -> ImageMaker:
        # The desk does not hold the store's lock, so pictures are remembered here instead of stored.
        return ImageMaker(self._session, edition, self._engine, recall=self._pictures.recall, store=False)
