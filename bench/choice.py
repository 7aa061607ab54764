"""Score how stories are chosen on labelled weeks of real feed items, without a store.

    python -m bench.choice WEEKS --letter asia=config.yaml --letter ai=tests/quality/choice/ai.yaml

WEEKS is a folder of weeks; each has `items.jsonl.gz` (feed items) and `labels.jsonl.gz` (the event of each, and a grade
from 0 to 3 for each letter). Events are found as `newsletter dedupe` finds them. Printed is nDCG@10 over events for an
edition that takes all languages and for an English one, features before reads, a second telling of an event gaining
nothing; and the features of grade 0 in each issue. Each line is a week and a letter:

- whole: the week as it is
- parts: the mean of three times without a fifth of the events; its distance from `whole` shows the noise
- thinned: the mean of four times with a tenth of the letter's events, against the best that is then possible
- no vectors: by words alone
- headlines, paragraph: with one form of the description instead of both
"""

import argparse
import gzip
import json
import math
import random
import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import fmean
from typing import Any

import yaml

from pipeline.config import Config, load_config
from pipeline.records import Block, Edits, Event, Slot, Story
from pipeline.stages.dedupe import dedupe_features, extract_features, open_features
from pipeline.stages.select import (
    Candidate,
    StoryVectors,
    Subject,
    choose_stories,
    measure_relevance,
    rank_events,
    yardstick,
)
from pipeline.text.sentences import split_sentences
from pipeline.text.vectors import embed

EDITIONS: Mapping[str, Mapping[str, int | None] | None] = {"all": None, "en": {"en": None}}
PLACES, SEEDS, THIN_SEEDS, THIN_SHARE, FEWEST = 10, 3, 4, 0.1, 4
_FILLED = {
    "editions": [{"name": "en", "language": "en", "host": {"name": "Host", "city": "Hong Kong"}}],
    "sources": [{"name": "feed", "feed": "https://feed.example/rss"}],
}


@dataclass(frozen=True)
class Week:
    """The stories of a labelled week, with their events, vectors and labels."""

    stories: Mapping[str, Story]
    events: Sequence[Event]
    rows: Mapping[str, Any]
    labels: Mapping[str, Mapping[str, Any]]
    ends_at: datetime

    def best(self, letter: str, left_out: Collection[str] = ()) -> dict[str, int]:
        """The best grade of each event."""
        grades: dict[str, int] = defaultdict(int)
        for label in self.labels.values():
            if label["event"] not in left_out:
                grades[label["event"]] = max(grades[label["event"]], label[letter])
        return dict(grades)

    def without(self, left_out: Collection[str]) -> "Week":
        """The week without the stories of some labelled events."""
        kept = {name: story for name, story in self.stories.items() if self.labels[name]["event"] not in left_out}
        events = []
        for event in self.events:
            stories = tuple(name for name in event.stories if name in kept)
            if stories:
                events.append(replace(event, best=stories[0], stories=stories))
        return replace(self, stories=kept, events=events)


def read_week(folder: Path) -> Week:
    """Read a labelled week, and find its events."""
    items, labels = ({row["id"]: row for row in _rows(folder / f"{name}.jsonl.gz")} for name in ("items", "labels"))
    stories = {name: _story(item) for name, item in items.items() if name in labels}
    stored = [extract_features(story) for story in stories.values()]
    newest = max(story.published_at for story in stories.values() if story.published_at)
    rows = {each.id: each.vectors for each in open_features(stored)}
    return Week(stories, dedupe_features(stored).events, rows, labels, newest + timedelta(hours=1))


def rank(week: Week, config: Config, subject: Subject) -> tuple[list[Candidate], StoryVectors]:
    """Rank the events of a week; return the candidates and the vectors of the stories."""
    members = [week.stories[name] for event in week.events for name in event.stories]
    vectors = StoryVectors({story.id: week.rows[story.id] for story in members} if subject.forms else {})
    candidates = rank_events(
        week.events,
        week.stories,
        relevance=measure_relevance(members, subject, vectors, accepted=config.select.kinds),
        topics=config.topics,
        outlets={},
        weights={},
        rules=config.select,
        now=week.ends_at,
        same_news=vectors.same_news(),
    )
    return candidates, vectors


def choose(
    candidates: Sequence[Candidate], vectors: StoryVectors, config: Config, accepts: Mapping[str, int | None] | None
) -> tuple[Slot, ...]:
    """Choose an issue of an English edition."""
    choice = choose_stories(
        candidates,
        edition="en",
        language="en",
        accepts=accepts,
        published_before={},
        edits=Edits(),
        rules=config.select,
        near_repeats=vectors.near_repeats,
    )
    return choice.slots


def score(week: Week, slots: Sequence[Slot], letter: str, grades: Mapping[str, int]) -> tuple[float, int]:
    """Return nDCG@10 of an issue, and its features of grade 0; `grades` are what was possible."""
    seen: set[str] = set()
    gain, wrong = 0.0, 0
    for place, slot in enumerate(slots[:PLACES]):
        label = week.labels[slot.story]
        if label["event"] not in seen:
            gain += _gain(label[letter], place)
        seen.add(label["event"])
        wrong += slot.section == "features" and label[letter] == 0
    ideal = math.fsum(_gain(grade, n) for n, grade in enumerate(sorted(grades.values(), reverse=True)[:PLACES]))
    return gain / ideal if ideal else 0.0, wrong


def _gain(grade: int, place: int) -> float:
    return ((1 << grade) - 1) / math.log2(place + 2)


def subjects_of(config: Config) -> dict[str, Subject]:
    """The subject of a letter, by the forms of its description: both, none, or one."""
    forms = {"paragraph": split_sentences(config.about.text, "en"), "headlines": list(config.about.headlines)}
    embedded = {name: embed(lines) for name, lines in forms.items() if lines}
    measures = {name: embed(lines) for name, lines in yardstick().items()}

    def subject(*names: str) -> Subject:
        return Subject(
            config.topics,
            config.place_names,
            config.firm_names,
            is_described=True,
            forms=[embedded[name] for name in names if name in embedded],
            yardstick=measures if names else {},
        )

    return {
        "both": subject(*forms),
        "no vectors": subject(),
        "headlines": subject("headlines"),
        "paragraph": subject("paragraph"),
    }


def _left_out(week: Week, letter: str) -> Mapping[str, list[list[str]]]:
    """The events to leave out, for each way to score a week."""
    grades = week.best(letter)
    events, on = sorted(grades), sorted(event for event, grade in grades.items() if grade)
    few = max(FEWEST, round(THIN_SHARE * len(on)))
    kept = [set(random.Random(seed).sample(on, few)) for seed in range(THIN_SEEDS)]
    return {
        "whole": [[]],
        "parts": [random.Random(seed).sample(events, len(events) // 5) for seed in range(SEEDS)],
        "thinned": [[event for event in on if event not in each] for each in kept],
    }


def print_letter(weeks: Mapping[str, Week], letter: str, config: Config) -> None:
    """Print the scores of a letter in each week."""
    subjects = subjects_of(config)
    for name, week in weeks.items():
        ways = [(way, subjects["both"], left_out) for way, left_out in _left_out(week, letter).items()]
        ways += [(way, subject, [[]]) for way, subject in subjects.items() if way != "both"]
        for way, subject, left_out in ways:
            figures: dict[str, list[tuple[float, int]]] = {edition: [] for edition in EDITIONS}
            for events in left_out:
                part, grades = week.without(set(events)), week.best(letter, set(events))
                ranked = rank(part, config, subject)
                for edition, accepts in EDITIONS.items():
                    figures[edition].append(score(part, choose(*ranked, config, accepts), letter, grades))
            line = "  ".join(
                f"{edition} {fmean(figure for figure, _ in found):.3f} ({fmean(wrong for _, wrong in found):.1f})"
                for edition, found in figures.items()
            )
            print(f"{name:<6} {letter:<6} {way:<11} {line}", flush=True)


def read_config(path: Path) -> Config:
    """Read a letter's config with an edition and a source put in."""
    text = yaml.safe_load(path.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        filled = Path(folder) / "config.yaml"
        filled.write_text(yaml.safe_dump(text | _FILLED, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return load_config(filled)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _story(item: Mapping[str, Any]) -> Story:
    return Story(
        id=item["id"],
        entry=item["id"],
        source=item["source"],
        outlet=item["outlet"],
        title=item["title"],
        url=item["url"],
        canonical_url=None,
        published_at=datetime.fromisoformat(item["published"]) if item["published"] else None,
        blocks=(Block("paragraph", item["summary"]),) if item["summary"] else (),
        language=item["language"] or "und",
    )


def main() -> None:
    """Print a line for each week, letter and way to score it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weeks", type=Path)
    parser.add_argument("--letter", action="append", required=True, metavar="NAME=CONFIG")
    options = parser.parse_args()
    folders = sorted(path.parent for path in options.weeks.glob("*/labels.jsonl.gz"))
    weeks = {folder.name: read_week(folder) for folder in folders}
    print("week   letter              nDCG@10 (features of grade 0)")
    for letter in options.letter:
        name, _, config = letter.partition("=")
        print_letter(weeks, name, read_config(Path(config)))


if __name__ == "__main__":
    main()
