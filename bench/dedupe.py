"""Time and memory of dedupe on stories made here, beside datasketch's LSH on the same stories in the same run.

    python -m bench.dedupe 1000 10000 100000            copies, the whole stage, and datasketch
    python -m bench.dedupe --again 10000 --new 100       a window in the store: the first time, again, with new stories
    python -m bench.dedupe --archive 1000 100000         new stories against an archive of that many
    python -m bench.dedupe --bands 1000000               the same of fingerprints alone, drawn and not read from texts
    python -m bench.dedupe --events HEADLINES.csv[.gz]   BCubed figures

Each measurement is a process of its own, so that its peak memory is its own. datasketch comes with the `bench` extra.
HEADLINES has columns ID, TITLE, STORY (the label) and TIMESTAMP (milliseconds).
"""

import argparse
import csv
import gzip
import importlib.util
import itertools
import json
import multiprocessing
import random
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.config import load_config
from pipeline.edges.store import Store, open_store
from pipeline.records import Block, Entry, Fingerprint, Reading, Story
from pipeline.run.group import dedupe
from pipeline.run.session import Session
from pipeline.stages.dedupe import dedupe_stories, fingerprint_readings, read_stories_jsonl, read_story
from pipeline.stages.dedupe.index import Index
from pipeline.stages.dedupe.round import Round, Rules
from pipeline.stages.dedupe.settings import DEFAULTS

WORDS_A_STORY = 300
COPIES = 0.04  # of the stories are edited copies of the one before, a fifth of the words changed
EDITED = 0.2
START = datetime(2026, 11, 9, tzinfo=UTC)
_CONFIG = """
name: bench
timezone: UTC
desk: {name: Desk, email: desk@bench.example, postal_address: 1 Bench Road, subscribe_url: 'https://bench.example/in',
  unsubscribe_url: 'https://bench.example/out'}
editions: [{name: en, language: en, host: {name: Ada, city: Leiden}}]
sources: [{name: s0, feed: s0.xml}]
"""
_SYLLABLES = ("ka", "lo", "mi", "ter", "ran", "sel", "vu", "po", "den", "shi", "qua", "ber", "tol", "nis", "ga", "fre")


def lexicon() -> tuple[list[str], list[float]]:
    """Twenty thousand words as often as words are: the nth with weight 1/n."""
    dice = random.Random(1)
    words = sorted({"".join(dice.choices(_SYLLABLES, k=dice.randint(1, 4))) for _ in range(60_000)})
    dice.shuffle(words)
    words = words[:20_000]
    return words, [1 / (place + 2) for place in range(len(words))]


def make_stories(count: int, seed: int) -> Iterator[Story]:
    """Stories of twelve outlets within a week; every story that is a copy has the id of its original and a `c`."""
    dice = random.Random(seed)
    words, weights = lexicon()
    original: Story | None = None
    for number in range(count):
        if original is not None and dice.random() < COPIES:
            text = original.text.split(" ")
            body = " ".join(dice.choice(words) if dice.random() < EDITED else word for word in text)
            name, title = f"{original.id}c{number}", original.title
        else:
            body = " ".join(dice.choices(words, weights, k=WORDS_A_STORY))
            name, title = f"{seed}-{number}", " ".join(dice.choices(words, weights, k=8))
        story = Story(
            id=name,
            entry=name,
            source=f"s{number % 12}",
            outlet=f"Outlet {number % 12}",
            title=title,
            url=None,
            canonical_url=None,
            published_at=START + timedelta(minutes=dice.randrange(7 * 24 * 60)),
            language="en",
            blocks=(Block("paragraph", body),),
        )
        if "c" not in name:
            original = story
        yield story


def quality(pairs: set[tuple[str, str]], stories: list[Story]) -> tuple[float, float]:
    """Precision and recall of (copy, other) pairs: a pair is right where both are of one original."""
    copies = {story.id for story in stories if "c" in story.id}
    right = {pair for pair in pairs if pair[0].split("c")[0] == pair[1].split("c")[0]}
    found = copies & {name for pair in right for name in pair}
    return len(right) / max(1, len(pairs)), len(found) / max(1, len(copies))


def measure_copies(count: int) -> dict[str, Any]:
    """Copies alone: what an LSH does."""
    stories = list(make_stories(count, seed=7))
    before, start = peak(), time.perf_counter()
    readings = {story.id: read_story(story) for story in stories}
    index = Index()
    only = Round(index, lambda names: (readings[name] for name in sorted(names)), Rules({}, {}, DEFAULTS))
    only.fold(dict.fromkeys(readings, ""))
    seconds = time.perf_counter() - start
    precision, recall = quality(set(index.copies().items()), stories)
    return {"seconds": seconds, "megabytes": peak() - before, "P": precision, "R": recall}


def measure_whole(count: int) -> dict[str, Any]:
    """The whole stage: copies, events, suggestions."""
    stories = list(make_stories(count, seed=7))
    before, start = peak(), time.perf_counter()
    found = dedupe_stories(stories)
    seconds = time.perf_counter() - start
    precision, recall = quality(set(found.copies.items()), stories)
    return {"seconds": seconds, "megabytes": peak() - before, "P": precision, "R": recall}


def measure_datasketch(count: int) -> dict[str, Any]:
    """datasketch's MinHashLSH over words in twos, 128 permutations, threshold .5, each story queried, then put in."""
    from datasketch import MinHash, MinHashLSH

    stories = list(make_stories(count, seed=7))
    before, start = peak(), time.perf_counter()
    index = MinHashLSH(threshold=0.5, num_perm=128)
    pairs: set[tuple[str, str]] = set()
    for story in stories:
        signature = MinHash(num_perm=128)
        words = story.text.split(" ")
        signature.update_batch([f"{one} {other}".encode() for one, other in itertools.pairwise(words)])
        pairs |= {(story.id, str(other)) for other in index.query(signature)}
        index.insert(story.id, signature)
    seconds = time.perf_counter() - start
    precision, recall = quality(pairs, stories)
    return {"seconds": seconds, "megabytes": peak() - before, "P": precision, "R": recall}


def measure_again(count: int, new: int) -> dict[str, Any]:
    """A window in a store: deduped the first time, with nothing new, and with so many new stories."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.yaml"
        config.write_text(_CONFIG, encoding="utf-8")
        with open_store(Path(folder) / "store.sqlite") as store:
            stories = list(make_stories(count + new, seed=7))
            session = Session(load_config(config), store, START + timedelta(days=7))
            found = {}
            for name, some in (
                ("first s", stories[:count]),
                ("nothing new s", []),
                (f"{new:,} new s", stories[count:]),
            ):
                keep(store, some)
                start = time.perf_counter()
                dedupe(session)
                found[name] = time.perf_counter() - start
        size = sum(each.stat().st_size for each in Path(folder).glob("store.sqlite*")) / 1e6
    return {**found, "disk MB": size, "megabytes": peak()}


def keep(store: Store, stories: Sequence[Story]) -> None:
    with store.transaction():
        for story in stories:
            store.entries.put(Entry(story.entry, story.source, None, story.title), seen_at=START, page="none")
            store.stories.replace(story.entry, [story])


def measure_archive(count: int, new: int) -> dict[str, Any]:
    """New stories against an archive on disk: fingerprint, look up, and put in. A fifth are copies of archived ones."""
    dice = random.Random(3)
    words, _ = lexicon()
    fresh = list(make_stories(new, seed=13))
    old = list(make_stories(min(count, new), seed=11))
    planted = [edit(story, dice, words) for story in old[: new // 5] if "c" not in story.id]
    stories = planted + fresh[: new - len(planted)]
    archived = (fingerprint_readings([read_story(story)])[0] for story in make_stories(count, seed=11))
    found = against(archived, list(map(read_story, stories)))
    hits = sum(
        any(name.split("c")[0] == story.id.removesuffix("x") for name in found["candidates"][story.id])
        for story in planted
    )
    told = sum(map(len, found["candidates"].values())) / len(stories)
    return {**found, "candidates": told, "R": hits / max(1, len(planted)), "megabytes": peak()}


def measure_bands(count: int, new: int) -> dict[str, Any]:
    """The same, the archive's fingerprints drawn at random: what the index alone costs where it is large."""
    dice = random.Random(5)
    archived = (
        Fingerprint(f"drawn {number}", (dice.getrandbits(63),), tuple(dice.getrandbits(63) for _ in range(64)))
        for number in range(count)
    )
    found = against(archived, list(map(read_story, make_stories(new, seed=13))), together=50_000)
    return {**found, "candidates": sum(map(len, found["candidates"].values())) / new, "megabytes": peak()}


def against(archived: Iterator[Fingerprint], readings: list[Reading], *, together: int = 5_000) -> dict[str, Any]:
    """New stories against those archived: milliseconds of processor time each, and the candidates by story."""
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "store.sqlite") as store:
        start = time.perf_counter()
        while batch := list(itertools.islice(archived, together)):
            with store.transaction():
                store.archive.add(batch, 1)
        build = time.perf_counter() - start
        start = time.process_time()
        prints = fingerprint_readings(readings)
        signed = time.process_time() - start
        start = time.process_time()
        found = {each.story: store.archive.candidates(each) for each in prints}
        looked = time.process_time() - start
        start = time.process_time()
        with store.transaction():
            store.archive.add(prints, 1)
        added = time.process_time() - start
        size = sum(each.stat().st_size for each in Path(folder).iterdir()) / 1e6
    each = 1000 / len(readings)
    return {
        "build seconds": build,
        "sign ms": signed * each,
        "look up ms": looked * each,
        "add ms": added * each,
        "disk MB": size,
        "candidates": found,
    }


def edit(story: Story, dice: random.Random, words: list[str]) -> Story:
    text = " ".join(dice.choice(words) if dice.random() < EDITED else word for word in story.text.split(" "))
    return Story(f"{story.id}x", story.entry, "new", "New", story.title, None, None, blocks=(Block("paragraph", text),))


def measure_events(path: str) -> dict[str, Any]:
    """BCubed figures of events by headlines alone."""
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["TIMESTAMP"]]
    lines = (
        json.dumps({"id": row["ID"], "title": row["TITLE"], "body": "", "published": int(row["TIMESTAMP"])})
        for row in rows
    )
    stories, _ = read_stories_jsonl(lines)
    start = time.perf_counter()
    found = dedupe_stories(stories)
    seconds = time.perf_counter() - start
    said = {name: event.id for event in found.events for name in event.stories}
    said |= {copy: said[winner] for copy, winner in found.copies.items()}
    gold = {row["ID"]: row["STORY"] for row in rows}
    both = Counter((said[name], gold[name]) for name in gold)
    of_said, of_gold = Counter(said.values()), Counter(gold.values())
    precision = sum(count * count / of_said[key] for (key, _), count in both.items()) / len(gold)
    recall = sum(count * count / of_gold[key] for (_, key), count in both.items()) / len(gold)
    f1 = 2 * precision * recall / (precision + recall)
    return {"seconds": seconds, "megabytes": peak(), "P": precision, "R": recall, "F1": f1}


def peak() -> float:
    """The most memory this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def apart(measure: Callable[..., dict[str, Any]], *arguments: Any) -> str:
    """A measurement in a fresh process, as text."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        figures = pool.submit(measure, *arguments).result()
    return "  ".join(
        f"{name} {value:,.3g}" if value < 100 else f"{name} {value:,.0f}" for name, value in figures.items()
    )


def main() -> None:
    """Measure what is asked for; without a word of that, all but the largest archive."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("sizes", type=int, nargs="*")
    options.add_argument("--again", type=int, nargs="*", default=[])
    options.add_argument("--archive", type=int, nargs="*", default=[])
    options.add_argument("--bands", type=int, nargs="*", default=[])
    options.add_argument("--new", type=int)
    options.add_argument("--events")
    chosen = options.parse_args()
    if chosen.events:
        print(apart(measure_events, chosen.events))
        return
    if not (chosen.sizes or chosen.again or chosen.archive or chosen.bands):
        chosen.sizes, chosen.again, chosen.archive = [1_000, 10_000, 100_000], [10_000], [1_000, 10_000, 100_000]
    for size in chosen.sizes:
        print(f"{size:>9,} copies      {apart(measure_copies, size)}", flush=True)
        if importlib.util.find_spec("datasketch"):
            print(f"{size:>9,} datasketch  {apart(measure_datasketch, size)}", flush=True)
        print(f"{size:>9,} whole stage {apart(measure_whole, size)}", flush=True)
    for size in chosen.again:
        print(f"a window of {size:,}: {apart(measure_again, size, chosen.new or 100)}", flush=True)
    for measure, sizes in ((measure_archive, chosen.archive), (measure_bands, chosen.bands)):
        for size in sizes:
            new = chosen.new or 10_000
            print(f"{new:,} new to an archive of {size:,}: {apart(measure, size, new)}", flush=True)


if __name__ == "__main__":
    main()
