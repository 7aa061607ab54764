"""No request reaches an address that is not public, whatever way it is written or comes."""

import re
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from pipeline.edges.fetcher import FetchResult, Request, fetch_all
from pipeline.edges.fetcher.addresses import AddressPolicy
from pipeline.records import FetchSettings
from tests.edges.bad_hosts import Host, bad_hosts
from tests.edges.test_fetcher import AGENT, NOW

FORMS = [
    "http://127.0.0.1{port}/feed",
    "http://127.1{port}/feed",
    "http://127.0.1{port}/feed",
    "http://2130706433{port}/feed",
    "http://0x7f000001{port}/feed",
    "http://0x7f.0.0.1{port}/feed",
    "http://0177.0.0.1{port}/feed",
    "http://017700000001{port}/feed",
    "http://0{port}/feed",
    "http://0.0.0.0{port}/feed",
    "http://127.255.255.254{port}/feed",
    "http://localhost{port}/feed",
    "http://LOCALHOST{port}/feed",
    "http://localhost.{port}/feed",
    "http://①②⑦.⓪.⓪.①{port}/feed",
    "http://127。0。0。1{port}/feed",
    "http://[::1]{port}/feed",
    "http://[::]{port}/feed",
    "http://[0:0:0:0:0:0:0:1]{port}/feed",
    "http://[::ffff:127.0.0.1]{port}/feed",
    "http://[::ffff:7f00:1]{port}/feed",
    "http://[::127.0.0.1]{port}/feed",
    "http://[64:ff9b::7f00:1]{port}/feed",
    "http://[64:ff9b:1::7f00:1]{port}/feed",
    "http://[2002:7f00:1::1]{port}/feed",
    "http://[2001:0:7f00:1::1]{port}/feed",
    "http://[2001:db8::1]{port}/feed",
    "http://[fe80::1]{port}/feed",
    "http://[fec0::1]{port}/feed",
    "http://[fd00::1]{port}/feed",
    "http://[ff02::1]{port}/feed",
    "http://[100::1]{port}/feed",
    "http://10.0.0.1{port}/feed",
    "http://172.16.0.1{port}/feed",
    "http://192.168.1.1{port}/feed",
    "http://100.64.0.1{port}/feed",
    "http://169.254.169.254{port}/latest/meta-data/",
    "http://192.0.0.8{port}/feed",
    "http://192.0.2.1{port}/feed",
    "http://198.18.0.1{port}/feed",
    "http://224.0.0.1{port}/feed",
    "http://240.0.0.1{port}/feed",
    "http://255.255.255.255{port}/feed",
]
LIMITS = FetchSettings(deadline_seconds=2, retries=0, per_host_delay_seconds=0)


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    """The server that must not be reached."""
    with bad_hosts() as running:
        yield running


def fetch(requests: list[Request], **settings: Any) -> list[FetchResult]:
    """Fetch with nothing private allowed."""
    return list(fetch_all(requests, limits=LIMITS, user_agent=AGENT, now=lambda: NOW, **settings))


@pytest.mark.parametrize("form", FORMS)
def test_a_private_address_is_refused_as_feed_page_picture_and_redirect(host: Host, form: str) -> None:
    url = form.format(port=":" + host.base.rpartition(":")[2])
    host.asked.clear()
    direct = fetch([Request(url, "a source", "feed"), Request(url, "a source", "picture")])
    pages = fetch([Request(url, "a source", "page")], robots=False)
    redirect = Request(f"http://one.example/to?url={url}", "a source", "feed")
    redirected = fetch([redirect], mirrors={"*.example": host.base})
    reasons = [fetched.error.reason for fetched in (*direct, *pages, *redirected) if fetched.error]
    assert len(reasons) == 4
    # A resolver may not know the old ways to write an address, and then there is nothing to refuse.
    assert set(reasons) <= {"refused address", "dns", "address"}
    assert not [asked for asked in host.asked if "/to?" not in asked.path]


def test_plain_private_addresses_are_refused_for_that_reason(host: Host) -> None:
    """Not because of some other error."""
    plain = [form.format(port="") for form in FORMS if re.match(r"http://(\[|(0|[1-9]\d*)(\.(0|[1-9]\d*)){3}\{)", form)]
    assert len(plain) > 25
    for fetched in fetch([Request(url, "a source", "feed") for url in plain]):
        assert fetched.error is not None
        assert fetched.error.reason == "refused address", fetched.request.url


def test_a_page_is_not_asked_for_robots_at_a_private_address(host: Host) -> None:
    host.asked.clear()
    (fetched,) = fetch([Request(f"{host.base}/feed", "a source", "page")])
    assert fetched.error is not None
    assert host.asked == []


def test_a_public_name_that_leads_to_loopback_is_refused(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address of the connection counts, not an earlier answer of the name server: rebinding does not help."""
    port = int(host.base.rpartition(":")[2])
    loopback = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [loopback])
    host.asked.clear()
    (fetched,) = fetch([Request(f"http://rebinding.example:{port}/feed", "a source", "feed")])
    assert fetched.error is not None
    assert fetched.error.reason == "refused address"
    assert host.asked == []


@pytest.mark.parametrize("allowed", ["127.0.0.1", "127.0.0.0/8", "localhost"])
def test_the_config_may_name_a_host_an_address_or_a_network(host: Host, allowed: str) -> None:
    port = host.base.rpartition(":")[2]
    name = "localhost" if allowed == "localhost" else "127.0.0.1"
    (fetched,) = fetch([Request(f"http://{name}:{port}/feed", "a source", "feed")], allow_private=[allowed])
    assert fetched.error is None


def test_a_name_that_is_allowed_opens_nothing_for_others() -> None:
    policy = AddressPolicy(["intranet.example", "10.1.0.0/16"])
    assert policy.permits("intranet.example", "192.168.0.1")
    assert not policy.permits("other.example", "192.168.0.1")
    assert policy.permits("other.example", "10.1.2.3")
    assert policy.permits("other.example", "::ffff:10.1.2.3")
    assert not policy.permits("other.example", "10.2.0.1")


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_are_permitted(address: str) -> None:
    assert AddressPolicy().permits("one.example", address)
