"""Bodies that fill memory or never end."""

import resource
import time

from pipeline.edges.fetcher import Request, fetch_all
from pipeline.records import FetchSettings
from tests.edges.bad_hosts import bad_hosts
from tests.edges.test_fetcher import AGENT, NOW

PATHS = (
    "/bomb",
    "/brotli",
    "/stacked",
    "/stacked-twice",
    "/endless",
    "/slow-body",
    "/slow-header",
    "/promises-endless",
)
LIMITS = FetchSettings(deadline_seconds=2, retries=0)


def try_bomb(path: str) -> tuple[str, float, float]:
    """Fetch a bomb. Returns (outcome, seconds after the deadline, growth of peak memory in MB, server included)."""
    with bad_hosts() as host:
        before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
        request = Request(host.base + path, "a source", "feed")
        (fetched,) = fetch_all([request], limits=LIMITS, user_agent=AGENT, now=lambda: NOW, allow_private=["127.0.0.1"])
        over = time.monotonic() - started - LIMITS.deadline_seconds
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return fetched.error.reason if fetched.error else "READ", over, grown


if __name__ == "__main__":
    for bomb in PATHS:
        outcome, late, megabytes = try_bomb(bomb)
        print(f"bomb {bomb}: {outcome}, {max(0.0, late):.2f} s after the deadline, + {megabytes:.0f} MB")
