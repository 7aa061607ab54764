"""Proofs: an issue drawn in memory as the desk shows it. What did not change is not made again; nothing is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar, cast

from pipeline.config import Edition
from pipeline.edges.store.issues import StoredIssue
from pipeline.executors import Engine
from pipeline.records import Artwork, Edits, Email, Finding, Issue, Palette, Slot
from pipeline.run.check import BuiltEdition
from pipeline.run.images import Crop, ImageMaker
from pipeline.run.render import compose_edition, draw_edition
from pipeline.run.select import Pool, build_pool, choose_edition
from pipeline.run.session import Session
from pipeline.stages.check import check_issue
from pipeline.stages.render import PictureSize, eml_bytes
from pipeline.stages.select import Choice

MOST_KEPT = 256  # pictures and the like; beyond it the memory begins anew

Made = TypeVar("Made")


@dataclass(frozen=True)
class Preview:
    """One edition as it would go out now; the message and its findings are made when they are asked for."""

    issue: Issue
    email: Email
    slots: tuple[Slot, ...]
    machine: Issue  # what it would say without the editor's words
    message: bytes | None = None  # where it is in the outbox already

    @cached_property
    def eml(self) -> bytes:
        """The message."""
        return eml_bytes(self.email) if self.message is None else self.message

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the gate finds."""
        return check_issue(self.email, self.issue, self.eml)


def preview_from_build(built: BuiltEdition, slots: Sequence[Slot]) -> Preview:
    """An edition as it lies in the outbox."""
    return Preview(built.issue, built.email, tuple(slots), built.issue, built.eml)


class _Memory:
    """What was made, by what it was made of."""

    def __init__(self) -> None:
        self._kept: dict[object, object] = {}

    def recall(self, key: object, make: Callable[[], Made]) -> Made:
        """What was made under that key, or else is made now."""
        if key not in self._kept:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = make()
        return cast(Made, self._kept[key])


class Previews:
    """Draws editions of one issue, and remembers what it is made of."""

    def __init__(self, session: Session, engine: Engine) -> None:
        self._session = session
        self._engine = engine
        self._memory = _Memory()
        self._pool: tuple[object, Pool] | None = None
        self._choices: dict[str, tuple[object, Choice]] = {}
        self._machine: dict[str, tuple[object, Issue]] = {}

    def pool(self, version: object, accepted: Sequence[tuple[str, str]]) -> Pool:
        """What there is to choose from; made anew only for another `version` of the store or other pairs."""
        key = (version, tuple(accepted))
        if self._pool is None or self._pool[0] != key:
            self._pool = (key, build_pool(self._session, accepted))
        return self._pool[1]

    def choice(self, edition: Edition, pool: Pool, edits: Edits) -> Choice:
        """The edition's slots around the editor's word, and why; no slots where there are too few stories."""
        key = (pool.candidates, edits.features, edits.reads, edits.drops)
        known = self._choices.get(edition.name)
        if known is None or known[0] != key:
            known = (key, choose_edition(self._session, edition, pool, edits))
            self._choices[edition.name] = known
        return known[1]

    def draw(self, edition: Edition, stored: StoredIssue, pool: Pool, edits: Edits) -> Preview | None:
        """The edition as it would go out, or None where there are too few stories for one."""
        slots = self.choice(edition, pool, edits).slots
        if not slots:
            return None
        issue, email = draw_edition(
            self._session, edition, stored, pool=pool, slots=slots, edits=edits, images=self._image_maker()
        )
        return Preview(issue, email, slots, self._unedited(edition, stored, pool, slots))

    def _unedited(self, edition: Edition, stored: StoredIssue, pool: Pool, slots: tuple[Slot, ...]) -> Issue:
        key = (slots, stored)
        known = self._machine.get(edition.name)
        if known is None or known[0] != key:
            made = compose_edition(
                self._session, edition, stored, pool=pool, slots=slots, edits=Edits(), images=self._image_maker()
            )
            known = (key, made)
            self._machine[edition.name] = known
        return known[1]

    def _image_maker(self) -> ImageMaker:
        light = self._session.config.theme.light
        return _CachedImageMaker(self._session, light, self._engine, self._memory)


class _CachedImageMaker(ImageMaker):
    """The studio of a proof: each picture is made once, and kept in memory alone."""

    def __init__(self, session: Session, palette: Palette, engine: Engine, memory: _Memory) -> None:
        super().__init__(session, palette, engine)
        self._colours = palette
        self._memory = memory

    def portrait(self, path: Path, name: str) -> Artwork:
        """The host's portrait, made once for each version of its file."""
        key = ("portrait", path, path.stat().st_mtime_ns)
        artwork, body = self._memory.recall(key, lambda: self._portrait_made(path))
        self.files[artwork.name] = body
        return replace(artwork, alt=name)

    def _portrait_made(self, path: Path) -> tuple[Artwork, bytes]:
        artwork = super().portrait(path, "")
        return artwork, self.files[artwork.name]

    def _cover(self, seed: str, frame: PictureSize) -> bytes:
        make = super()._cover
        return self._memory.recall(("cover", seed, frame, self._colours), lambda: make(seed, frame))

    def _uploaded(self, path: Path, frame: PictureSize, crop: Crop | None) -> bytes | None:
        make = super()._uploaded
        return self._memory.recall(("upload", path, frame, crop), lambda: make(path, frame, crop))

    def _fitted(self, url: str, frame: PictureSize, crop: Crop | None) -> bytes | None:
        make = super()._fitted
        seen = self._session.store.responses.newest_id(url, "picture")
        return self._memory.recall(("picture", url, seen, frame, crop), lambda: make(url, frame, crop))

    def _keep(self, key: str, frame: PictureSize, made: bytes) -> None:
        """Nothing is kept in the store: the desk does not hold its lock."""
