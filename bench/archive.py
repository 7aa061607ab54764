"""New stories and an archive: the cost of fingerprints, look-ups and additions, compared with datasketch's LSH."""

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

PLANTED = 5  # one in this many new stories is an edited copy of an old story
_ADD_BATCH = 20_000  # fingerprints
_SIGN_BATCH = 500  # stories


def build_from_stories(path: str, count: int) -> dict[str, Any]:
    """Build an archive of generated stories."""
    return _build(path, (fingerprint_features([extract_features(story)])[0] for story in make_stories(count, seed=11)))


def build_from_random(path: str, count: int) -> dict[str, Any]:
    """Build an archive of random fingerprints: faster, and spread over the index like those of texts."""
    dice = random.Random(5)
    return _build(path, (_random_fingerprint(dice, number) for number in range(count)))


def _build(path: str, prints: Iterator[Fingerprint]) -> dict[str, Any]:
    started = time.process_time()
    with open_store(Path(path)) as store:
        while batch := list(itertools.islice(prints, _ADD_BATCH)):
            with store.transaction():
                store.archive.add(batch, 1)
        store.checkpoint()
    return {"build s": time.process_time() - started}


def _random_fingerprint(dice: random.Random, number: int) -> Fingerprint:
    """Twelve groups of six keys with a common prefix, as `fingerprint_features` makes them."""
    firsts = [dice.getrandbits(20) << 12 for _ in range(12)]
    bands = tuple((first | dice.getrandbits(12)) - (1 << 31) for first in firsts for _ in range(6))
    return Fingerprint(f"drawn {number}", (dice.getrandbits(63),), bands)


def new_stories(count: int, new: int) -> tuple[list[Story], list[Story]]:
    """`new` stories in total: copies of the oldest stories of an archive of `count`, and unrelated stories."""
    dice = random.Random(3)
    old = itertools.islice(make_stories(count, seed=11), new // PLANTED)
    copies = [copy_of(story, dice) for story in old if "c" not in story.id]
    return copies, list(make_stories(new - len(copies), seed=13))


def measure_archive(path: str, count: int, new: int, *, planted: bool) -> dict[str, Any]:
    """CPU milliseconds per new story, and the share of copies found."""
    copies, unrelated = new_stories(count, new)
    features = [extract_features(story) for story in (*copies, *unrelated)]
    found: dict[str, tuple[str, ...]] = {}
    kept: list[Fingerprint] = []
    signed = looked = 0.0
    with open_store(Path(path), quick=True) as store:
        for start in range(0, len(features), _SIGN_BATCH):
            began = time.process_time()
            prints = fingerprint_features(features[start : start + _SIGN_BATCH])
            between = time.process_time()
            found |= {fingerprint.story: store.archive.candidates(fingerprint) for fingerprint in prints}
            ended = time.process_time()
            signed, looked = signed + between - began, looked + ended - between
            kept += [replace(fingerprint, probes=()) for fingerprint in prints]
        disk = Path(path).stat().st_size / 1e6
        began = time.process_time()
        with store.transaction():
            store.archive.add(kept, 1)
        added = time.process_time() - began
    figures = _per_story(signed, looked, added, new) | {"disk MB": disk}
    return figures | _recall(found, copies if planted else [])


def measure_datasketch_archive(count: int, new: int) -> dict[str, Any]:
    """Like `measure_archive`, with datasketch's MinHashLSH in memory: 128 permutations, threshold .5."""
    from datasketch import MinHashLSH

    copies, unrelated = new_stories(count, new)
    stories = [*copies, *unrelated]
    index = MinHashLSH(threshold=0.5, num_perm=128)
    built = time.process_time()
    for story in make_stories(count, seed=11):
        index.insert(story.id, minhash(story))
    clock = [time.process_time()]
    signatures = [minhash(story) for story in stories]
    clock.append(time.process_time())
    found = {
        story.id: tuple(map(str, index.query(signature))) for story, signature in zip(stories, signatures, strict=True)
    }
    clock.append(time.process_time())
    for story, signature in zip(stories, signatures, strict=True):
        index.insert(story.id, signature)
    clock.append(time.process_time())
    signed, looked, added = (after - before for before, after in itertools.pairwise(clock))
    return {"build s": clock[0] - built} | _per_story(signed, looked, added, new) | _recall(found, copies)


def _per_story(signed: float, looked: float, added: float, new: int) -> dict[str, float]:
    names = ("sign ms", "look up ms", "add ms", "total ms")
    return {
        name: 1000 * seconds / new
        for name, seconds in zip(names, (signed, looked, added, signed + looked + added), strict=True)
    }


def _recall(found: dict[str, tuple[str, ...]], copies: list[Story]) -> dict[str, float]:
    figures = {"candidates": sum(map(len, found.values())) / max(1, len(found))}
    if copies:
        hits = sum(
            any(name.split("c")[0] == story.id.removesuffix("x") for name in found[story.id]) for story in copies
        )
        figures["R"] = hits / len(copies)
    return figures
