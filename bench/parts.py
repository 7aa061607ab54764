"""The benchmark parts by name, with the size of their input."""

import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

from bench.measure import ROOT
from bench.table import Part


def _scaled(number: float, size: float, minimum: int) -> int:
    return max(minimum, round(number * size))


def _week(work: Path, size: float) -> Part:
    from bench.week import measure_week

    return measure_week(work, feeds=_scaled(100, size, 4), entries=20, turns=2 if size >= 1 else 1)


def _sizes(work: Path, size: float) -> Part:
    from bench.week import measure_sizes

    # The wanted share of the naive script's time: the fixed cost weighs more in a small week.
    wanted = {(10, 10): 0.9, (25, 20): 0.45, (100, 20): 0.33}
    return measure_sizes(
        work,
        sizes={(_scaled(feeds, size, 4), entries): share for (feeds, entries), share in wanted.items()},
        turns=2 if size >= 1 else 1,
    )


def _start(work: Path, size: float) -> Part:
    from bench.week import measure_start

    return measure_start(work, turns=_scaled(15, size, 3))


def _parse(work: Path, size: float) -> Part:
    from bench.stages import measure_parse

    return measure_parse(work, feeds=_scaled(40, size, 4), rounds=5)


def _clean(work: Path, size: float) -> Part:
    from bench.stages import measure_clean

    return measure_clean(work, pages=_scaled(500, size, 60), rounds=3)


def _dedupe(work: Path, size: float) -> Part:
    from bench.stages import measure_dedupe

    return measure_dedupe(work, stories=_scaled(2000, size, 200), rounds=3)


def _language(work: Path, size: float) -> Part:
    from bench.stages import measure_language

    return measure_language(work, stories=_scaled(300, size, 40), rounds=3)


def _growth(work: Path, size: float) -> Part:
    from bench.growth import measure_growth

    return measure_growth(work, feeds=_scaled(50, size, 4), entries=20)


def _archive(work: Path, size: float) -> Part:
    from bench.growth import measure_archive

    return measure_archive(work, feeds=_scaled(50, size, 4), entries=20, kept=_scaled(100_000, size, 2000), turns=2)


def _crawl(work: Path, size: float) -> Part:
    from bench.crawl import measure_crawl

    return measure_crawl(work, records=_scaled(100_000, size, 2000))


def _engines(work: Path, size: float) -> Part:
    from bench.cluster import measure_cluster

    return measure_cluster(work, pages=_scaled(600, size, 100), max_workers=4, rounds=2)


def _script(module: str, title: str, *arguments: str) -> "Measure":
    """A part that is a script and prints its own table."""
    return partial(_run_script, module, title, arguments)


def _run_script(module: str, title: str, arguments: tuple[str, ...], work: Path, size: float) -> Part:  # noqa: ARG001
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{module}", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"bench/{module}.py: exit code {done.returncode}\n{done.stderr[-2000:]}")
    command = " ".join((f"python -m bench.{module}", *arguments))
    return Part(title, notes=(f"`{command}`",), output=done.stdout)


Measure = Callable[[Path, float], Part]
PARTS: Mapping[str, Measure] = MappingProxyType(
    {
        "start": _start,
        "week": _week,
        "sizes": _sizes,
        "growth": _growth,
        "archive": _archive,
        "crawl": _crawl,
        "engines": _engines,
        "fetch": _script("fetch", "Fetch, compared with the bare fetcher", "300"),
        "parse": _parse,
        "clean": _clean,
        "dedupe": _dedupe,
        "language": _language,
        "render": _script("render", "Render, compared with the reference MJML compiler", "50"),
        "extraction": _script("extraction", "Extraction, compared with trafilatura"),
        "tagger": _script("language", "Language tags on labelled texts"),
        "copies": _script("dedupe", "Copies, compared with datasketch", "2000", "--again", "2000", "--new", "100"),
    }
)  # fmt: skip


def measure(name: str, size: float) -> Part:
    """Measure a part in this process and a temporary folder."""
    with tempfile.TemporaryDirectory(prefix=f"bench-{name}-") as work:
        try:
            return PARTS[name](Path(work), size)
        except Exception as error:  # noqa: BLE001 - the other parts are still measured
            traceback.print_exc()
            return Part(f"{name}: could not be measured", notes=(f"{type(error).__name__}: {str(error)[:500]}",))
