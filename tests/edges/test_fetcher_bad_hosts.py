"""The fetcher among hosts that do not behave: an error with the right word, in time, and nothing worse."""

import dataclasses
import socket
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

import tests.edges.worse_hosts  # noqa: F401 - it adds what it plays
from pipeline.edges.fetcher import FetchResult, Request, fetch_all
from pipeline.records import FetchSettings
from tests.edges.bad_hosts import FEED, Host, bad_hosts
from tests.edges.test_fetcher import AGENT, NOW

LIMITS = FetchSettings(max_feed_bytes=1_000_000, deadline_seconds=0.5, retries=0, retry_pause_seconds=0.01)
RETRYING = dataclasses.replace(LIMITS, retries=2, deadline_seconds=3)


@pytest.fixture(scope="module")
def shared() -> Iterator[Host]:
    """A shared server, for tests that do not count requests."""
    with bad_hosts() as running:
        yield running


@pytest.fixture
def host() -> Iterator[Host]:
    """A new server for each test."""
    with bad_hosts() as running:
        yield running


def fetch(url: str, *, limits: FetchSettings = LIMITS, **changed: Any) -> FetchResult:
    """Fetch one feed from loopback, which is allowed here."""
    settings: dict[str, Any] = {"allow_private": ["127.0.0.1"], "user_agent": AGENT, "now": (lambda: NOW), **changed}
    (fetched,) = fetch_all([Request(url, "a source", "feed")], limits=limits, **settings)
    return fetched


def reason(fetched: FetchResult) -> str:
    """The reason of the error."""
    assert fetched.error is not None
    assert fetched.response is None
    return fetched.error.reason


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/slow-header", "timeout"),
        ("/slow-body", "timeout"),
        ("/silent", "timeout"),
        ("/promises-endless", "timeout"),
        ("/endless", "too large"),
        ("/bomb", "too large"),
        ("/huge-header", "too large"),
        ("/stacked", "encoding"),
        ("/stacked-twice", "encoding"),
        ("/brotli", "encoding"),
        ("/not-gzip", "encoding"),
        ("/cut-gzip", "connection"),
        ("/cut-second-gzip", "connection"),
        ("/wrong-checksum", "encoding"),
        ("/promises-more", "connection"),
        ("/bad-chunks", "connection"),
        ("/half-closed", "connection"),
        ("/reset", "connection"),
        ("/garbage", "connection"),
        ("/promises-less", "connection"),
        ("/two-lengths", "connection"),
        ("/negative-length", "connection"),
        ("/endless-headers", "connection"),
        ("/endless-chunks", "too large"),
        ("/endless-interim", "timeout"),
        ("/endless-trailers", "connection"),
        ("/reset-midway", "connection"),
        ("/cut-chunks", "connection"),
        ("/huge-chunk", "connection"),
        ("/chunks-and-length", "connection"),
        ("/http-0.9", "connection"),
        ("/http-9.9", "connection"),
        ("/bad-status", "connection"),
        ("/bad-header", "connection"),
        ("/busy-without-a-word", "status 429"),
        ("/busy-nonsense", "status 429"),
        ("/busy-for-ever", "status 503"),
        ("/loop", "redirects"),
        ("/no-location", "status 302"),
        ("/no-content", "status 204"),
        ("/a-part", "status 206"),
        ("/no-such-status", "status 999"),
        ("/always-304", "status 304"),
        ("/busy", "status 429"),
        ("/closed-until", "status 503"),
        ("/nothing-here", "status 404"),
        ("/gone", "status 410"),
        ("/down", "status 502"),
        ("/to?url=javascript:alert(1)", "address"),
        ("/to?url=file:///etc/passwd", "address"),
        ("/to?url=http://user:secret@127.0.0.1/", "address"),
        ("/to?url=http://[broken/", "address"),
        ("/to?url=http://10.0.0.1/", "refused address"),
        ("/to?url=http://169.254.169.254/latest/meta-data/", "refused address"),
        ("/to?by=301,307,308&url=http://[::ffff:10.0.0.1]/", "refused address"),
    ],
)
def test_a_bad_host_gives_its_reason(shared: Host, path: str, word: str) -> None:
    """The result comes within the deadline and one second."""
    start = time.monotonic()
    fetched = fetch(shared.base + path)
    assert reason(fetched) == word
    assert str(fetched.error).isprintable()  # one line of a log
    assert time.monotonic() - start < LIMITS.deadline_seconds + 1


def test_many_headers_are_either_read_or_refused(shared: Host) -> None:
    fetched = fetch(f"{shared.base}/many-headers")
    assert fetched.error is not None or fetched.response is not None


@pytest.mark.parametrize(
    "path",
    [
        "/talks-on",
        "/wrong-charset",
        "/lies-of-its-type",
        "/cookies",
        "/padded-gzip",
        "/gzip-in-two",
        "/to?by=301&url=/feed",
        "/to?by=301,308,302&url=/feed",
    ],
)
def test_a_feed_is_read_in_spite_of_odd_headers(shared: Host, path: str) -> None:
    """Odd headers and trailing bytes do no harm."""
    fetched = fetch(shared.base + path)
    assert fetched.response is not None
    assert fetched.response.body == FEED


def test_an_error_names_the_address_and_what_to_do(shared: Host) -> None:
    error = fetch(f"{shared.base}/feed", allow_private=[]).error
    assert str(error).startswith("refused address: 127.0.0.1 leads to 127.0.0.1")
    assert "allow_private" in str(error)


def test_an_empty_answer_is_an_answer(shared: Host) -> None:
    """The parser reports that it is not a feed."""
    fetched = fetch(f"{shared.base}/empty")
    assert fetched.response is not None
    assert fetched.response.body == b""


def test_a_closed_port_is_a_connection_error() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    assert reason(fetch(f"http://127.0.0.1:{port}/")) == "connection"


def test_a_name_that_does_not_exist_is_a_dns_error() -> None:
    assert reason(fetch("http://no-such-host.invalid/", limits=RETRYING)) == "dns"


def test_a_host_that_speaks_no_tls_is_a_tls_error(shared: Host) -> None:
    assert reason(fetch(shared.base.replace("http:", "https:") + "/feed")) == "tls"


@pytest.mark.parametrize(
    "url", ["", "feed", "ftp://one.example/", "http://", "http:///x", "http://a b/", "http://x:99999/"]
)
def test_a_text_that_is_not_an_address_is_reported(url: str) -> None:
    assert reason(fetch(url)) == "address"


def test_a_bomb_takes_little_memory(shared: Host) -> None:
    """60 MB of packed zeros take no more memory than the limit and the buffers."""
    fetch(f"{shared.base}/empty")
    tracemalloc.start()
    try:
        assert (
            reason(fetch(f"{shared.base}/bomb", limits=dataclasses.replace(LIMITS, deadline_seconds=5))) == "too large"
        )
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 16_000_000


def test_a_broken_connection_is_tried_again(host: Host) -> None:
    fetched = fetch(f"{host.base}/reset-once", limits=RETRYING)
    assert fetched.response is not None
    assert fetched.response.body == FEED
    assert len(host.asked) == 2


def test_a_host_that_was_down_is_tried_again(host: Host) -> None:
    assert fetch(f"{host.base}/down-once", limits=RETRYING).response is not None
    assert len(host.asked) == 2


def test_tries_end(host: Host) -> None:
    assert reason(fetch(f"{host.base}/down", limits=RETRYING)) == "status 502"
    assert len(host.asked) == 3


def test_a_permanent_error_is_not_tried_again(host: Host) -> None:
    for path in ("/gone", "/nothing-here", "/endless", "/stacked", "/loop"):
        host.asked.clear()
        fetch(host.base + path, limits=RETRYING)
        assert len(set(host.paths)) == 1
        assert len(host.paths) == (6 if path == "/loop" else 1)


def test_a_long_retry_after_is_reported_and_not_waited_for(host: Host) -> None:
    fetched = fetch(f"{host.base}/busy", limits=RETRYING)
    assert reason(fetched) == "status 429"
    assert fetched.retry_after_seconds == 3600
    assert len(host.asked) == 1


def test_a_retry_after_may_be_a_date(host: Host) -> None:
    fetched = fetch(f"{host.base}/closed-until", limits=RETRYING)
    assert reason(fetched) == "status 503"
    assert fetched.retry_after_seconds == 600
    assert len(host.asked) == 1


@pytest.mark.parametrize(
    ("path", "seconds"), [("/busy-without-a-word", None), ("/busy-nonsense", None), ("/busy-for-ever", 30 * 86_400)]
)
def test_a_retry_after_that_says_nothing_is_none_and_one_without_end_is_a_month(
    shared: Host, path: str, seconds: float | None
) -> None:
    assert fetch(shared.base + path).retry_after_seconds == seconds


def test_a_short_retry_after_is_waited_for(host: Host) -> None:
    assert fetch(f"{host.base}/busy-briefly", limits=RETRYING).response is not None
    assert len(host.asked) == 2


def test_bad_hosts_do_not_spoil_the_others(host: Host) -> None:
    bad = ("slow-header", "silent", "endless", "bomb", "reset", "garbage", "loop", "huge-header")
    requests = [Request(f"http://{path}.example/{path}", "bad", "feed") for path in bad]
    requests += [Request(f"http://good{number}.example/feed", "good", "feed") for number in range(8)]
    settings: dict[str, Any] = {"mirrors": {"*.example": host.base}, "user_agent": AGENT, "now": lambda: NOW}
    fetched = list(fetch_all(requests, limits=LIMITS, **settings))
    assert {one.request.source for one in fetched if one.response} == {"good"}
    assert len([one for one in fetched if one.response]) == 8
    assert len([one for one in fetched if one.error]) == 8
