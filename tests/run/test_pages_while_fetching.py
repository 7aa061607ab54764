"""A run cleans and tags pages while others are fetched, with the same results as the single stages."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import load_config
from pipeline.records import Entry, Source
from pipeline.run.clean import Cleaning
from pipeline.run.fetch import fetch
from pipeline.run.session import open_session
from pipeline.run.tag import tag
from pipeline.run.workers.clean import TAG_VERSION, CleanTask, run_clean_task
from tests.letters import ITEMS, NOW, Command, Letter, make_letter

MOMENT = datetime.fromisoformat(f"{NOW}+00:00")
_QUERIES = (
    "SELECT id, entry, dated_at, record, tagged_by FROM story ORDER BY id",
    "SELECT * FROM decision WHERE stage IN ('clean', 'tag') ORDER BY story, stage, number",
    "SELECT id, page, cleaned_by FROM entry ORDER BY id",
)


@pytest.fixture
def paged(tmp_path: Path) -> Letter:
    """A newsletter whose feeds link to pages, which a folder serves. One page per feed is missing."""
    letter = make_letter(tmp_path, sources=2)
    for number in range(2):
        host = tmp_path / "web" / f"paper{number}.example"
        host.mkdir(parents=True)
        items = [replace(item, title=f"{item.title} {number}") for item in ITEMS]
        for item in items[1:]:
            page = f"<html><body><article><h1>{item.title}</h1>{item.html}</article></body></html>"
            (host / item.slug).with_suffix(".html").write_text(page, encoding="utf-8")
        letter.write_feed(f"paper{number}", items)
        feed = letter.folder / f"paper{number}.xml"
        text = feed.read_text(encoding="utf-8")
        for item in items:
            text = text.replace(f"https://paper{number}.example/{item.slug}<", f"http://{host.name}/{item.slug}.html<")
        feed.write_text(text, encoding="utf-8")
    letter.change(
        sources=[{"name": f"paper{number}", "feed": f"paper{number}.xml"} for number in range(2)],
        fetch={"mirrors": {"*.example": str(tmp_path / "web")}, "robots": False},
    )
    return letter


def stored_rows(letter: Letter) -> list[list[Any]]:
    """The rows that fetch, clean and tag have stored."""
    connection = sqlite3.connect(letter.folder / ".newsletter" / "store.sqlite")
    try:
        return [connection.execute(query).fetchall() for query in _QUERIES]
    finally:
        connection.close()


def test_a_run_stores_the_same_as_its_single_stages(newsletter: Command, paged: Letter, tmp_path: Path) -> None:
    """Stories, tags and decisions are equal, and no work is left for the stages."""
    assert newsletter.on(paged, "run").code in (0, 3)
    together = stored_rows(paged)
    assert len(together[0]) == 2 * len(ITEMS)
    assert {row[4] for row in together[0]} == {TAG_VERSION}
    assert {row[1] for row in together[2]} == {"kept", "failed"}
    (tmp_path / ".newsletter").rename(tmp_path / "before")
    for stage in ("fetch", "clean", "tag"):
        assert newsletter.on(paged, stage).code == 0
    assert stored_rows(paged) == together


def test_a_run_counts_the_stories_tagged_during_fetch(paged: Letter) -> None:
    """The report of tag includes the stories that were tagged right after cleaning."""
    with open_session(load_config(paged.config), now=MOMENT) as session:
        cleaning = Cleaning(session, tags=True)
        fetched = fetch(session, follow=cleaning.follow)
        followed = dict(cleaning.tagged)
        cleaned = cleaning.finish()
        report = tag(session, before=cleaning.tagged)
    assert followed["stories"] == fetched.counts["pages"] == 2 * len(ITEMS) - 2
    assert report.counts["stories"] == cleaned.counts["stories"] == 2 * len(ITEMS)


def test_a_story_that_cannot_be_tagged_is_still_cleaned() -> None:
    """An error in the tagger costs only the tag; the stage tag tries again."""
    entry = Entry("e", "pier", "http://pier.example/1", "A ferry", content_html=ITEMS[0].html)
    task = CleanTask(entry, None, Source("pier", "feed", "", "Pier"), frozenset(), datetime(2026, 1, 1, tzinfo=UTC))
    broken: Any = (7,)  # no language tag
    result = run_clean_task(task, residue=None, expected=broken)
    assert [story.tagged_by for story in result.stories] == [None]
    assert result.tags == ()
    assert run_clean_task(task, residue=None, expected=()).stories[0].tagged_by == TAG_VERSION
