"""How the sources are: who fails since when, who is silent against its habit, who has moved; and what to do."""

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
HABIT_DAYS = 180  # how far back a source's habit is looked for
HABIT_ENTRIES = 60
HABIT_PAUSES = 5  # fewer than these are no habit
UNUSUAL = 3  # times the usual pause


@dataclass(frozen=True, slots=True)
class Health:
    """How one source is."""

    source: str
    condition: Condition
    since: datetime | None = None  # of failing, of being gone, of its last entry where it is silent
    said: tuple[str, ...] = ()  # what a person should know or do


def healths(store: Store, sources: Sequence[Source], now: datetime, *, dead_days: int) -> list[Health]:
    """How each source is, in their order."""
    states = store.sources.states()
    moments = store.entries.times_by_source(now - timedelta(days=HABIT_DAYS), HABIT_ENTRIES)
    return [_health(source, states, moments.get(source.name, ()), now, dead_days) for source in sources]


def ailing(session: Session) -> list[Health]:
    """The enabled sources of which there is something to say."""
    sources = [source for source in session.config.sources if source.enabled]
    found = healths(session.store, sources, session.now, dead_days=session.config.fetch.dead_days)
    return [health for health in found if health.condition != "ok" or health.said]


def dead_line(sources: Sequence[Source], states: Mapping[str, SourceState], now: datetime, dead_days: int) -> str:
    """The sources that have been failing for so long that they had better go; "" where there are none."""
    dead = [source.name for source in sources if _is_dead(known_state(states, source), now, dead_days)]
    if not dead:
        return ""
    return (
        f"no answer for {dead_days} days or more from {', '.join(sorted(dead))};"
        " take a source out with 'newsletter sources remove NAME', or give it a new address"
    )


def unusual_silence(moments: Sequence[datetime], now: datetime) -> timedelta | None:
    """How long nothing has come, where that is longer than the source's habit by far; None where it is not.

    The habit is the pause between two days with entries that nine in ten of its pauses do not exceed.
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
    said = [f"read from {state.adopted_url}, where it has moved; put that into the config"] * bool(state.adopted_url)
    said += [f"moves to {state.moved_to}"] * bool(state.moved_to)
    if not all(feed in (state.error or "") for feed in state.feeds):
        said.append(f"a page in place of a feed; it links to {', '.join(state.feeds)}")
    said += state.notes
    if _is_dead(state, now, dead_days):
        said.append(f"no answer for {dead_days} days or more: take it out, or give it a new address")
    if state.gone_at:
        return Health(source.name, "gone", state.gone_at, (str(state.error), *said))
    if state.error:
        return Health(source.name, "failing", state.failing_since, (state.error, *said))
    if state.succeeded_at is None:
        return Health(source.name, "never asked", None, tuple(said))
    silent = unusual_silence(moments, now)
    if silent:
        said.append(f"nothing new for {silent.days} days, which is unusual for it")
        return Health(source.name, "silent", now - silent, tuple(said))
    return Health(source.name, "ok", None, tuple(said))


def _is_dead(state: SourceState, now: datetime, dead_days: int) -> bool:
    return state.failing_since is not None and now - state.failing_since >= timedelta(days=dead_days)
