"""The title of a page is its headline, whatever its metadata put around it."""

import pytest

from pipeline.records import Document
from pipeline.stages.clean import clean_document

T = "Last ferry closes after 150 years"
SITE = "<meta property='og:site_name' content='Estuary Post'>"
KOREAN = "마지막 여객선이 멈춘다"
BODY = "".join(
    f"<p>{text}</p>"
    for text in (
        "The council voted on Tuesday night to close the last ferry across the estuary, which has run since 1871.",
        "Its two boats will be sold to a museum, and the pilots have been offered work on the bridge, said the mayor.",
        "Nobody on the quay believed it on Wednesday morning, when the first boat left with four passengers and a dog.",
    )
)


def title(head: str, body: str = "", url: str = "https://www.estuarypost.example/news/a") -> str:
    """The title of a page with this head and this before its story."""
    page = f"<html lang='en'><head>{head}</head><body>{body}<article>{BODY}</article></body></html>"
    (story,) = clean_document(Document(url, page.encode(), "text/html")).stories
    return story.title


def og(text: str) -> str:
    """The element og:title."""
    return f'<meta property="og:title" content="{text}">'


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (f"<title>{T} | The Estuary Post</title>", ""),
        (f"<title>{T} - Local News - Estuary Post</title><meta name='category' content='Local News'>{SITE}", ""),
        (og(f"{T} - Sport") + SITE, "<nav><a href='/sport'>Sport</a><a href='/politics'>Politics</a></nav>"),
        (og(f"{T} * Estuary Post * by Paul Serra") + SITE, f"<h1>{T}</h1>"),
        (f"<title>{T} - by Paul Serra - Estuary Post</title><meta name='author' content='Paul Serra'>{SITE}", ""),
        (f"<title>{T} (Page 1 of 3) | Estuary Post</title>{SITE}", ""),
        (f"<title>{T} - Seite 2 | Estuary Post</title>{SITE}", ""),
        (f"<title>{T} | EP | 28.04.2023</title>{SITE}", ""),
        (f"<title>{T}—Estuary Post</title>{SITE}", ""),
        (f"<title>Estuary Post | {T}</title>{SITE}", ""),
        (og(f"Estuary Post: {T}") + SITE, f"<h1>{T}</h1>"),
        (og("Estuary Post - News from the river") + SITE, f"<h1>{T}</h1>"),
        (og("Estuary Post") + SITE, f"<h1>{T}</h1>"),
        (og("Last ferry closes after…"), f"<h1>{T}</h1>"),
        (f"<title>{T}</title>", f"<h1><span class='kicker'>Estuary</span><span>{T}</span></h1>"),
        (f"<title>{T} | Estuary Post</title>{SITE}", f"<h1 class='logo'>Post and News</h1><h2>{T}</h2>"),
    ],
)
def test_what_stands_around_the_headline_is_cut(head: str, body: str) -> None:
    """Names of site, section and author, numbers of pages and dates, by what the page says of itself."""
    assert title(head, body) == T


@pytest.mark.parametrize(
    ("written", "right"),
    [
        (f"{KOREAN}-사회ㅣ강어귀일보", KOREAN),
        ("末班渡船停駛_社會_强河口新聞網", "末班渡船停駛"),
        ("末班渡船停駛｜社會｜强河口新聞網", "末班渡船停駛"),
        ("末班渡船停駛-强河口新聞網", "末班渡船停駛"),
        ("最後の渡し船、廃止へ（1/2ページ） - 强河口新聞網", "最後の渡し船、廃止へ"),
    ],
)
def test_tails_without_spaces_are_cut(written: str, right: str) -> None:
    """As Chinese, Japanese and Korean sites write them."""
    site = "강어귀일보" if KOREAN in written else "强河口新聞網"
    head = f"<title>{written}</title><meta property='og:site_name' content='{site}'>"
    assert title(f"{head}<meta property='article:section' content='사회'>") == right


@pytest.mark.parametrize(
    "headline",
    [
        "Mayor sues - Estuary Post replies",
        "The last ferry – and what comes after",
        "Interview | The last pilot speaks",
        "Why I left the Estuary Post",
        "Ferry: the last crossing",
        "Storm hits the coast - again",
    ],
)
def test_no_part_of_the_headline_is_cut(headline: str) -> None:
    """What the main heading shows is the headline, with the site's name in it, too."""
    nav = "<nav><a href='/coast'>Coast</a></nav>"
    assert title(og(headline) + SITE, f"{nav}<h1>{headline}</h1>") == headline
    assert title(f"<title>{headline} | Estuary Post</title>{SITE}", f"<h1>{headline}</h1>") == headline


@pytest.mark.parametrize(
    ("head", "heading", "right"),
    [
        (og("Fish &amp;amp; chips: the end"), "", "Fish & chips: the end"),
        (og("How &lt;b&gt; works in HTML"), "How &lt;b&gt; works in HTML", "How <b> works in HTML"),
        (og("What &amp;amp; means"), "What &amp;amp; means", "What &amp; means"),
        (og("The &lt;i&gt;Otter&lt;/i&gt; sails"), "", "The Otter sails"),
        (og('Marathon: winners and "royal guests"'), 'Marathon: winners and "royal guests"', None),
    ],
)
def test_escapes_are_undone_as_far_as_the_page_shows(head: str, heading: str, right: str | None) -> None:
    """Once more where the metadata escape twice; not where the headline is about entities and tags."""
    assert title(head, f"<h1>{heading}</h1>" if heading else "") == (right or heading)
