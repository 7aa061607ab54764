"""Asking addresses: the fetcher with the config's limits, manners and mirrors."""

import contextlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import datetime

from pipeline.config import Config
from pipeline.edges.fetcher import Fetched, Limits, Request, fetch_all
from pipeline.edges.files import local_path
from pipeline.edges.mirror import serve_folder


def limits_of(config: Config) -> Limits:
    """The config's limits as the fetcher takes them."""
    given = config.fetch
    return Limits(
        feed_bytes=given.max_feed_bytes,
        page_bytes=given.max_page_bytes,
        picture_bytes=given.max_picture_bytes,
        deadline_seconds=given.deadline_seconds,
        connections=given.connections,
        delay_seconds=given.per_host_delay_seconds,
        retries=given.retries,
    )


def ask(
    config: Config, requests: Sequence[Request], mirrors: Mapping[str, str], *, now: datetime
) -> Generator[Fetched, None, None]:
    """The fetcher with the config's manners."""
    given = config.fetch
    user_agent = given.user_agent or f"newsletter-pipeline (+mailto:{config.contact})"
    return fetch_all(
        requests,
        limits=limits_of(config),
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
