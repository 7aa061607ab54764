"""The links of a page to the later pages of its story, in the forms that sites give them."""

import pytest

from pipeline.records import Document, Source
from pipeline.stages.clean import clean_entry, find_later_pages
from tests.factories import days_ago, entry

TEXT = (
    "<p>The council voted on Tuesday night to close the last ferry across the estuary, which has run since 1871.</p>"
    "<p>Its two boats will be sold to a museum, and the pilots have been offered work on the new bridge.</p>"
)
SITE = "https://estuary.example"


def links(path: str, html: str, head: str = "") -> list[str]:
    """The addresses of the later pages of a page, without the host."""
    body = (
        f"<html><head><title>Last ferry closes</title>{head}</head><body><article><h1>Last ferry closes</h1>{TEXT}"
        f"{html}</article></body></html>"
    )
    page = Document(f"{SITE}{path}", body.encode(), "text/html")
    cleaned = clean_entry(entry(url=page.url), page, source=Source("e", "feed", SITE, "Estuary"), now=days_ago(0))
    assert cleaned.stories[0].truncated == bool(cleaned.later_pages)
    assert find_later_pages(page, {}) == cleaned.later_pages
    return [address.removeprefix(SITE) for address in cleaned.later_pages]


@pytest.mark.parametrize(
    ("path", "href"),
    [
        ("/ferry", "/ferry?page=2"),
        ("/ferry/", "/ferry/2/"),
        ("/ferry", "/ferry/page/2/"),
        ("/ferry.html", "/ferry-2.html"),
        ("/ferry.html", "/ferry_2.html"),
        ("/ferry.html", "/ferry.html/2"),
        ("/ferry.html", "/ferry,seite-2.html"),
        ("/ferry", "/ferry-page2"),
        ("/ferry/seite-1", "/ferry/seite-2"),
        ("/story?id=73", "/story?id=73&seite=2"),
        ("/story?id=73&utm_source=rss", "/story?page=2&id=73"),
        ("/story?id=73&p=1", "/story?id=73&p=2"),
        ("/ferry", "?p=2"),
        ("/news/index", "/news/index2"),
    ],
)
@pytest.mark.parametrize(
    "link", ["<a href='{}'>2</a>", "<a rel='next nofollow' href='{}'>More</a>", "<a href='{}'>→</a>"]
)
def test_a_page_number_in_the_storys_own_address_is_its_next_page(path: str, href: str, link: str) -> None:
    """Numbered links and links to the next page are found anywhere, whatever their element is called."""
    found = f"{path}?p=2" if href == "?p=2" else href
    assert links(path, f"<div>{link.format(href)}</div>") == [found]


@pytest.mark.parametrize(
    "label", ["Next page", "Weiter", "Page suivante", "Siguiente »", "下一页", "次へ", "다음", "Далее"]
)
def test_a_link_to_the_next_page_is_known_in_many_languages(label: str) -> None:
    """The label alone is enough where the address is the story's own."""
    assert links("/ferry", f"<p><a href='/ferry/2'>{label}</a></p>") == ["/ferry/2"]


def test_a_link_in_the_head_is_followed() -> None:
    """The page may name its next page to machines alone."""
    assert links("/ferry", "", "<link rel='next' href='/ferry?page=2'>") == ["/ferry?page=2"]


@pytest.mark.parametrize(
    "pager",
    [
        "<div class='pages'>Page 1 of 3 <a href='/ferry-the-pilots'>2</a> <a href='/ferry-the-bridge'>3</a></div>",
        "<p><span>Seite 1 von 3</span> <a href='/ferry-the-pilots'>2</a> <a href='/ferry-the-bridge'>3</a></p>",
        "<nav>1/3ページ <a href='/ferry-the-pilots'>2</a> <a href='/ferry-the-bridge'>3</a></nav>",
    ],
)
def test_a_pager_that_counts_the_pages_may_lead_to_any_address(pager: str) -> None:
    """What it links on its host are the pages that it counts."""
    assert links("/ferry", pager) == ["/ferry-the-pilots", "/ferry-the-bridge"]


@pytest.mark.parametrize(
    "html",
    [
        "<a rel='next' href='/older-story'>Older</a>",
        "<a href='/ferry/comment-page-2#comments'>2</a>",
        "<div id='disqus-comments'><a href='/ferry?page=2'>2</a></div>",
        "<a href='https://elsewhere.example/ferry?page=2'>2</a>",
        "<a href='/ferry?page=3'>3</a>",
        "<a href='/ferry'>2</a><a href='#2'>2</a><a href='javascript:go(2)'>2</a><a href='//[bad'>2</a>",
        "<div class='pagination'>Page 3 of 3 <a rel='next' href='/older-story'>Next story</a></div>",
    ],
)
def test_links_to_something_else_are_no_pages_of_the_story(html: str) -> None:
    """Other stories, comments, other hosts, a page after a gap, and what is no address."""
    assert links("/ferry", html) == []


def test_neighbours_in_a_numbered_series_are_no_pages() -> None:
    """A story whose address ends in a number does not go on in the next number."""
    assert links("/news/12", "<a rel='next' href='/news/13'>Next</a>") == []
    assert links("/news/item-1", "<a rel='next' href='/news/item-12'>Next</a>") == []
    assert links("/story?id=12", "<a rel='next' href='/story?id=13'>Next</a>") == []
