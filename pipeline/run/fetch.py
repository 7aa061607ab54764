"""Fetch: sources → responses → entries, and then the article pages that the entries point to.

A source that fails is counted, named and tried again next time; nothing that came before is lost.
"""

import contextlib
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from pathlib import Path

from pipeline.edges.fetcher import FetchResult, Request
from pipeline.edges.files import local_path, read_file, read_folder
from pipeline.edges.store.codec import decode
from pipeline.edges.store.entries import EncodedEntry, encode_entry
from pipeline.edges.store.responses import StoredResponse
from pipeline.edges.store.sources import SourceState
from pipeline.errors import FetchError
from pipeline.executors import Failed
from pipeline.records import Entry, Purpose, Rejected, Response, Source, stable_id
from pipeline.run import polling
from pipeline.run.budget import Budget
from pipeline.run.filters import Filters
from pipeline.run.health import REPORT_AFTER, dead_line
from pipeline.run.requests import ask, open_mirrors
from pipeline.run.session import Report, Session, batched
from pipeline.run.warc import read_archives
from pipeline.run.workers.parse import NotAFeed, ParsedFeed, ParseTask, page_of, parse_response

PARSE_VERSION = 1
UNREAD = 0
PASSING = ("timeout", "connection", "dns", "status 429", "status 5")  # faults that may be gone the next time


@dataclass(slots=True)
class _Tally:
    """What this fetch has seen, while it goes on."""

    states: dict[str, SourceState]
    budget: Budget
    filters: Filters
    asked: int = 0
    unchanged: int = 0
    not_due: int = 0
    entries: int = 0
    pages: int = 0
    pages_failed: int = 0
    notices: list[str] = field(default_factory=list)


def fetch(
    session: Session,
    *,
    force: bool = False,
    only: Sequence[str] = (),
    follow: Callable[[Iterator[list[str]]], None] | None = None,
) -> Report:
    """Poll the sources that are due (all with `force`), read what came, then fetch the pages their entries point to.

    `follow` is for who works on entries as their pages are kept: it takes their ids while others are being fetched.
    """
    given = session.config.fetch
    enabled = [source for source in session.config.source_records() if source.enabled]
    sources = [source for source in enabled if not only or source.name in only]
    tally = _Tally(session.store.sources.states(), Budget(given), Filters(session))
    with open_mirrors(session.config) as mirrors:
        due = [source for source in sources if force or _is_due(session, source, tally)]
        tally.not_due = len(sources) - len(due)
        remote = _read_nearby(session, due, tally)
        with contextlib.closing(_answers(session, remote, mirrors, tally)) as arriving:
            _read_feeds(session, arriving, {source.name: source for source in enabled}, tally)
        with contextlib.closing(_pages(session, mirrors, tally)) as pages:
            first = next(pages, None)
            if first is not None:
                (follow or _none_follows)(chain((first,), pages))
    tally.notices += tally.filters.notices()
    if dead := dead_line(sources, tally.states, session.now, given.dead_days):
        tally.notices.append(dead)
    _, failed = answered_sources(session)
    counts = {
        "sources": len(sources),
        "asked": tally.asked,
        "not due": tally.not_due,
        "unchanged": tally.unchanged,
        "failed": len(failed),
        "new entries": tally.entries,
        "filtered": tally.filters.dropped,
        "pages": tally.pages,
        "pages failed": tally.pages_failed,
    }
    return Report("fetch", counts, tuple(sorted(tally.notices)))


def answered_sources(session: Session) -> tuple[list[str], dict[str, str]]:
    """Of the enabled sources, those whose last poll succeeded, and what was wrong with the others."""
    states = session.store.sources.states()
    answered, failed = [], {}
    for source in session.config.source_records():
        if not source.enabled:
            continue
        state = states.get(source.name)
        if state is not None and state.error is None and state.succeeded_at is not None:
            answered.append(source.name)
        else:
            failed[source.name] = state.error or "never asked" if state else "never asked"
    return answered, failed


def _is_due(session: Session, source: Source, tally: _Tally) -> bool:
    state = polling.known_state(tally.states, source)
    return polling.is_due(state, source, session.now, most_seconds=session.config.fetch.max_poll_seconds)


def _read_nearby(session: Session, due: Sequence[Source], tally: _Tally) -> list[list[Source]]:
    """Take what lies on this machine; the sources to ask for over the network, those of one address together."""
    remote: dict[str, list[Source]] = defaultdict(list)
    for source in due:
        tally.asked += 1
        path = local_path(source.location)
        if path is not None and source.kind == "warc":
            _read_warc(session, source, tally)
        elif path is not None:
            with session.store.transaction():
                _read_local(session, source, path, tally)
        else:
            remote[polling.address_of(polling.known_state(tally.states, source), source)].append(source)
    return list(remote.values())


def _answers(
    session: Session, remote: Sequence[list[Source]], mirrors: Mapping[str, str], tally: _Tally
) -> Generator[StoredResponse, None, None]:
    """Ask, and keep what is answered; feeds that are to be read are handed on, when they are kept."""
    requests = [_request(sources[0], tally) for sources in remote]
    by_name = {sources[0].name: sources for sources in remote}
    for batch in batched(_asked(session, requests, mirrors, tally, "Asking sources"), first=1):  # workers start by it
        unread: list[StoredResponse] = []
        with session.store.transaction():
            for fetched in batch:
                for source in by_name[fetched.request.source]:
                    unread += _keep_answer(session, source, fetched, tally)
        yield from unread


def _asked(
    session: Session, requests: Sequence[Request], mirrors: Mapping[str, str], tally: _Tally, label: str
) -> Iterator[FetchResult]:
    """The answers, until the run has had as much as it may have; what is left is asked the next time."""
    if not requests:
        return
    done = 0
    with contextlib.closing(ask(session.config, requests, mirrors, now=session.now)) as answers:
        for fetched in session.track(answers, label, len(requests)):
            yield fetched
            done += 1
            tally.budget.spend(len(fetched.response.body) if fetched.response else 0)
            if tally.budget.exceeded and done < len(requests):
                left = len(requests) - done
                tally.notices.append(f"{tally.budget.exceeded}: {left} addresses are left for the next run")
                return


def _request(source: Source, tally: _Tally) -> Request:
    state = polling.known_state(tally.states, source)
    purpose: Purpose = "feed" if source.kind == "feed" else "page"
    return Request(polling.address_of(state, source), source.name, purpose, state.etag, state.last_modified)


def _keep_answer(session: Session, source: Source, fetched: FetchResult, tally: _Tally) -> list[StoredResponse]:
    """Keep what a source answered; a feed that is to be read is given back."""
    state = polling.known_state(tally.states, source)
    if fetched.error is not None:
        _failed(session, source, str(fetched.error), tally, wait_seconds=fetched.retry_after_seconds)
        return []
    failing, notes = state.error is not None, state.notes
    most = session.config.fetch.max_poll_seconds
    state = polling.answered(state, source, session.now, fetched.poll_after_seconds, most)
    state = polling.sighted(state, fetched.moved_to)
    if fetched.not_modified or fetched.response is None:
        tally.unchanged += 1
        state = replace(state, notes=notes)
    else:
        response = fetched.response
        state = replace(state, etag=response.header("etag"), last_modified=response.header("last-modified"))
        stored, fresh = _keep_response(session, source, response, tally, reread=failing)
        tally.unchanged += not fresh
        state = state if fresh else replace(state, notes=notes)
        if (fresh or failing) and source.kind == "feed":  # it has moved for good only if it can be read there
            tally.states[source.name] = state
            session.store.sources.put([state])
            return [StoredResponse(stored, source.name, response)]
    _keep_state(session, source, state, tally)
    return []


def _keep_state(session: Session, source: Source, state: SourceState, tally: _Tally) -> None:
    """Keep it; a feed that was seen and read at its new address often enough is asked there from now on."""
    moved = polling.adopted(state) if source.kind == "feed" else state
    if moved is not state:
        where = moved.adopted_url
        tally.notices.append(f"{source.name}: has moved for good, and is read there; put {where} in the config")
    tally.states[source.name] = moved
    session.store.sources.put([moved])


def _keep_response(
    session: Session, source: Source, response: Response, tally: _Tally, *, reread: bool = False
) -> tuple[int, bool]:
    """Keep what came; its id, and whether it is new. A page is an entry of its own; a feed waits to be parsed.

    With `reread` a feed is parsed again even if it is the same as before: a bad one must not pass for good.
    """
    purpose = "feed" if source.kind == "feed" else "document"
    stored, fresh = session.store.responses.put(response, source=source.name, purpose=purpose)
    if reread:
        session.store.responses.mark_read([stored], UNREAD)
    if purpose == "document":
        entry = Entry(
            id=stable_id(source.name, response.url),
            source=source.name,
            url=response.final_url if response.final_url.startswith("http") else None,
            title="",
            language=source.language,
        )
        for passed in tally.filters.passed([entry]):
            # A crawl has seen it when it was captured; all else is fetched now.
            session.store.entries.put(passed, seen_at=response.fetched_at, page="none", response=stored)
    return stored, fresh


def _read_local(session: Session, source: Source, path: Path, tally: _Tally) -> None:
    max_bytes = session.config.fetch.max_page_bytes if source.kind != "feed" else session.config.fetch.max_feed_bytes
    try:
        if source.kind == "folder":
            found = list(read_folder(path, max_bytes=max_bytes, now=session.now))
        else:
            found = [read_file(path, max_bytes=max_bytes, now=session.now)]
    except FetchError as error:
        _failed(session, source, str(error), tally)
        return
    bad = [error for error in found if isinstance(error, FetchError)]
    session.store.ledger.reject((Rejected(e.message, "fetch", e.reason, source.name) for e in bad), session.now)
    state = polling.known_state(tally.states, source)
    failing = state.error is not None
    good = [response for response in found if isinstance(response, Response)]
    fresh = [_keep_response(session, source, response, tally, reread=failing)[1] for response in good]
    tally.unchanged += not any(fresh)
    tally.notices += [f"{source.name}: {error}" for error in bad]
    state = polling.answered(state, source, session.now, None, session.config.fetch.max_poll_seconds)
    tally.states[source.name] = replace(state, entries=len(fresh) if source.kind != "feed" else state.entries)
    session.store.sources.put([tally.states[source.name]])


def _read_warc(session: Session, source: Source, tally: _Tally) -> None:
    """What of a source's archives was read before is told by marks, in the place of a feed's validator."""
    state = polling.known_state(tally.states, source)
    room = session.config.fetch.max_run_entries - tally.entries
    try:
        reading = read_archives(
            session, source, state.etag, lambda page: _keep_response(session, source, page, tally)[1], room=room
        )
    except FetchError as error:
        with session.store.transaction():
            _failed(session, source, str(error), tally)
        return
    tally.unchanged += not reading.pages
    tally.entries += reading.pages
    tally.notices += [f"{source.name}: {error}" for error in reading.errors]
    if reading.pages >= room:
        tally.notices.append(f"{source.name}: as many new entries as fetch.max_run_entries allows: the others wait")
    state = polling.answered(state, source, session.now, None, session.config.fetch.max_poll_seconds)
    tally.states[source.name] = replace(state, etag=reading.marks, entries=reading.pages or state.entries)
    with session.store.transaction():
        session.store.sources.put([tally.states[source.name]])


def _failed(session: Session, source: Source, said: str, tally: _Tally, *, wait_seconds: float | None = None) -> None:
    """Count a failure, and name it."""
    most = session.config.fetch.max_poll_seconds
    known = polling.known_state(tally.states, source)
    state = polling.failed(known, source, said, session.now, wait_seconds=wait_seconds, most=most)
    notice = f"{source.name}: {said}"
    if state.gone_at:
        notice += "; it is not asked again, unless with --force: 'newsletter sources remove' takes it out"
    elif state.failures >= REPORT_AFTER and state.failing_since:
        notice += f" ({state.failures} times in a row, since {state.failing_since:%Y-%m-%d})"
    tally.states[source.name] = state
    tally.notices.append(notice)
    session.store.sources.put([state])
    session.store.ledger.reject([Rejected(source.name, "fetch", said.partition(":")[0], said)], session.now)


def _read_feeds(
    session: Session, arriving: Iterator[StoredResponse], sources: Mapping[str, Source], tally: _Tally
) -> None:
    """Parse, in child processes, what no parser of this version has read, and feeds as they arrive.

    The answers of the hosts are taken as workers get free for them, so that few of them are held at a time.
    """
    responses = session.store.responses
    before = session.track(
        responses.awaiting("feed", PARSE_VERSION), "Reading feeds", responses.count_awaiting("feed", PARSE_VERSION)
    )
    unread = chain(before, arriving)
    first = next(unread, None)
    if first is None:
        return
    since, _ = session.window()
    given = (ParseTask(stored, sources.get(stored.source), since) for stored in chain((first,), unread))
    put_off = 0
    with session.engine() as engine:
        for batch in session.batches(engine.pairs(parse_response, given)):
            for each, result in batch:
                if tally.entries >= session.config.fetch.max_run_entries:
                    put_off += 1
                    continue
                responses.mark_read([each.stored.id], PARSE_VERSION)
                if each.source is not None:  # else it is no longer in the config; what it said before stays
                    _keep_reading(session, each.source, result, tally, since)
    if put_off:
        tally.notices.append(f"as many new entries as fetch.max_run_entries allows: {put_off} feeds wait")


def _keep_reading(
    session: Session, source: Source, result: ParsedFeed | NotAFeed | Failed | None, tally: _Tally, since: datetime
) -> None:
    if isinstance(result, Failed):
        _failed(session, source, f"{result.reason}: {result.detail}", tally)
    elif isinstance(result, NotAFeed):
        _failed(session, source, result.said, tally)
        tally.states[source.name] = replace(tally.states[source.name], feeds=result.feeds)
        session.store.sources.put([tally.states[source.name]])
    elif result is not None:
        _keep_entries(session, source, result, tally, since)


def _keep_entries(session: Session, source: Source, feed: ParsedFeed, tally: _Tally, since: datetime) -> None:
    entries: Sequence[tuple[EncodedEntry, str]] = feed.entries
    if session.config.filters:
        passed = tally.filters.passed(decode(Entry, entry.text) for entry, _ in entries)
        entries = [(encode_entry(entry), page_of(entry, source, since)) for entry in passed]
    tally.entries += session.store.entries.put_all(entries, seen_at=session.now)
    state = replace(tally.states[source.name], entries=len(feed.entries), notes=feed.notes)
    state = polling.waits_at_least(state, feed.ttl_seconds, session.config.fetch.max_poll_seconds)
    _keep_state(session, source, state, tally)
    tally.notices += [f"{source.name}: {note}" for note in feed.notes]
    session.store.ledger.accept([source.name], "fetch")


def _pages(session: Session, mirrors: Mapping[str, str], tally: _Tally) -> Generator[list[str], None, None]:
    """Fetch the pages that are wanted; the ids of the entries whose pages came, when they are kept."""
    wanted: dict[str, list[str]] = defaultdict(list)
    names: dict[str, str] = {}
    for entry_id, source, url in session.store.entries.awaiting_page():
        wanted[url].append(entry_id)
        names.setdefault(url, source)
    requests = [Request(url, names[url], "page") for url in wanted]
    for batch in batched(_asked(session, requests, mirrors, tally, "Fetching pages")):
        came: list[str] = []
        with session.store.transaction():
            for fetched in batch:
                url = fetched.request.url
                if _keep_page(session, fetched, names[url], wanted[url], tally):
                    came += wanted[url]
        if came:
            yield came


def _none_follows(arriving: Iterator[list[str]]) -> None:
    for _ in arriving:
        pass


def _keep_page(session: Session, fetched: FetchResult, source: str, entries: Sequence[str], tally: _Tally) -> bool:
    """Keep the page of these entries, or that it could not be had; whether it came."""
    url = fetched.request.url
    if fetched.response is not None:
        response, _ = session.store.responses.put(fetched.response, source=source, purpose="page")
        session.store.ledger.accept([url], "page")
        tally.pages += 1
        for entry in entries:
            session.store.entries.page_fetched(entry, response)
        return True
    error = fetched.error or FetchError("empty", f"{url}: answered without a page")
    tally.pages_failed += 1
    session.store.ledger.reject([Rejected(url, "page", error.reason, error.message)], session.now)
    for entry in entries:
        session.store.entries.page_failed(entry, again=error.reason.startswith(PASSING))
    return False
