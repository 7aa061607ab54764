"""The fetcher among hosts that behave."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.edges.fetcher import FetchResult, Request, fetch_all
from pipeline.records import FetchSettings
from pipeline.stages.parse import read_feed
from tests.edges.bad_hosts import FEED, ODD_DATE, ODD_ETAG, Host, bad_hosts

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
QUICK = FetchSettings(deadline_seconds=5, retries=0, per_host_delay_seconds=0)
AGENT = "Letter/1.0 (+https://letter.example; desk@letter.example)"


@pytest.fixture
def host() -> Iterator[Host]:
    """A new server for each test."""
    with bad_hosts() as running:
        yield running


def fetch(*requests: Request, limits: FetchSettings = QUICK, **changed: Any) -> list[FetchResult]:
    """Fetch from loopback, which is allowed here."""
    settings: dict[str, Any] = {"allow_private": ["127.0.0.1"], "user_agent": AGENT, "now": (lambda: NOW), **changed}
    return list(fetch_all(requests, limits=limits, **settings))


def feed(url: str, **validators: Any) -> Request:
    """A request for a feed."""
    return Request(url, "a source", "feed", **validators)


def test_a_response_has_the_bytes_and_headers_received(host: Host) -> None:
    (fetched,) = fetch(feed(f"{host.base}/feed"))
    assert fetched.error is None
    assert fetched.response is not None
    assert fetched.response.body == FEED
    assert fetched.response.status == 200
    assert fetched.response.header("Content-Type") == "application/rss+xml"
    assert fetched.response.final_url == f"{host.base}/feed"
    assert fetched.response.fetched_at == NOW


def test_a_host_gets_a_contact_and_nothing_else(host: Host) -> None:
    """User-Agent with a contact; gzip at most; no cookie, no referrer, also after a redirect that sets one."""
    fetch(feed(f"{host.base}/to?url=/feed"))
    assert host.paths == ["/to?url=/feed", "/feed"]
    for asked in host.asked:
        assert asked.headers["user-agent"] == AGENT
        assert asked.headers["accept-encoding"] == "gzip"
        assert not {"cookie", "referer", "authorization"} & set(asked.headers)


def test_validators_come_back_byte_for_byte_and_304_is_a_success(host: Host) -> None:
    (first,) = fetch(feed(f"{host.base}/conditional"))
    assert first.response is not None
    etag, modified = first.response.header("etag"), first.response.header("last-modified")
    assert (etag, modified) == (ODD_ETAG, ODD_DATE)
    (second,) = fetch(Request(f"{host.base}/conditional", "a source", "feed", etag, modified))
    assert second.not_modified
    assert second.response is None
    assert second.error is None
    assert second.poll_after_seconds == 900


def test_304_to_a_request_without_validators_is_an_error(host: Host) -> None:
    (fetched,) = fetch(feed(f"{host.base}/always-304"))
    assert fetched.error is not None
    assert fetched.error.reason == "status 304"


def test_a_stored_validator_that_no_header_can_hold_is_left_out(host: Host) -> None:
    (fetched,) = fetch(feed(f"{host.base}/conditional", etag='"a"\r\nX-Evil: 1'))
    assert fetched.response is not None
    assert "if-none-match" not in host.asked[0].headers


def test_gzip_is_unpacked(host: Host) -> None:
    (fetched,) = fetch(feed(f"{host.base}/gzip"))
    assert fetched.response is not None
    assert fetched.response.body == FEED


def test_only_a_chain_of_permanent_redirects_moves_a_feed(host: Host) -> None:
    permanent, temporary, mixed = (f"{host.base}/to?by={by}&url=/feed" for by in ("301,308", "302", "301,302"))
    moved = {fetched.request.url: fetched for fetched in fetch(feed(permanent), feed(temporary), feed(mixed))}
    assert moved[permanent].moved_to == f"{host.base}/feed"
    assert moved[temporary].moved_to is None
    assert moved[mixed].moved_to is None
    for fetched in moved.values():
        assert fetched.response is not None
        assert fetched.response.final_url == f"{host.base}/feed"
        assert fetched.response.url == fetched.request.url


def test_a_permanent_redirect_to_an_error_moves_nothing(host: Host) -> None:
    (fetched,) = fetch(feed(f"{host.base}/to?by=301&url=/gone"))
    assert fetched.moved_to is None
    assert fetched.error is not None
    assert fetched.error.reason == "status 410"


@pytest.mark.parametrize(("path", "seconds"), [("/fresh", 1500), ("/expires", 3600), ("/feed", None)])
def test_an_answer_says_how_long_it_stays_fresh(host: Host, path: str, seconds: float | None) -> None:
    (fetched,) = fetch(feed(host.base + path))
    assert fetched.poll_after_seconds == seconds


def test_one_connection_a_host(host: Host) -> None:
    fetched = fetch(*(feed(f"{host.base}/latency?{number}") for number in range(6)))
    assert [one.error for one in fetched] == [None] * 6
    assert host.most_at_once == 1


def test_a_slow_host_does_not_hold_the_others(host: Host) -> None:
    """Results come in the order of arrival, not of the requests."""
    slow = Request("http://slow.example/latency", "slow", "feed")
    quick = [Request(f"http://{number}.example/feed", "quick", "feed") for number in range(5)]
    order = [one.request.source for one in fetch(slow, *quick, mirrors={"*.example": host.base})]
    assert order == ["quick"] * 5 + ["slow"]


def test_fetching_pauses_while_answers_wait_to_be_read(host: Host) -> None:
    """With a queue of two and one connection, at most four of fifty requests are ahead of the consumer."""
    limits = FetchSettings(deadline_seconds=5, retries=0, waiting=2, connections=1)
    requests = [feed(f"http://{number}.example/feed") for number in range(50)]
    running = fetch_all(
        requests, limits=limits, user_agent=AGENT, mirrors={"*.example": host.base}, now=lambda: NOW, robots=False
    )
    next(running)
    time.sleep(0.3)
    assert len(host.asked) <= 4
    assert len(list(running)) == 49


def test_closing_the_iterator_stops_everything(host: Host) -> None:
    requests = [feed(f"http://{number}.example/latency") for number in range(200)]
    settings: dict[str, Any] = {"mirrors": {"*.example": host.base}, "user_agent": AGENT, "now": lambda: NOW}
    running: Any = fetch_all(requests, limits=FetchSettings(connections=4), **settings)
    next(running)
    running.close()
    assert "fetcher" not in [thread.name for thread in threading.enumerate()]
    assert len(host.asked) < 100


def test_no_request_no_thread() -> None:
    assert fetch() == []


def test_a_mirror_answers_for_its_hosts(host: Host) -> None:
    """It gets the original Host and path; the result, redirects included, has the original address."""
    (fetched,) = fetch(feed("https://mirrored.example/to?by=301&url=/feed"), mirrors={"*.example": host.base})
    assert fetched.response is not None
    assert fetched.response.final_url == fetched.moved_to == "https://mirrored.example/feed"
    assert [asked.headers["host"] for asked in host.asked] == ["mirrored.example"] * 2


def test_a_mirror_does_not_allow_its_address_otherwise(host: Host) -> None:
    """A redirect from a mirrored host to the mirror's own address is a redirect to a private one."""
    address = f"http://mirrored.example/to?url={host.base}/feed"
    (fetched,) = fetch(feed(address), mirrors={"*.example": host.base}, allow_private=[])
    assert fetched.error is not None
    assert fetched.error.reason == "refused address"


def page(url: str) -> Request:
    """A request for an article."""
    return Request(url, "a source", "page")


def test_robots_are_obeyed_for_pages_and_not_for_feeds(host: Host) -> None:
    """The group that names us counts, by the product's name in the User-Agent; robots.txt is read once."""
    base = "http://polite.example"
    wanted = [page(f"{base}/feed"), page(f"{base}/private/gzip"), page(f"{base}/gzip"), feed(f"{base}/feed")]
    fetched = {one.request: one.error for one in fetch(*wanted, mirrors={"*.example": host.base})}
    reasons = [error.reason if (error := fetched[request]) else None for request in wanted]
    assert reasons == ["robots", "status 404", None, None]
    assert host.paths.count("/robots.txt") == 1


def test_robots_can_be_ignored(host: Host) -> None:
    (fetched,) = fetch(page("http://polite.example/feed"), mirrors={"*.example": host.base}, robots=False)
    assert fetched.error is None
    assert host.paths == ["/feed"]


@pytest.mark.parametrize(("name", "reason"), [("open", None), ("fails", "robots unread"), ("hangs", "robots unread")])
def test_no_robots_file_forbids_nothing_and_a_broken_one_everything(host: Host, name: str, reason: str | None) -> None:
    """RFC 9309 requires both."""
    limits = FetchSettings(deadline_seconds=0.6, retries=0)
    (fetched,) = fetch(page(f"http://{name}.example/feed"), limits=limits, mirrors={"*.example": host.base})
    assert (fetched.error.reason if fetched.error else None) == reason


def test_pages_of_one_host_are_fetched_with_a_pause(host: Host) -> None:
    limits = FetchSettings(per_host_delay_seconds=0.2, retries=0)
    start = time.monotonic()
    fetched = fetch(*(page(f"{host.base}/gzip?{number}") for number in range(3)), limits=limits, robots=False)
    assert [one.error for one in fetched] == [None] * 3
    assert time.monotonic() - start >= 0.4  # two pauses; more only says that the machine is busy


def test_a_charset_that_a_host_declares_wrongly_reaches_the_parser_and_is_overruled(host: Host) -> None:
    (fetched,) = fetch(feed(f"{host.base}/wrong-charset"))
    assert fetched.response is not None
    read = read_feed(fetched.response.body, fetched.response.final_url, charset="iso-8859-1")
    assert read.entries[0].title == "Ein Gerät für alle"
    assert read.notes == ("charset overruled: declared iso-8859-1, read as utf-8",)
