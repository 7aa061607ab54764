"""The bench, whole or by part.

    python -m bench                     all of it, written to bench/RESULTS.md
    python -m bench week clean          these parts, printed
    python -m bench --size .1           the same on inputs of a tenth; RESULTS.md is not written

Each part is a process of its own, in a folder of its own that is gone afterwards. A part that fails is said, and costs
no other one.
"""

import argparse
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench.measure import ROOT, machine
from bench.parts import PARTS, measure
from bench.table import Part

RESULTS = ROOT / "bench" / "RESULTS.md"
PACKAGES = (
    "newsletter-pipeline", "aiohttp", "lxml", "trafilatura", "feedparser", "langdetect", "py3langid", "numpy", "scipy",
    "mjml-python", "premailer", "distributed", "newspaper4k", "datasketch", "lingua-language-detector", "warcio",
)  # fmt: skip
INTRODUCTION = """# Bench

Made by `make bench`; `python -m bench PART` measures one part again. Each figure stands beside a peer or a floor that
was measured in the same run, in turns with it; where there were several turns it is the median, with the least and the
most. A ratio is ours over the peer's, turn by turn; where the aim is "at least", it is how much faster.
Memory is what all processes of a command hold together at their most, shared pages counted once.
"""


def measure_apart(name: str, size: float) -> tuple[Part, float]:
    """A part in a process of its own, and how long it took. What it makes processes of is its own affair."""
    started = time.monotonic()
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        part = pool.submit(measure, name, size).result()
    return part, time.monotonic() - started


def _conditions() -> list[str]:
    lines = ["## Measured on", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in machine().items()]
    for name in PACKAGES:
        try:
            lines.append(f"| {name} | {version(name)} |")
        except PackageNotFoundError:
            lines.append(f"| {name} | not installed |")
    return [*lines, f"| Date | {datetime.now(UTC):%Y-%m-%d} |", ""]


def main() -> int:
    """Measure what is asked for; the exit code says whether all of it could be measured."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    options.add_argument("--size", type=float, default=1.0, help="the inputs' size, 1 for that of RESULTS.md")
    options.add_argument("--output", type=Path, help="write the results there")
    chosen = options.parse_args()
    if unknown := set(chosen.parts) - PARTS.keys():
        options.error(f"there is no part {', '.join(sorted(unknown))}; the parts are {', '.join(PARTS)}")
    lines = [INTRODUCTION, *_conditions()]
    failed = False
    for name in chosen.parts or PARTS:
        part, seconds = measure_apart(name, chosen.size)
        failed = failed or "could not be measured" in part.title
        print("\n".join(part.lines()), f"({name}: {seconds:.0f} s)\n", sep="", flush=True)
        lines += part.lines()
    output = chosen.output or (RESULTS if not chosen.parts and chosen.size == 1 else None)
    if output:
        output.write_text("\n".join(lines), encoding="utf-8")
        print(f"written to {output}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
