"""What every stage is run with: the config, the store, the moment, and whom to tell."""

import contextlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

from pipeline.config import Config
from pipeline.edges.lock import hold_lock
from pipeline.edges.log import Log
from pipeline.edges.outbox import Outbox
from pipeline.edges.store import Store, open_store
from pipeline.executors import Engine, SharedEngine, open_engine

Item = TypeVar("Item")
STORE_FILE = "store.sqlite"
PRELOAD = "pipeline.run.workers.preload"
PRELOAD_VECTORS = "pipeline.run.workers.preload_vectors"
APPROVED = "approved"  # the status of an issue that stays as it is
# What is kept in one transaction: 64 records cost the disk little more than one, and a kill costs them at most.
BATCH = 64
BATCH_SECONDS = 1.0

# Exit codes of a run that came to its end.
ISSUE, NO_ISSUE, ISSUE_THIN, ISSUE_BAD = 0, 3, 4, 5


class Track(Protocol):
    """Shows the progress of long work."""

    def __call__(self, items: Iterable[Item], label: str, total: int | None = None) -> Iterable[Item]:
        """The items, as they are taken."""
        ...


@dataclass(frozen=True, slots=True)
class Report:
    """What a stage did: counts for a summary, lines for a person."""

    stage: str
    counts: Mapping[str, int]
    notices: Sequence[str] = field(default_factory=tuple)  # what a person has to know
    remarks: Sequence[str] = field(default_factory=tuple)  # for those who ask


def no_track(items: Iterable[Item], label: str, total: int | None = None) -> Iterable[Item]:  # noqa: ARG001
    """No progress is shown."""
    return items


@dataclass(frozen=True, slots=True)
class Session:
    """One command's run."""

    config: Config
    store: Store
    now: datetime  # aware
    track: Track = no_track
    interrupted_run: str = ""  # the command that died at work here before this one
    shared_engine: SharedEngine | None = None  # where several stages share their workers

    @property
    def log(self) -> Log:
        """The log in the state folder."""
        return Log(self.config.state)

    @property
    def key(self) -> str:
        """The ISO week of `now` in the newsroom's zone: the issue's key."""
        return issue_key(self.now, self.config)

    @property
    def outbox(self) -> Outbox:
        """Where finished issues go."""
        return Outbox(self.config.outbox)

    @contextlib.contextmanager
    def engine(self, *, few: bool = False) -> Iterator[Engine]:
        """Where map stages run: what the all_stages run shares, else an engine for this stage alone.

        For a `few` records workers are not readied for everything that a run does.
        """
        if self.shared_engine is not None and (self.shared_engine.is_open or not few):
            yield self.shared_engine.get()
            return
        with _opened(self.config) as engine:
            yield engine

    def batches(self, items: Iterable[Item]) -> Iterator[list[Item]]:
        """The items a batch at a time, inside the transaction that their results are kept by.

        The transaction begins when a batch is together, so that nobody else waits while it gathers.
        """
        for batch in batched(items):
            with self.store.transaction():
                yield batch

    def window(self) -> tuple[datetime, datetime]:
        """(start, end) of the stories this issue is made of: since the last approved issue, with an overlap."""
        rules = self.config.select
        last = self.store.issues.last_approved(self.key)
        start = last.cutoff_at if last else self._first_start()
        oldest = self.now - timedelta(days=rules.max_age_days)
        return max(start - timedelta(days=rules.overlap_days), oldest), self.now

    def _first_start(self) -> datetime:
        """Without an approved issue, a window back; further, to the last issue there was, where weeks were missed."""
        usual = self.now - timedelta(days=self.config.select.window_days)
        earlier = [issue.cutoff_at for issue in self.store.issues.all() if issue.key < self.key]
        return min(usual, max(earlier)) if earlier else usual


def issue_key(now: datetime, config: Config) -> str:
    """The ISO week of a moment in the newsroom's time zone, such as 2026-W47."""
    return now.astimezone(config.zone).strftime("%G-W%V")


def batched(
    items: Iterable[Item], *, most: int = BATCH, seconds: float = BATCH_SECONDS, first: int = BATCH
) -> Iterator[list[Item]]:
    """The items in lists: of so many at most, and none kept back much longer than that for others to come.

    `first` bounds the first list, for who has something to make ready before the others come.
    """
    batch: list[Item] = []
    since, limit = 0.0, min(first, most)
    for item in items:
        since = since if batch else time.monotonic()
        batch.append(item)
        if len(batch) >= limit or time.monotonic() - since >= seconds:
            yield batch
            batch, limit = [], most
    if batch:
        yield batch


def _opened(config: Config, *, preload: str | None = None) -> contextlib.AbstractContextManager[Engine]:
    return open_engine(config.engine, workers=config.workers, seconds=config.clean.timeout_seconds, preload=preload)


@contextlib.contextmanager
def open_session(
    config: Config,
    *,
    now: datetime,
    track: Track = no_track,
    writes: bool = True,
    command: str = "command",
    all_stages: bool = False,
) -> Iterator[Session]:
    """A session over the config's store. A writing one holds the lock; LockedError when another does.

    With `all_stages` it is for all stages, which share their workers.
    """
    path, died = config.state / STORE_FILE, None
    with contextlib.ExitStack() as stack:
        if writes:
            died = stack.enter_context(hold_lock(config.state, command))
        store = stack.enter_context(open_store(path, create=writes, quick=all_stages))
        preload = PRELOAD_VECTORS if config.vectors == "builtin" else PRELOAD
        shared = SharedEngine(partial(_opened, config, preload=preload)) if all_stages else None
        if shared is not None:
            stack.callback(shared.close)
        yield Session(config, store, now, track, str(died) if died else "", shared)
