"""The cost of a larger week and of a larger archive."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.letter import Letter, make_letter, served
from bench.measure import Cost, Spread, spread
from bench.stages import story_of
from bench.table import Part, Row
from bench.web import NOW, make_articles, write_web
from pipeline.config import load_config
from pipeline.edges.store import open_store
from pipeline.records import Entry
from pipeline.run.clean import CLEAN_VERSION
from pipeline.run.session import STORE_FILE
from pipeline.run.workers.clean import TAG_VERSION

TIMES = 10
MAX_TIME, MAX_MEMORY = 11.0, 1.5
MAX_ARCHIVE_COST = 1.1
_BATCH = 1000
# A run cleans and tags pages while it fetches others, so these stages share their time.
_TOGETHER = ("fetch", "clean", "tag")


def measure_growth(work: Path, *, feeds: int, entries: int) -> Part:
    """Measure a week and one with ten times the feeds, stage by stage."""
    costs, stages = [], []
    for times in (1, TIMES):
        web = work / f"web{times}"
        write_web(web, feeds * times, entries)
        with served(web) as base:
            letter = make_letter(work / f"letter{times}", feeds=feeds * times, base=base)
            costs.append(letter.command("run"))
        shutil.rmtree(web)
        stages.append(_stage_seconds(letter))
    small, large = costs
    rows = [
        Row(
            f"{feeds * times:,} feeds, {feeds * times * entries:,} entries",
            f"{cost.wall:,.1f} s, {cost.cpu:,.1f} s of CPU, {cost.memory:,.0f} MB",
        )
        for times, cost in ((1, small), (TIMES, large))
    ]
    rows += [
        _compare("Time, ten times the week", large.wall, small.wall, "s", MAX_TIME),
        _compare("CPU of all processes, ten times the week", large.cpu, small.cpu, "s", None),
        _compare("Memory of all processes together, ten times the week", large.memory, small.memory, "MB", MAX_MEMORY),
    ]
    rows += [
        _compare(f"of which {name}", stages[1][name], seconds, "s", MAX_TIME) for name, seconds in stages[0].items()
    ]
    note = (
        "A stage's time is the time between log lines; fetch, clean and tag run together. A stage with little fixed"
        " cost grows with its input; render grows less. `python -m bench growth --size 2` measures 100 and 1,000 feeds"
        " and takes twice as long."
    )
    return Part("A week ten times as large", rows, (note,))


def _compare(name: str, large: float, small: float, unit: str, target: float | None) -> Row:
    return Row(name, f"{large:,.2f} {unit}", f"{small:,.2f} {unit}", Spread((large / max(small, 0.01),)), target)


def _stage_seconds(letter: Letter) -> dict[str, float]:
    """The seconds of each stage of the last run: the time between its log line and the line before."""
    lines = [json.loads(line) for line in (letter.folder / ".newsletter" / "log.jsonl").read_text().splitlines()]
    marks = [line for line in lines if line["event"] in ("begin", "stage")]
    begin = max(position for position, line in enumerate(marks) if line["event"] == "begin")
    found: dict[str, float] = {}
    for before, line in zip(marks[begin:], marks[begin + 1 :], strict=False):
        passed = datetime.fromisoformat(line["at"]) - datetime.fromisoformat(before["at"])
        name = ", ".join(_TOGETHER) if line["stage"] in _TOGETHER else line["stage"]
        found[name] = found.get(name, 0.0) + passed.total_seconds()
    return found


def measure_archive(work: Path, *, feeds: int, entries: int, kept: int, turns: int) -> Part:
    """Measure a week over an archive of `kept` stories, compared with the same week over an empty one."""
    web = work / "web"
    write_web(web, feeds, entries)
    costs: dict[str, list[Cost]] = {"empty": [], "full": []}
    with served(web) as base:
        archive = make_letter(work / "archive", feeds=feeds, base=base)
        _fill_archive(archive, kept)
        for turn in range(turns):
            for name, measured in costs.items():
                letter = make_letter(work / f"{name}{turn}", feeds=feeds, base=base)
                if name == "full":
                    shutil.copytree(archive.folder / ".newsletter", letter.folder / ".newsletter")
                measured.append(letter.command("run"))
                shutil.rmtree(letter.folder)
    rows = [
        Row(
            f"A week over {kept:,} archived stories, {name}",
            spread(costs["full"], of).format(unit),
            f"{spread(costs['empty'], of).format(unit)}, without an archive",
            Spread(tuple(getattr(a, of) / getattr(b, of) for a, b in zip(costs["full"], costs["empty"], strict=True))),
            target,
        )
        for name, of, unit, target in (
            ("time", "wall", "s", MAX_ARCHIVE_COST),
            ("CPU of all processes", "cpu", "s", MAX_ARCHIVE_COST),
            ("memory", "memory", "MB", None),
        )
    ]
    size = sum(file.stat().st_size for file in (archive.folder / ".newsletter").iterdir() if file.is_file()) / 1e6
    note = f"The archived stories are at least three weeks old, cleaned and tagged; the store takes {size:,.0f} MB."
    return Part("A week over a large archive", rows, (note,))


def _fill_archive(letter: Letter, kept: int) -> None:
    """Store `kept` stories of earlier weeks, as runs would have."""
    config = load_config(letter.folder / "config.yaml")
    config.state.mkdir(parents=True)
    made, templates = 0, make_articles(50_000, _BATCH)
    with open_store(config.state / STORE_FILE) as store:
        while made < kept:
            # Two thousand a week, from three weeks ago: the same texts under other URLs.
            days = 21 + 7 * (made // (2 * _BATCH))
            articles = [replace(article, host=f"archive{made}.example") for article in templates[: kept - made]]
            seen_at = datetime.combine((NOW - timedelta(days=days)).date(), NOW.timetz())
            with store.transaction():
                for article in articles:
                    story = story_of(article, days=days)
                    entry = Entry(story.entry, "paper00000.example", story.url, story.title)
                    store.entries.put(entry, seen_at=seen_at.astimezone(UTC), page="none")
                    store.stories.replace(entry.id, [story])
                    store.stories.put_tagged([story], TAG_VERSION)
                store.entries.mark_cleaned([story.url for story in articles], CLEAN_VERSION)
            made += len(articles)
