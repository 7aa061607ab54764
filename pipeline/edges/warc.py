"""Read web archives (WARC): the pages of a crawl, one at a time."""

import glob
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.errors import FetchError
from pipeline.records import Response

# What clean reads. The pictures, scripts and redirects of a crawl are ignored.
MEDIA_TYPES = frozenset({"text/html", "application/xhtml+xml", "text/plain", "text/markdown"})
_HEADERS_BYTES = 65_536  # of a record, in addition to its page


@dataclass(frozen=True, slots=True)
class Archive:
    """One file. Its mark changes with its name, size or time."""

    path: Path
    mark: str


def list_archives(pattern: Path) -> list[Archive]:
    """The files of a path or glob (`*`, `?`, `[…]`, `**`), sorted by name. FetchError where there are none."""
    paths = [Path(name) for name in sorted(glob.glob(str(pattern), recursive=True))]  # noqa: PTH207 - of an absolute path
    try:
        found = [Archive(path, _mark(path)) for path in paths if path.is_file()]
    except OSError as error:
        raise FetchError("unreadable", f"{pattern}: {error.strerror}") from error
    if not found:
        raise FetchError("no file", f"{pattern}: the file does not exist")
    return found


def read_archive(path: Path, *, max_bytes: int, now: datetime) -> Iterator[Response | FetchError]:
    """Yield the pages of one archive as they were captured, and an error for each page that is too large.

    Only one page is in memory at a time. The pages before a damaged part are yielded, then an error.
    """
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    position, length = 0, 0
    try:
        with path.open("rb") as file:
            for record in ArchiveIterator(file, record_types=WarcRecordType.any_type, parse_http=False):
                position = record.stream_pos
                page = record.record_type == WarcRecordType.response
                url = (record.headers.get("WARC-Target-URI") or "").strip("<> ")
                length = record.content_length
                if length > max_bytes + _HEADERS_BYTES:
                    if page:
                        yield _too_large(url, max_bytes)
                    continue
                record.freeze()
                if record.content_length < length:
                    break
                if page and url.startswith(("http://", "https://")) and (found := _page(record, url, max_bytes, now)):
                    yield found
        if not _ends_whole(path, position, length):
            yield _damaged(path, "it is truncated")
    except (OSError, ValueError) as error:
        yield _damaged(path, error)


def _ends_whole(path: Path, position: int, length: int) -> bool:
    """Whether the last record, which starts at `position`, is complete and nothing follows it."""
    with path.open("rb") as file:
        file.seek(position)
        start = file.read(_HEADERS_BYTES)
        if not start.startswith(b"\x1f\x8b"):
            head = start.find(b"\r\n\r\n")
            end = position + head + 4 + length
            if head < 0 or path.stat().st_size < end:
                return False
            file.seek(end)
            return not file.read(_HEADERS_BYTES).strip()
        unpacker = zlib.decompressobj(31)
        while start:
            unpacker.decompress(start)
            start = unpacker.unused_data or file.read(_HEADERS_BYTES)
            if unpacker.eof:
                break
        return unpacker.eof and not start


def _damaged(path: Path, why: object) -> FetchError:
    return FetchError("damaged", f"{path}: cannot be read to its end ({why}); download the archive again")


def _page(record: Any, url: str, max_bytes: int, now: datetime) -> Response | FetchError | None:
    """The decompressed page of a record; None where it is not a page."""
    try:
        record.parse_http(auto_decode="all")
        headers = record.http_headers
        if headers is None or not 200 <= (headers.status_code or 0) < 300:
            return None
        kept = tuple((name.lower(), value) for name, value in headers.astuples())
        declared = next((value for name, value in kept if name == "content-type"), "text/html")
        if declared.partition(";")[0].strip().lower() not in MEDIA_TYPES:
            return None
        body = record.reader.read(max_bytes + 1)
    except OSError as error:
        return FetchError("bad page", f"{url}: its capture cannot be decompressed ({error})")
    if len(body) > max_bytes:
        return _too_large(url, max_bytes)
    return Response(url, url, headers.status_code, kept, body, _captured_at(record, now))


def _too_large(url: str, max_bytes: int) -> FetchError:
    return FetchError("too large", f"{url}: more than {max_bytes:,} bytes")


def _captured_at(record: Any, now: datetime) -> datetime:
    captured: datetime | None = record.record_date
    if captured is None:
        return now
    return min(captured if captured.tzinfo else captured.replace(tzinfo=UTC), now)


def _mark(path: Path) -> str:
    known = path.stat()
    return hashlib.sha256(f"{path}\0{known.st_size}\0{known.st_mtime_ns}".encode("utf-8", "replace")).hexdigest()[:12]
