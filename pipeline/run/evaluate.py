"""Evaluate: what was proposed for past issues against what the editor approved."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.config import Config, Edition, load_config
from pipeline.edges.outbox import OutboxError, read_issue_json
from pipeline.edges.store.issues import StoredIssue
from pipeline.errors import NoIssueError, UsageError
from pipeline.records import Edits, Proposal, Slot, to_json
from pipeline.run.select import Pool, build_pool, choose_edition
from pipeline.run.session import APPROVED, STORE_FILE, Session
from pipeline.run.subject import embed_subject
from pipeline.run.taste import places_in

_COLUMNS = ("title", "outlet", "event", "origin", "proposed", "place", "pinned")
FIRST = 10  # of the proposals count in the precision


def outcomes(session: Session, key: str, edition: str) -> list[dict[str, Any]]:
    """The proposals for an edition and the other stories in the issue, each with its places, as JSON values.

    `proposed` is its place as proposed, `place` that in the issue, `pinned` whether the editor put it there.
    """
    proposals, slots = session.store.proposals.of(key, edition), session.store.issues.slots(key, edition)
    actual, pinned = places_in(slots), {slot.event for slot in slots if slot.pinned}
    proposed = places_in([_slot(proposal) for proposal in proposals if proposal.origin == "proposed"])
    return [
        {
            **to_json(proposal),
            "proposed": proposed.get(proposal.event),
            "place": actual.get(proposal.event),
            "pinned": proposal.event in pinned,
        }
        for proposal in proposals
    ]


def _slot(proposal: Proposal) -> Slot:
    return Slot(proposal.story, proposal.event, proposal.section, proposal.score)


def require_store(config: Config) -> None:
    """Raise NoIssueError before the first run."""
    if not (config.state / STORE_FILE).exists():
        raise NoIssueError("nothing has been fetched yet: there is nothing to compare")


def evaluate_issues(session: Session, keys: Sequence[str], *, against: Path | None = None) -> list[dict[str, Any]]:
    """The evaluation of each edition of these issues, by default of all approved ones, as JSON values.

    `against`: a config to choose again with. NoIssueError without issues or proposals.
    """
    known = {stored.key: stored for stored in session.store.issues.all()}
    for key in keys:
        if key not in known:
            raise NoIssueError(f"there is no issue {key}; 'newsletter status' shows this week's")
    chosen = keys or [key for key, stored in known.items() if stored.status == APPROVED]
    if not chosen:
        raise NoIssueError("no issue is approved yet: there is nothing to compare with what was proposed")
    other = _other_config(session.config, against) if against else None
    found = []
    for key in chosen:
        again = _Again(session, known[key], other) if other else None
        for edition in session.store.proposals.editions(key):
            values = _score(key, edition, known[key].status, outcomes(session, key, edition))
            found.append({**values, "against": again.score(edition, values["added"]) if again else None})
    if not found:
        raise NoIssueError(f"{', '.join(chosen)}: made by an older version, which did not keep its proposals")
    return found


def evaluate_files(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """The evaluation of each issue.json, as JSON values."""
    found = []
    for path in paths:
        if not path.is_file():
            raise UsageError(f"{path}: there is no such file")
        content = read_issue_json(path)
        try:
            rows = [{key: row[key] for key in _COLUMNS} for row in content["proposals"]]
            found.append({**_score(content["key"], content["edition"], "", rows), "against": None})
        except (KeyError, TypeError) as error:
            raise OutboxError(f"{path}: is no issue.json with the proposals that were made for it") from error
    return found


def _score(key: str, edition: str, status: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    proposed = [row for row in rows if row["proposed"]]
    return {
        "issue": key,
        "edition": edition,
        "status": status,
        "proposed": len(proposed),
        "kept": sum(bool(row["place"]) for row in proposed),
        "precision_at_10": _precision([bool(row["place"]) for row in proposed]),
        "moved": [row for row in proposed if row["pinned"] and row["place"] != row["proposed"]],
        "dropped": [row for row in proposed if not row["place"]],
        "added": [row for row in rows if row["origin"] == "added"],
        "filled": [row for row in rows if row["origin"] == "filled"],
    }


def _precision(kept: Sequence[bool]) -> float | None:
    first = kept[:FIRST]
    return round(sum(first) / len(first), 4) if first else None


class _Again:
    """An issue chosen again with another config, from the events that it was chosen from."""

    def __init__(self, session: Session, stored: StoredIssue, other: Config) -> None:
        self._stored = stored
        editions = session.store.proposals.editions(stored.key)
        self._session = Session(other, session.store, stored.cutoff_at)
        self._slots = {edition: session.store.issues.slots(stored.key, edition) for edition in editions}
        self._pool = self._rank()

    def _rank(self) -> Pool | None:
        events = self._session.store.proposals.ranked(self._stored.key)
        if events is None:
            return None
        embed_subject(self._session)
        return build_pool(self._session, examples=(), events=events)

    def score(self, edition: str, added: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
        """Its precision, and how many stories that the editor added it proposes; None if it cannot be chosen again."""
        configured = next((each for each in self._session.config.editions if each.name == edition), None)
        if self._pool is None or configured is None or not self._pool.candidates:
            return None
        slots = self._choose(configured)
        kept = {slot.event for slot in self._slots[edition]}
        proposed = {slot.event for slot in slots}
        return {
            "candidates": len(self._pool.candidates),
            "proposed": len(slots),
            "kept": sum(slot.event in kept for slot in slots),
            "precision_at_10": _precision([slot.event in kept for slot in slots]),
            "added_found": sum(row["event"] in proposed for row in added),
            "titles": [self._pool.stories[slot.story].title for slot in slots],
        }

    def _choose(self, edition: Edition) -> Sequence[Slot]:
        assert self._pool is not None
        return choose_edition(self._session, edition, self._pool, Edits()).slots


def _other_config(config: Config, path: Path) -> Config:
    """The other config, working on this one's store, outbox and weeks."""
    kept = {"state": config.state, "outbox": config.outbox, "timezone": config.timezone, "engine": config.engine}
    return load_config(path).model_copy(update=kept)


def format_evaluation(values: Sequence[dict[str, Any]], other: str) -> Iterator[str]:
    """Yield the lines that show an evaluation to a person. `other`: the name of the other config, if any."""
    for edition in values:
        yield from _format_edition(edition, other)
    yield ""
    yield f"Mean precision at {FIRST} of {len(values)}: {_mean(values)}" + (
        f", with {other} {_mean([edition['against'] for edition in values if edition['against']])}" if other else ""
    )
    if other:
        yield f"Nobody could keep a story that only {other} proposes: its figure is a lower bound."


def _format_edition(edition: dict[str, Any], other: str) -> Iterator[str]:
    note = ", not approved yet" if edition["status"] not in ("", APPROVED) else ""
    yield (
        f"{edition['issue']} {edition['edition']}{note}: {edition['kept']} of {edition['proposed']} proposals kept,"
        f" precision at {FIRST} {_figure(edition['precision_at_10'])}"
    )
    for row in edition["moved"]:
        yield f"  moved    {row['proposed']} → {row['place']}: {row['title']} ({row['outlet']})"
    for row in edition["dropped"]:
        yield f"  dropped  {row['proposed']}: {row['title']} ({row['outlet']})"
    for change in ("added", "filled"):
        for row in edition[change]:
            yield f"  {change:<8} {row['place']}: {row['title']} ({row['outlet']})"
    again = edition["against"]
    if other and again is None:
        yield f"  {other}: cannot be compared: it lacks the edition, or the stories are no longer stored"
    elif again:
        added = f"; {again['added_found']} of {len(edition['added'])} added stories found" if edition["added"] else ""
        yield (
            f"  {other}: {again['kept']} of {again['proposed']} proposals kept, precision at {FIRST}"
            f" {_figure(again['precision_at_10'])}{added}"
        )


def _mean(values: Sequence[dict[str, Any]]) -> str:
    figures = [each["precision_at_10"] for each in values if each["precision_at_10"] is not None]
    return _figure(sum(figures) / len(figures) if figures else None)


def _figure(figure: float | None) -> str:
    return "–" if figure is None else f"{figure:.2f}".removeprefix("0")
