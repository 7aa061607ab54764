"""Replay a series of weeks to see what learning from the editor does to the choice of later weeks.

    python -m bench.taste                                       made weeks, four kinds of editors
    python -m bench.taste --labelled d1 --labelled d2 --letter asia --config config.yaml

Each week ten stories are proposed; the editor drops those that they do not want and adds up to two that they do. The
figures are the share of proposals that are wanted (precision at 10) and nDCG@10 of the editor's grades, in the weeks
after the eighth, with and without what was learned. A folder of a labelled week has `items.jsonl.gz` and
`labels.jsonl.gz`; its events are dealt to eight short weeks that an editor with these grades works on, and the other
folders are then chosen from as a whole.
"""

import argparse
import gzip
import json
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.config import Config, load_config
from pipeline.records import Event, Proposal, SelectSettings, Story
from pipeline.stages.select import (
    Candidate,
    Past,
    StoryVectors,
    Subject,
    Taste,
    learn_taste,
    measure_relevance,
    rank_events,
    with_taste,
    yardstick,
)
from pipeline.stages.select.taste import ISSUES_NEEDED
from pipeline.text.sentences import split_sentences
from pipeline.text.vectors import embed

SLOTS, ADDED, LOOKED_AT = 10, 2, 40  # stories proposed, added at most, and looked at by the editor
SOURCES, THEMES, WIDTH = 12, 8, 64
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)

Vector = npt.NDArray[np.int8]
Grade = Callable[[Candidate], float]  # what the editor thinks of a story; at least 2 to want it


@dataclass(frozen=True)
class Week:
    """Candidates with their title vectors."""

    candidates: Sequence[Candidate]
    vectors: StoryVectors


def work_on(week: Week, taste: Taste, grade: Grade, day: date) -> tuple[list[Past], float, float]:
    """Propose and edit a week's issue. Returns what became of the stories, the precision and nDCG@10."""
    ranked = with_taste(week.candidates, taste, week.vectors)
    proposed, rest = ranked[:SLOTS], ranked[SLOTS:LOOKED_AT]
    added = [candidate for candidate in sorted(rest, key=grade, reverse=True) if grade(candidate) >= 2][:ADDED]
    past = [_past(week, candidate, day, kept=grade(candidate) >= 2) for candidate in proposed]
    past += [_past(week, candidate, day, kept=True, added=True) for candidate in added]
    grades = [grade(candidate) for candidate in proposed]
    best = sorted(map(grade, week.candidates), reverse=True)
    return past, fmean(figure >= 2 for figure in grades), _dcg(grades) / _dcg(best)


def _past(week: Week, candidate: Candidate, day: date, *, kept: bool, added: bool = False) -> Past:
    best = candidate.best
    proposal = Proposal(
        best.id,
        candidate.event.id,
        best.title,
        best.outlet,
        best.source,
        candidate.kind(best.id).kind,
        "reads",
        candidate.score,
        "added" if added else "proposed",
    )
    return Past(proposal, day, "read" if kept else "", week.vectors.title(best.id))


def _dcg(grades: Sequence[float]) -> float:
    return math.fsum(max(0.0, grade) / math.log2(place + 2) for place, grade in enumerate(grades[:SLOTS])) or 1.0


# Made weeks


def made_week(seed: str, count: int = 120) -> Week:
    """Candidates of themes and sources whose score follows a hidden worth, with noise."""
    chance, rows, candidates = random.Random(seed), {}, []
    for number in range(count):
        theme, source = chance.randrange(THEMES), chance.randrange(SOURCES)
        worth = chance.random()
        name = f"{seed} {number} {theme} {worth:.4f}"
        vector = _title(theme, chance)
        rows[name] = np.concatenate([vector, vector])
        outlet = f"source {source}"
        best = Story(
            id=name,
            entry=name,
            source=outlet,
            outlet=outlet,
            title=name,
            url=None,
            canonical_url=None,
            published_at=NOW,
        )
        score = round(min(1.0, max(0.01, 0.8 * worth + chance.gauss(0.1, 0.12))), 6)
        candidates.append(Candidate(Event(name, name, (name,)), (best,), score, (), None))
    return Week(candidates, StoryVectors(rows))


def _title(theme: int, chance: random.Random) -> Vector:
    """A vector whose cosine to another of its theme is about one half, and small to one of another."""
    centre = random.Random(f"theme {theme}")
    mixed = [centre.gauss(0, 1) + chance.gauss(0, 1) for _ in range(WIDTH)]
    length = math.sqrt(math.fsum(number**2 for number in mixed))
    return np.array([round(120 * number / length) for number in mixed], np.int8)


def _worth(candidate: Candidate) -> float:
    return float(candidate.event.id.split()[-1])


def editors() -> Mapping[str, Grade]:
    """Editors by what they want: a grade of 2 or more is wanted."""

    def by_worth(candidate: Candidate) -> float:
        return 3 * _worth(candidate)

    def of_sources(candidate: Candidate) -> float:
        disliked = candidate.best.source in ("source 0", "source 1", "source 2", "source 3")
        return by_worth(candidate) - 1.5 * disliked

    def of_themes(candidate: Candidate) -> float:
        return by_worth(candidate) - 1.5 * (candidate.event.id.split()[-2] in ("0", "1"))

    def at_random(candidate: Candidate) -> float:
        return 3 * random.Random(candidate.event.id).random()

    return {
        "wants the best": by_worth,
        "passes over 4 of 12 sources": of_sources,
        "passes over 2 of 8 themes": of_themes,
        "decides at random": at_random,
    }


def replay(grade: Grade, weeks: int, seed: int, *, counts: bool) -> tuple[float, float]:
    """The mean precision and nDCG@10 of the weeks after the eighth."""
    past: list[Past] = []
    figures = []
    for number in range(weeks):
        taste = learn_taste(past, issues=number, counts=counts)
        day = NOW.date() + timedelta(weeks=number)
        found, precision, ndcg = work_on(made_week(f"{seed}-{number}"), taste, grade, day)
        past += found
        if number >= ISSUES_NEEDED:
            figures.append((precision, ndcg))
    return fmean(each[0] for each in figures), fmean(each[1] for each in figures)


def print_made(weeks: int, seeds: int) -> None:
    """Print a line for each kind of editor."""
    print(f"made weeks: {weeks} weeks, {seeds} seeds    precision at 10       nDCG@10")
    print(f"{'':<36}without   with   without   with")
    for name, grade in editors().items():
        rows = [[replay(grade, weeks, seed, counts=counts) for counts in (False, True)] for seed in range(seeds)]
        (p0, n0), (p1, n1) = ([fmean(row[side][part] for row in rows) for part in (0, 1)] for side in (0, 1))
        print(f"{name:<36}{p0:7.3f}{p1:7.3f}{n0:10.3f}{n1:7.3f}")


# Labelled weeks


def labelled_week(folder: Path, letter: str, config: Config) -> tuple[Week, Mapping[str, float]]:
    """The ranked events of a labelled week, and their grades by story."""
    items = list(_lines(folder / "items.jsonl.gz"))
    labels = {label["id"]: label for label in _lines(folder / "labels.jsonl.gz")}
    stories = {item["id"]: _story(item) for item in items}
    events: dict[str, list[str]] = {}
    for item in items:
        events.setdefault(labels[item["id"]]["event"], []).append(item["id"])
    titles, summaries = embed([item["title"] for item in items]), embed([_text(item) for item in items])
    vectors = StoryVectors(
        {
            item["id"]: np.concatenate(pair)
            for item, pair in zip(items, zip(titles, summaries, strict=True), strict=True)
        }
    )
    rules = config.select
    ranked = rank_events(
        [Event(name, members[0], tuple(members)) for name, members in events.items()],
        stories,
        relevance=measure_relevance(list(stories.values()), _subject(config), vectors, accepted=rules.kinds),
        topics=config.topics,
        outlets={},
        weights={},
        rules=rules,
        now=NOW,
    )
    wanted = [each for each in ranked if each.on_subject and _accepted(each, rules)]
    return Week(wanted, vectors), {name: float(label[letter]) for name, label in labels.items()}


def _accepted(candidate: Candidate, rules: SelectSettings) -> bool:
    return candidate.kind(candidate.best.id).kind in rules.kinds


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())


def _story(item: Mapping[str, Any]) -> Story:
    return Story(
        id=item["id"],
        entry=item["id"],
        source=item["source"],
        outlet=item["outlet"],
        title=item["title"],
        url=item["url"],
        canonical_url=None,
        published_at=NOW,
        standfirst=item["summary"] or "",
        language=item["language"] or "und",
    )


def _text(item: Mapping[str, Any]) -> str:
    return f"{item['title']}. {(item['summary'] or '')[:200]}"


def _subject(config: Config) -> Subject:
    forms = [split_sentences(config.about.text, "en"), list(config.about.headlines)]
    return Subject(
        config.topics,
        config.place_names,
        config.firm_names,
        is_described=True,
        forms=[embed(form) for form in forms if form],
        yardstick={name: embed(lines) for name, lines in yardstick().items()},
    )


def print_labelled(folders: Sequence[Path], letter: str, config: Config, seeds: int) -> None:
    """Print a line for each folder: chosen from after the editor has worked on the others."""
    weeks = {folder.name: labelled_week(folder, letter, config) for folder in folders}
    print(f"labelled weeks, {letter}, {seeds} deals      precision at 10       nDCG@10")
    print(f"{'':<36}without   with   without   with")
    for name, (week, grades) in weeks.items():
        others = [pair for other, pair in weeks.items() if other != name]
        rows = []
        for seed in range(seeds):
            past = [story for other, known in others for story in _dealt(other, known, seed)]
            for counts in (False, True):
                taste = learn_taste(past, issues=ISSUES_NEEDED, counts=counts)
                rows.append(work_on(week, taste, _grade_of(grades), NOW.date())[1:])
        (p0, n0), (p1, n1) = ([fmean(row[part] for row in rows[side::2]) for part in (0, 1)] for side in (0, 1))
        print(f"{name:<36}{p0:7.3f}{p1:7.3f}{n0:10.3f}{n1:7.3f}")


def _dealt(week: Week, grades: Mapping[str, float], seed: int) -> list[Past]:
    """What becomes of the stories if the week's events are dealt to eight short weeks."""
    candidates = list(week.candidates)
    random.Random(seed).shuffle(candidates)
    past: list[Past] = []
    for number in range(ISSUES_NEEDED):
        dealt = sorted(candidates[number::ISSUES_NEEDED], key=lambda candidate: -candidate.score)
        day = NOW.date() - timedelta(weeks=ISSUES_NEEDED - number)
        past += work_on(Week(dealt, week.vectors), Taste(), _grade_of(grades), day)[0]
    return past


def _grade_of(grades: Mapping[str, float]) -> Grade:
    return lambda candidate: max(grades[story.id] for story in candidate.stories)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weeks", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--labelled", type=Path, action="append", default=[], help="a folder; give two or more")
    parser.add_argument("--letter", default="asia", help="the grade in the labels")
    parser.add_argument("--config", type=Path, default=Path("config.yaml"))
    arguments = parser.parse_args()
    print_made(arguments.weeks, arguments.seeds)
    if len(arguments.labelled) > 1:
        print_labelled(arguments.labelled, arguments.letter, load_config(arguments.config), arguments.seeds)


if __name__ == "__main__":
    main()
