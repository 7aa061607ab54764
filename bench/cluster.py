"""Clean pages on a Dask cluster of one to four workers, in a process pool and in this process."""

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


def measure_cluster(work: Path, *, pages: int, max_workers: int, rounds: int) -> Part:  # noqa: ARG001
    """Measure the seconds for the same pages on each warm engine."""
    if not importlib.util.find_spec("distributed"):
        return Part("Engines", notes=("Dask is not installed: pip install '.[dask]'",))
    articles = [article for feed in range(-(-pages // 20)) for article in make_articles(feed, 20)][:pages]
    tasks = [(article, page_of(article, articles[:9]).encode()) for article in articles]
    serial = _seconds(partial(open_engine, "serial"), tasks, rounds)
    rows = [_row("this process", serial, serial, pages)]
    for workers in (1, WORKERS):
        seconds = _seconds(partial(open_engine, "processes", workers=workers), tasks, rounds)
        rows.append(_row(f"processes: {workers}", seconds, serial, pages))
    for workers in range(1, max_workers + 1):
        seconds = _seconds(partial(open_engine, "dask", workers=workers), tasks, rounds)
        rows.append(_row(f"Dask: {workers} workers", seconds, serial, pages))
    note = f"The time to clean {pages:,} pages on a warm engine. The ratio is the speed-up over this process."
    return Part("Engines", rows, (note,))


def _row(name: str, seconds: Sequence[float], serial: Sequence[float], pages: int) -> Row:
    speed_up = Spread(tuple(before / after for before, after in zip(serial, seconds, strict=True)))
    rate = Spread(tuple(pages / value for value in seconds))
    return Row(name, f"{Spread(tuple(seconds)).format('s')}, {rate.format('pages/s', 0)}", "this process", speed_up)


def _seconds(open_: Callable[[], Any], tasks: Sequence[Any], rounds: int) -> list[float]:
    seconds = []
    with open_() as engine:
        _clean_all(engine, tasks[: len(tasks) // 4])
        for _ in range(rounds):
            started = time.perf_counter()
            _clean_all(engine, tasks)
            seconds.append(time.perf_counter() - started)
    return seconds


def _clean_all(engine: Engine, tasks: Sequence[Any]) -> None:
    assert sum(1 for _ in engine.map(clean_page, tasks)) == len(tasks)
