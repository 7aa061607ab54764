"""Single stages in one process, beside what else does their work, in turns on the same input."""

import importlib.util
import itertools
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

from bench.letter import WORKERS
from bench.measure import Cost, Spread, spread, timed
from bench.table import Part, Row, beside
from bench.web import LANGUAGES, NOW, Article, make_articles, page_of, write_feed
from pipeline.executors import open_engine
from pipeline.records import Block, Document, Entry, Source, Story

Item = TypeVar("Item")
SPEED_UP = 1.8


def in_turns(items: Sequence[Item], rounds: int, *works: Callable[[Item], object], warm: int = 3) -> list[list[Cost]]:
    """What each of some functions costs on all items, item by item in turns, so many times."""
    for item in items[:warm]:
        for work in works:
            work(item)
    found: list[list[Cost]] = [[] for _ in works]
    for _ in range(rounds):
        sums = [[0.0, 0.0] for _ in works]
        for item in items:
            for total, work in zip(sums, works, strict=True):
                cost = timed(partial(work, item))
                total[0] += cost.wall
                total[1] += cost.cpu
        for costs, (wall, cpu) in zip(found, sums, strict=True):
            costs.append(Cost(wall, cpu))
    return found


def measure_parse(work: Path, *, feeds: int, rounds: int) -> Part:
    """Feeds of fifty entries, beside feedparser."""
    import feedparser

    from pipeline.stages.parse import read_feed

    bodies = []
    for feed in range(feeds):
        articles = make_articles(feed, 50)
        (work / articles[0].host).mkdir()
        write_feed(work, feed, articles)
        bodies.append((work / articles[0].host / "feed.xml").read_bytes())

    def ours(body: bytes) -> object:
        return read_feed(body, "http://paper.example/feed.xml", source="paper")

    costs, theirs = in_turns(bodies, rounds, ours, cast(Any, feedparser).parse)
    size = f"{feeds} feeds of 50 entries"
    rows = [beside(f"Parse {size}, CPU", costs, theirs, "feedparser as it comes", of="cpu", aim=1.0)]
    return Part("Parse", rows)


def measure_clean(work: Path, *, pages: int, rounds: int) -> Part:  # noqa: ARG001
    """Pages to stories: beside trafilatura with metadata, beside newspaper4k, and on two processes beside one."""
    import trafilatura

    articles = _articles(pages)
    tasks = [(article, page_of(article, articles[:9]).encode()) for article in articles]

    def theirs(task: tuple[Article, bytes]) -> object:
        return trafilatura.bare_extraction(task[1].decode(), url=task[0].url, with_metadata=True)

    ours, others = in_turns(tasks, rounds, clean_page, theirs)
    rows = [beside(f"Clean {pages} pages, CPU", ours, others, "trafilatura with metadata, alone", of="cpu")]
    if importlib.util.find_spec("newspaper"):
        from bench.naive import by_newspaper

        few = tasks[:: max(1, len(tasks) // 50)]
        ours, others = in_turns(few, rounds, clean_page, lambda task: by_newspaper(task[1].decode(), task[0].url))
        rows.append(beside(f"Clean {len(few)} pages, CPU", ours, others, "newspaper4k", of="cpu"))
    one, two = _processes(tasks, rounds)
    faster = Spread(tuple(a.wall / b.wall for a, b in zip(one, two, strict=True)))
    told = f"{spread(one).told('s')}, in one"
    rows.append(
        Row(f"Clean {pages} pages in {WORKERS} processes", spread(two).told("s"), told, faster, SPEED_UP, at_least=True)
    )
    note = (
        "The pool is measured at work: it has done some pages before the clock starts, as in a run where its workers"
        " are kept. The whole week above has all of it."
    )
    return Part("Clean", rows, (note,))


def _articles(count: int) -> list[Article]:
    return [article for feed in range(-(-count // 20)) for article in make_articles(feed, 20)][:count]


def clean_page(task: tuple[Article, bytes]) -> object:
    """Pickled to workers."""
    from pipeline.stages.clean import clean_entry

    article, page = task
    source = Source(article.host, "feed", f"http://{article.host}/feed.xml", "Paper")
    entry = Entry(article.url, article.host, article.url, article.title, published_at=article.published_at)
    document = Document(article.url, page, "text/html", "utf-8")
    cleaned = clean_entry(entry, document, source=source, now=NOW)
    assert cleaned.stories
    return cleaned


def _processes(tasks: Sequence[tuple[Article, bytes]], rounds: int) -> tuple[list[Cost], list[Cost]]:
    """The same pages through a pool of one and a pool of two, in turns."""
    with open_engine("processes", workers=1) as one, open_engine("processes", workers=WORKERS) as two:
        found: tuple[list[Cost], list[Cost]] = ([], [])
        for engine in (one, two):
            list(engine.map(clean_page, tasks[:50]))
        for _ in range(rounds):
            for engine, costs in zip((one, two), found, strict=True):
                started = time.perf_counter()
                assert sum(1 for _ in engine.map(clean_page, tasks)) == len(tasks)
                costs.append(Cost(time.perf_counter() - started, 0.0))
    return found


def measure_language(work: Path, *, stories: int, rounds: int) -> Part:  # noqa: ARG001
    """Tags of stories and all their blocks, beside langdetect on each story's text."""
    import langdetect

    from pipeline.stages.tag import tag_story

    cast(Any, langdetect).DetectorFactory.seed = 0
    made = [story_of(article) for article in _articles(stories)]
    ours, others = in_turns(
        made,
        rounds,
        lambda story: tag_story(story, expected=LANGUAGES),
        lambda story: cast(Any, langdetect).detect(story.text),
    )
    row = beside(
        f"Tag {stories} stories and each block, CPU", ours, others, "langdetect, once a story", of="cpu", aim=1.0
    )
    return Part("Language", [row])


def measure_dedupe(work: Path, *, stories: int, rounds: int) -> Part:  # noqa: ARG001
    """Copies, events and suggestions of a week, beside datasketch's LSH, which finds copies alone."""
    from pipeline.stages.dedupe import dedupe_stories

    made = [story_of(article) for article in _articles(stories)]
    dedupe_stories(made[:50])
    ours, others = [], []
    for _ in range(rounds):
        ours.append(timed(lambda: dedupe_stories(made)))
        if importlib.util.find_spec("datasketch"):
            others.append(timed(lambda: _datasketch(made)))
    what = f"Dedupe {stories:,} stories, nothing read before, CPU"
    if not others:
        return Part("Dedupe", [Row(what, spread(ours, "cpu").told("s"))])
    return Part("Dedupe", [beside(what, ours, others, "datasketch's MinHash LSH: copies alone", of="cpu")])


def _datasketch(stories: Sequence[Story]) -> None:
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=0.5, num_perm=128)
    for story in stories:
        signature = MinHash(num_perm=128)
        words = story.text.split()
        signature.update_batch([" ".join(pair).encode() for pair in itertools.pairwise(words)])
        index.query(signature)
        index.insert(story.id, signature)


def story_of(article: Article, *, days: float = 0) -> Story:
    """An article as clean would make it, so many days older."""
    return Story(
        id=article.url,
        entry=article.url,
        source=article.host,
        outlet=article.host,
        title=article.title,
        url=article.url,
        canonical_url=article.url,
        published_at=article.published_at - timedelta(days=days),
        date_confidence="high",
        first_seen_at=NOW - timedelta(days=days),
        language=article.language,
        blocks=tuple(Block("paragraph", text) for text in article.paragraphs),
    )
