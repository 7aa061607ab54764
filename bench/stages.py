"""Single stages in one process, compared with other tools on the same input, in alternation."""

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
from bench.table import Part, Row, compare
from bench.web import LANGUAGES, NOW, Article, make_articles, page_of, write_feed
from pipeline.executors import open_engine
from pipeline.records import Block, Document, Entry, Source, Story

Item = TypeVar("Item")
SPEED_UP = 1.8


def alternate(
    items: Sequence[Item], rounds: int, *functions: Callable[[Item], object], warm: int = 3
) -> list[list[Cost]]:
    """Measure each function on all items, `rounds` times, alternating between the functions item by item."""
    for item in items[:warm]:
        for function in functions:
            function(item)
    costs_by_function: list[list[Cost]] = [[] for _ in functions]
    for _ in range(rounds):
        sums = [[0.0, 0.0] for _ in functions]
        for item in items:
            for total, function in zip(sums, functions, strict=True):
                cost = timed(partial(function, item))
                total[0] += cost.wall
                total[1] += cost.cpu
        for costs, (wall, cpu) in zip(costs_by_function, sums, strict=True):
            costs.append(Cost(wall, cpu))
    return costs_by_function


def measure_parse(work: Path, *, feeds: int, rounds: int) -> Part:
    """Parse feeds of fifty entries, compared with feedparser."""
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

    costs, theirs = alternate(bodies, rounds, ours, cast(Any, feedparser).parse)
    size = f"{feeds} feeds of 50 entries"
    rows = [compare(f"Parse {size}, CPU", costs, theirs, "feedparser alone", of="cpu", target=1.0)]
    return Part("Parse", rows)


def measure_clean(work: Path, *, pages: int, rounds: int) -> Part:  # noqa: ARG001
    """Clean pages, compared with trafilatura and newspaper4k, and with one process instead of two."""
    import trafilatura

    articles = _articles(pages)
    tasks = [(article, page_of(article, articles[:9]).encode()) for article in articles]

    def theirs(task: tuple[Article, bytes]) -> object:
        return trafilatura.bare_extraction(task[1].decode(), url=task[0].url, with_metadata=True)

    ours, others = alternate(tasks, rounds, clean_page, theirs)
    rows = [compare(f"Clean {pages} pages, CPU", ours, others, "trafilatura with metadata", of="cpu")]
    if importlib.util.find_spec("newspaper"):
        from bench.naive import extract_with_newspaper

        few = tasks[:: max(1, len(tasks) // 50)]
        ours, others = alternate(
            few, rounds, clean_page, lambda task: extract_with_newspaper(task[1].decode(), task[0].url)
        )
        rows.append(compare(f"Clean {len(few)} pages, CPU", ours, others, "newspaper4k", of="cpu"))
    one, two = _processes(tasks, rounds)
    speed_up = Spread(tuple(a.wall / b.wall for a, b in zip(one, two, strict=True)))
    reference = f"{spread(one).format('s')}, in one process"
    rows.append(
        Row(
            f"Clean {pages} pages in {WORKERS} processes",
            spread(two).format("s"),
            reference,
            speed_up,
            SPEED_UP,
            at_least=True,
        )
    )
    note = (
        "The pool has cleaned some pages before the clock starts, as in a run that shares its workers between stages."
        " The whole week above includes its start-up."
    )
    return Part("Clean", rows, (note,))


def _articles(count: int) -> list[Article]:
    return [article for feed in range(-(-count // 20)) for article in make_articles(feed, 20)][:count]


def clean_page(task: tuple[Article, bytes]) -> object:
    """Clean a page. Workers import this function."""
    from pipeline.stages.clean import clean_entry

    article, page = task
    source = Source(article.host, "feed", f"http://{article.host}/feed.xml", "Paper")
    entry = Entry(article.url, article.host, article.url, article.title, published_at=article.published_at)
    document = Document(article.url, page, "text/html", "utf-8")
    cleaned = clean_entry(entry, document, source=source, now=NOW)
    assert cleaned.stories
    return cleaned


def _processes(tasks: Sequence[tuple[Article, bytes]], rounds: int) -> tuple[list[Cost], list[Cost]]:
    """Clean the pages with a pool of one and a pool of two processes, in alternation."""
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
    """Tag stories and all their blocks, compared with langdetect on each story's text."""
    import langdetect

    from pipeline.stages.tag import tag_story

    cast(Any, langdetect).DetectorFactory.seed = 0
    made = [story_of(article) for article in _articles(stories)]
    ours, others = alternate(
        made,
        rounds,
        lambda story: tag_story(story, expected=LANGUAGES),
        lambda story: cast(Any, langdetect).detect(story.text),
    )
    row = compare(
        f"Tag {stories} stories and all blocks, CPU", ours, others, "langdetect, once per story", of="cpu", target=1.0
    )
    return Part("Language", [row])


def measure_dedupe(work: Path, *, stories: int, rounds: int) -> Part:  # noqa: ARG001
    """Find copies, events and suggestions of a week, compared with datasketch's LSH, which finds copies only."""
    from pipeline.stages.dedupe import dedupe_stories

    made = [story_of(article) for article in _articles(stories)]
    dedupe_stories(made[:50])
    ours, others = [], []
    for _ in range(rounds):
        ours.append(timed(lambda: dedupe_stories(made)))
        if importlib.util.find_spec("datasketch"):
            others.append(timed(lambda: _datasketch(made)))
    what = f"Dedupe {stories:,} stories, no stored features, CPU"
    if not others:
        return Part("Dedupe", [Row(what, spread(ours, "cpu").format("s"))])
    return Part("Dedupe", [compare(what, ours, others, "datasketch's MinHash LSH, copies only", of="cpu")])


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
    """The story that clean would make from an article, `days` days older."""
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
