"""What an answer, or a failure, makes of what is known of a source: when it is asked again, and where."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline.edges.store.sources import SourceState
from pipeline.records import Source

MOVED_AFTER = 3  # sightings of a permanent redirect before its end is asked in place of the config's address
LOST_AFTER = 3  # failures in a row at such an address before the config's is asked again
_BUSY = ("status 429", "status 503")


def known_state(states: Mapping[str, SourceState], source: Source) -> SourceState:
    """What is known of the source at its address; nothing, where the config has a new one for it."""
    state = states.get(source.name)
    if state is None or state.location not in (None, source.location):
        return SourceState(source.name, location=source.location)
    return replace(state, location=source.location)


def is_due(state: SourceState, source: Source, now: datetime, *, most_seconds: float) -> bool:
    """Whether the source may be asked now. One that is gone may not.

    Nobody waits longer than the longest wait there is: what lies further ahead was noted by a clock that was wrong.
    """
    if state.gone_at is not None:
        return False
    longest = timedelta(seconds=max(most_seconds, source.poll_seconds))
    return state.next_poll_at is None or not now < state.next_poll_at <= now + longest


def address_of(state: SourceState, source: Source) -> str:
    """Where the source is asked."""
    return state.adopted_url or source.location


def answered(state: SourceState, source: Source, now: datetime, wait_seconds: float | None, most: float) -> SourceState:
    """After a good answer that asked for such a wait: no sooner than the config says, no later than `most` seconds."""
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
    """After an answer whose content asks for such a wait."""
    if not seconds or not state.next_poll_at or not state.polled_at:
        return state
    return replace(state, next_poll_at=max(state.next_poll_at, state.polled_at + timedelta(seconds=min(seconds, most))))


def failed(
    state: SourceState, source: Source, said: str, now: datetime, *, wait_seconds: float | None = None, most: float
) -> SourceState:
    """After a failure. The validators go: the next answer must be read whole.

    A host that is busy is left alone as long as it asks, or else longer each time. One that is gone is not asked again.
    """
    failures = state.failures + 1
    reason = said.partition(":")[0]
    if wait_seconds is None and reason in _BUSY:
        wait_seconds = max(source.poll_seconds, 60) * 2.0 ** min(failures - 1, 20)
    return replace(
        state,
        polled_at=now,
        next_poll_at=now + timedelta(seconds=min(wait_seconds, most)) if wait_seconds else None,
        failures=failures,
        error=said,
        etag=None,
        last_modified=None,
        gone_at=(state.gone_at or now) if reason == "status 410" else None,
        failing_since=state.failing_since or now,
        adopted_url=state.adopted_url if failures < LOST_AFTER else None,
        notes=(),
        feeds=(),
    )


def sighted(state: SourceState, moved_to: str | None) -> SourceState:
    """After an answer that came by way of permanent redirects alone, or by none."""
    if moved_to is None:
        return replace(state, moved_to=None, moved_seen=0)
    return replace(state, moved_to=moved_to, moved_seen=state.moved_seen + 1 if moved_to == state.moved_to else 1)


def adopted(state: SourceState) -> SourceState:
    """After a feed was read: where it has moved for good and was seen often enough, it is asked there from now on."""
    if state.moved_to is None or state.moved_seen < MOVED_AFTER:
        return state
    return replace(state, adopted_url=state.moved_to, moved_to=None, moved_seen=0)
