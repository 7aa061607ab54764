"""Clean on a Dask cluster of one to four workers, beside the process pool and beside no pool at all."""

import importlib.util
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bench.letter import WORKERS
from bench.measure import Spread
from bench.stages import clean_page
from bench.table import Part, Row
from bench.web import make_articles, page_of
from pipeline.executors import Engine, open_engine


def measure_cluster(work: Path, *, pages: int, most: int, rounds: int) -> Part:  # noqa: ARG001
    """Seconds for the same pages on each engine, warm."""
    if not importlib.util.find_spec("distributed"):
        return Part("Engines", notes=("Dask is not installed: pip install '.[dask]'",))
    articles = [article for feed in range(-(-pages // 20)) for article in make_articles(feed, 20)][:pages]
    tasks = [(article, page_of(article, articles[:9]).encode()) for article in articles]
    alone = _seconds(partial(open_engine, "serial"), tasks, rounds)
    rows = [_row("in process", alone, alone, pages)]
    for workers in (1, WORKERS):
        seconds = _seconds(partial(open_engine, "processes", workers=workers), tasks, rounds)
        rows.append(_row(f"processes: {workers}", seconds, alone, pages))
    for workers in range(1, most + 1):
        seconds = _seconds(partial(open_engine, "dask", workers=workers), tasks, rounds)
        rows.append(_row(f"Dask: {workers} workers", seconds, alone, pages))
    note = f"Clean of {pages:,} pages, the engine warm. The ratio is how much faster than in process."
    return Part("Engines", rows, (note,))


def _row(what: str, seconds: Sequence[float], alone: Sequence[float], pages: int) -> Row:
    faster = Spread(tuple(one / other for one, other in zip(alone, seconds, strict=True)))
    rate = Spread(tuple(pages / each for each in seconds))
    return Row(what, f"{Spread(tuple(seconds)).told('s')}, {rate.told('pages/s', 0)}", "in process", faster)


def _seconds(opened: Callable[[], Any], tasks: Sequence[Any], rounds: int) -> list[float]:
    found = []
    with opened() as engine:
        _clean_all(engine, tasks[: len(tasks) // 4])
        for _ in range(rounds):
            started = time.perf_counter()
            _clean_all(engine, tasks)
            found.append(time.perf_counter() - started)
    return found


def _clean_all(engine: Engine, tasks: Sequence[Any]) -> None:
    assert sum(1 for _ in engine.map(clean_page, tasks)) == len(tasks)
