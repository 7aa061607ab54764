"""Fit the weights of the likeness of two stories, and score each set with weights fitted on the others.

    python -m bench.fit_events DATA            the table, then the weights fitted on all sets
    python -m bench.fit_events DATA --off      the same without sentence vectors
    python -m bench.fit_events DATA --sets d1 d2

DATA is a folder with events_en.csv.gz, events_games_{en,de,fr}.jsonl.gz and choice/{d1,d2}. The three sets
of one month are left out together. Classes weigh 1:3, and all sets weigh the same. Paste the printed weights into
settings.py.
"""

import argparse
import csv
import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.records import Block, StoredFeatures, Story
from pipeline.stages.dedupe import Changes, Index, Settings, dedupe_features, extract_features
from pipeline.stages.dedupe.likeness import contributions
from pipeline.stages.dedupe.round import DedupeInputs, run_round
from pipeline.stages.dedupe.settings import DEFAULTS, Likeness, Weights
from pipeline.text.vectors import embed

GAMES = ("en", "de", "fr")
NEGATIVES = 3.0  # total weight of pairs of two events, relative to pairs of one event
Figures = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Labelled:
    """Stories of one set, their features and the label of each."""

    stories: tuple[Story, ...]
    features: tuple[StoredFeatures, ...]
    labels: dict[str, str]


def main() -> None:
    """Score each set, then print the weights fitted on all sets."""
    chosen = _options()
    use = None if chosen.off else embed
    sets = {name: _labelled(LOADERS[name](chosen.data), use) for name in chosen.sets}
    pairs = {name: _pairs(labelled) for name, labelled in sets.items()}
    for name, labelled in sets.items():
        left_out = set(GAMES if name in GAMES else (name,))
        weights = fit([pairs[other] for other in pairs if other not in left_out], has_vectors=use is not None)
        _score(name, labelled, _settings(weights, has_vectors=use is not None))
    print(fit(list(pairs.values()), has_vectors=use is not None))


def fit(sets: Sequence[tuple[Figures, Figures]], *, has_vectors: bool) -> Weights:
    """Logistic regression by Newton's method on (features, labels) of each set."""
    rows = np.concatenate([features for features, _ in sets])
    labels = np.concatenate([labels for _, labels in sets])
    shares = [
        np.where(own == 1, 1 / max(1, own.sum()), NEGATIVES / max(1, (own == 0).sum())) / len(sets) for _, own in sets
    ]
    share = np.concatenate(shares)
    used = [column for column in range(rows.shape[1] - 1) if has_vectors or column != 3]
    found = np.zeros(rows.shape[1])
    for _ in range(30):
        odds = rows @ found
        chance = 1 / (1 + np.exp(-odds))
        gradient = rows[:, used].T @ (share * (labels - chance)) - 1e-6 * found[used]
        curve = (rows[:, used] * (share * chance * (1 - chance))[:, None]).T @ rows[:, used]
        found[used] += np.linalg.solve(curve + 1e-6 * np.eye(len(used)), gradient)
    return Weights(*(round(float(value), 2) for value in found[:-1]))


def _settings(weights: Weights, *, has_vectors: bool) -> Settings:
    known = DEFAULTS.likeness
    changed = replace(known, full=weights) if has_vectors else replace(known, without_vectors=weights)
    return replace(DEFAULTS, likeness=changed)


def _pairs(labelled: Labelled) -> tuple[Figures, Figures]:
    """The features of all candidate pairs, and 1 for pairs of one event, else 0."""
    plain = Weights(
        base=9.0, words=0.0, runs=0.0, vectors=0.0, days=0.0, outlet=0.0, form=0.0
    )  # which leaves no pair out
    kept = {features.story: features for features in labelled.features}
    index = Index()
    settings = replace(
        DEFAULTS, likeness=Likeness(plain, plain), sure=replace(DEFAULTS.sure, pair=0.999999, least=0.999999)
    )
    settings = replace(settings, loose=settings.sure)
    inputs = DedupeInputs({}, {}, settings)
    run_round(index, lambda names: (kept[name] for name in sorted(names)), inputs, dict.fromkeys(kept, ""))
    unit = Weights(*[1.0] * 7)
    table = index.pairs
    columns = np.stack(contributions(table, replace(settings, likeness=Likeness(unit, unit))), axis=1)
    of = [labelled.labels[name] for name in index.names]
    same = [of[one] == of[other] for one, other in zip(table["one"].tolist(), table["other"].tolist(), strict=True)]
    return columns, np.array(same, dtype=np.float64)


def _score(name: str, labelled: Labelled, settings: Settings) -> None:
    found = dedupe_features(labelled.features, settings=settings)
    languages = {story.id: story.language for story in labelled.stories}
    for level, groups in (("sure", event_groups(found)), ("loose", loose_groups(found))):
        precision, recall = bcubed(groups, labelled.labels)
        pairs = pairwise(groups, labelled.labels, languages)
        largest = max(Counter(groups.values()).values())
        print(
            f"{name:4} {level:6} BCubed P {precision:.3f} R {recall:.3f}"
            f" F {2 * precision * recall / (precision + recall):.3f}"
            f"  pairs P {pairs[0]:.3f} R {pairs[1]:.3f}  largest {largest}",
            flush=True,
        )
    label = labelled.labels
    right = sum(label[pair.one] == label[pair.other] for pair in found.suggestions)
    if found.suggestions:
        print(f"{name:4} suggestions {right} of {len(found.suggestions)} right", flush=True)


def event_groups(found: Changes) -> dict[str, str]:
    """The event of each story, copies included."""
    groups = {name: event.id for event in found.events for name in event.stories}
    return groups | {copy: groups[winner] for copy, winner in found.copies.items()}


def loose_groups(found: Changes) -> dict[str, str]:
    """The loose group of each story: its event, joined to those that may be the same."""
    groups = event_groups(found)
    parents = {event: event for event in groups.values()}

    def root(event: str) -> str:
        while parents[event] != event:
            event = parents[event]
        return event

    for pair in found.resembling:
        parents[root(groups[pair.one])] = root(groups[pair.other])
    return {name: root(event) for name, event in groups.items()}


def bcubed(groups: dict[str, str], labels: dict[str, str]) -> tuple[float, float]:
    """BCubed precision and recall."""
    both = Counter((groups[name], label) for name, label in labels.items())
    of_group, of_label = Counter(groups[name] for name in labels), Counter(labels.values())
    precision = sum(count * count / of_group[group] for (group, _), count in both.items())
    recall = sum(count * count / of_label[label] for (_, label), count in both.items())
    return precision / len(labels), recall / len(labels)


def pairwise(groups: dict[str, str], labels: dict[str, str], languages: dict[str, str]) -> tuple[float, float]:
    """Precision and recall over the pairs of one language."""
    keys = [(languages[name], groups[name], label) for name, label in labels.items()]
    counts: list[Counter[tuple[str, ...]]] = [
        Counter(keys),
        Counter((language, group) for language, group, _ in keys),
        Counter((language, label) for language, _, label in keys),
    ]
    both, found, wanted = (sum(count * (count - 1) // 2 for count in each.values()) for each in counts)
    return both / max(1, found), both / max(1, wanted)


def _labelled(rows: Iterator[tuple[Story, str]], use: Any) -> Labelled:
    pairs = list(rows)
    stories = tuple(story for story, _ in pairs)
    features = tuple(extract_features(story, embed=use) for story in stories)
    return Labelled(stories, features, {story.id: label for story, label in pairs})


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _story(name: str, title: str, body: str, at: datetime | None, *, language: str | None, outlet: str) -> Story:
    blocks = tuple(Block("paragraph", line.strip()) for line in body.splitlines() if line.strip())
    return Story(
        id=name, entry=name, source=outlet, outlet=outlet, title=title, url=None, canonical_url=None,
        published_at=at, language=language or "und", blocks=blocks,
    )  # fmt: skip


def _headlines(data: Path) -> Iterator[tuple[Story, str]]:
    with gzip.open(data / "events_en.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["TIMESTAMP"]:
                at = datetime.fromtimestamp(int(row["TIMESTAMP"]) / 1000, UTC)
                yield _story(row["ID"], row["TITLE"], "", at, language="en", outlet=row["PUBLISHER"]), row["STORY"]


def _games(language: str) -> Callable[[Path], Iterator[tuple[Story, str]]]:
    def load(data: Path) -> Iterator[tuple[Story, str]]:
        for row in _lines(data / f"events_games_{language}.jsonl.gz"):
            at = datetime.fromisoformat(row["published"])
            yield _story(row["id"], row["title"], row["body"], at, language=row["language"], outlet=""), row["cluster"]

    return load


def _week(name: str) -> Callable[[Path], Iterator[tuple[Story, str]]]:
    def load(data: Path) -> Iterator[tuple[Story, str]]:
        labels = {row["id"]: row["event"] for row in _lines(data / "choice" / name / "labels.jsonl.gz")}
        for row in _lines(data / "choice" / name / "items.jsonl.gz"):
            at = datetime.fromisoformat(row["published"]) if row["published"] else None
            story = _story(row["id"], row["title"], row["summary"], at, language=row["language"], outlet=row["outlet"])
            yield story, labels[row["id"]]

    return load


LOADERS = {
    "uci": _headlines, "en": _games("en"), "de": _games("de"), "fr": _games("fr"), "d1": _week("d1"), "d2": _week("d2"),
}  # fmt: skip


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("data", type=Path)
    options.add_argument("--off", action="store_true", help="without sentence vectors")
    options.add_argument("--sets", nargs="*", default=list(LOADERS), choices=list(LOADERS))
    return options.parse_args()


if __name__ == "__main__":
    main()
