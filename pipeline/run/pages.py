"""Fetch the article pages that entries link to."""

from collections import defaultdict
from collections.abc import Generator, Sequence

from pipeline.edges.fetcher import FetchResult, Request
from pipeline.errors import FetchError
from pipeline.records import Rejected
from pipeline.run.fetch_state import FetchState
from pipeline.run.requests import account_of
from pipeline.run.session import batched

TRANSIENT = ("timeout", "connection", "dns", "status 429", "status 5")  # beginnings of reasons that may pass


def fetch_pages(run: FetchState) -> Generator[list[str], None, None]:
    """Fetch the wanted pages; yield the ids of entries whose pages are stored, a batch at a time."""
    wanted: dict[str, list[str]] = defaultdict(list)
    source_names: dict[str, str] = {}
    for entry_id, source_name, url in run.store.entries.awaiting_page():
        wanted[url].append(entry_id)
        source_names.setdefault(url, source_name)
    accounts = {source.name: account_of(source) for source in run.session.config.sources}
    requests = [Request(url, name, "page", account=accounts.get(name)) for url, name in source_names.items()]
    for batch in batched(run.send(requests, "Fetching pages")):
        stored: list[str] = []
        with run.store.transaction():
            for fetched in batch:
                url = fetched.request.url
                if _keep_page(run, fetched, source_names[url], wanted[url]):
                    stored += wanted[url]
        if stored:
            yield stored


def _keep_page(run: FetchState, fetched: FetchResult, source_name: str, entry_ids: Sequence[str]) -> bool:
    """Store the page of these entries, or the failure; whether there is a page."""
    url = fetched.request.url
    if fetched.response is not None:
        response, _ = run.store.responses.put(fetched.response, source=source_name, purpose="page")
        run.store.ledger.accept([url], "page")
        run.pages += 1
        for entry_id in entry_ids:
            run.store.entries.page_fetched(entry_id, response)
        return True
    error = fetched.error or FetchError("empty", f"{url}: answered without a page")
    run.pages_failed += 1
    run.store.ledger.reject([Rejected(url, "page", error.reason, error.message)], run.now)
    for entry_id in entry_ids:
        run.store.entries.page_failed(entry_id, again=error.reason.startswith(TRANSIENT))
    return False
