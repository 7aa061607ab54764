"""Clean: turn stored entries, with their pages if there are any, into stories."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from pipeline.edges.store.entries import StoredEntry
from pipeline.errors import ConfigError
from pipeline.executors import Failed
from pipeline.records import ADDED, Document, Rejected, Response
from pipeline.run.session import Report, Session, batched
from pipeline.run.workers.clean import CleanResult, CleanTask, SourceSample, find_shared_lines, run_clean_task
from pipeline.text.charsets import declared_charset

if TYPE_CHECKING:
    from pipeline.stages.clean import Residue

CLEAN_VERSION = 3
LEARNING_STORIES = 200  # newest stories of a source to learn its boilerplate from
BATCH_SIZE = 32  # entries read from the store at a time


def clean(session: Session, *, everything: bool = False) -> Report:
    """Clean the waiting entries, or with `everything` all stored ones.

    The boilerplate of each source is learned and removed from the stories that contain it.
    """
    if everything:
        with session.store.transaction():
            session.store.entries.forget_cleaned()
    return Cleaning(session).finish()


class Cleaning:
    """Cleans entries in several steps: while pages are fetched, and then all that still wait.

    With `tags` the worker that cleans an entry also tags its stories; those that fail wait for the tag stage.
    """

    def __init__(self, session: Session, *, tags: bool = False) -> None:
        self._session = session
        self._expected = session.config.language.expected if tags else None
        self._counts = {"entries": 0, "stories": 0, "rejected": 0}
        self._notices: list[str] = []
        self._counted: set[str] = set()  # ids of entries; some are cleaned again, with more pages or learned lines
        self.tagged = {"stories": 0, "unknown": 0}

    def follow(self, arriving: Iterable[Sequence[str]]) -> None:
        """Clean entries as their ids arrive, taking no more than the workers can handle."""
        entries = self._session.store.entries
        self._clean(_split_batches(entries.get_all(ids) for ids in arriving))

    def finish(self) -> Report:
        """Clean all waiting entries and learn their boilerplate."""
        self._clean_waiting()
        learned = self._learn()
        if learned:
            self._clean_waiting()
        return Report("clean", {**self._counts, "learned lines": learned}, tuple(self._notices))

    def _clean_waiting(self) -> None:
        entries = self._session.store.entries
        total = entries.count_awaiting_clean(CLEAN_VERSION)
        if total:
            self._clean(batched(entries.awaiting_clean(CLEAN_VERSION), most=BATCH_SIZE), total)

    def _clean(self, stored: Iterator[list[StoredEntry]], total: int | None = None) -> None:
        session = self._session
        work = partial(run_clean_task, residue=_load_residue(session), expected=self._expected)
        with session.engine() as engine:
            pairs = engine.pairs(work, clean_tasks(session, stored))
            for batch in session.batches(session.track(pairs, "Cleaning", total) if total else pairs):
                for task, result in batch:
                    self._keep(task, result)

    def _keep(self, task: CleanTask, result: CleanResult | Failed) -> None:
        entry, store = task.entry, self._session.store
        if isinstance(result, Failed):
            name = entry.title or entry.url or entry.id
            self._notices.append(f"{task.source.name}: {name}: {result.reason}: {result.detail}")
            result = CleanResult(rejected=(Rejected(entry.id, "clean", result.reason, result.detail),))
        store.ledger.accept([entry.id], "clean")
        store.ledger.reject(result.rejected, self._session.now)
        store.stories.replace_encoded(entry.id, result.stories)
        store.ledger.record("clean", {decision.story for decision in result.decisions}, result.decisions)
        tagged = [story.id for story in result.stories if story.tagged_by is not None]
        store.ledger.record("tag", tagged, result.tags)
        if result.stories and task.source is not ADDED:  # pages that editors add come from many outlets
            store.stories.await_learning(entry.id)
        store.entries.mark_cleaned([entry.id], CLEAN_VERSION)
        store.later_pages.want(entry.id, result.later_pages)
        if entry.id in self._counted:
            return
        self._counted.add(entry.id)
        self._counts["entries"] += 1
        self._counts["stories"] += len(result.stories)
        self._counts["rejected"] += len(result.rejected)
        self.tagged["stories"] += len(tagged)
        self.tagged["unknown"] += result.unknown

    def _learn(self) -> int:
        """Learn the lines that stories of a source share, and queue their entries again. Return the number of lines."""
        store, learned = self._session.store, 0
        sources = store.stories.awaiting_learning()
        if not sources:
            return 0
        known = store.stories.learned_lines()
        samples = (
            SourceSample(
                name, tuple(store.stories.newest_records(name, LEARNING_STORIES)), known.get(name, frozenset())
            )
            for name in sources
        )
        with self._session.engine() as engine:
            for batch in self._session.batches(engine.pairs(find_shared_lines, samples)):
                for sample, found in batch:
                    for shared in () if isinstance(found, Failed) else found:
                        learned += len(shared.lines)
                        store.stories.add_learned_lines(sample.source, shared.lines)
                        store.entries.clean_again(shared.entries)
                    store.stories.mark_learned(sample.source)
        return learned


def _load_residue(session: Session) -> "Residue | None":
    """The default residue patterns with the newsroom's own, or None where the config names no file."""
    path = session.config.clean.residue
    if path is None:
        return None
    from pipeline.stages.clean import load_residue

    try:
        return load_residue(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: the residue file cannot be read ({error})") from error


def _split_batches(batches: Iterable[list[StoredEntry]]) -> Iterator[list[StoredEntry]]:
    for batch in batches:
        for start in range(0, len(batch), BATCH_SIZE):
            yield batch[start : start + BATCH_SIZE]


def clean_tasks(session: Session, batches: Iterable[list[StoredEntry]]) -> Iterator[CleanTask]:
    """Yield the tasks of cleaning these entries, with their pages."""
    sources = {source.name: source for source in (ADDED, *session.config.sources)}
    learned = session.store.stories.learned_lines()
    for batch in batches:
        later = session.store.later_pages.responses_of([stored.entry.id for stored in batch])
        ids = {stored.response for stored in batch if stored.response is not None}
        ids.update(response for pages in later.values() for response in pages.values())
        responses = session.store.responses.get_all(sorted(ids)) if ids else {}
        for stored in batch:
            source = sources.get(stored.entry.source)
            if source is None:
                continue  # wait: the source is no longer in the config
            document = document_of(responses[stored.response].response) if stored.response is not None else None
            pages = {
                url: document_of(responses[number].response) for url, number in later.get(stored.entry.id, {}).items()
            }
            lines = learned.get(source.name, frozenset())
            yield CleanTask(stored.entry, document, source, lines, stored.first_seen_at, pages)


def document_of(response: Response) -> Document:
    """The document in a response."""
    media_type = (response.header("content-type") or "text/html").partition(";")[0].strip().lower()
    return Document(response.final_url, response.body, media_type, declared_charset(response))
