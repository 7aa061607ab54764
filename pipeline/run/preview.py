"""Proofs: an issue drawn in memory as the desk shows it. What did not change is not made again; nothing is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar, cast

from pipeline.config import Edition
from pipeline.edges.store.issues import StoredIssue
from pipeline.executors import Engine
from pipeline.records import Artwork, Edits, Email, Finding, Issue, Place
from pipeline.run.check import Printed
from pipeline.run.images import Crop, Studio
from pipeline.run.render import compose_edition, draw_edition, theme_values
from pipeline.run.select import Field, choose_edition, survey
from pipeline.run.session import Session
from pipeline.stages.check import check_issue
from pipeline.stages.render import Palette, Theme, eml_bytes
from pipeline.stages.render import Place as Frame
from pipeline.stages.select import Choice

MOST_KEPT = 256  # pictures and the like; beyond it the memory begins anew

Made = TypeVar("Made")


@dataclass(frozen=True)
class Proof:
    """One edition as it would go out now; the message and its findings are made when they are asked for."""

    issue: Issue
    email: Email
    places: tuple[Place, ...]
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


def printed_proof(printed: Printed, places: Sequence[Place]) -> Proof:
    """An edition as it lies in the outbox."""
    return Proof(printed.issue, printed.email, tuple(places), printed.issue, printed.eml)


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


class Proofs:
    """Draws editions of one issue, and remembers what it is made of."""

    def __init__(self, session: Session, engine: Engine) -> None:
        self._session = session
        self._engine = engine
        self._memory = _Memory()
        self._field: tuple[object, Field] | None = None
        self._choices: dict[str, tuple[object, Choice]] = {}
        self._machine: dict[str, tuple[object, Issue]] = {}

    def field(self, version: object, accepted: Sequence[tuple[str, str]]) -> Field:
        """What there is to choose from; made anew only for another `version` of the store or other pairs."""
        key = (version, tuple(accepted))
        if self._field is None or self._field[0] != key:
            self._field = (key, survey(self._session, accepted))
        return self._field[1]

    def choice(self, edition: Edition, field: Field, edits: Edits) -> Choice:
        """The edition's places around the editor's word, and why; no places where there are too few stories."""
        key = (field.candidates, edits.features, edits.reads, edits.drops)
        known = self._choices.get(edition.name)
        if known is None or known[0] != key:
            known = (key, choose_edition(self._session, edition, field, edits))
            self._choices[edition.name] = known
        return known[1]

    def draw(self, edition: Edition, stored: StoredIssue, field: Field, edits: Edits) -> Proof | None:
        """The edition as it would go out, or None where there are too few stories for one."""
        places = self.choice(edition, field, edits).places
        if not places:
            return None
        issue, email = draw_edition(
            self._session, edition, stored, field=field, places=places, edits=edits, studio=self._studio()
        )
        return Proof(issue, email, places, self._unedited(edition, stored, field, places))

    def _unedited(self, edition: Edition, stored: StoredIssue, field: Field, places: tuple[Place, ...]) -> Issue:
        key = (places, stored)
        known = self._machine.get(edition.name)
        if known is None or known[0] != key:
            made = compose_edition(
                self._session, edition, stored, field=field, places=places, edits=Edits(), studio=self._studio()
            )
            known = (key, made)
            self._machine[edition.name] = known
        return known[1]

    def _studio(self) -> Studio:
        light = Theme.from_values(theme_values(self._session)).light
        return _ProofStudio(self._session, light, self._engine, self._memory)


class _ProofStudio(Studio):
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

    def _cover(self, seed: str, frame: Frame) -> bytes:
        make = super()._cover
        return self._memory.recall(("cover", seed, frame, self._colours), lambda: make(seed, frame))

    def _uploaded(self, path: Path, frame: Frame, crop: Crop | None) -> bytes | None:
        make = super()._uploaded
        return self._memory.recall(("upload", path, frame, crop), lambda: make(path, frame, crop))

    def _fitted(self, url: str, frame: Frame, crop: Crop | None) -> bytes | None:
        make = super()._fitted
        seen = self._session.store.responses.newest_id(url, "picture")
        return self._memory.recall(("picture", url, seen, frame, crop), lambda: make(url, frame, crop))

    def _keep(self, key: str, frame: Frame, made: bytes) -> None:
        """Nothing is kept in the store: the desk does not hold its lock."""
