"""Add: one page by its address, as an editor wants it, to this week's candidates; or a story that an editor writes.

The page is fetched, cleaned, tagged and compared as any other. Its entry belongs to no source of the config, so that no
run drops it, and its stories are candidates of the issue whatever their date.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from pipeline.config import Config, Edition
from pipeline.edges.fetcher import FetchResult, Request
from pipeline.edges.store import Store, open_store
from pipeline.errors import CleanError, FetchError, UsageError
from pipeline.records import ADDED, Edits, Entry, Rejected, Response, Story, stable_id
from pipeline.run.clean import Cleaning, document_of
from pipeline.run.dedupe import dedupe
from pipeline.run.edits_file import EditsFile
from pipeline.run.requests import account_of, open_mirrors, send_requests
from pipeline.run.session import APPROVED, STORE_FILE, Session
from pipeline.text.links import split_login, without_tracking

Section = Literal["features", "reads"]
# A paper as a file; its page says who wrote it and when.
_PAPER_FILE = re.compile(r"^(https?://(?:www\.|export\.)?arxiv\.org)/(?:pdf|html)/(.+?)(?:\.pdf)?$")


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an added story is pinned: in these editions, all by default."""

    section: Section
    editions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Added:
    """A story that is a candidate of the issue now."""

    story: Story
    known: bool  # it was in the store before
    copy_of: str | None
    pinned: tuple[str, ...]  # editions
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnStory:
    """A story without a page, which an editor writes: an event, a job, a note."""

    title: str
    text: str  # paragraphs with empty lines between them
    outlet: str
    language: str


def page_address(text: str) -> str:
    """The address of a page as an editor gives it, completed by https. UsageError for what is no address of the Web."""
    address = text.strip() if "://" in text else f"https://{text.strip()}"
    try:
        parts, login = urlsplit(address), split_login(address)[1]
    except ValueError as error:
        raise UsageError(f"{text} is not an address: {error}") from error
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{text} is not the address of a page: it has to begin with https:// or http://")
    if login:
        raise UsageError("the address has a login, which no file may have; give it to a source's headers instead")
    address = parts._replace(fragment="", query=without_tracking(parts.query)).geturl()
    return _PAPER_FILE.sub(r"\1/abs/\2", address)


def find_known(config: Config, address: str) -> bool:
    """Whether the store has the story of this page, so that it need not be fetched."""
    path = config.state / STORE_FILE
    if not path.exists():
        return False
    with open_store(path, create=False) as store:
        return _known_story(store, address) is not None


def fetch_page(config: Config, address: str, *, now: datetime) -> list[Response] | FetchError:
    """Fetch a page with the config's rules and limits, with the account of a source on its host.

    The later pages of its story come after it; those that fail are left to the next run.
    """
    from pipeline.stages.clean import find_later_pages

    host = urlsplit(address).hostname
    accounts = (account_of(source) for source in config.sources if urlsplit(source.location).hostname == host)
    account = next(filter(None, accounts), None)
    with open_mirrors(config) as mirrors:

        def send(addresses: Sequence[str]) -> list[FetchResult]:
            requests = [Request(each, ADDED.name, "page", account=account) for each in addresses]
            return list(send_requests(config, requests, mirrors, now=now))

        (first,) = send([address])
        if first.response is None:
            return first.error or FetchError("empty", f"{address} answered without a page")
        later: dict[str, Response | None] = {}
        while True:
            documents = {url: document_of(response) for url, response in later.items() if response is not None}
            linked = find_later_pages(document_of(first.response), documents)
            if not (wanted := [url for url in linked if url not in later]):
                return [first.response, *filter(None, later.values())]
            later |= {result.request.url: result.response for result in send(wanted)}


def add_page(
    session: Session,
    address: str,
    fetched: Sequence[Response] | FetchError | None,
    placement: Placement | None = None,
) -> Added:
    """Make the story of a page a candidate of this week's issue, and pin it where `placement` says.

    `fetched`: the page with its later ones, or None where its story is known. UsageError where the page or the
    placement is refused.
    """
    editions = _editions(session.config, placement)
    _require_open_issue(session)
    story = _known_story(session.store, address)
    if story is None and isinstance(fetched, Sequence) and fetched[0].final_url != fetched[0].url:
        story = _known_story(session.store, page_address(fetched[0].final_url))
    known = story is not None
    if story is None:
        story = _keep_page(session, address, fetched)
    added = _make_candidate(session, story, known=known)
    if placement is not None:
        for edition in editions:
            _pin(session, edition, story.id, placement.section)
    return replace(added, pinned=tuple(edition.name for edition in editions))


def add_own_story(session: Session, own: OwnStory) -> Added:
    """Make a story that an editor wrote a candidate of this week's issue. UsageError for one without title or text."""
    _require_open_issue(session)
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", own.text) if part.strip()]
    if not own.title.strip() or not paragraphs:
        raise UsageError("a story of your own needs a title and a text")
    entry = Entry(
        stable_id(ADDED.name, session.key, own.title.strip(), own.text.strip()),
        ADDED.name,
        None,
        " ".join(own.title.split()),
        published_at=session.now,
        language=own.language,
        content_html="".join(f"<p>{html.escape(part)}</p>" for part in paragraphs),
        outlet=" ".join(own.outlet.split()) or session.config.name,
    )
    known = bool(session.store.stories.of_entry(entry.id))
    with session.store.transaction():
        session.store.entries.put(entry, seen_at=session.now, page="none", response=None)
        session.store.stories.put_added(session.key, stable_id(entry.id))
    return _make_candidate(session, _cleaned_story(session, entry, own.title), known=known)


def _require_open_issue(session: Session) -> None:
    issue = session.store.issues.get(session.key)
    if issue is not None and issue.status == APPROVED:
        raise UsageError(f"{session.key} is approved and no longer changes; withdraw the approval to add to it")


def _make_candidate(session: Session, story: Story, *, known: bool) -> Added:
    """Record that an editor added a story, and compare it with the others."""
    with session.store.transaction():
        session.store.stories.put_added(session.key, story.id)
    report = dedupe(session)
    copies = session.store.stories.copies_among([story.id])
    return Added(story, known, copies.get(story.id), (), tuple(report.notices))


def _editions(config: Config, placement: Placement | None) -> list[Edition]:
    if placement is None:
        return []
    known = [edition.name for edition in config.editions]
    for name in placement.editions:
        if name not in known:
            raise UsageError(f"there is no edition {name!r}; the config has {', '.join(known)}")
    return [edition for edition in config.editions if not placement.editions or edition.name in placement.editions]


def _entry_id(address: str) -> str:
    return stable_id(ADDED.name, address)


def _known_story(store: Store, address: str) -> Story | None:
    """The story of this page, added earlier or out of a source; not one of which the store has the title alone."""
    from courlan import clean_url  # what clean makes canonical URLs with

    added = store.stories.of_entry(_entry_id(address))
    addresses = {address, clean_url(address) or address}
    found = [story for story in store.stories.at_address(addresses) if story.role == "article" and story.blocks]
    return next(iter([*added, *found]), None)


def _keep_page(session: Session, address: str, fetched: Sequence[Response] | FetchError | None) -> Story:
    """Store, clean and tag a page; its story. A page that is refused is rejected in the ledger, and a UsageError."""
    store = session.store
    if not isinstance(fetched, Sequence):
        error = fetched or FetchError("empty", f"{address} was not fetched")
        store.ledger.reject([Rejected(address, "page", error.reason, error.message)], session.now)
        raise UsageError(f"{address} cannot be added: {error}") from error
    page, *later = fetched
    entry = Entry(_entry_id(address), ADDED.name, page_address(page.final_url), "")
    with store.transaction():
        response, _ = store.responses.put(page, source=ADDED.name, purpose="page")
        store.ledger.accept([address], "page")
        store.entries.put(entry, seen_at=session.now, page="kept", response=response)
        for each in later:
            response, _ = store.responses.put(each, source=ADDED.name, purpose="page")
            store.later_pages.want(entry.id, [each.url])
            store.later_pages.fetched(entry.id, each.url, response)
        store.stories.put_added(session.key, stable_id(entry.id))  # so that a run completes what a kill interrupts
    return _cleaned_story(session, entry, address)


def _cleaned_story(session: Session, entry: Entry, name: str) -> Story:
    """Clean and tag an entry; its story. UsageError with the reason, where it is refused."""
    Cleaning(session, tags=True).follow([[entry.id]])
    stories = session.store.stories.of_entry(entry.id)
    if not stories:
        reasons = [item for item in session.store.ledger.rejected() if item.id == entry.id and item.stage == "clean"]
        refused = CleanError(reasons[0].reason, reasons[0].detail) if reasons else CleanError("no text")
        raise UsageError(f"{name} cannot be added: {refused}")
    return stories[0]


def _pin(session: Session, edition: Edition, story: str, section: Section) -> None:
    """Pin a story last in its section, unless it or a copy of it is pinned there already."""
    file = EditsFile(edition, session.outbox.edits_path(session.key, edition.name))
    file.path.parent.mkdir(parents=True, exist_ok=True)

    def pinned(edits: Edits) -> Edits:
        same = _same_stories(session, story, [*edits.features, *edits.reads, *edits.drops])
        changed: dict[str, Any] = {
            name: tuple(other for other in getattr(edits, name) if other not in same)
            for name in ("features", "reads", "drops")
            if name != section
        }
        if same.isdisjoint(getattr(edits, section)):
            changed[section] = (*getattr(edits, section), story)
        return replace(edits, **changed)

    file.update(pinned)


def _same_stories(session: Session, story: str, others: Sequence[str]) -> set[str]:
    """The story, and those of the others that are copies of it or of the same story."""
    copies = session.store.stories.copies_among([story, *others])
    return {story, *(other for other in others if copies.get(other, other) == copies.get(story, story))}
