"""The state of one fetch: what is known of each source, what the run has spent, and what it reports."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.edges.fetcher import FetchResult, Request
from pipeline.edges.store import Store
from pipeline.edges.store.sources import SourceState
from pipeline.records import FetchSettings, Rejected, Source
from pipeline.run import polling
from pipeline.run.budget import Budget
from pipeline.run.filters import Filters
from pipeline.run.health import REPORT_AFTER
from pipeline.run.requests import send_requests
from pipeline.run.session import Session
from pipeline.run.sources import reader_of


@dataclass(slots=True)
class FetchState:
    """The state of one fetch, while it goes on."""

    session: Session
    mirrors: Mapping[str, str]
    states: dict[str, SourceState]
    budget: Budget
    filters: Filters
    requested: int = 0
    unchanged: int = 0
    entries: int = 0
    pages: int = 0
    pages_failed: int = 0
    page_urls: set[str] = field(default_factory=set)  # requested by this run
    notices: list[str] = field(default_factory=list)

    @property
    def store(self) -> Store:
        """The session's store."""
        return self.session.store

    @property
    def settings(self) -> FetchSettings:
        """The config's limits."""
        return self.session.config.fetch

    @property
    def now(self) -> datetime:
        """The time of the run."""
        return self.session.now

    def known(self, source: Source) -> SourceState:
        """What is known of a source."""
        return polling.known_state(self.states, source)

    def put(self, state: SourceState) -> None:
        """Keep the new state of a source."""
        self.states[state.name] = state
        self.store.sources.put([state])

    def put_success(self, source: Source, state: SourceState) -> None:
        """Keep the state after a good answer.

        A feed that was seen and read at a new address often enough is requested there from now on.
        """
        moved = polling.adopted(state) if reader_of(source).lists_entries else state
        if moved is not state:
            self.notices.append(
                f"{source.name}: has moved for good, and is read from {moved.adopted_url}; put that in the config"
            )
        self.put(moved)

    def put_failure(self, source: Source, message: str, *, wait_seconds: float | None = None) -> None:
        """Keep and report that a source failed. `message` begins with the reason and a colon."""
        most = self.settings.max_poll_seconds
        state = polling.failed(self.known(source), source, message, self.now, wait_seconds=wait_seconds, most=most)
        notice = f"{source.name}: {message}"
        if state.gone_at:
            notice += "; it is not requested again, except with --force; remove it with 'newsletter sources remove'"
        elif state.failures >= REPORT_AFTER and state.failing_since:
            notice += f" ({state.failures} times in a row, since {state.failing_since:%Y-%m-%d})"
        self.notices.append(notice)
        self.put(state)
        self.store.ledger.reject([Rejected(source.name, "fetch", message.partition(":")[0], message)], self.now)

    def send(self, requests: Sequence[Request], label: str) -> Iterator[FetchResult]:
        """Send requests until the run's budget is spent; the others are left for the next run."""
        if not requests:
            return
        config, done = self.session.config, 0
        with contextlib.closing(send_requests(config, requests, self.mirrors, now=self.now)) as results:
            for result in self.session.track(results, label, len(requests)):
                yield result
                done += 1
                self.budget.spend(len(result.response.body) if result.response else 0)
                left = len(requests) - done
                if self.budget.exceeded and left:
                    self.notices.append(f"{self.budget.exceeded}: {left} addresses are left for the next run")
                    return
