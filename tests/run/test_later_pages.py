"""A story that goes on on further pages is fetched and joined as a whole."""

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hosts import Answer, Host, running_host
from tests.letters import Command, Letter, make_letter

TITLE = "The lamp above Donghae"
MORE = "It can be seen from Ulleung on clear nights, and from the fish market of the town on most of the others."
TEXTS = (
    "The lamp above Donghae has been lit by one family since it ran on whale oil, and the ledger of the oil is kept.",
    "Ines Okada took the keys from her father in spring, and she climbs the ninety steps before every dusk.",
    "The coast guard wanted a camera instead, until a fog in June blinded every camera between the two capes.",
    "A ferry with four hundred passengers heard her horn that night, and its captain wrote a letter to the ministry.",
    "The ministry has answered that the house will be painted, and that the horn may be kept for ten more years.",
    "Her daughter is eleven, counts the ships in an exercise book, and would rather become a baker than a keeper.",
    "Nobody on the cape believes it, since she knows each trawler by the sound that its engine makes in the dark.",
)
FIRST = [TEXTS[0], MORE]  # the paragraphs of the first page
OPENING = f"<p>{TEXTS[0]}</p><p>{MORE}</p>"


def page(number: int, links: str = "", text: str = "") -> Answer:
    """One page of the story, with links to others."""
    text = text or (OPENING if number == 1 else f"<p>{TEXTS[number - 1]}</p>")
    body = (
        f"<!DOCTYPE html><html lang='en'><head><title>{TITLE}</title><meta property='og:type' content='article'></head>"
        f"<body><article><h1>{TITLE}</h1><p>By Rin Abe</p>{text}<div class='pagination'>{links}</div></article>"
        "</body></html>"
    )
    return Answer(body=body.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


def numbers(*numbers: int, at: str = "/lamp?page={}") -> str:
    """Numbered links to pages."""
    return " ".join(f"<a href='{at.format(number)}'>{number}</a>" for number in numbers)


def next_link(href: str) -> str:
    """A link to the next page."""
    return f"<a rel='next' href='{href}'>Next page</a>"


@pytest.fixture
def host() -> Iterator[Host]:
    """A host with the pages of a story."""
    with running_host() as running:
        yield running


@pytest.fixture
def letter(tmp_path: Path, host: Host) -> Letter:
    """A newsletter with one story in its feed, for which the host on loopback answers in place of its outlet."""
    made = make_letter(tmp_path, sources=1)
    (made.folder / "paper0.xml").write_text(
        f"<rss version='2.0'><channel><title>Cape</title><item><title>{TITLE}</title><link>http://cape.example/lamp</link>"
        "<pubDate>Fri, 20 Nov 2026 09:00:00 +0000</pubDate></item></channel></rss>"
    )
    made.change(
        sources=[{"name": "paper0", "feed": "paper0.xml"}],
        fetch={"mirrors": {"*.example": host.base}, "retries": 0, "per_host_delay_seconds": 0, "robots": True},
    )
    return made


def rows(letter: Letter, query: str) -> list[Any]:
    """The rows of a query to the store."""
    with contextlib.closing(sqlite3.connect(letter.folder / ".newsletter" / "store.sqlite")) as connection:
        return connection.execute(query).fetchall()


def story(letter: Letter) -> tuple[list[str], bool]:
    """The paragraphs of the one stored story, and whether it is truncated."""
    ((record,),) = rows(letter, "SELECT record FROM story")
    values = json.loads(record)
    return [block["text"] for block in values["blocks"]], values.get("truncated", False)


def run(newsletter: Command, letter: Letter) -> None:
    """Fetch and clean, as a run does it."""
    assert newsletter.on(letter, "run").code in (0, 3)


def asked(host: Host) -> list[str]:
    """The pages that were requested, in order, but for robots.txt."""
    return [path for path in host.paths if path != "/robots.txt"]


def test_numbered_pages_are_fetched_once_and_joined(newsletter: Command, letter: Letter, host: Host) -> None:
    """Title, byline and pager of the later pages are not repeated, and the second run requests nothing."""
    host.answers |= {
        "/lamp": page(1, f"Page 1 of 3 <b>1</b> {numbers(2, 3)}"),
        "/lamp?page=2": page(2, f"Page 2 of 3 {numbers(1, 3)}"),
        "/lamp?page=3": page(3, f"Page 3 of 3 {numbers(1, 2)}"),
    }
    run(newsletter, letter)
    assert story(letter) == ([*FIRST, *TEXTS[1:3]], False)
    assert sorted(asked(host)) == ["/lamp", "/lamp?page=2", "/lamp?page=3"]
    host.asked.clear()
    run(newsletter, letter)
    assert newsletter.on(letter, "run", "--force").code in (0, 3)
    assert asked(host) == []


def test_a_chain_of_next_links_is_followed(newsletter: Command, letter: Letter, host: Host) -> None:
    """Each page links the one after it alone; the single stages come to the same result as a run."""
    host.answers |= {
        "/lamp": page(1, next_link("lamp/2")),
        "/lamp/2": page(2, next_link("/lamp/3")),
        "/lamp/3": page(3),
    }
    assert newsletter.on(letter, "fetch").code == 0
    assert newsletter.on(letter, "clean").code == 0
    assert story(letter) == ([*FIRST, *TEXTS[1:3]], False)
    assert asked(host) == ["/lamp", "/lamp/2", "/lamp/3"]


def test_a_missing_page_ends_the_story(newsletter: Command, letter: Letter, host: Host) -> None:
    """Without its second page, the third does not follow the first; the story is truncated, the failure is listed."""
    host.answers |= {"/lamp": page(1, numbers(2, 3)), "/lamp?page=3": page(3)}
    run(newsletter, letter)
    assert story(letter) == (FIRST, True)
    assert (
        "status 404" in newsletter.on(letter, "status", "--failed").out + newsletter.on(letter, "status", "--json").out
    )
    host.asked.clear()
    run(newsletter, letter)
    assert asked(host) == []


def test_a_page_that_cannot_be_reached_is_tried_again(newsletter: Command, letter: Letter, host: Host) -> None:
    """A fault that may pass leaves the page to the next run."""
    host.answers |= {"/lamp": page(1, numbers(2)), "/lamp?page=2": Answer(503)}
    run(newsletter, letter)
    assert story(letter) == (FIRST, True)
    host.answers["/lamp?page=2"] = page(2)
    run(newsletter, letter)
    assert story(letter) == ([*FIRST, TEXTS[1]], False)


def test_a_loop_ends(newsletter: Command, letter: Letter, host: Host) -> None:
    """A last page that links the first one, or itself, leads nowhere new."""
    host.answers |= {
        "/lamp": page(1, next_link("/lamp?page=2")),
        "/lamp?page=2": page(2, next_link("/lamp") + next_link("/lamp?page=2")),
    }
    run(newsletter, letter)
    assert story(letter)[0] == [*FIRST, TEXTS[1]]
    assert sorted(asked(host)) == ["/lamp", "/lamp?page=2"]


def test_five_later_pages_are_the_most(newsletter: Command, letter: Letter, host: Host) -> None:
    """A story of more pages is truncated."""
    host.answers["/lamp"] = page(1, next_link("/lamp?page=2"))
    host.answers |= {f"/lamp?page={at}": page(at, next_link(f"/lamp?page={at + 1}")) for at in range(2, 8)}
    run(newsletter, letter)
    assert story(letter) == ([*FIRST, *TEXTS[1:6]], True)
    assert len(asked(host)) == 6


@pytest.mark.parametrize(
    "links",
    [
        "Page 1 of 2 <a rel='next' href='http://other.example/lamp?page=2'>Next</a>",
        "<a rel='next' href='/an-older-story'>Older</a>",
        "<a href='/lamp/comment-page-2/#comments'>2</a>",
        "<div id='comments'><a href='/lamp?page=2'>2</a></div>",
    ],
)
def test_links_to_other_hosts_stories_and_comments_are_not_followed(
    newsletter: Command, letter: Letter, host: Host, links: str
) -> None:
    """Only the story's own pages on its own host are its pages."""
    host.answers |= {"/lamp": page(1, links), "/an-older-story": page(2), "/lamp?page=2": page(2)}
    run(newsletter, letter)
    assert story(letter) == (FIRST, links.startswith("Page 1"))
    assert asked(host) == ["/lamp"]


def test_a_page_that_leads_to_another_host_is_not_joined(newsletter: Command, letter: Letter, host: Host) -> None:
    """A redirect does not bring text of another outlet into the story."""
    host.answers |= {
        "/lamp": page(1, numbers(2)),
        "/lamp?page=2": Answer(302, headers={"Location": "http://other.example/elsewhere"}),
        "/elsewhere": page(3),
    }
    run(newsletter, letter)
    assert story(letter) == (FIRST, True)


def test_robots_txt_holds_for_later_pages(newsletter: Command, letter: Letter, host: Host) -> None:
    """A page that robots.txt closes is not requested, in this run or the next."""
    host.answers |= {
        "/robots.txt": Answer(body=b"User-agent: *\nDisallow: /lamp/\n", headers={"Content-Type": "text/plain"}),
        "/lamp": page(1, next_link("/lamp/2")),
        "/lamp/2": page(2),
    }
    for _ in range(2):
        run(newsletter, letter)
        assert story(letter) == (FIRST, True)
    assert asked(host) == ["/lamp"]


def test_what_a_page_repeats_is_not_doubled(newsletter: Command, letter: Letter, host: Host) -> None:
    """The standfirst on each page, and the last paragraph before the break, come once; a torn sentence is mended."""
    head, tail = (
        "Her horn is older than the road to the cape and has not failed since the winter of the",
        "great frost.",
    )
    intro = f"<p>{TEXTS[0]}</p>"
    host.answers |= {
        "/lamp": page(1, numbers(2), f"{intro}<p>{TEXTS[1]}</p><p>{head}</p>"),
        "/lamp?page=2": page(2, numbers(1), f"{intro}<p>{tail}</p><p>{TEXTS[2]}</p>"),
    }
    run(newsletter, letter)
    assert story(letter) == ([TEXTS[0], TEXTS[1], f"{head} {tail}", TEXTS[2]], False)


def test_an_added_page_comes_with_its_later_ones(newsletter: Command, letter: Letter, host: Host) -> None:
    """`newsletter add` fetches the whole story."""
    host.answers |= {
        "/lamp": page(1, next_link("/lamp?page=2")),
        "/lamp?page=2": page(2, next_link("/lamp?page=3")),
        "/lamp?page=3": page(3),
    }
    assert newsletter.on(letter, "add", "http://cape.example/lamp").code == 0
    assert story(letter) == ([*FIRST, *TEXTS[1:3]], False)
    assert asked(host) == ["/lamp", "/lamp?page=2", "/lamp?page=3"]


def test_later_pages_are_kept_and_pruned_with_their_entry(newsletter: Command, letter: Letter, host: Host) -> None:
    """A story can be cleaned again without the network, as long as it is kept."""
    host.answers |= {"/lamp": page(1, numbers(2)), "/lamp?page=2": page(2)}
    run(newsletter, letter)
    host.asked.clear()
    assert newsletter.on(letter, "clean", "--all").code == 0
    assert (story(letter), asked(host)) == (([*FIRST, TEXTS[1]], False), [])
    assert newsletter.on(letter, "prune", "--days", "30", now="2027-01-20T08:00").code == 0
    assert newsletter("store", "check", "--config", letter.config).code == 0
    assert rows(letter, "SELECT count(*) FROM later_page") == [(0,)]
    assert rows(letter, "SELECT count(*) FROM response WHERE purpose = 'page'") == [(0,)]
