"""Time and memory of dedupe on generated stories, compared with datasketch's LSH on the same stories.

    python -m bench.dedupe 1000 10000 100000            copies, the whole stage, and datasketch
    python -m bench.dedupe --again 1000 10000 --new 100  a window in the store: first run, second run, new stories;
                                                         the same without sentence vectors
    python -m bench.dedupe --archive 1000 100000         new stories and an archive of this size, and datasketch
    python -m bench.dedupe --bands 1000 1000000          the same with random fingerprints instead of stories
    python -m bench.dedupe --events HEADLINES.csv[.gz]   BCubed figures

Each measurement runs in its own process, so that peak memory is its own. With several sizes, the cost of a new story is
compared with the smallest size and with the logarithm. datasketch comes with the `bench` extra.
HEADLINES has columns ID, TITLE, STORY (the label) and TIMESTAMP (milliseconds).
"""

import argparse
import csv
import gzip
import importlib.util
import json
import math
import multiprocessing
import os
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.archive import build_from_random, build_from_stories, measure_archive, measure_datasketch_archive
from bench.stories import START, make_stories, minhash
from pipeline.config import load_config
from pipeline.edges.store import Store, open_store
from pipeline.records import Entry, Story
from pipeline.run.dedupe import dedupe
from pipeline.run.session import Session
from pipeline.stages.dedupe import dedupe_stories, extract_features, read_stories_jsonl
from pipeline.stages.dedupe.index import Index
from pipeline.stages.dedupe.round import DedupeInputs, fold
from pipeline.stages.dedupe.settings import DEFAULTS
from pipeline.text.vectors import embed

_CONFIG = """
name: bench
timezone: UTC
desk: {name: Desk, email: desk@bench.example, postal_address: 1 Bench Road, subscribe_url: 'https://bench.example/in',
  unsubscribe_url: 'https://bench.example/out'}
editions: [{name: en, language: en, host: {name: Ada, city: Leiden}}]
sources: [{name: s0, feed: s0.xml}]
engine: serial  # all CPU is this process's
"""
_MAX_DATASKETCH = 100_000  # a larger datasketch index takes many gigabytes


def quality(pairs: set[tuple[str, str]], stories: list[Story]) -> dict[str, float]:
    """Precision and recall of (copy, other) pairs. A pair is right if both have the same original."""
    copies = {story.id for story in stories if "c" in story.id}
    right = {pair for pair in pairs if pair[0].split("c")[0] == pair[1].split("c")[0]}
    found = copies & {name for pair in right for name in pair}
    return {"P": len(right) / max(1, len(pairs)), "R": len(found) / max(1, len(copies))}


def measure_copies(count: int) -> dict[str, Any]:
    """Measure copies only, as an LSH finds them."""
    stories = list(make_stories(count, seed=7))
    clock = Clock()
    features = {story.id: extract_features(story) for story in stories}
    index = Index()
    inputs = DedupeInputs({}, {}, DEFAULTS)
    fold(index, lambda names: (features[name] for name in sorted(names)), inputs, dict.fromkeys(features, ""))
    return clock.figures() | quality(set(index.copies().items()), stories)


def measure_whole(count: int) -> dict[str, Any]:
    """Measure the whole stage: copies, events and suggestions. The only planted events are copies."""
    stories = list(make_stories(count, seed=7))
    clock = Clock()
    found = dedupe_stories(stories)
    chance = sum(len(event.stories) > 1 for event in found.events)
    return clock.figures() | quality(set(found.copies.items()), stories) | {"false events": chance}


def measure_datasketch(count: int) -> dict[str, Any]:
    """Measure datasketch's MinHashLSH: word bigrams, 128 permutations, threshold .5; query, then insert each story."""
    from datasketch import MinHashLSH

    stories = list(make_stories(count, seed=7))
    clock = Clock()
    index = MinHashLSH(threshold=0.5, num_perm=128)
    pairs: set[tuple[str, str]] = set()
    for story in stories:
        signature = minhash(story)
        pairs |= {(story.id, str(other)) for other in index.query(signature)}
        index.insert(story.id, signature)
    return clock.figures() | quality(pairs, stories)


def measure_again(count: int, new: int, vectors: str = "builtin") -> dict[str, Any]:
    """Measure a window in a store: the first run, a run with nothing new, and a run with `new` new stories."""
    if vectors == "builtin":
        embed(["a word"])  # loads the model, which takes the same time for any number of stories
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.yaml"
        config.write_text(_CONFIG, encoding="utf-8")
        with open_store(Path(folder) / "store.sqlite") as store:
            stories = list(make_stories(count + new, seed=7))
            settings = load_config(config).model_copy(update={"vectors": vectors})
            session = Session(settings, store, START + timedelta(days=7))
            found = {}
            for name, batch in (("first", stories[:count]), ("nothing new", []), (f"{new:,} new", stories[count:])):
                put_stories(store, batch)
                clock = Clock()
                dedupe(session)
                found[f"{name}: cpu s"] = clock.cpu
        found["total ms"] = 1000 * found.pop(f"{new:,} new: cpu s") / new
        size = sum(file.stat().st_size for file in Path(folder).glob("store.sqlite*")) / 1e6
    return {**found, "disk MB": size, "megabytes": peak()}


def measure_again_with_share(count: int, new: int) -> dict[str, Any]:
    """The figures of `measure_again`, and how much of them the sentence vectors add to a comparison by words."""
    whole, words = (in_process(measure_again, count, new, vectors) for vectors in ("builtin", "off"))
    first, total = "first: cpu s", "total ms"
    return whole | {
        "first with vectors off": words[first],
        "vectors ms a story": 1000 * (whole[first] - words[first]) / count,
        "total ms with vectors off": words[total],
    }


def put_stories(store: Store, stories: Sequence[Story]) -> None:
    """Put stories and their entries into the store."""
    with store.transaction():
        for story in stories:
            store.entries.put(Entry(story.entry, story.source, None, story.title), seen_at=START, page="none")
            store.stories.replace(story.entry, [story])


def measure_events(path: str) -> dict[str, Any]:
    """Measure events from headlines only, as BCubed figures."""
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["TIMESTAMP"]]
    lines = (
        json.dumps({"id": row["ID"], "title": row["TITLE"], "body": "", "published": int(row["TIMESTAMP"])})
        for row in rows
    )
    stories, _ = read_stories_jsonl(lines)
    clock = Clock()
    found = dedupe_stories(stories)
    figures = clock.figures()
    predicted = {name: event.id for event in found.events for name in event.stories}
    predicted |= {copy: predicted[winner] for copy, winner in found.copies.items()}
    gold = {row["ID"]: row["STORY"] for row in rows}
    both = Counter((predicted[name], gold[name]) for name in gold)
    by_predicted, by_gold = Counter(predicted.values()), Counter(gold.values())
    precision = sum(count * count / by_predicted[key] for (key, _), count in both.items()) / len(gold)
    recall = sum(count * count / by_gold[key] for (_, key), count in both.items()) / len(gold)
    f1 = 2 * precision * recall / (precision + recall)
    return figures | {"P": precision, "R": recall, "F1": f1}


class Clock:
    """Time and memory from the moment it is created."""

    def __init__(self) -> None:
        self._memory, self._wall, self._cpu = peak(), time.perf_counter(), _cpu_seconds()

    @property
    def cpu(self) -> float:
        """CPU seconds of this process and of the children it has waited for."""
        return _cpu_seconds() - self._cpu

    def figures(self) -> dict[str, float]:
        """Wall seconds, CPU seconds and the growth of peak memory in megabytes."""
        return {"seconds": time.perf_counter() - self._wall, "cpu s": self.cpu, "megabytes": peak() - self._memory}


def _cpu_seconds() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def peak() -> float:
    """The peak memory of this process in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def with_peak(measure: Callable[..., dict[str, Any]], *arguments: Any, **options: Any) -> dict[str, Any]:
    """Run a measurement and add the peak memory of the process if it is missing."""
    found = measure(*arguments, **options)
    return found if "megabytes" in found else {**found, "megabytes": peak()}


def in_process(measure: Callable[..., dict[str, Any]], *arguments: Any, **options: Any) -> dict[str, Any]:
    """Run a measurement in a new process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(with_peak, measure, *arguments, **options).result()


def format_figures(figures: dict[str, Any]) -> str:
    """Format figures as a line."""
    return "  ".join(
        f"{name} {value:,.3g}" if value < 100 else f"{name} {value:,.0f}" for name, value in figures.items()
    )


def growth(sizes: Sequence[int], name: str, measure: Callable[[int], dict[str, Any]]) -> None:
    """Measure each size and compare the cost of a new story with the smallest size and the logarithm."""
    first: tuple[int, float] | None = None
    for size in sorted(sizes):
        figures = measure(size)
        first = first or (size, figures["total ms"])
        factor, logarithm = figures["total ms"] / first[1], math.log(size) / math.log(first[0])
        print(
            f"{name.format(size=size)}: {format_figures(figures)}  × {factor:.2f} (logarithm × {logarithm:.2f})",
            flush=True,
        )


def main() -> None:
    """Measure what the command line names; by default all except the largest archive."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command sets it
    chosen = _options()
    if chosen.events:
        print(format_figures(in_process(measure_events, chosen.events)))
        return
    if not (chosen.sizes or chosen.again or chosen.archive or chosen.bands):
        chosen.sizes, chosen.again, chosen.archive = [1_000, 10_000, 100_000], [1_000, 10_000], [1_000, 10_000, 100_000]
    has_datasketch = importlib.util.find_spec("datasketch") is not None
    for size in chosen.sizes:
        print(f"{size:>9,} copies      {format_figures(in_process(measure_copies, size))}", flush=True)
        if has_datasketch:
            print(f"{size:>9,} datasketch  {format_figures(in_process(measure_datasketch, size))}", flush=True)
        print(f"{size:>9,} whole stage {format_figures(in_process(measure_whole, size))}", flush=True)
    new = chosen.new or 100
    growth(chosen.again, f"{new:,} new to a window of {{size:,}}", lambda size: measure_again_with_share(size, new))
    new = chosen.new or 10_000
    name = f"{new:,} new to an archive of {{size:,}}"
    growth(chosen.archive, name, lambda size: _archive(size, new, build_from_stories, planted=True))
    if has_datasketch:
        sizes = [size for size in chosen.archive if size <= _MAX_DATASKETCH]
        of = f"{new:,} new to datasketch's index of {{size:,}}"
        growth(sizes, of, lambda size: in_process(measure_datasketch_archive, size, new))
    growth(chosen.bands, name, lambda size: _archive(size, new, build_from_random, planted=False))


def _archive(size: int, new: int, build: Callable[[str, int], dict[str, Any]], *, planted: bool) -> dict[str, Any]:
    """Build an archive in one process and query it in another."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "store.sqlite")
        built = in_process(build, path, size)
        return {"build s": built["build s"]} | in_process(measure_archive, path, size, new, planted=planted)


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("sizes", type=int, nargs="*")
    options.add_argument("--again", type=int, nargs="*", default=[])
    options.add_argument("--archive", type=int, nargs="*", default=[])
    options.add_argument("--bands", type=int, nargs="*", default=[])
    options.add_argument("--new", type=int)
    options.add_argument("--events")
    return options.parse_args()


if __name__ == "__main__":
    main()
