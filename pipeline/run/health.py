"""The health of sources: which are failing, unusually silent or moved, since when, and what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from pipeline.edges.store import Store
from pipeline.edges.store.sources import SourceState
from pipeline.records import Source
from pipeline.run.polling import known_state
from pipeline.run.session import Session

Condition = Literal["ok", "disabled", "never asked", "failing", "gone", "silent"]

REPORT_AFTER = 3  # failures in a row
HABIT_DAYS = 180  # the period from which a source's habit is derived
HABIT_ENTRIES = 60
HABIT_PAUSES = 5  # with fewer pauses there is no habit
UNUSUAL = 3  # times the usual pause


@dataclass(frozen=True, slots=True)
class Health:
    """The health of one source."""

    source: str
    condition: Condition
    since: datetime | None = None  # it fails, is gone, or published its last entry
    said: tuple[str, ...] = ()  # what a person should know or do; a key of issue.json


def healths(store: Store, sources: Sequence[Source], now: datetime, *, dead_days: int) -> list[Health]:
    """The health of each source, in the same order."""
    states = store.sources.states()
    moments = store.entries.times_by_source(now - timedelta(days=HABIT_DAYS), HABIT_ENTRIES)
    return [_health(source, states, moments.get(source.name, ()), now, dead_days) for source in sources]


def ailing(session: Session) -> list[Health]:
    """The health of the enabled sources that have a problem or a notice."""
    sources = [source for source in session.config.sources if source.enabled]
    found = healths(session.store, sources, session.now, dead_days=session.config.fetch.dead_days)
    return [health for health in found if health.condition != "ok" or health.said]


def dead_line(sources: Sequence[Source], states: Mapping[str, SourceState], now: datetime, dead_days: int) -> str:
    """A notice that names the sources failing for `dead_days` or more; empty where there are none."""
    dead = [source.name for source in sources if _is_dead(known_state(states, source), now, dead_days)]
    if not dead:
        return ""
    return (
        f"no answer for {dead_days} days or more from {', '.join(sorted(dead))};"
        " remove a source with 'newsletter sources remove NAME', or change its address"
    )


def unusual_silence(moments: Sequence[datetime], now: datetime) -> timedelta | None:
    """How long the source has been silent, if that is unusually long for it; else None.

    The usual pause is the 90th percentile of the pauses between two days with entries.
    """
    days = sorted({min(moment, now).date() for moment in moments})
    pauses = sorted((later - earlier).days for earlier, later in pairwise(days))
    if len(pauses) < HABIT_PAUSES:
        return None
    usual = pauses[min(len(pauses) - 1, len(pauses) * 9 // 10)]
    silent = now - min(max(moments), now)
    return silent if silent > timedelta(days=UNUSUAL * usual) else None


def _health(
    source: Source, states: Mapping[str, SourceState], moments: Sequence[datetime], now: datetime, dead_days: int
) -> Health:
    if not source.enabled:
        return Health(source.name, "disabled")
    state = known_state(states, source)
    notes = [f"it has moved, and is read from {state.adopted_url}; put that in the config"] * bool(state.adopted_url)
    notes += [f"it redirects to {state.moved_to}"] * bool(state.moved_to)
    if not all(feed in (state.error or "") for feed in state.feeds):
        notes.append(f"a page instead of a feed; it links to {', '.join(state.feeds)}")
    notes += state.notes
    if _is_dead(state, now, dead_days):
        notes.append(f"no answer for {dead_days} days or more: remove it, or change its address")
    if state.gone_at:
        return Health(source.name, "gone", state.gone_at, (str(state.error), *notes))
    if state.error:
        return Health(source.name, "failing", state.failing_since, (state.error, *notes))
    if state.succeeded_at is None:
        return Health(source.name, "never asked", None, tuple(notes))
    silent = unusual_silence(moments, now)
    if silent:
        notes.append(f"nothing new for {silent.days} days, which is unusual")
        return Health(source.name, "silent", now - silent, tuple(notes))
    return Health(source.name, "ok", None, tuple(notes))


def _is_dead(state: SourceState, now: datetime, dead_days: int) -> bool:
    return state.failing_since is not None and now - state.failing_since >= timedelta(days=dead_days)
