"""Send requests with the config's limits, user agent and mirrors."""

import contextlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import datetime

from pipeline.config import Config
from pipeline.edges.fetcher import FetchResult, Request, fetch_all
from pipeline.edges.files import local_path
from pipeline.edges.mirror import serve_folder


def send_requests(
    config: Config, requests: Sequence[Request], mirrors: Mapping[str, str], *, now: datetime
) -> Generator[FetchResult, None, None]:
    """Yield the result of each request as it arrives."""
    return fetch_all(
        requests,
        limits=config.fetch,
        user_agent=config.fetch.user_agent or f"newsletter-pipeline (+mailto:{config.contact})",
        allow_private=config.fetch.allow_private,
        mirrors=mirrors,
        robots=config.fetch.robots,
        now=lambda: now,
    )


@contextlib.contextmanager
def open_mirrors(config: Config) -> Iterator[dict[str, str]]:
    """Map host patterns to http addresses; a mirror that is a folder is served on loopback inside the context."""
    with contextlib.ExitStack() as stack:
        yield {
            pattern: address if (path := local_path(address)) is None else stack.enter_context(serve_folder(path))
            for pattern, address in config.fetch.mirrors.items()
        }
