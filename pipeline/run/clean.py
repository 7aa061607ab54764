"""Clean: entries, with their pages where they came → stories."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from pipeline.errors import ConfigError
from pipeline.executors import Failed
from pipeline.records import Document, Entry, Rejected, Response, Source, Story
from pipeline.run.charset import declared_charset
from pipeline.run.session import Report, Session, gather
from pipeline.stages.clean import Cleaned, Residue, clean_entry, default_residue, fold, learn_lines, load_residue
from pipeline.stages.language import tag_text

CLEAN_VERSION = 1
LEARNING_STORIES = 200  # the newest of a source, of which its boilerplate is learned
TAGGED_CHARACTERS = 600
PAGES = 32  # read from the store at a time


@dataclass(frozen=True, slots=True)
class _Task:
    """All that cleaning one entry takes; it goes to a worker as it is."""

    entry: Entry
    document: Document | None
    source: Source
    learned: frozenset[str]
    seen_at: datetime


def clean(session: Session, *, everything: bool = False) -> Report:
    """Clean the entries that wait for it, or with `everything` all that are kept.

    What turns out to be a source's boilerplate is learned, and taken out of the stories it was found in.
    """
    if everything:
        with session.store.transaction():
            session.store.entries.forget_cleaned()
    counts = {"entries": 0, "stories": 0, "rejected": 0, "learned lines": 0}
    notices: list[str] = []
    touched = _clean_waiting(session, counts, notices)
    counts["learned lines"] = _learn(session, touched)
    if counts["learned lines"]:
        _clean_waiting(session, dict(counts), [])
    return Report("clean", counts, tuple(notices))


def _clean_waiting(session: Session, counts: dict[str, int], notices: list[str]) -> set[str]:
    """Clean what waits; the names of the sources that gave stories."""
    total = session.store.entries.count_awaiting_clean(CLEAN_VERSION)
    touched: set[str] = set()
    if not total:
        return touched
    with session.engine() as engine:
        pairs = engine.pairs(partial(_clean, residue=residue_of(session)), _tasks(session))
        for batch in session.batches(session.track(pairs, "Cleaning", total)):
            for task, result in batch:
                cleaned = _keep(session, task, result)
                if isinstance(result, Failed):
                    what = task.entry.title or task.entry.url or task.entry.id
                    notices.append(f"{task.source.name}: {what}: {result.reason}: {result.detail}")
                counts["entries"] += 1
                counts["stories"] += len(cleaned.stories)
                counts["rejected"] += len(cleaned.rejected)
                touched |= {story.source for story in cleaned.stories}
    return touched


def _learn(session: Session, sources: Iterable[str]) -> int:
    """Learn the lines that several stories of a source share; their entries wait for clean again. How many are new."""
    known = session.store.stories.learned_lines()
    learned = 0
    if not (names := sorted(sources)):
        return 0
    with session.engine() as engine:
        tasks = ((name, session.store.stories.newest_of(name, LEARNING_STORIES)) for name in names)
        for (source, stories), shared in engine.pairs(_shared_lines, tasks):
            for lines, places in () if isinstance(shared, Failed) else shared:
                fresh = lines - known.get(source, frozenset())
                if not fresh:
                    continue
                learned += len(fresh)
                told = [stories[place] for place in places]
                holders = {story.entry for story in told if any(fold(block.text) in fresh for block in story.blocks)}
                with session.store.transaction():
                    session.store.stories.learn(source, fresh)
                    session.store.entries.forget_cleaned(holders)
    return learned


def _shared_lines(task: tuple[str, list[Story]]) -> list[tuple[frozenset[str], list[int]]]:
    """For each language of a source's articles the lines that several share, and the places of those articles."""
    _, stories = task
    by_language: dict[str, list[int]] = defaultdict(list)
    for place, story in enumerate(stories):
        if story.role == "article":
            by_language[tag_text(story.text[:TAGGED_CHARACTERS])].append(place)
    return [
        (frozenset(learn_lines([[block.text for block in stories[place].blocks] for place in places])), places)
        for places in by_language.values()
    ]


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
    for batch in gather(session.store.entries.awaiting_clean(CLEAN_VERSION), most=PAGES):
        ids = {stored.response for stored in batch if stored.response is not None}
        responses = session.store.responses.get_all(sorted(ids)) if ids else {}
        for stored in batch:
            source = sources.get(stored.entry.source)
            if source is None:
                continue  # its source is no longer in the config: it waits
            document = _document(responses[stored.response].response) if stored.response is not None else None
            yield _Task(stored.entry, document, source, learned.get(source.name, frozenset()), stored.first_seen_at)


def _document(response: Response) -> Document:
    media_type = (response.header("content-type") or "text/html").partition(";")[0].strip().lower()
    return Document(response.final_url, response.body, media_type, declared_charset(response))


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
