"""Request sources without keeping anything, to see whether they can be read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.config import Config
from pipeline.edges.fetcher import Request
from pipeline.errors import FetchError
from pipeline.executors import Failed, open_engine
from pipeline.records import Response, Source
from pipeline.run.requests import account_of, open_mirrors, send_requests
from pipeline.run.sources import reader_of

if TYPE_CHECKING:
    from pipeline.stages.parse import Feed


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """Whether a source can be read."""

    source: str
    ok: bool
    said: str  # what it contains, or the error; a key of `newsletter sources check --json`
    moved_to: str | None = None


def probe_sources(config: Config, sources: Sequence[Source], *, now: datetime) -> list[ProbeResult]:
    """A result for each source, in their order."""
    results: dict[str, ProbeResult] = {}
    unread: list[tuple[Source, Response, str | None]] = []
    for source, found, moved_to in _responses(config, sources, now):
        if isinstance(found, Response):
            unread.append((source, found, moved_to))
        else:
            results[source.name] = ProbeResult(source.name, isinstance(found, str), str(found))
    with open_engine(config.engine, workers=config.workers, seconds=config.clean.timeout_seconds) as engine:
        feeds = engine.map(_parse, [(source, response) for source, response, _ in unread])
        for (source, _, moved_to), feed in zip(unread, feeds, strict=True):
            results[source.name] = _describe_feed(source, feed, moved_to)
    return [_with_links(results[source.name], source) for source in sources]


def _with_links(result: ProbeResult, source: Source) -> ProbeResult:
    return replace(result, said=f"{result.said}; its links keep their parameters") if source.keep_links else result


def _responses(
    config: Config, sources: Sequence[Source], now: datetime
) -> Iterator[tuple[Source, Response | FetchError | str, str | None]]:
    """(source, response to parse or description or error, address that it has moved to)."""
    remote = {}
    for source in sources:
        if reader_of(source).is_requested(source):
            remote[source.name] = source
            continue
        try:
            yield source, reader_of(source).probe(source, limits=config.fetch, now=now), None
        except FetchError as error:
            yield source, error, None
    requests = [
        Request(source.location, source.name, reader_of(source).purpose, account=account_of(source))
        for source in remote.values()
    ]
    with open_mirrors(config) as mirrors:
        for fetched in send_requests(config, requests, mirrors, now=now):
            source = remote[fetched.request.source]
            if fetched.response is None:
                yield source, fetched.error or FetchError("empty", "answered without a body"), fetched.moved_to
            else:
                yield source, reader_of(source).describe(fetched.response), fetched.moved_to


def _parse(task: tuple[Source, Response]) -> "Feed":
    source, response = task
    return reader_of(source).parse(response, source)


def _describe_feed(source: Source, feed: "Feed | Failed", moved_to: str | None) -> ProbeResult:
    if isinstance(feed, Failed):
        return ProbeResult(source.name, ok=False, said=f"{feed.reason}: {feed.detail}", moved_to=moved_to)
    newest = max((entry.published_at for entry in feed.entries if entry.published_at), default=None)
    description = f"{len(feed.entries)} entries" + (f", the newest of {newest:%Y-%m-%d}" if newest else ", none dated")
    description += "".join(f"; {note}" for note in feed.notes)
    return ProbeResult(source.name, ok=bool(feed.entries), said=description, moved_to=moved_to)
