"""Web archives: pages as their servers sent them, streamed, and what is done about broken ones."""

import gzip
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.edges.warc import list_archives, read_archive
from pipeline.errors import FetchError
from pipeline.records import Response

NOW = datetime(2026, 11, 22, tzinfo=UTC)
Page = tuple[str, str, list[tuple[str, str]], bytes]  # url, status line, headers, body


def page(number: int, words: str = "The quay was quiet.") -> Page:
    """A small page of a crawl."""
    body = f"<html><body><p>Page {number}. {words}</p></body></html>".encode()
    return f"https://quay.example/{number}", "200 OK", [("Content-Type", "text/html; charset=utf-8")], body


def record(kind: str, url: str, block: bytes, captured: str = "2026-11-20T09:00:00Z") -> bytes:
    """One record of an archive, as ISO 28500 has it."""
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{uuid.uuid4()}>\r\nWARC-Date: {captured}\r\n"
        f"WARC-Target-URI: {url}\r\nContent-Type: application/http; msgtype={kind}\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def answer(status: str, headers: list[tuple[str, str]], body: bytes) -> bytes:
    """What a server sent."""
    told = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"HTTP/1.1 {status}\r\n{told}\r\n".encode() + body


def write_warc(
    path: Path, pages: Iterable[Page], *, captured: str = "2026-11-20T09:00:00Z", packed: bool = True
) -> Path:
    """An archive of these pages, each with the request that asked for it; packed record by record."""
    with path.open("wb") as file:
        for url, status, headers, body in pages:
            asked = record("request", url, b"GET / HTTP/1.1\r\nHost: quay.example\r\n\r\n", captured)
            for data in (asked, record("response", url, answer(status, headers, body), captured)):
                file.write(gzip.compress(data) if packed else data)
    return path


def read(path: Path, max_bytes: int = 100_000) -> tuple[list[Response], list[FetchError]]:
    """The pages of an archive, and what could not be read."""
    found = list(read_archive(path, max_bytes=max_bytes, now=NOW))
    return [each for each in found if isinstance(each, Response)], [
        each for each in found if isinstance(each, FetchError)
    ]


@pytest.mark.parametrize("packed", [True, False])
def test_each_page_comes_as_its_server_sent_it(tmp_path: Path, packed: bool) -> None:
    """Address, status, headers, body and the moment of its capture; requests are passed over."""
    pages, errors = read(write_warc(tmp_path / "a.warc", [page(1), page(2)], packed=packed))
    assert errors == []
    assert [each.url for each in pages] == ["https://quay.example/1", "https://quay.example/2"]
    assert pages[0].body == page(1)[3]
    assert pages[0].header("content-type") == "text/html; charset=utf-8"
    assert pages[0].fetched_at == datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_nothing_was_captured_after_now(tmp_path: Path) -> None:
    """An archive with its clock wrong gives no story from the future."""
    pages, _ = read(write_warc(tmp_path / "a.warc", [page(1)], captured="2031-01-01T00:00:00Z"))
    assert pages[0].fetched_at == NOW


def test_a_body_is_unpacked_as_its_headers_say(tmp_path: Path) -> None:
    """Content in gzip, sent in chunks, is the page itself."""
    url, status, headers, body = page(1)
    packed = gzip.compress(body)
    sent = b"%x\r\n" % len(packed) + packed + b"\r\n0\r\n\r\n"
    coded = [*headers, ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")]
    pages, _ = read(write_warc(tmp_path / "a.warc", [(url, status, coded, sent)]))
    assert pages[0].body == body


def test_what_is_no_page_is_passed_over(tmp_path: Path) -> None:
    """Pictures, redirects, errors and other schemes are no stories, and no faults."""
    url, status, headers, body = page(1)
    others: list[Page] = [
        (url, "301 Moved", [("Location", "/2")], b""),
        (url, "404 Not Found", headers, body),
        (url, status, [("Content-Type", "image/png")], b"\x89PNG"),
        ("dns:quay.example", status, [("Content-Type", "text/dns")], b"20261120"),
    ]
    pages, errors = read(write_warc(tmp_path / "a.warc", [*others, page(2)]))
    assert [each.url for each in pages] == ["https://quay.example/2"]
    assert errors == []


def test_a_page_that_is_too_large_is_named_and_the_next_one_read(tmp_path: Path) -> None:
    """Also where it is small until it is unpacked."""
    url, status, headers, _ = page(1)
    bomb = (url, status, [*headers, ("Content-Encoding", "gzip")], gzip.compress(b"a" * 50_000_000))
    pages, errors = read(write_warc(tmp_path / "a.warc", [bomb, page(2)]))
    assert [each.url for each in pages] == ["https://quay.example/2"]
    assert [(error.reason, error.message) for error in errors] == [("too large", f"{url}: more than 100,000 bytes")]


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(
    "broken",
    [
        lambda data: data[: len(data) // 2 - 100],
        lambda data: data[: len(data) // 2] + b"?" * 64 + data[-9000:],
        lambda _: b"no archive",
    ],
    ids=["cut short", "damaged", "something else"],
)
def test_a_broken_archive_gives_what_comes_before_and_an_error(
    tmp_path: Path, broken: Callable[[bytes], bytes], packed: bool
) -> None:
    """The error names the file and says what to do."""
    path = write_warc(
        tmp_path / "a.warc.gz", [page(number, os.urandom(2000).hex()) for number in range(10)], packed=packed
    )
    path.write_bytes(broken(path.read_bytes()))
    pages, errors = read(path)
    assert [each.url for each in pages] == [page(number)[0] for number in range(len(pages))]
    assert len(pages) < 10
    assert [error.reason for error in errors] == ["damaged"]
    assert str(path) in errors[0].message


def test_archives_are_listed_by_pattern_and_known_by_their_marks(tmp_path: Path) -> None:
    """A file that has changed has a new mark; the others keep theirs."""
    for name in ("b.warc.gz", "a.warc.gz", "notes.txt"):
        write_warc(tmp_path / name, [page(1)])
    found = list_archives(tmp_path / "*.warc.gz")
    assert [archive.path.name for archive in found] == ["a.warc.gz", "b.warc.gz"]
    marks = {archive.mark for archive in found}
    assert {archive.mark for archive in list_archives(tmp_path / "*.warc.gz")} == marks
    write_warc(tmp_path / "a.warc.gz", [page(1), page(2)])
    assert [each.path.name for each in list_archives(tmp_path / "*.warc.gz") if each.mark not in marks] == ["a.warc.gz"]
    with pytest.raises(FetchError, match="the file does not exist"):
        list_archives(tmp_path / "c*.warc.gz")


COUNT = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from pipeline.edges.warc import read_archive
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
seen = early = 0
for found in read_archive(Path(sys.argv[1]), max_bytes=100_000, now=datetime(2026, 11, 22, tzinfo=UTC)):
    seen += 1
    early = peak() if seen == 2_000 else early
print(seen, early, peak())
"""


def test_a_hundred_thousand_pages_take_no_more_memory_than_two_thousand(tmp_path: Path) -> None:
    """An archive is streamed: what was read is let go."""
    path = tmp_path / "large.warc"
    url, status, headers, _ = page(0)
    one = record("response", url, answer(status, headers, b"<p>" + b"Nothing moved on the quay. " * 60 + b"</p>"))
    with path.open("wb") as file:
        for _ in range(100):
            file.write(one * 1000)
    told = subprocess.run([sys.executable, "-c", COUNT, str(path)], check=True, capture_output=True, text=True)
    seen, early, late = map(int, told.stdout.split())
    assert seen == 100_000
    assert late - early < 2_000  # kilobytes
