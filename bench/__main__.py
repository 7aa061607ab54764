"""Run the benchmarks.

    python -m bench                     run all parts and write bench/RESULTS.md
    python -m bench week clean          run and print two parts
    python -m bench --size .1           run on a tenth of the input; RESULTS.md is not written

Each part runs in its own process and temporary folder. A part that fails is reported, and the others still run.
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

`make bench` writes this page; `python -m bench PART` measures one part again. Each figure is compared with a peer or a
floor that was measured in the same run, in alternation. With several rounds the figure is the median, followed by the
minimum and maximum. A ratio is ours divided by the peer's, round by round; where the target is a minimum, it is the
speed-up. Memory is the peak of all processes of a command together, with shared pages counted once.
"""


def measure_in_process(name: str, size: float) -> tuple[Part, float]:
    """Measure a part in a new process. Returns the part and the seconds it took."""
    started = time.monotonic()
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        part = pool.submit(measure, name, size).result()
    return part, time.monotonic() - started


def _conditions() -> list[str]:
    lines = ["## Environment", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in machine().items()]
    for name in PACKAGES:
        try:
            lines.append(f"| {name} | {version(name)} |")
        except PackageNotFoundError:
            lines.append(f"| {name} | not installed |")
    return [*lines, f"| Date | {datetime.now(UTC):%Y-%m-%d} |", ""]


def main() -> int:
    """Measure the parts on the command line. Returns exit code 1 if a part failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one or more of {', '.join(PARTS)}")
    parser.add_argument("--size", type=float, default=1.0, help="the size of the input; RESULTS.md uses 1")
    parser.add_argument("--output", type=Path, help="the file to write the results to")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - PARTS.keys():
        parser.error(f"there is no part {', '.join(sorted(unknown))}; choose from {', '.join(PARTS)}")
    lines = [INTRODUCTION, *_conditions()]
    failed = False
    for name in arguments.parts or PARTS:
        part, seconds = measure_in_process(name, arguments.size)
        failed = failed or "could not be measured" in part.title
        print("\n".join(part.lines()), f"({name}: {seconds:.0f} s)\n", sep="", flush=True)
        lines += part.lines()
    output = arguments.output or (RESULTS if not arguments.parts and arguments.size == 1 else None)
    if output:
        output.write_text("\n".join(lines), encoding="utf-8")
        print(f"written to {output}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
