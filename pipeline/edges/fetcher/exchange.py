"""What is asked of a host, within which limits, and what came of it."""

from dataclasses import dataclass
from typing import Literal

from pipeline.errors import FetchError
from pipeline.records import Response

Purpose = Literal["feed", "page", "picture"]


@dataclass(frozen=True, slots=True)
class Request:
    """One address to fetch. The validators are those of the last answer, byte for byte."""

    url: str
    source: str
    purpose: Purpose
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class FetchResult:
    """What came of a request: a response, the word that nothing changed, or an error."""

    request: Request
    response: Response | None = None  # None for errors and for 304
    not_modified: bool = False
    error: FetchError | None = None
    moved_to: str | None = None  # where a chain of permanent redirects ends, if that answered
    retry_after_seconds: float | None = None  # what the host asks for with an error
    poll_after_seconds: float | None = None  # how long the answer says it stays fresh


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of every request, and of all together. Bytes are counted after decompression."""

    feed_bytes: int = 10_000_000
    page_bytes: int = 5_000_000
    picture_bytes: int = 10_000_000
    deadline_seconds: float = 30.0  # by the wall clock, redirects, retries and slow bodies included
    connections: int = 50
    redirects: int = 5
    delay_seconds: float = 1.0  # between two pages or pictures of one host
    retries: int = 2
    retry_pause_seconds: float = 0.5  # before the first retry, doubled for each further one, with jitter
    retry_after_seconds: float = 5.0  # a Retry-After up to this is waited for, a longer one reported
    waiting: int = 32  # answers that may wait for the reader before fetching pauses

    def bytes_for(self, purpose: Purpose) -> int:
        """The most bytes a body may have."""
        return {"feed": self.feed_bytes, "page": self.page_bytes, "picture": self.picture_bytes}[purpose]
