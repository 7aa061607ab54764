"""New stories against an archive: what signing, looking up and adding cost, beside datasketch's LSH of the same."""

import itertools
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.stories import copy_of, make_stories, minhash
from pipeline.edges.store import open_store
from pipeline.records import Fingerprint, Story
from pipeline.stages.dedupe import extract_features, fingerprint_features

PLANTED = 5  # one of so many new stories is an edited copy of one of the oldest in the archive
_TOGETHER = 20_000  # fingerprints that are put in at a time
_SIGNED = 500  # stories whose fingerprints are made at a time


def build_of_stories(path: str, count: int) -> dict[str, Any]:
    """An archive of stories with texts."""
    return _build(path, (fingerprint_features([extract_features(story)])[0] for story in make_stories(count, seed=11)))


def build_of_bands(path: str, count: int) -> dict[str, Any]:
    """An archive of fingerprints that are drawn: soon of any size, and as spread over the index as those of texts."""
    dice = random.Random(5)
    return _build(path, (_drawn(dice, number) for number in range(count)))


def _build(path: str, prints: Iterator[Fingerprint]) -> dict[str, Any]:
    started = time.process_time()
    with open_store(Path(path)) as store:
        while batch := list(itertools.islice(prints, _TOGETHER)):
            with store.transaction():
                store.archive.add(batch, 1)
        store.checkpoint()
    return {"build s": time.process_time() - started}


def _drawn(dice: random.Random, number: int) -> Fingerprint:
    """Twelve groups of six keys that begin alike, as `fingerprint_readings` makes them."""
    firsts = [dice.getrandbits(20) << 12 for _ in range(12)]
    bands = tuple((first | dice.getrandbits(12)) - (1 << 31) for first in firsts for _ in range(6))
    return Fingerprint(f"drawn {number}", (dice.getrandbits(63),), bands)


def new_stories(count: int, new: int) -> tuple[list[Story], list[Story]]:
    """Copies of the oldest stories of an archive of that size, and strangers: so many in all."""
    dice = random.Random(3)
    old = itertools.islice(make_stories(count, seed=11), new // PLANTED)
    copies = [copy_of(story, dice) for story in old if "c" not in story.id]
    return copies, list(make_stories(new - len(copies), seed=13))


def measure_archive(path: str, count: int, new: int, *, planted: bool) -> dict[str, Any]:
    """Milliseconds of processor time for each new story, and what share of the copies is found."""
    copies, strangers = new_stories(count, new)
    features = [extract_features(story) for story in (*copies, *strangers)]
    found: dict[str, tuple[str, ...]] = {}
    kept: list[Fingerprint] = []
    signed = looked = 0.0
    with open_store(Path(path), quick=True) as store:
        for start in range(0, len(features), _SIGNED):
            began = time.process_time()
            prints = fingerprint_features(features[start : start + _SIGNED])
            between = time.process_time()
            found |= {each.story: store.archive.candidates(each) for each in prints}
            ended = time.process_time()
            signed, looked = signed + between - began, looked + ended - between
            kept += [replace(each, probes=()) for each in prints]
        disk = Path(path).stat().st_size / 1e6
        began = time.process_time()
        with store.transaction():
            store.archive.add(kept, 1)
        added = time.process_time() - began
    figures = _each(signed, looked, added, new) | {"disk MB": disk}
    return figures | _found(found, copies if planted else [])


def measure_datasketch_archive(count: int, new: int) -> dict[str, Any]:
    """The same with datasketch's MinHashLSH in memory: 128 permutations, threshold .5."""
    from datasketch import MinHashLSH

    copies, strangers = new_stories(count, new)
    stories = [*copies, *strangers]
    index = MinHashLSH(threshold=0.5, num_perm=128)
    built = time.process_time()
    for story in make_stories(count, seed=11):
        index.insert(story.id, minhash(story))
    clock = [time.process_time()]
    signatures = [minhash(story) for story in stories]
    clock.append(time.process_time())
    found = {story.id: tuple(map(str, index.query(each))) for story, each in zip(stories, signatures, strict=True)}
    clock.append(time.process_time())
    for story, each in zip(stories, signatures, strict=True):
        index.insert(story.id, each)
    clock.append(time.process_time())
    signed, looked, added = (after - before for before, after in itertools.pairwise(clock))
    return {"build s": clock[0] - built} | _each(signed, looked, added, new) | _found(found, copies)


def _each(signed: float, looked: float, added: float, new: int) -> dict[str, float]:
    names = ("sign ms", "look up ms", "add ms", "total ms")
    return {
        name: 1000 * spent / new
        for name, spent in zip(names, (signed, looked, added, signed + looked + added), strict=True)
    }


def _found(found: dict[str, tuple[str, ...]], copies: list[Story]) -> dict[str, float]:
    figures = {"candidates": sum(map(len, found.values())) / max(1, len(found))}
    if copies:
        hits = sum(
            any(name.split("c")[0] == story.id.removesuffix("x") for name in found[story.id]) for story in copies
        )
        figures["R"] = hits / len(copies)
    return figures
