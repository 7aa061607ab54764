"""Mutated feeds: entries or a FeedError, and nothing else."""

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


def mutated(number: int) -> bytes:
    """The feed of that number: always the same one."""
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
    """What became of it, and how many seconds it took."""
    began = time.monotonic()
    try:
        said = "entries" if parse_feed(mutated(number), "https://one.example/feed", source="one") else "no entries"
    except FeedError:
        said = "FeedError"
    except Exception as error:  # noqa: BLE001 - what is looked for
        said = f"UNCAUGHT {type(error).__name__} (number {number})"
    return said, time.monotonic() - began


def fuzz(count: int) -> tuple[Counter[str], float]:
    """So many of them; outcomes by kind, and the longest time."""
    found: Counter[str] = Counter()
    longest = 0.0
    with multiprocessing.get_context("forkserver").Pool(os.cpu_count()) as pool:
        for said, seconds in pool.imap_unordered(outcome, range(count), chunksize=50):
            found[said] += 1
            longest = max(longest, seconds)
    return found, longest


if __name__ == "__main__":
    number = tries(100_000)
    outcomes, worst = fuzz(number)
    bad = sum(count for said, count in outcomes.items() if said.startswith("UNCAUGHT"))
    print(
        f"mutated feeds: {bad} of {number} with an uncaught exception; the longest took {worst:.2f} s; {dict(outcomes)}"
    )
