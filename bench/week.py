"""The whole week beside the script that it replaces: cold, with nothing new, with one new story; and its memory."""

import json
import sys
from pathlib import Path

from bench.letter import Letter, make_letter, served
from bench.measure import ROOT, Cost, newsletter, run, spread
from bench.table import Part, Row, beside, within
from bench.web import make_articles, page_of, write_feed, write_web

QUIET_CPU_SECONDS = 1.5
SHARE_OF_NAIVE = 0.4


def measure_week(work: Path, *, feeds: int, entries: int, turns: int) -> Part:
    """So many feeds with so many entries each, and their pages, in turns with the naive script."""
    web = work / "web"
    addresses = write_web(web, feeds, entries)
    (work / "feeds.json").write_text(json.dumps(addresses), encoding="utf-8")
    cold: list[Cost] = []
    naive: list[Cost] = []
    newspaper: list[Cost] = []
    quiet: list[Cost] = []
    one: list[Cost] = []
    with served(web) as base:
        for turn in range(turns):
            letter = make_letter(work / f"letter{turn}", feeds=feeds, base=base)
            cold.append(letter.command("run"))
            naive.append(_naive(work, base, "trafilatura"))
            quiet.append(letter.command("run", hours=2))
            _one_more(web, feeds, entries + turn)
            one.append(letter.command("run", hours=4))
            _see(letter, feeds * entries + turn + 1)
        newspaper.append(_naive(work, base, "newspaper"))
    size = f"{feeds} feeds, {feeds * entries:,} entries"
    rows = [
        beside(f"Whole week, cold: {size}", cold, naive, "the naive script", aim=SHARE_OF_NAIVE),
        beside("Whole week, cold, CPU of all processes", cold, naive, "the naive script", of="cpu"),
        beside("Whole week, cold", cold[:1], newspaper, "the same script with newspaper4k", aim=SHARE_OF_NAIVE),
        within("Nothing new: CPU of all processes", quiet, QUIET_CPU_SECONDS),
        beside("Nothing new", quiet, cold, "the cold week"),
        beside("One new story", one, cold, "the cold week"),
        beside("Memory of all processes together, cold", cold, naive, "the naive script", of="memory", unit="MB"),
        Row("Memory, nothing new", spread(quiet, "memory").told("MB", 0)),
    ]
    note = (
        "The naive script is `bench/naive.py`: hand-written loops of feedparser, trafilatura (or newspaper4k),"
        " langdetect, mjml and premailer over the same server. It keeps nothing, so that nothing new costs it a whole"
        " week again."
    )
    return Part("The whole week", rows, (note,))


def _naive(work: Path, base: str, extractor: str) -> Cost:
    script = [sys.executable, str(ROOT / "bench" / "naive.py")]
    return run([*script, base, str(work / "feeds.json"), str(work / "naive.html"), extractor])


def _one_more(web: Path, feeds: int, entries: int) -> None:
    """One more story in one of the feeds."""
    articles = make_articles(feeds - 1, entries + 1)
    newest = next(article for article in articles if article.number == entries)
    (web / newest.host / f"{newest.number}.html").write_text(page_of(newest, articles), encoding="utf-8")
    write_feed(web, feeds - 1, articles)


def _see(letter: Letter, entries: int) -> None:
    """That the runs did what is measured."""
    status = json.loads(letter.command("status", "--json").output)
    assert status["stages"]["entries"] == entries, status["stages"]
    assert status["holds"] is not None


def measure_start(work: Path, *, turns: int) -> Part:
    """Start-up: the help, and the status of a letter that has had a week, beside Python alone and with click."""
    web = work / "web"
    write_web(web, 10, 10)
    with served(web) as base:
        letter = make_letter(work / "letter", feeds=10, base=base)
        letter.command("run")
    bare, click, told, status = [], [], [], []
    for _ in range(turns):
        bare.append(run([sys.executable, "-c", "pass"]))
        click.append(run([sys.executable, "-c", "import click"]))
        told.append(newsletter("--help", cwd=work))
        status.append(letter.command("status"))
    rows = [
        within("`newsletter --help`, CPU", told, 0.15),
        beside("`newsletter --help`, CPU", told, bare, "Python that does nothing", of="cpu"),
        beside("`newsletter --help`, CPU", told, click, "Python that imports click", of="cpu"),
        within("`newsletter status`, CPU", status, 0.3),
    ]
    return Part("Start-up", rows)
