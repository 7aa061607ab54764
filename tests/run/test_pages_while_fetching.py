"""A run cleans and tags while pages are still being fetched; what it keeps is what the stages keep one by one."""

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
_KEPT = (
    "SELECT id, entry, dated_at, record, tagged_by FROM story ORDER BY id",
    "SELECT * FROM decision WHERE stage IN ('clean', 'tag') ORDER BY story, stage, number",
    "SELECT id, page, cleaned_by FROM entry ORDER BY id",
)


@pytest.fixture
def paged(tmp_path: Path) -> Letter:
    """A letter whose feeds point to pages, of a folder that answers for the hosts; one page is missing."""
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


def kept(letter: Letter) -> list[list[Any]]:
    """What the first stages have kept."""
    connection = sqlite3.connect(letter.folder / ".newsletter" / "store.sqlite")
    try:
        return [connection.execute(query).fetchall() for query in _KEPT]
    finally:
        connection.close()


def test_a_run_keeps_what_its_stages_keep_one_by_one(newsletter: Command, paged: Letter, tmp_path: Path) -> None:
    """Stories, tags and decisions are the same, and none is left for a stage to do."""
    assert newsletter.on(paged, "run").code in (0, 3)
    together = kept(paged)
    assert len(together[0]) == 2 * len(ITEMS)
    assert {row[4] for row in together[0]} == {TAG_VERSION}
    assert {row[1] for row in together[2]} == {"kept", "failed"}
    (tmp_path / ".newsletter").rename(tmp_path / "before")
    for stage in ("fetch", "clean", "tag"):
        assert newsletter.on(paged, stage).code == 0
    assert kept(paged) == together


def test_a_run_counts_what_it_tagged_on_the_way(paged: Letter) -> None:
    """The report of the stage tag has the stories that were tagged where they were cleaned."""
    with open_session(load_config(paged.config), now=MOMENT) as session:
        cleaning = Cleaning(session, tags=True)
        fetched = fetch(session, follow=cleaning.follow)
        followed = dict(cleaning.tagged)
        cleaned = cleaning.finish()
        report = tag(session, before=cleaning.tagged)
    assert followed["stories"] == fetched.counts["pages"] == 2 * len(ITEMS) - 2
    assert report.counts["stories"] == cleaned.counts["stories"] == 2 * len(ITEMS)


def test_a_story_that_cannot_be_tagged_is_cleaned_and_left_to_the_stage() -> None:
    """What goes wrong in the tagger costs the story nothing but its tag."""
    entry = Entry("e", "pier", "http://pier.example/1", "A ferry", content_html=ITEMS[0].html)
    unmade = CleanTask(entry, None, Source("pier", "feed", "", "Pier"), frozenset(), datetime(2026, 1, 1, tzinfo=UTC))
    broken: Any = (7,)  # no language tag
    made = run_clean_task(unmade, residue=None, expected=broken)
    assert [story.tagged_by for story in made.stories] == [None]
    assert made.tags == ()
    assert run_clean_task(unmade, residue=None, expected=()).stories[0].tagged_by == TAG_VERSION
