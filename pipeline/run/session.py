"""The session that every stage runs in: config, store, current time and progress display."""

import contextlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from pipeline.config import Config, Edition
from pipeline.edges.lock import hold_lock
from pipeline.edges.log import Log
from pipeline.edges.outbox import Outbox
from pipeline.edges.store import Store, open_store
from pipeline.executors import Engine, SharedEngine, open_engine
from pipeline.records import Edits

if TYPE_CHECKING:
    from pipeline.stages.select import JudgeSettings

Item = TypeVar("Item")
STORE_FILE = "store.sqlite"
PRELOAD = "pipeline.run.workers.preload"
PRELOAD_VECTORS = "pipeline.run.workers.preload_vectors"
APPROVED = "approved"  # the status of an issue that no longer changes
# Records of one transaction. Writing 64 takes little longer than writing one, and a killed run loses at most these.
BATCH = 64
BATCH_SECONDS = 1.0

# Exit codes of a run that was not interrupted.
ISSUE, NO_ISSUE, ISSUE_THIN, ISSUE_BAD = 0, 3, 4, 5


class Track(Protocol):
    """Shows the progress of long work."""

    def __call__(self, items: Iterable[Item], label: str, total: int | None = None) -> Iterable[Item]:
        """Yield the items; show progress as they are taken."""
        ...


@dataclass(frozen=True, slots=True)
class Report:
    """What a stage did."""

    stage: str
    counts: Mapping[str, int]
    notices: Sequence[str] = field(default_factory=tuple)  # always printed
    remarks: Sequence[str] = field(default_factory=tuple)  # printed with --verbose


def no_track(items: Iterable[Item], label: str, total: int | None = None) -> Iterable[Item]:  # noqa: ARG001
    """Show no progress."""
    return items


@dataclass(frozen=True, slots=True)
class Session:
    """One run of a command."""

    config: Config
    store: Store
    now: datetime  # aware
    track: Track = no_track
    interrupted_run: str = ""  # description of the last command, if it died
    shared_engine: SharedEngine | None = None  # only in a run of all stages
    judge: "JudgeSettings | None" = None
    asks_writer: bool = True  # a run may ask the config's writer

    @property
    def log(self) -> Log:
        """The log in the state folder."""
        return Log(self.config.state)

    @property
    def key(self) -> str:
        """The key of this week's issue."""
        return issue_key(self.now, self.config)

    @property
    def outbox(self) -> Outbox:
        """Where finished issues go."""
        return outbox_of(self.config)

    def edits(self, edition: Edition) -> Edits:
        """The editor's edits of this week's issue in one edition. ConfigError if edits.yaml has a mistake."""
        from pipeline.config.edits import load_edits

        return load_edits(self.outbox.edits_path(self.key, edition.name))

    @contextlib.contextmanager
    def engine(self, *, few: bool = False, vectors: bool = False) -> Iterator[Engine]:
        """Open the engine for map stages: the shared one in a run of all stages, else one for this stage.

        `few`: for a few records, one worker is enough if the shared engine is not open yet. `vectors`: the stage
        computes sentence vectors.
        """
        if self.shared_engine is not None and (self.shared_engine.is_open or not few):
            yield self.shared_engine.get()
            return
        preload = [PRELOAD_VECTORS] if vectors and self.config.vectors == "builtin" else []
        with _open_engine(self.config, workers=1 if few else self.config.workers, preload=preload) as engine:
            yield engine

    def batches(self, items: Iterable[Item], *, most: int = BATCH) -> Iterator[list[Item]]:
        """Yield items in batches of up to `most`, each inside a transaction in which the caller stores the results.

        The transaction begins once a batch is complete, so that other writers do not wait in the meantime.
        """
        for batch in batched(items, most=most):
            with self.store.transaction():
                yield batch

    def window(self) -> tuple[datetime, datetime]:
        """Return (start, end) of the dates of this issue's stories: since the last approved issue, with an overlap."""
        rules = self.config.select
        last = self.store.issues.last_approved(self.key)
        start = last.cutoff_at if last else self._first_start()
        oldest = self.now - timedelta(days=rules.max_age_days)
        return max(start - timedelta(days=rules.overlap_days), oldest), self.now

    def _first_start(self) -> datetime:
        """Without an approved issue: `window_days` back, or to the last issue if that is longer ago."""
        usual = self.now - timedelta(days=self.config.select.window_days)
        earlier = [issue.cutoff_at for issue in self.store.issues.all() if issue.key < self.key]
        return min(usual, max(earlier)) if earlier else usual


def outbox_of(config: Config) -> Outbox:
    """The config's outbox; an edition has a folder of its own in each issue if there are several."""
    return Outbox(config.outbox, by_edition=len(config.editions) > 1)


def issue_key(now: datetime, config: Config) -> str:
    """Return the ISO week of a time in the newsroom's time zone, such as 2026-W47."""
    return now.astimezone(config.zone).strftime("%G-W%V")


def batched(
    items: Iterable[Item], *, most: int = BATCH, seconds: float = BATCH_SECONDS, first: int = BATCH
) -> Iterator[list[Item]]:
    """Yield items in lists of up to `most`; yield a shorter list when its first item has waited `seconds`.

    `first`: the size of the first list, so that a consumer can start early.
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


def _open_engine(
    config: Config, *, workers: int | None, preload: Sequence[str]
) -> contextlib.AbstractContextManager[Engine]:
    return open_engine(config.engine, workers=workers, seconds=config.clean.timeout_seconds, preload=preload)


@contextlib.contextmanager
def open_session(
    config: Config,
    *,
    now: datetime,
    track: Track = no_track,
    writes: bool = True,
    command: str = "command",
    all_stages: bool = False,
    judge: "JudgeSettings | None" = None,
    asks_writer: bool = True,
) -> Iterator[Session]:
    """Open a session on the config's store. If it `writes`, it holds the lock: LockedError if another command does.

    OutboxError if what a killed command left in the outbox cannot be removed.
    `all_stages`: the session runs all stages, and they share their workers. `judge` grades the best candidates.
    """
    path, died = config.state / STORE_FILE, None
    with contextlib.ExitStack() as stack:
        if writes:
            died = stack.enter_context(hold_lock(config.state, command))
            # First of all, because an issue that was being replaced has the editor's files.
            outbox_of(config).recover()
        store = stack.enter_context(open_store(path, create=writes, quick=all_stages))
        # Vectors come first: the other models then use the memory that reading the vocabulary has freed.
        preload = [PRELOAD_VECTORS, PRELOAD] if config.vectors == "builtin" else [PRELOAD]
        shared = (
            SharedEngine(partial(_open_engine, config, workers=config.workers, preload=preload)) if all_stages else None
        )
        if shared is not None:
            stack.callback(shared.close)
        yield Session(config, store, now, track, str(died) if died else "", shared, judge, asks_writer)
