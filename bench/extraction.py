#!/usr/bin/env python3
"""Pages a CPU-second of `extract_text` beside trafilatura's own extraction with metadata, timed in one run.

    python bench/extraction.py [--pages DIR] [--rounds N]

DIR holds pages as *.html or *.html.gz; without it, the labelled pages of tests/quality/clean are read. The two are
timed in turns, page by page, so that whatever else the machine does falls on both alike. Prints the ratio, which is to
be .9 or more.
"""

import argparse
import gzip
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import trafilatura  # noqa: E402

from pipeline.stages.clean import extract_text  # noqa: E402

ADDRESS = "https://bench.example/page"


def theirs(html: str, url: str) -> object:
    """What a page costs without this project."""
    return trafilatura.bare_extraction(html, url=url, with_metadata=True)


def read_pages(folder: Path) -> list[str]:
    """The pages of a folder and its subfolders, by name."""
    pages = []
    for path in sorted([*folder.rglob("*.html"), *folder.rglob("*.html.gz")]):
        body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        pages.append(body.decode("utf-8", "replace"))
    return pages


def timed(extract: Callable[[str, str], object], page: str) -> float:
    """CPU seconds for one page."""
    started = time.process_time()
    extract(page, ADDRESS)
    return time.process_time() - started


def main() -> int:
    """Time both, print both."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pages", type=Path, default=ROOT / "tests" / "quality" / "clean")
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    pages = read_pages(chosen.pages)
    if not pages:
        print(f"no *.html or *.html.gz in {chosen.pages}", file=sys.stderr)
        return 2
    for page in pages[:5]:  # imports and tables that are built on first use are nobody's page
        timed(extract_text, page)
        timed(theirs, page)
    ours, other = 0.0, 0.0
    for _ in range(chosen.rounds):
        for page in pages:
            ours += timed(extract_text, page)
            other += timed(theirs, page)
    count = len(pages) * chosen.rounds
    print(f"pages {len(pages)}  rounds {chosen.rounds}")
    print(f"extract_text              {count / ours:6.1f} pages/cpu-s")
    print(f"trafilatura with metadata {count / other:6.1f} pages/cpu-s")
    print(f"ratio                     {other / ours:6.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
