"""Mutated feeds: each gives entries or a FeedError."""

import multiprocessing
import os
import random
import time
from collections import Counter
from pathlib import Path

from pipeline.errors import FeedError
from pipeline.stages.parse import parse_feed
from tests.faults.rig import tries

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "feeds"
SEEDS = [path.read_bytes() for path in sorted(GOLDEN.iterdir()) if ".expected" not in path.name]
SPLICES = (
    b"<",
    b">",
    b"&",
    b"]]>",
    b"<!--",
    b"<![CDATA[",
    b"&#xD800;",
    b"\x00",
    b"\xff",
    b"\xed\xa0\x80",
    b'"',
    b"</item>",
)


def mutate_feed(number: int) -> bytes:
    """A mutated feed, the same for the same number."""
    dice = random.Random(number)
    body = bytearray(dice.choice(SEEDS))
    for _ in range(dice.randint(1, 12)):
        at = dice.randrange(len(body) + 1)
        match dice.randrange(5):
            case 0:
                body[at:at] = dice.choice(SPLICES)
            case 1:
                del body[at : at + dice.randint(1, 60)]
            case 2:
                body[at:at] = body[at : at + dice.randint(1, 400)] * dice.randint(1, 4)
            case 3:
                body[at : at + 1] = bytes([dice.randrange(256)])
            case _:
                other = dice.choice(SEEDS)
                cut = dice.randrange(len(other))
                body[at:at] = other[cut : cut + dice.randint(1, 300)]
    return bytes(body)


def outcome(number: int) -> tuple[str, float]:
    """Parse a mutated feed. Returns the outcome and the seconds."""
    started = time.monotonic()
    try:
        result = (
            "entries" if parse_feed(mutate_feed(number), "https://one.example/feed", source="one") else "no entries"
        )
    except FeedError:
        result = "FeedError"
    except Exception as error:  # noqa: BLE001 - the test looks for any exception
        result = f"UNCAUGHT {type(error).__name__} (number {number})"
    return result, time.monotonic() - started


def fuzz(count: int) -> tuple[Counter[str], float]:
    """Parse `count` mutated feeds. Returns the outcomes and the longest time."""
    found: Counter[str] = Counter()
    longest = 0.0
    with multiprocessing.get_context("forkserver").Pool(os.cpu_count()) as pool:
        for result, seconds in pool.imap_unordered(outcome, range(count), chunksize=50):
            found[result] += 1
            longest = max(longest, seconds)
    return found, longest


if __name__ == "__main__":
    number = tries(100_000)
    outcomes, worst = fuzz(number)
    bad = sum(count for result, count in outcomes.items() if result.startswith("UNCAUGHT"))
    print(
        f"mutated feeds: {bad} of {number} with an uncaught exception; the longest took {worst:.2f} s; {dict(outcomes)}"
    )
