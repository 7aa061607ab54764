#!/usr/bin/env python3
"""Pages per CPU second of `extract_text`, compared with trafilatura's extraction with metadata.

    python bench/extraction.py [--pages DIR] [--rounds N]

DIR contains pages as *.html or *.html.gz; the default is the labelled pages of tests/quality/clean. The two alternate
page by page, so that other load on the machine affects both alike. The ratio should be at least .9.
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
    """Extract a page with trafilatura."""
    return trafilatura.bare_extraction(html, url=url, with_metadata=True)


def read_pages(folder: Path) -> list[str]:
    """Read the pages of a folder and its subfolders, in order of their names."""
    pages = []
    for path in sorted([*folder.rglob("*.html"), *folder.rglob("*.html.gz")]):
        body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        pages.append(body.decode("utf-8", "replace"))
    return pages


def timed(extract: Callable[[str, str], object], page: str) -> float:
    """The CPU seconds for one page."""
    started = time.process_time()
    extract(page, ADDRESS)
    return time.process_time() - started


def main() -> int:
    """Measure and print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, default=ROOT / "tests" / "quality" / "clean")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    pages = read_pages(arguments.pages)
    if not pages:
        print(f"there is no *.html or *.html.gz in {arguments.pages}", file=sys.stderr)
        return 2
    for page in pages[:5]:  # exclude imports and tables that are built on first use
        timed(extract_text, page)
        timed(theirs, page)
    ours, other = 0.0, 0.0
    for _ in range(arguments.rounds):
        for page in pages:
            ours += timed(extract_text, page)
            other += timed(theirs, page)
    count = len(pages) * arguments.rounds
    print(f"pages {len(pages)}  rounds {arguments.rounds}")
    print(f"extract_text              {count / ours:6.1f} pages/cpu-s")
    print(f"trafilatura with metadata {count / other:6.1f} pages/cpu-s")
    print(f"ratio                     {other / ours:6.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
