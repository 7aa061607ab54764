"""Look at an address that may become a source: the feed there or behind its page, and what an editor needs to know."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from pipeline.config import Config
from pipeline.edges.fetcher import Request
from pipeline.errors import FeedError, FetchError
from pipeline.executors import Engine, Failed, open_engine
from pipeline.records import Entry, Response
from pipeline.run.requests import open_mirrors, send_requests
from pipeline.run.workers.parse import ENOUGH_TEXT
from pipeline.text.charsets import declared_charset

if TYPE_CHECKING:
    from pipeline.stages.parse import Feed

USUAL_PATHS = ("/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/feed.json")
MAX_LINKED = 5  # feeds of a page that are tried
SAMPLE_TITLES = 30  # that show the language of a feed


@dataclass(frozen=True, slots=True)
class Inspection:
    """What is at an address. `kind`: feed or page."""

    kind: str
    location: str
    title: str
    language: str | None  # None if it is unknown
    items: int
    newest: datetime | None
    text: str  # full text, summary or titles only
    notes: tuple[str, ...] = ()
    linked: tuple[str, ...] = ()  # feeds that a page links to


def inspect_address(config: Config, address: str, *, now: datetime) -> Inspection:
    """Look for a feed at an address, among the feeds that its page links to, and at the usual paths of its host.

    Without a feed the page itself is described. FetchError or FeedError if nothing can be read.
    """
    address = address if "://" in address else f"https://{address}"
    with (
        open_mirrors(config) as mirrors,
        open_engine(config.engine, workers=config.workers, seconds=config.clean.timeout_seconds) as engine,
    ):
        first = _examine(config, engine, mirrors, address, now)
        if isinstance(first, (FetchError, FeedError)):
            raise first
        if first.kind == "feed":
            return first
        for candidate in _candidates(first):
            found = _examine(config, engine, mirrors, candidate, now)
            if isinstance(found, Inspection) and found.kind == "feed" and found.items:
                return found
        return first


def _candidates(page: Inspection) -> Iterator[str]:
    yield from page.linked[:MAX_LINKED]
    yield from (urljoin(page.location, path) for path in USUAL_PATHS)


def _examine(
    config: Config, engine: Engine, mirrors: dict[str, str], address: str, now: datetime
) -> Inspection | FetchError | FeedError:
    (fetched,) = send_requests(config, [Request(address, address, "feed")], mirrors, now=now)
    if fetched.response is None:
        return fetched.error or FetchError("empty", f"{address} answered without a body")
    (found,) = engine.map(partial(_describe, now=now), [fetched.response])
    if isinstance(found, Failed):
        return FeedError(found.reason, found.detail)
    return found


def _describe(response: Response, *, now: datetime) -> Inspection:
    """Describe a feed or a page, in a worker."""
    from pipeline.stages.parse import read_feed

    try:
        feed = read_feed(response.body, response.final_url, charset=declared_charset(response))
    except FeedError as error:
        if error.reason != "html":
            raise
        return _describe_page(response)
    from pipeline.stages.tag import tag_text

    sizes = [len(entry.content_html or entry.summary_html) for entry in feed.entries]
    size = int(median(sizes)) if sizes else 0
    titles = ". ".join(entry.title for entry in feed.entries[:SAMPLE_TITLES])
    language = feed.language or tag_text(titles)
    return Inspection(
        kind="feed",
        location=response.final_url,
        title=feed.title,
        language=None if language == "und" else language,
        items=len(feed.entries),
        newest=max(filter(None, map(partial(_date_until, now=now), feed.entries)), default=None),
        text="full text" if size >= ENOUGH_TEXT else f"summary ({size:,} characters)" if size else "titles only",
        notes=(*feed.notes, *_oddities(feed, now)),
    )


def _date_until(entry: Entry, *, now: datetime) -> datetime | None:
    """The date of an entry; None for one in the future, which counts as no date."""
    moment = entry.published_at or entry.updated_at
    return moment if moment and moment <= now else None


def _oddities(feed: "Feed", now: datetime) -> Iterator[str]:
    """What an editor may not expect of the entries."""
    untitled = sum(not entry.title for entry in feed.entries)
    dates = [entry.published_at or entry.updated_at for entry in feed.entries]
    future = sum(date is not None and date > now for date in dates)
    unlinked = sum(not entry.url for entry in feed.entries)
    if untitled:
        yield f"{untitled} of {len(feed.entries)} items have no title; their first words will be it"
    if future:
        yield f"{future} of {len(feed.entries)} dates are in the future and count as none"
    if unlinked:
        yield f"{unlinked} of {len(feed.entries)} items have no link"


def _describe_page(response: Response) -> Inspection:
    from pipeline.records import Document
    from pipeline.stages.clean import clean_document
    from pipeline.stages.parse import discover_feeds
    from pipeline.stages.tag import tag_text

    document = Document(response.final_url, response.body, charset=declared_charset(response))
    cleaned = clean_document(document, now=response.fetched_at)
    stories = [story for story in cleaned.stories if story.role in ("article", "feature", "read")]
    language = tag_text(". ".join(story.title for story in stories) or "")
    return Inspection(
        kind="page",
        location=response.final_url,
        title=stories[0].outlet if stories else urlsplit(response.final_url).hostname or "",
        language=None if language == "und" else language,
        items=len(stories),
        newest=max((story.published_at for story in stories if story.published_at), default=None),
        text="full text" if any(len(story.text) >= ENOUGH_TEXT for story in stories) else "titles only",
        notes=tuple(f"{rejected.reason}: {rejected.detail}" for rejected in cleaned.rejected),
        linked=tuple(discover_feeds(response.body, response.final_url)),
    )


def config_line(found: Inspection) -> str:
    """The line of the config that makes the address a source."""
    values = {"name": found.title or urlsplit(found.location).hostname or "", found.kind: found.location}
    values |= {"language": found.language} if found.language else {}
    return "- {" + ", ".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()) + "}"
