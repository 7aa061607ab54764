"""What is asked of a host, within which limits, and what came of it."""

from dataclasses import dataclass

from pipeline.errors import FetchError
from pipeline.records import Purpose, Response


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
