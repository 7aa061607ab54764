"""Which of a feed's entries are read, and what status says about the others and about its dates."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.config import load_config
from pipeline.edges.store import open_store
from pipeline.run.session import STORE_FILE
from tests.letters import ITEMS, Command, Letter

NOW = "2026-11-22T08:00"
NEWEST = datetime(2026, 11, 21, 9, tzinfo=UTC)


def write(letter: Letter, items: list[str]) -> None:
    """Write the first source's feed."""
    body = f'<rss version="2.0"><channel><title>One</title>{"".join(items)}</channel></rss>'
    (letter.folder / "paper0.xml").write_text(body, encoding="utf-8")


def item(number: int, days: float | None) -> str:
    """An item that was published so many days before the newest possible one, or without a date."""
    date = f"<pubDate>{NEWEST - timedelta(days=days):%a, %d %b %Y %H:%M:%S} GMT</pubDate>" if days is not None else ""
    story = ITEMS[number % len(ITEMS)]
    title = f"{number}: {story.title}"
    return f"<item><title>{title}</title><guid>g{number}</guid>{date}<description>{story.body}</description></item>"


def source(newsletter: Command, letter: Letter) -> Any:
    """The status of the first source."""
    return newsletter.on(letter, "status", "--json", now=NOW).json["sources"][0]


@pytest.fixture
def narrow(letter: Letter) -> Letter:
    """A newsletter whose first source may have five entries."""
    sources = [{"name": f"paper{n}", "feed": f"paper{n}.xml", "follow": False, "max_entries": 5} for n in range(2)]
    letter.change(sources=sources)
    return letter


def fetched(newsletter: Command, letter: Letter) -> set[str]:
    """Fetch and clean; the numbers in front of the first source's titles."""
    assert newsletter.on(letter, "run", "--force", now=NOW).code in (0, 3)
    status = newsletter.on(letter, "status", "--json", now=NOW).json
    assert status["sources"][0]["error"] is None
    with open_store(load_config(letter.config).state / STORE_FILE, create=False) as store:
        return {
            entry.entry.title.partition(":")[0]
            for entry in store.entries.awaiting_clean(-1)
            if entry.entry.source == "paper0"
        }


@pytest.mark.parametrize("step", [1, -1])
def test_the_newest_entries_are_read_wherever_they_stand(newsletter: Command, narrow: Letter, step: int) -> None:
    """A feed may begin with its oldest entry."""
    write(narrow, [item(number, days=number / 10) for number in range(12)][::step])
    assert fetched(newsletter, narrow) == {"0", "1", "2", "3", "4"}
    assert source(newsletter, narrow)["said"] == ["7 more new entries than max_entries allows (5); raise it"]


def test_without_dates_the_first_entries_are_read(newsletter: Command, narrow: Letter) -> None:
    write(narrow, [item(number, None) for number in range(7)])
    assert fetched(newsletter, narrow) == {"0", "1", "2", "3", "4"}


def test_a_date_in_the_future_is_not_newer_than_now(newsletter: Command, narrow: Letter) -> None:
    """Entries of one rank keep the feed's order."""
    write(narrow, [item(number, None) for number in range(5)] + [item(5, days=-400)])
    assert fetched(newsletter, narrow) == {"0", "1", "2", "3", "4"}


def test_an_archive_of_old_entries_is_not_too_many(newsletter: Command, narrow: Letter) -> None:
    """Only entries of this issue's time are missed."""
    write(narrow, [item(number, days=100 + number) for number in range(12)])
    fetched(newsletter, narrow)
    assert source(newsletter, narrow)["said"] == []


def test_entries_that_were_read_before_are_not_missed(newsletter: Command, narrow: Letter) -> None:
    """Once the limit has cut a feed off, what follows the known entries is old news."""
    write(narrow, [item(number, days=number / 10) for number in range(1, 6)])
    fetched(newsletter, narrow)
    write(narrow, [item(number, days=number / 10) for number in range(6)])
    fetched(newsletter, narrow)
    assert source(newsletter, narrow)["said"] == []


def test_status_names_a_source_whose_dates_cannot_be_read(newsletter: Command, narrow: Letter) -> None:
    undated = item(0, None).replace("<guid>", "<pubDate>at low tide</pubDate><guid>")
    write(narrow, [undated])
    fetched(newsletter, narrow)
    assert "dates cannot be read, such as 'at low tide'" in source(newsletter, narrow)["said"][0]
