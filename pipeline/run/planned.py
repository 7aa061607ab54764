"""A delivery at a time that an editor has set. It is kept in the state folder until the desk has made or missed it."""

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.config import Config
from pipeline.edges.outbox import save_file
from pipeline.errors import LockedError, NewsletterError, UsageError
from pipeline.records import from_json, to_json
from pipeline.run.session import Session, open_session

FOLDER = "planned"  # in the state folder
# How late a letter may still go out by itself, because the desk was not running or another command held the store.
GRACE = timedelta(hours=1)
FURTHEST = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class PlannedDelivery:
    """A delivery that waits for its time, or that could not be made."""

    issue: str
    at: datetime
    approved_at: datetime  # the approval that it belongs to: a later one needs a plan of its own
    problem: str = ""  # why it was not made; then an editor decides what to do


def planned_delivery(state: Path, key: str) -> PlannedDelivery | None:
    """Return an issue's planned delivery. A file that cannot be read counts as none."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        return from_json(PlannedDelivery, json.loads(_path(state, key).read_bytes()))
    return None


def plan_delivery(session: Session, key: str, at: datetime, *, now: datetime) -> PlannedDelivery:
    """Plan the delivery of an approved issue; it replaces an earlier plan.

    Raises UsageError for a time in the past or too far ahead, and what `deliver` raises before it sends anything.
    """
    from pipeline.run.deliver import require_deliverable

    if not now < at <= now + FURTHEST:
        raise UsageError(f"choose a time in the next {FURTHEST.days} days")
    require_deliverable(session, key)
    stored = session.store.issues.get(key)
    assert stored is not None
    assert stored.approved_at is not None
    planned = PlannedDelivery(key, at.astimezone(UTC), stored.approved_at)
    _save(session.config.state, planned)
    return planned


def cancel_planned(state: Path, key: str) -> None:
    """Forget an issue's planned delivery."""
    _path(state, key).unlink(missing_ok=True)


def deliver_planned(config: Config, key: str, *, now: datetime) -> bool:
    """Make the planned delivery of an issue if it is due. Return whether anything has changed.

    A delivery that fails, or that was missed by more than GRACE, is kept with the reason and not tried again.
    """
    planned = planned_delivery(config.state, key)
    if planned is None or planned.problem or now < planned.at:
        return False
    try:
        with open_session(config, now=now, command="deliver") as session:
            if planned_delivery(config.state, key) == planned:  # another desk may have made it since
                _deliver_or_explain(session, planned, now)
    except LockedError:
        return False  # a run is in progress; it is tried again until GRACE has passed
    return True


def _deliver_or_explain(session: Session, planned: PlannedDelivery, now: datetime) -> None:
    from pipeline.run.check import printed_editions
    from pipeline.run.deliver import deliver

    state, stored = session.config.state, session.store.issues.get(planned.issue)
    if stored is None or stored.approved_at != planned.approved_at:
        cancel_planned(state, planned.issue)
        return
    deliveries = session.store.deliveries.of_issue(planned.issue)
    accepted = {each.edition for each in deliveries if not each.preview and each.state == "accepted"}
    try:
        if accepted.issuperset(built.edition.name for built in printed_editions(session.config, planned.issue)):
            cancel_planned(state, planned.issue)  # by a command, or by a desk that was killed right after it
            return
        if now - planned.at > GRACE:
            raise UsageError("the desk was not running then, or another command kept the store locked")
        deliver(session, planned.issue)
    except NewsletterError as error:
        _save(state, replace(planned, problem=str(error)))
        return
    cancel_planned(state, planned.issue)


def _save(state: Path, planned: PlannedDelivery) -> None:
    path = _path(state, planned.issue)
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(path, json.dumps(to_json(planned)).encode())


def _path(state: Path, key: str) -> Path:
    return state / FOLDER / f"{key}.json"
