"""Send requests with the config's limits, user agent, mirrors and accounts."""

import base64
import contextlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import datetime

from pipeline.config import Config
from pipeline.edges.fetcher import Account, FetchResult, Request, fetch_all
from pipeline.edges.files import local_path
from pipeline.edges.mirror import serve_folder
from pipeline.records import Source


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


def account_of(source: Source) -> Account | None:
    """The source's own headers; None where it has none, or where their variables are empty."""
    headers = tuple((name, _credentials(value)) for name, value in source.headers.items() if not _is_bare(value))
    return Account(source.location, headers) if headers else None


def _credentials(value: str) -> str:
    """The value; a user and password after Basic are encoded as RFC 7617 says. Encoded ones have no colon."""
    scheme, _, login = value.partition(" ")
    if scheme.lower() != "basic" or ":" not in login:
        return value
    return f"{scheme} {base64.b64encode(login.encode()).decode()}"


def _is_bare(value: str) -> bool:
    """Whether a value is empty but for its scheme."""
    return value.strip(" :").lower() in ("", "basic", "bearer", "token")


@contextlib.contextmanager
def open_mirrors(config: Config) -> Iterator[dict[str, str]]:
    """Map host patterns to http addresses; a mirror that is a folder is served on loopback inside the context."""
    with contextlib.ExitStack() as stack:
        yield {
            pattern: address if (path := local_path(address)) is None else stack.enter_context(serve_folder(path))
            for pattern, address in config.fetch.mirrors.items()
        }
