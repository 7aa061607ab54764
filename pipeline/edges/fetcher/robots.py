"""robots.txt, as RFC 9309 reads it."""

import asyncio
from collections.abc import Awaitable, Callable

from protego import Protego
from yarl import URL

from pipeline.errors import FetchError

ROBOTS_BYTES = 500_000
MAX_DELAY_SECONDS = 10.0

Read = Callable[[URL, int], Awaitable[bytes]]


class Robots:
    """The rules of each host, read once a run."""

    def __init__(self, read: Read, user_agent: str) -> None:
        self._read = read
        self._name = user_agent.partition("/")[0].strip() or "*"
        self._rules: dict[str, Protego | FetchError | None] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def check(self, url: URL) -> None:
        """FetchError: "robots" if the host does not want this fetched, "robots unread" if it does not say, or "dns"."""
        origin = str(url.origin())
        async with self._locks.setdefault(origin, asyncio.Lock()):
            if origin not in self._rules:
                self._rules[origin] = None  # until it answers: a host that hangs is asked once
                self._rules[origin] = await self._fetch(url)
        rules = self._rules[origin]
        if isinstance(rules, FetchError) and rules.reason == "dns":
            raise FetchError(rules.reason, f"{url.host} has no address")
        if not isinstance(rules, Protego):
            raise FetchError(
                "robots unread", f"{origin}/robots.txt could not be read, so that nothing of it is fetched"
            )
        if not rules.can_fetch(str(url), self._name):
            raise FetchError("robots", f"{origin}/robots.txt asks {self._name} not to fetch {url}")

    def delay_seconds(self, url: URL) -> float:
        """The Crawl-delay a host asks for, up to ten seconds; 0 where it is not known."""
        rules = self._rules.get(str(url.origin()))
        delay = rules.crawl_delay(self._name) if isinstance(rules, Protego) else None
        return min(float(delay), MAX_DELAY_SECONDS) if delay and delay > 0 else 0.0

    async def _fetch(self, url: URL) -> Protego | FetchError:
        """The rules; those that forbid nothing where there is no file, the fault where the host cannot say."""
        try:
            body = await self._read(url.origin() / "robots.txt", ROBOTS_BYTES)
        except FetchError as error:
            missing = error.reason.startswith("status 4") and error.reason != "status 429"
            return Protego.parse("") if missing else error
        return Protego.parse(body.decode("utf-8", "replace"))
