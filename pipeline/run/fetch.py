"""Fetch: sources → responses → entries, and then the article pages that the entries link to.

A source that fails is counted, named and requested again by the next run; what it published earlier is kept.
"""

import contextlib
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import chain

from pipeline.edges.fetcher import FetchResult, Request
from pipeline.edges.files import local_path
from pipeline.edges.store.codec import decode
from pipeline.edges.store.entries import EncodedEntry, encode_entry
from pipeline.edges.store.responses import StoredResponse
from pipeline.errors import FetchError
from pipeline.executors import Failed
from pipeline.records import Entry, Rejected, Response, Source, stable_id
from pipeline.run import polling
from pipeline.run.budget import Budget
from pipeline.run.fetch_state import FetchState
from pipeline.run.filters import Filters
from pipeline.run.health import dead_line
from pipeline.run.pages import fetch_later_pages, fetch_pages, want_later_pages
from pipeline.run.requests import account_of, open_mirrors
from pipeline.run.session import Report, Session, batched
from pipeline.run.sources import Mark, reader_of
from pipeline.run.workers.parse import NotAFeed, ParsedFeed, ParseTask, page_state, parse_response

PARSE_VERSION = 2
UNREAD = 0
MOST_LATER_PAGES = 5  # of one story, each of which may link the next


def fetch(
    session: Session,
    *,
    force: bool = False,
    only: Sequence[str] = (),
    follow: Callable[[Iterator[list[str]]], None] | None = None,
) -> Report:
    """Request the sources that are due (all with `force`), read their entries, then fetch the entries' pages.

    `follow` gets the ids of entries as their pages are stored, so that it can work while other pages are fetched.
    """
    enabled = [source for source in session.config.sources if source.enabled]
    sources = [source for source in enabled if not only or source.name in only]
    settings = session.config.fetch
    with open_mirrors(session.config) as mirrors:
        run = FetchState(session, mirrors, session.store.sources.states(), Budget(settings), Filters(session))
        most = settings.max_poll_seconds
        due = [
            source
            for source in sources
            if force or polling.is_due(run.known(source), source, run.now, most_seconds=most)
        ]
        remote = _read_local_sources(run, due)
        with contextlib.closing(_request_sources(run, remote)) as unread:
            _read_lists(run, unread, {source.name: source for source in enabled})
        for fetch_some in (fetch_pages, *[fetch_later_pages] * MOST_LATER_PAGES):
            with contextlib.closing(fetch_some(run)) as pages:
                first = next(pages, None)
                if first is not None:
                    (follow or partial(want_later_pages, session))(chain((first,), pages))
    run.notices += run.filters.notices()
    if dead := dead_line(sources, run.states, session.now, settings.dead_days):
        run.notices.append(dead)
    return _report(run, sources, due)


def _report(run: FetchState, sources: Sequence[Source], due: Sequence[Source]) -> Report:
    counts = {
        "sources": len(sources),
        "asked": run.requested,
        "not due": len(sources) - len(due),
        "unchanged": run.unchanged,
        "failed": len(answered_sources(run.session)[1]),
        "new entries": run.entries,
        "filtered": run.filters.dropped,
        "pages": run.pages,
        "pages failed": run.pages_failed,
    }
    return Report("fetch", counts, tuple(sorted(run.notices)))


def answered_sources(session: Session) -> tuple[list[str], dict[str, str]]:
    """The enabled sources whose last request succeeded, and the errors of the others by name."""
    states = session.store.sources.states()
    answered, failed = [], {}
    for source in session.config.sources:
        if not source.enabled:
            continue
        state = states.get(source.name)
        if state is not None and state.error is None and state.succeeded_at is not None:
            answered.append(source.name)
        else:
            failed[source.name] = state.error or "never asked" if state else "never asked"
    return answered, failed


def _read_local_sources(run: FetchState, due: Sequence[Source]) -> list[list[Source]]:
    """Read the sources that are not requested; return the others, in groups of one address each."""
    remote: dict[object, list[Source]] = defaultdict(list)
    for source in due:
        run.requested += 1
        if reader_of(source).is_requested(source):
            remote[polling.address_of(run.known(source), source), account_of(source)].append(source)
        else:
            _read_local(run, source)
    return list(remote.values())


def _read_local(run: FetchState, source: Source) -> None:
    """Store the responses of a source that is not requested. What was read before a failure is kept, with its marks."""
    reader, before = reader_of(source), run.known(source)
    read = _LocalRead(run, source, before.error is not None)
    items = reader.read(source, before.etag, limits=run.settings, now=run.now)
    with contextlib.closing(_failing_last(items)) as arriving:
        for batch in run.session.batches(run.session.track(arriving, source.name)):
            if reader.is_limited and (limit := read.limit()):
                run.notices.append(f"{source.name}: {limit}; the others wait")
                break
            for item in batch:
                read.keep(item)
    run.unchanged += not read.fresh and read.failure is None
    with run.store.transaction():
        if read.failure is not None:
            run.put_failure(source, str(read.failure))
        else:
            state = polling.answered(before, source, run.now, None, run.settings.max_poll_seconds)
            entries = (read.fresh or state.entries) if reader.is_limited else read.stored
            run.put(state if reader.lists_entries else replace(state, entries=entries))
        kept = " ".join(read.marks.values()) or (before.etag if read.failure else None)
        run.put(replace(run.states[source.name], etag=kept))


@dataclass(frozen=True, slots=True)
class _Failure:
    """The error that ended the reading of a source."""

    error: FetchError


def _failing_last(
    items: Iterator[Response | FetchError | Mark],
) -> Generator[Response | FetchError | Mark | _Failure, None, None]:
    """Yield the items, and an error that is raised as the last one, so that those before it are kept."""
    try:
        yield from items
    except FetchError as error:
        yield _Failure(error)


@dataclass(slots=True)
class _LocalRead:
    """What was read of a source that is not requested."""

    run: FetchState
    source: Source
    reread: bool  # the last read failed
    stored: int = 0
    fresh: int = 0
    marks: dict[str, str] = field(default_factory=dict)  # by part
    failure: FetchError | None = None

    def limit(self) -> str:
        """The limit of the run that is reached, as a message; empty while there is none."""
        if self.run.entries >= self.run.settings.max_run_entries:
            return "as many new entries as fetch.max_run_entries allows"
        return "" if local_path(self.source.location) else self.run.budget.exceeded

    def keep(self, item: Response | FetchError | Mark | _Failure) -> None:
        """Store an item, or report it."""
        run, reader = self.run, reader_of(self.source)
        if isinstance(item, Mark):
            self.marks[item.part or item.text] = item.text
        elif isinstance(item, _Failure):
            self.failure = item.error
        elif isinstance(item, Response):
            known = reader.is_final and run.store.entries.get_all([stable_id(self.source.name, item.url)])
            fresh = not known and _keep_response(run, self.source, item, reread=self.reread)[1]
            self.stored += 1
            self.fresh += fresh
            if reader.is_limited:
                run.entries += fresh
            if local_path(self.source.location) is None:
                run.budget.spend(len(item.body))
        else:
            run.notices.append(f"{self.source.name}: {item}")
            run.store.ledger.reject([Rejected(item.message, "fetch", item.reason, self.source.name)], run.now)


def _request_sources(run: FetchState, remote: Sequence[list[Source]]) -> Generator[StoredResponse, None, None]:
    """Request sources and store what they answer; yield the lists of entries that are to be read."""
    by_name = {sources[0].name: sources for sources in remote}
    requests = []
    for source, *_ in remote:
        state = run.known(source)
        address, purpose = polling.address_of(state, source), reader_of(source).purpose
        requests.append(Request(address, source.name, purpose, state.etag, state.last_modified, account_of(source)))
    # The first batch is a single response, so that the workers start early.
    for batch in batched(run.send(requests, "Requesting sources"), first=1):
        unread: list[StoredResponse] = []
        with run.store.transaction():
            for fetched in batch:
                for source in by_name[fetched.request.source]:
                    unread += _keep_result(run, source, fetched)
        yield from unread


def _keep_result(run: FetchState, source: Source, fetched: FetchResult) -> list[StoredResponse]:
    """Store the result of a request; return the response where it is a list that is to be read."""
    before = run.known(source)
    if fetched.error is not None:
        message = str(fetched.error)
        if source.headers and fetched.error.reason in ("status 401", "status 403"):
            message += "; check the variables of its headers"
        run.put_failure(source, message, wait_seconds=fetched.retry_after_seconds)
        return []
    failing = before.error is not None
    most = run.settings.max_poll_seconds
    state = polling.answered(before, source, run.now, fetched.poll_after_seconds, most)
    state = polling.sighted(state, fetched.moved_to)
    if fetched.not_modified or fetched.response is None:
        run.unchanged += 1
        run.put_success(source, replace(state, notes=before.notes))
        return []
    response = fetched.response
    stored, fresh = _keep_response(run, source, response, reread=failing)
    run.unchanged += not fresh
    state = replace(
        state,
        etag=response.header("etag"),
        last_modified=response.header("last-modified"),
        notes=state.notes if fresh else before.notes,
    )
    if reader_of(source).lists_entries and (fresh or failing):
        run.put(state)  # a new address is adopted only once the list was read there
        return [StoredResponse(stored, source.name, response)]
    run.put_success(source, state)
    return []


def _keep_response(run: FetchState, source: Source, response: Response, *, reread: bool = False) -> tuple[int, bool]:
    """Store a response; return its id, and whether it is new. A document is also stored as an entry.

    With `reread` a list is parsed again even if it has not changed: a bad one must not count as read.
    """
    lists_entries = reader_of(source).lists_entries
    purpose = "feed" if lists_entries else "document"
    stored, fresh = run.store.responses.put(response, source=source.name, purpose=purpose)
    if reread:
        run.store.responses.mark_read([stored], UNREAD)
    if not lists_entries:
        entry = Entry(
            id=stable_id(source.name, response.url),
            source=source.name,
            url=response.final_url if response.final_url.startswith("http") else None,
            title="",
            language=source.language,
        )
        for passed in run.filters.passed([entry]):
            # A page of a web archive was seen when it was captured; everything else is fetched now.
            run.store.entries.put(passed, seen_at=response.fetched_at, page="none", response=stored)
    return stored, fresh


def _read_lists(run: FetchState, arriving: Iterator[StoredResponse], sources: Mapping[str, Source]) -> None:
    """Parse, in child processes, the stored lists that this parser version has not read, and those that arrive.

    Responses are taken as workers become free, so that few of them are in memory at a time.
    """
    responses = run.store.responses
    waiting = run.session.track(
        responses.awaiting("feed", PARSE_VERSION), "Reading feeds", responses.count_awaiting("feed", PARSE_VERSION)
    )
    unread = chain(waiting, arriving)
    first = next(unread, None)
    if first is None:
        return
    since, _ = run.session.window()
    tasks = (ParseTask(stored, sources.get(stored.source), since, run.now) for stored in chain((first,), unread))
    put_off = 0
    with run.session.engine() as engine:
        for batch in run.session.batches(engine.pairs(parse_response, tasks)):
            for task, parsed in batch:
                if run.entries >= run.settings.max_run_entries:
                    put_off += 1
                    continue
                responses.mark_read([task.stored.id], PARSE_VERSION)
                if task.source is not None:  # else it is no longer in the config
                    _keep_parsed(run, task.source, parsed, since)
    if put_off:
        run.notices.append(f"as many new entries as fetch.max_run_entries allows: {put_off} feeds wait")


def _keep_parsed(
    run: FetchState, source: Source, parsed: ParsedFeed | NotAFeed | Failed | None, since: datetime
) -> None:
    if isinstance(parsed, Failed):
        run.put_failure(source, f"{parsed.reason}: {parsed.detail}")
    elif isinstance(parsed, NotAFeed):
        run.put_failure(source, parsed.message)
        run.put(replace(run.states[source.name], feeds=parsed.feeds))
    elif parsed is not None:
        _keep_entries(run, source, parsed, since)


def _keep_entries(run: FetchState, source: Source, feed: ParsedFeed, since: datetime) -> None:
    entries: Sequence[tuple[EncodedEntry, str]] = feed.entries
    if run.session.config.filters:
        passed = run.filters.passed(decode(Entry, entry.text) for entry, _ in entries)
        entries = [(encode_entry(entry), page_state(entry, source, since)) for entry in passed]
    fresh = run.store.entries.put_all(entries, seen_at=run.now)
    run.entries += fresh
    notes = feed.notes
    if feed.left and fresh >= len(entries):  # else those that are left were there before
        notes += (f"{feed.left} more new entries than max_entries allows ({source.max_entries}); raise it",)
    state = replace(run.states[source.name], entries=len(feed.entries), notes=notes)
    run.put_success(source, polling.waits_at_least(state, feed.ttl_seconds, run.settings.max_poll_seconds))
    run.notices += [f"{source.name}: {note}" for note in notes]
    run.store.ledger.accept([source.name], "fetch")
