"""Fetch the article pages that entries link to, and the later pages of stories that continue on another page."""

from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.edges.fetcher import FetchResult, Request
from pipeline.errors import FetchError
from pipeline.executors import Failed
from pipeline.records import Rejected
from pipeline.run.clean import clean_tasks
from pipeline.run.fetch_state import FetchState
from pipeline.run.requests import account_of
from pipeline.run.session import Session, batched
from pipeline.run.workers.clean import find_more_pages

TRANSIENT = ("timeout", "connection", "dns", "status 429", "status 5")  # beginnings of reasons that may pass


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Pages to fetch, as (entry id, source, url), and where to record what became of each."""

    rows: Sequence[tuple[str, str, str]]
    keep: Callable[[str, str, int], None]  # entry id, url, response
    fail: Callable[[str, str, bool], None]  # entry id, url, whether to try again
    label: str


def fetch_pages(run: FetchState) -> Generator[list[str], None, None]:
    """Fetch the wanted pages; yield the ids of entries whose pages are stored, a batch at a time."""
    entries = run.store.entries
    return _fetch(
        run,
        _Wanted(
            entries.awaiting_page(),
            lambda entry, _, response: entries.page_fetched(entry, response),
            lambda entry, _, again: entries.page_failed(entry, again=again),
            "Fetching pages",
        ),
    )


def fetch_later_pages(run: FetchState) -> Generator[list[str], None, None]:
    """Fetch the known later pages of this issue's stories, as `fetch_pages` does. They may link further ones."""
    table = run.store.later_pages
    since, _ = run.session.window()
    awaiting = [] if run.budget.exceeded else table.awaiting(since)
    return _fetch(
        run,
        _Wanted(
            [row for row in awaiting if row[2] not in run.page_urls],  # a failed one waits for the next run
            table.fetched,
            lambda entry, url, again: table.failed(entry, url, again=again),
            "Fetching later pages",
        ),
    )


def want_later_pages(session: Session, arriving: Iterator[list[str]]) -> None:
    """Find the later pages of stories as their pages arrive, for a fetch that clean does not follow."""
    batches = (session.store.entries.get_all(ids) for ids in arriving)
    with session.engine() as engine:
        for batch in session.batches(engine.pairs(find_more_pages, clean_tasks(session, batches))):
            for task, found in batch:
                if not isinstance(found, Failed):
                    session.store.later_pages.want(task.entry.id, found)


def _fetch(run: FetchState, wanted: _Wanted) -> Generator[list[str], None, None]:
    entry_ids: dict[str, list[str]] = defaultdict(list)
    source_names: dict[str, str] = {}
    for entry_id, source_name, url in wanted.rows:
        entry_ids[url].append(entry_id)
        source_names.setdefault(url, source_name)
    run.page_urls.update(source_names)
    accounts = {source.name: account_of(source) for source in run.session.config.sources}
    requests = [Request(url, name, "page", account=accounts.get(name)) for url, name in source_names.items()]
    for batch in batched(run.send(requests, wanted.label)):
        stored: list[str] = []
        with run.store.transaction():
            for fetched in batch:
                url = fetched.request.url
                if _keep_page(run, fetched, source_names[url], entry_ids[url], wanted):
                    stored += entry_ids[url]
        if stored:
            yield list(dict.fromkeys(stored))


def _keep_page(
    run: FetchState, fetched: FetchResult, source_name: str, entry_ids: Iterable[str], wanted: _Wanted
) -> bool:
    """Store the page of these entries, or the failure; whether there is a page."""
    url = fetched.request.url
    if fetched.response is not None:
        response, _ = run.store.responses.put(fetched.response, source=source_name, purpose="page")
        run.store.ledger.accept([url], "page")
        run.pages += 1
        for entry_id in entry_ids:
            wanted.keep(entry_id, url, response)
        return True
    error = fetched.error or FetchError("empty", f"{url}: answered without a page")
    run.pages_failed += 1
    run.store.ledger.reject([Rejected(url, "page", error.reason, error.message)], run.now)
    for entry_id in entry_ids:
        wanted.fail(entry_id, url, error.reason.startswith(TRANSIENT))
    return False
