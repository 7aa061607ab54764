"""Obey robots.txt (RFC 9309)."""

import asyncio
import re
from collections.abc import Awaitable, Callable

from protego import Protego
from yarl import URL

from pipeline.errors import FetchError

ROBOTS_BYTES = 500 * 1024  # of a longer file the beginning counts (RFC 9309, 2.5)
MAX_DELAY_SECONDS = 10.0

ReadBytes = Callable[[URL, int], Awaitable[bytes]]


class Robots:
    """The rules of each host, fetched once in a run."""

    def __init__(self, read: ReadBytes, user_agent: str) -> None:
        self._read = read
        token = re.match(r"[A-Za-z_-]+", user_agent)  # what robots.txt calls this program (RFC 9309, 2.2.1)
        self._name = token[0] if token else "*"
        self._rules: dict[str, Protego | FetchError | None] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def check(self, url: URL) -> None:
        """Raise FetchError: "robots" if the host forbids this address, "robots unread" if it does not say.

        Also "dns" or "refused address" where the host has no address, or one that is refused.
        """
        origin = str(url.origin())
        async with self._locks.setdefault(origin, asyncio.Lock()):
            if origin not in self._rules:
                self._rules[origin] = None  # until it answers, so that a host that hangs is asked once
                self._rules[origin] = await self._fetch(url)
        rules = self._rules[origin]
        if isinstance(rules, FetchError) and rules.reason == "dns":
            raise FetchError(rules.reason, f"{url.host} has no address")
        if isinstance(rules, FetchError) and rules.reason == "refused address":
            raise FetchError(rules.reason, rules.message)
        if not isinstance(rules, Protego):
            raise FetchError(
                "robots unread", f"{origin}/robots.txt could not be read, so that no page of this host is fetched"
            )
        if not rules.can_fetch(str(url), self._name):
            raise FetchError("robots", f"{origin}/robots.txt asks {self._name} not to fetch {url}")

    def delay_seconds(self, url: URL) -> float:
        """Return the Crawl-delay that a host asks for, up to ten seconds; 0 if it is not known."""
        rules = self._rules.get(str(url.origin()))
        delay = rules.crawl_delay(self._name) if isinstance(rules, Protego) else None
        return min(float(delay), MAX_DELAY_SECONDS) if delay and delay > 0 else 0.0

    async def _fetch(self, url: URL) -> Protego | FetchError:
        """Fetch the rules. A missing file forbids nothing; any other error is returned."""
        try:
            body = await self._read(url.origin() / "robots.txt", ROBOTS_BYTES)
        except FetchError as error:
            missing = error.reason.startswith("status 4") and error.reason != "status 429"
            return Protego.parse("") if missing else error
        return Protego.parse(_decode(body))


def _decode(body: bytes) -> str:
    """The rules without a byte order mark, and without a line that the limit cut."""
    lines = body.decode("utf-8-sig", "replace").splitlines()
    return "\n".join(lines if len(body) < ROBOTS_BYTES else lines[:-1])
