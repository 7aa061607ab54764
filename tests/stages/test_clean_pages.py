"""Pages as outlets build them: standfirst, title, authors, date, picture, and what belongs to none of them."""

import json
from datetime import UTC, datetime

import pytest

from pipeline.records import Document, Story
from pipeline.stages.clean import Cleaned, clean_document

URL = "https://millpond.example/2026/weir"
DECK = "The weir will be lowered by a metre, which ends a quarrel of nine years between anglers and the mill."
FIRST = (
    "Anglers on the upper Tarn have watched the water rise for a decade, and most of them blamed the mill at Oakham."
)
SECOND = "The county voted on Tuesday to cut a notch into the crest, so that trout can pass it from October on."
THIRD = "Miller Greta Lund keeps her wheel, though it will stand still for about three weeks in a dry summer."
STORY = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"


def clean(body: str, head: str = "<title>Weir to come down</title>", lang: str = "en", url: str = URL) -> Cleaned:
    """Clean a page with this body."""
    html = f"<!doctype html><html lang='{lang}'><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>"
    return clean_document(Document(url, html.encode()), now=datetime(2026, 11, 22, tzinfo=UTC))


def story(body: str, head: str = "<title>Weir to come down</title>", lang: str = "en", url: str = URL) -> Story:
    """The page's only story."""
    cleaned = clean(body, head, lang, url)
    assert cleaned.rejected == ()
    return cleaned.stories[0]


def article(*parts: str, title: str = "Weir to come down") -> str:
    """An article with a title, other elements below it, and the story."""
    return f"<article><h1>{title}</h1>{''.join(parts)}<div class='body'>{STORY}</div></article>"


@pytest.mark.parametrize(
    "element",
    [
        pytest.param(f"<p class='article__dek'>{DECK}</p>", id="named"),
        pytest.param(f"<div class='lead-in'><p>{DECK}</p></div>", id="in a named box"),
        pytest.param(f"<h2>{DECK}</h2>", id="a heading"),
        pytest.param(f"<header><div><p>{DECK}</p></div></header>", id="in the header"),
        pytest.param(f"<p><strong>{DECK}</strong></p>", id="in bold"),
        pytest.param(f"<p class='x9'>{DECK}</p><p class='byline'>By Ida Fenn</p>", id="before the byline"),
    ],
)
def test_a_standfirst_is_kept_whole_and_out_of_the_body(element: str) -> None:
    """Whatever the template calls it, the sentence between title and story is the standfirst."""
    found = story(article(element))
    assert found.standfirst == DECK
    assert [block.text for block in found.blocks] == [FIRST, SECOND, THIRD]


def test_the_described_first_line_is_the_standfirst_if_it_looks_unlike_the_story() -> None:
    """The metadata repeat the standfirst, and many pages also their first paragraph, which stays in the story."""
    meta = "<title>Weir to come down</title><meta property='og:description' content='{}'>"
    first = story(f"<article><h1>Weir to come down</h1>{STORY}</article>", meta.format(FIRST))
    assert (first.standfirst, first.blocks[0].text) == ("", FIRST)
    own = story(f"<article><h1>Weir to come down</h1><p class='q'>{DECK}</p>{STORY}</article>", meta.format(DECK))
    assert (own.standfirst, own.blocks[0].text) == (DECK, FIRST)


@pytest.mark.parametrize(
    "line",
    [
        "<p class='note'>Sign up for our morning letter and read the news first.</p>",
        "<figure><figcaption>The weir at Oakham, seen from the old bridge last week.</figcaption></figure>",
        "<p class='dateline'>Published on 3 November 2026 at 11:40 in the morning.</p>",
    ],
)
def test_prompts_captions_and_dates_are_no_standfirst(line: str) -> None:
    """Not every sentence between title and story sums it up."""
    assert story(article(line)).standfirst == ""


@pytest.mark.parametrize(
    ("head", "heading", "title"),
    [
        ("<title>Weir to come down - River - Millpond News</title>", "Weir to come down", "Weir to come down"),
        ("<title>Weir to come down | MN | 03.11.2026</title>", "Weir to come down", "Weir to come down"),
        ("<title>Weir to come down | Millpond</title>", "", "Weir to come down"),
        ("<title>Weir to come down（1/3ページ）</title>", "", "Weir to come down"),
        ("<meta property='og:title' content='Miller: &amp;quot;It is enough&amp;quot;'>", "", 'Miller: "It is enough"'),
        (
            "<title>Weir – and mill – to come down</title>",
            "Weir – and mill – to come down",
            "Weir – and mill – to come down",
        ),
        ("<title>Weir 2026 – what it means for trout</title>", "Weir 2026 – what it means for trout", None),
        ("<title>堰を下げる_川の便り_水車新聞</title>", "<ruby>堰<rt>せき</rt></ruby>を下げる", "堰を下げる"),
    ],
)
def test_a_title_is_the_headline_alone(head: str, heading: str, title: str | None) -> None:
    """Names of site and section, dates, page numbers, readings and escapes are no part of it; its own dashes are."""
    h1 = f"<h1>{heading}</h1>" if heading else ""
    body = (
        f"<article>{h1}{STORY}<h2>Weir 2026</h2>{STORY}</article>"
        if title is None
        else f"<article>{h1}{STORY}</article>"
    )
    assert story(body, head).title == (title or heading)


def test_the_heading_with_the_papers_name_is_no_title() -> None:
    """A logo in an h1 links to the front page."""
    body = (
        f"<h1><a href='/'>Millpond News</a></h1><article><h2 class='post-title'>Weir to come down</h2>{STORY}</article>"
    )
    assert story(body, "<title>Weir to come down — Millpond News</title>").title == "Weir to come down"


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("<p class='byline'>By <a rel='author' href='/a/1'>Ida Fenn</a> · 2 hours ago</p>", ("Ida Fenn",)),
        ("<div class='meta'>Written by Ida Fenn and Per Aas</div>", ("Ida Fenn", "Per Aas")),
        ("<p class='author'>Von Ida Fenn, Oakham 4 Min. Lesezeit</p>", ("Ida Fenn",)),
        ("<div class='info'><span>2026-11-03</span> <span>記者：林小溪</span></div>", ("林小溪",)),
        ("<p class='author'>文・写真＝川辺花</p>", ("川辺花",)),
        ("<p class='kicker'>Where the Tarn meets the Oak</p>", ()),
    ],
)
def test_the_authors_are_the_names_of_the_byline(line: str, authors: tuple[str, ...]) -> None:
    """Labels, ages, reading times and places are no names, and a line that is no byline names nobody."""
    assert story(article(line)).authors == authors


def test_authors_of_teasers_are_not_the_storys() -> None:
    """Links to the authors of other stories stand beside the page's own."""
    river = (
        "<aside><a rel='author' href='/a/2'>Tom Reed</a></aside><div class='card'><a rel='author'>Kit Rush</a></div>"
    )
    assert story(article("<p class='byline'><a rel='author'>Ida Fenn</a></p>") + river).authors == ("Ida Fenn",)


def test_json_ld_is_read_as_sites_write_it() -> None:
    """A CDATA wrapper, a trailing comma and an author that is stated elsewhere by its id are no obstacle."""
    script = (
        "<script type='application/ld+json'>//<![CDATA[\n"
        '{"@graph":[{"@type":"NewsArticle","author":{"@id":"#p1"},},{"@type":"Person","@id":"#p1","name":"Ida Fenn"},]}'
        "\n//]]></script>"
    )
    assert story(article(), script).authors == ("Ida Fenn",)


@pytest.mark.parametrize(
    ("lang", "line", "day"),
    [
        ("de", "3. November 2026", "2026-11-03"),
        ("fr", "Publié le 3 novembre 2026 à 11h40", "2026-11-03"),
        ("en-US", "Nov. 3, 2026", "2026-11-03"),
        ("en-US", "11/03/2026", "2026-11-03"),
        ("en-GB", "03/11/2026", "2026-11-03"),
        ("en", "11/03/2026", None),
        ("zh-TW", "2026年11月3日 11:40", "2026-11-03"),
        ("ja", "令和8年11月3日", "2026-11-03"),
        ("th", "3 พฤศจิกายน 2569", "2026-11-03"),
        ("pl", "Aktualizacja: 4 listopada 2026", "2026-11-04"),
        ("en", "Updated 4 November 2026 | Published 3 November 2026", "2026-11-03"),
        ("en", "Three of 2026 boats", None),
    ],
)
def test_a_visible_date_is_read_in_the_pages_language(lang: str, line: str, day: str | None) -> None:
    """The published date comes before the updated one; one that can be read in two ways is no date."""
    found = story(article(f"<div class='meta'><span class='date'>{line}</span></div>"), lang=lang).published_at
    assert (found.date().isoformat() if found else None) == day


@pytest.mark.parametrize(
    ("head", "figure", "address"),
    [
        ("<meta name='twitter:image:src' content='/weir.jpg'>", "", "https://millpond.example/weir.jpg"),
        (
            "<meta property='og:image' content='/og-default.png'>",
            "<img src='/weir.jpg' width='900'>",
            "https://millpond.example/weir.jpg",
        ),
        ("", "<img src='data:,' data-srcset='/s.jpg 300w, /l.jpg 1200w'>", "https://millpond.example/l.jpg"),
        ("", "<img src='/pixel.gif' width='1' height='1'><img src='/site-logo.png'>", None),
    ],
)
def test_the_lead_picture_is_the_storys(head: str, figure: str, address: str | None) -> None:
    """Lazy pictures and sets of sizes count; logos, pixels and share cards do not."""
    picture = story(article(f"<figure>{figure}</figure>"), f"<title>Weir to come down</title>{head}").picture
    assert (picture.url if picture else None) == address


@pytest.mark.parametrize(
    "unseen",
    [
        "<p hidden>{}</p>",
        "<template><p>{}</p></template>",
        "<p class='sr-only'>{}</p>",
        "<p style='display: none'>{}</p>",
        "<div class='fact-box'><p>{}</p></div>",
        "<noscript><p>{}</p></noscript>",
    ],
)
def test_what_no_reader_sees_is_not_read(unseen: str) -> None:
    """Hidden words and boxes are not part of the story."""
    secret = "A family of otters has moved into the turbine house and will not leave before the spring, says nobody."
    found = story(f"<article><h1>Weir</h1><p>{FIRST}</p>{unseen.format(secret)}<p>{SECOND}</p><p>{THIRD}</p></article>")
    assert [block.text for block in found.blocks] == [FIRST, SECOND, THIRD]


def test_the_story_itself_is_kept_where_a_script_shows_it() -> None:
    """A page whose whole text is hidden at first is not empty."""
    found = story(f"<h1>Weir to come down</h1><div style='display:none'>{STORY}</div>")
    assert [block.text for block in found.blocks] == [FIRST, SECOND, THIRD]


def test_the_next_story_on_the_page_is_not_part_of_the_first() -> None:
    """Some pages load the next article below the one that was asked for."""
    other = "".join(
        f"<p>The bakery on Mill Lane sells {count} loaves a day, and the queue reaches the church.</p>"
        for count in (40, 50, 60)
    )
    meta = "<title>Weir to come down</title><meta property='og:type' content='article'>"
    found = story(article() + f"<article><h1>Bread for Oakham</h1>{other}</article>", meta)
    assert [block.text for block in found.blocks] == [FIRST, SECOND, THIRD]


def test_a_credit_at_the_end_of_a_paragraph_goes_alone() -> None:
    """The bracket is cut off, and the paragraph stays."""
    text = "磨坊主人說，水輪在乾旱的夏天大約要停三個星期，但是她並不打算搬走，她的女兒也不打算。"
    found = story(
        f"<article><h1>堰要降低</h1><p>縣議會星期二決定在堰頂開一個缺口，讓鱒魚從十月起可以通過。</p><p>{text}（編譯／何小溪）</p></article>",
        lang="zh-TW",
    )
    assert found.blocks[-1].text == text


@pytest.mark.parametrize(
    "sentence",
    [
        "Follow the water, the old miller used to say.",
        "Related species of trout live above the weir.",
        "Photo shops in Oakham sold out of film that week.",
        "Share prices of the mill rose by a tenth.",
    ],
)
def test_a_sentence_of_the_story_is_not_taken_for_a_prompt(sentence: str) -> None:
    """A plain sentence between paragraphs may begin as a prompt or a credit does."""
    found = story(
        f"<article><h1>Weir to come down</h1><p>{FIRST}</p><p>{sentence}</p><p>{SECOND}</p><p>{THIRD}</p></article>"
    )
    assert sentence in [block.text for block in found.blocks]


def test_the_first_of_several_pages_is_marked() -> None:
    """The rest of the story stands on pages that this one links."""
    pager = "<div class='pagination'>Page 1 of 4 <a rel='next' href='?p=2'>Next page</a></div>"
    found = story(f"<article><h1>Weir to come down</h1>{STORY}{pager}</article>")
    assert (found.truncated, found.blocks[-1].text) == (True, THIRD)


def test_pages_without_a_story_are_refused() -> None:
    """An application's shell and a page of headlines contain no story."""
    shell = clean("<div id='app'></div><noscript>Please enable JavaScript to use this site.</noscript>")
    links = "".join(
        f"<li><a href='/{at}'>{name}</a></li>"
        for at, name in enumerate(
            ["Otters are back", "Bread for all", "A new bell", "Lock shut", "Road is wet", "Owl seen"]
        )
    )
    front = clean(
        f"<div><h2>Town</h2><ul>{links}</ul><p>Find us on paper too</p></div>", "<title>Millpond News</title>"
    )
    assert (shell.stories, front.stories) == ((), ())
    assert len(shell.rejected) == len(front.rejected) == 1


def test_a_story_in_an_aside_beside_a_consent_box_is_found() -> None:
    """What the template calls the story's container does not matter, nor does the box next to it."""
    box = "<div><p>We value your privacy. We and our partners store cookies on your device.</p></div>"
    found = story(f"<aside>{article()}</aside>{box}")
    assert [block.text for block in found.blocks] == [FIRST, SECOND, THIRD]


def test_a_list_of_items_gives_each_with_its_link() -> None:
    """A briefing has a linked title, an outlet and a sentence for each of its items."""
    items = "".join(
        f"<article><a href='https://press.example/{at}'>{title}</a> <span>River Post</span><div>{text}</div></article>"
        for at, (title, text) in enumerate(
            [
                ("Otters are back", "Three were seen at dawn."),
                ("A new bell", "It rings in C."),
                ("Lock shut", "Boats must wait."),
            ]
        )
    )
    found = clean(f"<h1>Briefing of 3 November</h1>{items}", "<title>Briefing of 3 November</title>").stories
    assert [(each.title, each.outlet, each.url) for each in found] == [
        ("Otters are back", "River Post", "https://press.example/0"),
        ("A new bell", "River Post", "https://press.example/1"),
        ("Lock shut", "River Post", "https://press.example/2"),
    ]


def test_a_short_story_that_is_not_free_is_not_a_teaser() -> None:
    """Agencies declare every story as not free; only a prompt to pay makes a short one a teaser."""
    flag = '<script type=\'application/ld+json\'>{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'
    assert story(article(), flag).truncated is False
    teaser = f"<article><h1>Weir to come down</h1><p>{FIRST}</p><p>Subscribe to continue reading</p></article>"
    (rejected,) = clean(teaser, flag).rejected
    assert rejected.reason == "paywall"
    assert "Subscribe to continue reading" in rejected.detail


def test_no_page_is_dated_in_the_future() -> None:
    """A date after tomorrow is that of an event, or an error."""
    line = "<div class='meta'><span class='date'>24 December 2026</span></div>"
    assert story(article(line)).published_at is None


@pytest.mark.parametrize("kind", ["json-ld", "data"])
def test_a_story_that_only_a_script_shows_is_read_from_its_data(kind: str) -> None:
    """The last resort is data whose text fits the title; the data of other stories do not."""
    texts = [FIRST, SECOND, THIRD.replace("wheel", "weir")]
    data = {"@type": "NewsArticle", "articleBody": "\n".join(texts)}
    if kind == "data":
        data = {"other": "<p>Bread is late.</p>" * 60, "body": "".join(f"<p>{text}</p>" for text in texts)}
    script_type = "application/ld+json" if kind == "json-ld" else "application/json"
    shell = f"<div id='app'></div><script type='{script_type}'>{json.dumps(data)}</script>"
    assert [block.text for block in story(shell, "<title>Weir and mill at Oakham</title>").blocks] == texts
    assert clean(shell, "<title>Rain ruins harvest</title>").stories == ()


def test_the_first_paragraphs_are_brought_back_from_another_container() -> None:
    """A template may put the story into several boxes of one kind, of which extraction finds only the longest."""
    rest = "".join(f"<p>{SECOND} {THIRD} That makes {count} weirs.</p>" for count in ("two", "three", "four", "five"))
    boxes = (
        f"<div class='widget'><p>{FIRST}</p><p>{THIRD}</p></div><aside>Boats</aside><div class='widget'>{rest}</div>"
    )
    found = story(f"<article><h1>Weir to come down</h1>{boxes}</article>")
    assert [block.text for block in found.blocks][:2] == [FIRST, THIRD]
    assert len(found.blocks) == 6


def test_teasers_that_outweigh_a_short_story_are_not_read() -> None:
    """As many related stories as paragraphs, each under its linked heading, leave the story alone."""
    teaser = (
        "<article><a href='/other/{0}'><h4>Another matter of {0} comes up</h4></a>"
        "<p>From January every boat on lake {0} needs a plate, which owners show to whoever asks.</p></article>"
    )
    related = "".join(teaser.format(name) for name in ("Vessel", "Harrow", "Kiln", "Lantern"))
    page = (
        f"<main><div class='title-block'><h2>Weir to come down</h2><p class='dek'>{DECK}</p></div>"
        f"<section class='prose'>{STORY}</section>"
        f"<section class='related-posts'><h3>Related</h3>{related}</section></main>"
    )
    found = story(page)
    assert found.standfirst == DECK
    assert [block.text for block in found.blocks] == [FIRST, SECOND, THIRD]
