"""A request, its limits and its result."""

from dataclasses import dataclass
from typing import Literal

from pipeline.errors import FetchError
from pipeline.records import Response

Purpose = Literal["feed", "page", "picture"]


@dataclass(frozen=True, slots=True)
class Request:
    """One address to fetch. The validators are sent exactly as the last response gave them."""

    url: str
    source: str
    purpose: Purpose
    etag: str | None = None
    last_modified: str | None = None


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


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of each request, and of all together. Bytes are counted after decompression."""

    feed_bytes: int = 10_000_000
    page_bytes: int = 5_000_000
    picture_bytes: int = 10_000_000
    deadline_seconds: float = 30.0  # for a request in all: redirects, retries and slow bodies included
    connections: int = 50
    redirects: int = 5
    delay_seconds: float = 1.0  # between two pages or pictures of one host
    retries: int = 2
    retry_pause_seconds: float = 0.5  # before the first retry; doubled for each further one, with jitter
    retry_after_seconds: float = 5.0  # wait for a Retry-After up to this long; report a longer one
    waiting: int = 32  # results that may wait for the consumer before fetching pauses

    def bytes_for(self, purpose: Purpose) -> int:
        """Return the size limit of a body."""
        return {"feed": self.feed_bytes, "page": self.page_bytes, "picture": self.picture_bytes}[purpose]
