"""Ways to write a private address, each as a feed, a redirect, a page, a picture and behind a name that leads to it."""

import socket
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

from pipeline.edges.fetcher import Request, fetch_all
from tests.edges.bad_hosts import Host, bad_hosts
from tests.edges.test_fetcher import AGENT, NOW
from tests.edges.test_fetcher_addresses import FORMS, LIMITS


def hits(host: Host, form: str) -> tuple[int, int]:
    """(requests that reached the host or were answered, ways tried)."""
    port = host.base.rpartition(":")[2]
    url = form.format(port=f":{port}")
    mirrors = {"*.example": host.base}
    ways: list[tuple[Request, dict[str, Any]]] = [
        (Request(url, "a source", "feed"), {}),
        (Request(f"http://one.example/to?url={url}", "a source", "feed"), {"mirrors": mirrors}),
        (Request(url, "a source", "page"), {"robots": False}),
        (Request(url, "a source", "picture"), {}),
    ]
    before, reached = len([asked for asked in host.asked if "/to?" not in asked.path]), 0
    for request, more in ways:
        (fetched,) = fetch_all([request], limits=LIMITS, user_agent=AGENT, now=lambda: NOW, **more)
        reached += fetched.error is None
    reached += _rebound(url, port)
    return reached + len([asked for asked in host.asked if "/to?" not in asked.path]) - before, len(ways) + 1


def _rebound(url: str, port: str) -> int:
    """A public name that leads to where the form leads."""
    real = socket.getaddrinfo
    try:
        led = real(urlsplit(url).hostname, int(port), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        led = real("127.0.0.1", int(port), type=socket.SOCK_STREAM)
    with mock.patch.object(socket, "getaddrinfo", return_value=led):
        request = Request(f"http://rebinding.invalid:{port}/feed", "a source", "feed")
        (fetched,) = fetch_all([request], limits=LIMITS, user_agent=AGENT, now=lambda: NOW)
    return int(fetched.error is None)


def try_all() -> tuple[int, int]:
    """(hits, ways tried) over all forms."""
    with bad_hosts() as host:
        found = [hits(host, form) for form in FORMS]
    return sum(hit for hit, _ in found), sum(ways for _, ways in found)


if __name__ == "__main__":
    total, tried = try_all()
    print(f"private addresses: {total} hits of {tried} ({len(FORMS)} forms x 5 ways)")
