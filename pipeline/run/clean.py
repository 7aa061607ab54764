"""Clean: entries, with their pages where they came → stories."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from pipeline.errors import ConfigError
from pipeline.executors import Failed
from pipeline.records import Document, Entry, Rejected, Source
from pipeline.run.fetch import declared_charset
from pipeline.run.session import Report, Session
from pipeline.stages.clean import Cleaned, Residue, clean_entry, default_residue, load_residue

CLEAN_VERSION = 1


@dataclass(frozen=True, slots=True)
class _Task:
    """All that cleaning one entry takes; it goes to a worker as it is."""

    entry: Entry
    document: Document | None
    source: Source
    learned: frozenset[str]
    seen_at: datetime


def clean(session: Session, *, everything: bool = False) -> Report:
    """Clean the entries that wait for it, or with `everything` all that are kept."""
    if everything:
        with session.store.transaction():
            session.store.entries.forget_cleaned()
    residue = residue_of(session)
    counts = {"entries": 0, "stories": 0, "rejected": 0}
    tasks = list(_tasks(session))
    with session.engine() as engine:
        results = engine.map(partial(_clean, residue=residue), tasks)
        for task, result in session.track(zip(tasks, results, strict=True), "Cleaning", len(tasks)):
            with session.store.transaction():
                cleaned = _keep(session, task, result)
            counts["entries"] += 1
            counts["stories"] += len(cleaned.stories)
            counts["rejected"] += len(cleaned.rejected)
    return Report("clean", counts)


def residue_of(session: Session) -> Residue:
    """The built-in residue patterns, with the newsroom's own where the config names a file of them."""
    path = session.config.clean.residue
    if path is None:
        return default_residue()
    try:
        return load_residue(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: the residue file cannot be read ({error})") from error


def _tasks(session: Session) -> Iterator[_Task]:
    sources = {source.name: source for source in session.config.source_records()}
    learned = session.store.stories.learned_lines()
    for stored in session.store.entries.awaiting_clean(CLEAN_VERSION):
        source = sources.get(stored.entry.source)
        if source is None:
            continue  # its source is no longer in the config: it waits
        document = None
        if stored.response is not None:
            response = session.store.responses.get(stored.response).response
            media_type = (response.header("content-type") or "text/html").partition(";")[0].strip().lower()
            document = Document(response.final_url, response.body, media_type, declared_charset(response))
        yield _Task(stored.entry, document, source, learned.get(source.name, frozenset()), stored.first_seen_at)


def _clean(task: _Task, *, residue: Residue) -> Cleaned:
    return clean_entry(
        task.entry, task.document, source=task.source, residue=residue, learned=task.learned, now=task.seen_at
    )


def _keep(session: Session, task: _Task, result: Cleaned | Failed) -> Cleaned:
    entry = task.entry.id
    if isinstance(result, Failed):
        result = Cleaned((), (Rejected(entry, "clean", result.reason, result.detail),), ())
    store = session.store
    store.ledger.accept([entry], "clean")
    store.ledger.reject(result.rejected, session.now)
    store.stories.replace(entry, result.stories)
    store.ledger.record("clean", {decision.story for decision in result.decisions}, result.decisions)
    store.entries.mark_cleaned([entry], CLEAN_VERSION)
    return result
