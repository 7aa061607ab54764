"""Notations of private addresses, each as a feed, redirect, page and picture, and behind a public name."""

import socket
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

from pipeline.edges.fetcher import Request, fetch_all
from tests.edges.bad_hosts import Host, bad_hosts
from tests.edges.test_fetcher import AGENT, NOW
from tests.edges.test_fetcher_addresses import FORMS, LIMITS


def hits(host: Host, form: str) -> tuple[int, int]:
    """Try one notation in five ways. Returns (requests that got through, ways tried)."""
    port = host.base.rpartition(":")[2]
    url = form.format(port=f":{port}")
    mirrors = {"*.example": host.base}
    ways: list[tuple[Request, dict[str, Any]]] = [
        (Request(url, "a source", "feed"), {}),
        (Request(f"http://one.example/to?url={url}", "a source", "feed"), {"mirrors": mirrors}),
        (Request(url, "a source", "page"), {"robots": False}),
        (Request(url, "a source", "picture"), {}),
    ]
    before, reached = len([request for request in host.asked if "/to?" not in request.path]), 0
    for request, options in ways:
        (fetched,) = fetch_all([request], limits=LIMITS, user_agent=AGENT, now=lambda: NOW, **options)
        reached += fetched.error is None
    reached += _rebound(url, port)
    return reached + len([request for request in host.asked if "/to?" not in request.path]) - before, len(ways) + 1


def _rebound(url: str, port: str) -> int:
    """Try a public name that resolves to the private address. Returns 1 if the request got through."""
    lookup = socket.getaddrinfo
    try:
        resolved = lookup(urlsplit(url).hostname, int(port), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        resolved = lookup("127.0.0.1", int(port), type=socket.SOCK_STREAM)
    with mock.patch.object(socket, "getaddrinfo", return_value=resolved):
        request = Request(f"http://rebinding.invalid:{port}/feed", "a source", "feed")
        (fetched,) = fetch_all([request], limits=LIMITS, user_agent=AGENT, now=lambda: NOW)
    return int(fetched.error is None)


def try_all() -> tuple[int, int]:
    """Try all notations. Returns (requests that got through, ways tried)."""
    with bad_hosts() as host:
        found = [hits(host, form) for form in FORMS]
    return sum(count for count, _ in found), sum(ways for _, ways in found)


if __name__ == "__main__":
    total, tried = try_all()
    print(f"private addresses: {total} hits of {tried} ({len(FORMS)} forms x 5 ways)")
