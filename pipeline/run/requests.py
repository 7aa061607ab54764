"""Send requests through the fetcher with the config's limits, manners and mirrors, and probe sources."""

import contextlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.config import Config
from pipeline.edges.fetcher import FetchResult, Request, fetch_all
from pipeline.edges.files import local_path, read_file, read_folder
from pipeline.edges.mirror import serve_folder
from pipeline.edges.warc import list_archives
from pipeline.errors import FetchError
from pipeline.executors import Failed, open_engine
from pipeline.records import Response, Source
from pipeline.text.charsets import declared_charset

if TYPE_CHECKING:
    from pipeline.stages.parse import Feed


def ask(
    config: Config, requests: Sequence[Request], mirrors: Mapping[str, str], *, now: datetime
) -> Generator[FetchResult, None, None]:
    """The fetcher with the config's manners."""
    given = config.fetch
    user_agent = given.user_agent or f"newsletter-pipeline (+mailto:{config.contact})"
    return fetch_all(
        requests,
        limits=config.fetch,
        user_agent=user_agent,
        allow_private=given.allow_private,
        mirrors=mirrors,
        robots=given.robots,
        now=lambda: now,
    )


@contextlib.contextmanager
def open_mirrors(config: Config) -> Iterator[dict[str, str]]:
    """Host pattern → http address; a folder is served on loopback for as long as this lasts."""
    with contextlib.ExitStack() as stack:
        yield {
            pattern: address if (path := local_path(address)) is None else stack.enter_context(serve_folder(path))
            for pattern, address in config.fetch.mirrors.items()
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """How a source answered."""

    source: str
    ok: bool
    said: str  # what it holds, or what is wrong with it
    moved_to: str | None = None


def probe_sources(config: Config, sources: Sequence[Source], *, now: datetime) -> list[Answer]:
    """An answer for each source, in their order."""
    answers: dict[str, Answer] = {}
    received: list[tuple[Source, Response, str | None]] = []
    for source, found, moved_to in _responses(config, sources, now):
        if isinstance(found, FetchError):
            answers[source.name] = Answer(source.name, ok=False, said=str(found))
        elif isinstance(found, str):
            answers[source.name] = Answer(source.name, ok=True, said=found)
        else:
            received.append((source, found, moved_to))
    with open_engine(config.engine, workers=config.workers, seconds=config.clean.timeout_seconds) as engine:
        feeds = engine.map(_read, [(source.name, response) for source, response, _ in received])
        for (source, _, moved_to), result in zip(received, feeds, strict=True):
            answers[source.name] = _judge(source, result, moved_to)
    return [answers[source.name] for source in sources]


def _responses(
    config: Config, sources: Sequence[Source], now: datetime
) -> Iterator[tuple[Source, Response | FetchError | str, str | None]]:
    """(source, its response, its error or what it holds, where it has moved)."""
    remote = {}
    for source in sources:
        path = local_path(source.location)
        if path is None:
            remote[source.name] = source
            continue
        try:
            if source.kind == "warc":
                yield source, f"{len(list_archives(path))} archives", None
            elif source.kind == "folder":
                found = list(read_folder(path, max_bytes=config.fetch.max_page_bytes, now=now))
                yield source, f"{len(found)} documents", None
            else:
                response = read_file(path, max_bytes=config.fetch.max_feed_bytes, now=now)
                yield source, response if source.kind == "feed" else f"{len(response.body):,} bytes", None
        except FetchError as error:
            yield source, error, None
    requests = [
        Request(source.location, source.name, "feed" if source.kind == "feed" else "page") for source in remote.values()
    ]
    with open_mirrors(config) as mirrors:
        for fetched in ask(config, requests, mirrors, now=now):
            source = remote[fetched.request.source]
            yield source, _outcome(source, fetched), fetched.moved_to


def _outcome(source: Source, fetched: FetchResult) -> Response | FetchError | str:
    if fetched.error is not None:
        return fetched.error
    if fetched.response is None:
        return FetchError("empty", "answered without a body")
    return fetched.response if source.kind == "feed" else f"{len(fetched.response.body):,} bytes"


def _read(task: tuple[str, Response]) -> "Feed":
    from pipeline.stages.parse import read_feed

    name, response = task
    return read_feed(response.body, response.final_url, source=name, charset=declared_charset(response))


def _judge(source: Source, result: "Feed | Failed", moved_to: str | None) -> Answer:
    if isinstance(result, Failed):
        return Answer(source.name, ok=False, said=f"{result.reason}: {result.detail}", moved_to=moved_to)
    newest = max((entry.published_at for entry in result.entries if entry.published_at), default=None)
    said = f"{len(result.entries)} entries" + (f", the newest of {newest:%Y-%m-%d}" if newest else ", none dated")
    said += "".join(f"; {note}" for note in result.notes)
    return Answer(source.name, ok=bool(result.entries), said=said, moved_to=moved_to)
