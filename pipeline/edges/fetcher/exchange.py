"""A request, its limits and its result."""

from dataclasses import dataclass, field

from pipeline.errors import FetchError
from pipeline.records import Purpose, Response


@dataclass(frozen=True, slots=True)
class Account:
    """Headers with a secret, and the address whose host may see them."""

    address: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """One address to fetch. The validators are sent exactly as the last response gave them."""

    url: str
    source: str
    purpose: Purpose
    etag: str | None = None
    last_modified: str | None = None
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class FetchResult:
    """The result of a request: a response, "not modified", or an error."""

    request: Request
    response: Response | None = None  # None for errors and for 304
    not_modified: bool = False
    error: FetchError | None = None
    moved_to: str | None = None  # the end of a chain of permanent redirects, if it answered
    retry_after_seconds: float | None = None  # Retry-After of an error
    poll_after_seconds: float | None = None  # how long the response stays fresh
