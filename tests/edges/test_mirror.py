"""A folder served as a small web."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path

import pytest

from pipeline.edges.fetcher import Request, fetch_all
from pipeline.edges.mirror import serve_folder
from pipeline.records import FetchSettings


@dataclass(frozen=True)
class Answer:
    """Status, headers and body."""

    status: int
    headers: HTTPMessage
    body: bytes


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """The address of a web of one host, with a secret file next to its folder."""
    (tmp_path / "web" / "one.example" / "news").mkdir(parents=True)
    (tmp_path / "web" / "one.example" / "feed.xml").write_bytes(b"<rss/>")
    (tmp_path / "web" / "one.example" / "news" / "index.html").write_text("<p>News</p>", "utf-8")
    (tmp_path / "web" / "one.example" / ".hidden").write_text("hidden", "utf-8")
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    (tmp_path / "web" / "one.example" / "out.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "web" / "two.example").mkdir()
    (tmp_path / "web" / "two.example" / "own.txt").write_text("two", "utf-8")
    with serve_folder(tmp_path / "web") as base:
        yield base


def get(base: str, host: str, path: str, **headers: str) -> Answer:
    """Ask with a path exactly as written."""
    connection = HTTPConnection(base.removeprefix("http://"), timeout=5)
    try:
        connection.putrequest("GET", path, skip_host=True)
        for name, value in {"Host": host, **headers}.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("path", "kind", "body"),
    [
        ("/feed.xml", "application/xml", b"<rss/>"),
        ("/feed.xml?page=1", "application/xml", b"<rss/>"),
        ("/news/", "text/html", b"<p>News</p>"),
        ("/news", "text/html", b"<p>News</p>"),
        ("/news/index.html", "text/html", b"<p>News</p>"),
    ],
)
def test_a_file_of_the_host_is_served_with_its_type(web: str, path: str, kind: str, body: bytes) -> None:
    answer = get(web, "one.example", path)
    assert (answer.status, answer.headers["Content-Type"], answer.body) == (200, kind, body)


@pytest.mark.parametrize("host", ["one.example", "ONE.example", "one.example:8080"])
def test_the_host_header_chooses_the_folder(web: str, host: str) -> None:
    assert get(web, host, "/feed.xml").status == 200


@pytest.mark.parametrize("host", ["three.example", "..", ".", "one.example/../..", "%2e%2e", "[::1]"])
def test_a_host_without_a_folder_is_down(web: str, host: str) -> None:
    assert get(web, host, "/secret.txt").status in (400, 503)


@pytest.mark.parametrize(
    "path",
    [
        "/none.xml",
        "/",
        "/../secret.txt",
        "/../../secret.txt",
        "/../two.example/own.txt",
        "/%2e%2e/two.example/own.txt",
        "/..%2ftwo.example/own.txt",
        "/news/../../../secret.txt",
        "//etc/passwd",
        "/out.txt",
        "/.hidden",
        "/feed.xml/more",
        "/" + "a" * 300,
        "/%00",
    ],
)
def test_what_is_not_in_the_hosts_folder_is_not_found(web: str, path: str) -> None:
    """Neither through dots nor through links."""
    answer = get(web, "one.example", path)
    assert answer.status in (400, 404)
    assert b"secret" not in answer.body


def test_validators_answer_304(web: str) -> None:
    first = get(web, "one.example", "/feed.xml")
    assert get(web, "one.example", "/feed.xml", If_None_Match=first.headers["ETag"]).status == 304
    assert get(web, "one.example", "/feed.xml", If_Modified_Since=first.headers["Last-Modified"]).status == 304


def test_the_fetcher_reads_it(web: str) -> None:
    """Through the mirror, and a second time with 304."""
    address = "https://one.example/feed.xml"
    now = datetime(2026, 11, 23, tzinfo=UTC)

    def fetch(request: Request) -> tuple[bool, bytes | None, str | None]:
        settings = {"*.example": web}
        (fetched,) = fetch_all(
            [request],
            limits=FetchSettings(),
            user_agent="Letter/1 (desk@letter.example)",
            mirrors=settings,
            now=lambda: now,
        )
        response = fetched.response
        return fetched.not_modified, response.body if response else None, response.header("etag") if response else None

    not_modified, body, etag = fetch(Request(address, "one", "feed"))
    assert (not_modified, body) == (False, b"<rss/>")
    assert fetch(Request(address, "one", "feed", etag=etag))[0]


def test_it_listens_on_this_machine_only_and_stops(tmp_path: Path) -> None:
    with serve_folder(tmp_path) as base:
        host, _, port = base.removeprefix("http://").partition(":")
        assert host == "127.0.0.1"
    with socket.socket() as again:
        assert again.connect_ex(("127.0.0.1", int(port))) != 0
