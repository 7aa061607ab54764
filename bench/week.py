"""A whole week compared with a naive script: cold, with nothing new, and with one new story."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import linear_regression

from bench.letter import Letter, make_letter, served
from bench.measure import ROOT, Cost, newsletter, run, spread
from bench.table import Part, Row, compare, compare_with_limit
from bench.web import make_articles, page_of, write_feed, write_web

QUIET_CPU_SECONDS = 1.5
SHARE_OF_NAIVE = 0.4


def measure_week(work: Path, *, feeds: int, entries: int, turns: int) -> Part:
    """Measure a week of `feeds` feeds with `entries` entries each, in alternation with the naive script."""
    web = work / "web"
    addresses = write_web(web, feeds, entries)
    (work / "feeds.json").write_text(json.dumps(addresses), encoding="utf-8")
    cold: list[Cost] = []
    naive: list[Cost] = []
    newspaper: list[Cost] = []
    quiet: list[Cost] = []
    one_new: list[Cost] = []
    with served(web) as base:
        for turn in range(turns):
            letter = make_letter(work / f"letter{turn}", feeds=feeds, base=base)
            cold.append(letter.command("run"))
            naive.append(_run_naive(work, base, "trafilatura"))
            quiet.append(letter.command("run", hours=2))
            _add_story(web, feeds, entries + turn)
            one_new.append(letter.command("run", hours=4))
            _assert_complete(letter, feeds * entries + turn + 1)
        newspaper.append(_run_naive(work, base, "newspaper"))
    size = f"{feeds} feeds, {feeds * entries:,} entries"
    rows = [
        compare(f"Whole week, cold: {size}", cold, naive, "the naive script", target=SHARE_OF_NAIVE),
        compare("Whole week, cold, CPU of all processes", cold, naive, "the naive script", of="cpu"),
        compare("Whole week, cold", cold[:1], newspaper, "the naive script with newspaper4k", target=SHARE_OF_NAIVE),
        compare_with_limit("Nothing new: CPU of all processes", quiet, QUIET_CPU_SECONDS),
        compare("Nothing new", quiet, cold, "the cold week"),
        compare("One new story", one_new, cold, "the cold week"),
        compare("Memory of all processes together, cold", cold, naive, "the naive script", of="memory", unit="MB"),
        Row("Memory, nothing new", spread(quiet, "memory").format("MB", 0)),
    ]
    note = (
        "The naive script is `bench/naive.py`: loops over feedparser, trafilatura or newspaper4k, langdetect, mjml and"
        " premailer on the same server. It stores nothing, so a run with nothing new costs it a whole week again."
    )
    return Part("The whole week", rows, (note,))


def measure_sizes(work: Path, *, sizes: Mapping[tuple[int, int], float], turns: int) -> Part:
    """Measure cold weeks of (feeds, entries of each), and fit their fixed cost and the cost of a story.

    `sizes`: with the share of the naive script's time that is wanted.
    """
    rows, fitted = [], []
    for (feeds, entries), target in sizes.items():
        folder = work / f"{feeds}"
        addresses = write_web(folder / "web", feeds, entries)
        (folder / "feeds.json").write_text(json.dumps(addresses), encoding="utf-8")
        ours, naive = [], []
        with served(folder / "web") as base:
            for turn in range(turns):
                letter = make_letter(folder / f"letter{turn}", feeds=feeds, base=base)
                ours.append(letter.command("run"))
                naive.append(_run_naive(folder, base, "trafilatura"))
        name = f"{feeds} feeds, {feeds * entries:,} entries"
        rows.append(compare(name, ours, naive, "the naive script", target=target))
        rows.append(compare(f"{name}: CPU of all processes", ours, naive, "the naive script", of="cpu"))
        fitted.append((feeds * entries, ours, naive))
    return Part("Weeks of three sizes, cold", [*rows, *_fitted_rows(fitted)])


def _fitted_rows(weeks: Sequence[tuple[int, Sequence[Cost], Sequence[Cost]]]) -> Iterator[Row]:
    """Yield the fixed cost, and the cost of a story, of the straight line nearest to the medians."""
    stories = [number for number, _, _ in weeks]
    for of, word in (("wall", "time"), ("cpu", "CPU")):
        each, fixed = linear_regression(stories, [spread(ours, of).median for _, ours, _ in weeks])
        naive_each, naive_fixed = linear_regression(stories, [spread(naive, of).median for _, _, naive in weeks])
        yield Row(f"Fixed {word}, fitted", f"{fixed:.2f} s", f"{naive_fixed:.2f} s, the naive script")
        per_story = f"{naive_each * 1000:.1f} ms, the naive script"
        yield Row(f"More {word} for each story, fitted", f"{each * 1000:.1f} ms", per_story)


def _run_naive(work: Path, base: str, extractor: str) -> Cost:
    script = [sys.executable, str(ROOT / "bench" / "naive.py")]
    return run([*script, base, str(work / "feeds.json"), str(work / "naive.html"), extractor])


def _add_story(web: Path, feeds: int, entries: int) -> None:
    """Add a story to the last feed."""
    articles = make_articles(feeds - 1, entries + 1)
    newest = next(article for article in articles if article.number == entries)
    (web / newest.host / f"{newest.number}.html").write_text(page_of(newest, articles), encoding="utf-8")
    write_feed(web, feeds - 1, articles)


def _assert_complete(letter: Letter, entries: int) -> None:
    """Assert that the runs have stored all entries and built an issue."""
    status = json.loads(letter.command("status", "--json").output)
    assert status["stages"]["entries"] == entries, status["stages"]
    assert status["holds"] is not None


def measure_start(work: Path, *, turns: int) -> Part:
    """Measure --help and status, compared with Python alone and Python with click."""
    web = work / "web"
    write_web(web, 10, 10)
    with served(web) as base:
        letter = make_letter(work / "letter", feeds=10, base=base)
        letter.command("run")
    bare, click, help_, status = [], [], [], []
    for _ in range(turns):
        bare.append(run([sys.executable, "-c", "pass"]))
        click.append(run([sys.executable, "-c", "import click"]))
        help_.append(newsletter("--help", cwd=work))
        status.append(letter.command("status"))
    rows = [
        compare_with_limit("`newsletter --help`, CPU", help_, 0.15),
        compare("`newsletter --help`, CPU", help_, bare, "Python that does nothing", of="cpu"),
        compare("`newsletter --help`, CPU", help_, click, "Python that imports click", of="cpu"),
        compare_with_limit("`newsletter status`, CPU", status, 0.3),
    ]
    return Part("Start-up", rows)
