"""How a response or a failure changes the state of a source: when it is requested again, and from which address."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline.edges.store.sources import SourceState
from pipeline.records import Source

MOVED_AFTER = 3  # sightings of a permanent redirect before its target replaces the config's address
LOST_AFTER = 3  # failures in a row at that target before the config's address is requested again
_BUSY = ("status 429", "status 503")


def known_state(states: Mapping[str, SourceState], source: Source) -> SourceState:
    """The stored state of a source, or an empty one where the config has a new address for it."""
    state = states.get(source.name)
    if state is None or state.location not in (None, source.location):
        return SourceState(source.name, location=source.location)
    return replace(state, location=source.location)


def is_due(state: SourceState, source: Source, now: datetime, *, most_seconds: float) -> bool:
    """Whether the source may be requested now. One that is gone may not.

    A time further ahead than the longest possible wait was stored by a wrong clock, and is ignored.
    """
    if state.gone_at is not None:
        return False
    longest = timedelta(seconds=max(most_seconds, source.poll_seconds))
    return state.next_poll_at is None or not now < state.next_poll_at <= now + longest


def address_of(state: SourceState, source: Source) -> str:
    """The address to request."""
    return state.adopted_url or source.location


def answered(state: SourceState, source: Source, now: datetime, wait_seconds: float | None, most: float) -> SourceState:
    """The state after a good response. `wait_seconds`: what it asks for, up to `most`."""
    wait = max(source.poll_seconds, min(wait_seconds or 0, most))
    return replace(
        state,
        polled_at=now,
        succeeded_at=now,
        next_poll_at=now + timedelta(seconds=wait),
        failures=0,
        error=None,
        gone_at=None,
        failing_since=None,
        notes=(),
        feeds=(),
    )


def waits_at_least(state: SourceState, seconds: float | None, most: float) -> SourceState:
    """The state after a response whose content asks for a wait of `seconds`."""
    if not seconds or not state.next_poll_at or not state.polled_at:
        return state
    return replace(state, next_poll_at=max(state.next_poll_at, state.polled_at + timedelta(seconds=min(seconds, most))))


def failed(
    state: SourceState, source: Source, message: str, now: datetime, *, wait_seconds: float | None = None, most: float
) -> SourceState:
    """The state after a failure. It has no validators: the next response has to be complete.

    A busy host is requested again after the wait that it asks for, else after a pause that doubles each time.
    A source that is gone (410) is not requested again.
    """
    failures = state.failures + 1
    reason = message.partition(":")[0]
    if wait_seconds is None and reason in _BUSY:
        wait_seconds = max(source.poll_seconds, 60) * 2.0 ** min(failures - 1, 20)
    return replace(
        state,
        polled_at=now,
        next_poll_at=now + timedelta(seconds=min(wait_seconds, most)) if wait_seconds else None,
        failures=failures,
        error=message,
        etag=None,
        last_modified=None,
        gone_at=(state.gone_at or now) if reason == "status 410" else None,
        failing_since=state.failing_since or now,
        adopted_url=state.adopted_url if failures < LOST_AFTER else None,
        notes=(),
        feeds=(),
    )


def sighted(state: SourceState, moved_to: str | None) -> SourceState:
    """The state after a response that came directly, or through permanent redirects to `moved_to`."""
    if moved_to is None:
        return replace(state, moved_to=None, moved_seen=0)
    return replace(state, moved_to=moved_to, moved_seen=state.moved_seen + 1 if moved_to == state.moved_to else 1)


def adopted(state: SourceState) -> SourceState:
    """The state after a feed was read: a new address that was seen often enough replaces the old one."""
    if state.moved_to is None or state.moved_seen < MOVED_AFTER:
        return state
    return replace(state, adopted_url=state.moved_to, moved_to=None, moved_seen=0)
