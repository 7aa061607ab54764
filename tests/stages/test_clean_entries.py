"""Entries become stories: which fields win, what happens to refused pages, what the ledger says."""

# ruff: noqa: E501 - sentences of made-up pages are kept whole

import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from pipeline.records import Document, Enclosure, Entry, Outcome, Picture, Source, Story, stable_id
from pipeline.stages.clean import Cleaned, clean_entry, learn_lines, story_as_json
from tests.factories import NOW, entry

SOURCE = Source("tide", "feed", "https://tide.example/feed", "Tidepaper", language="en")
URL = "https://tide.example/2026/port"
ENTRY = entry(source="tide", url=URL, title="A port wakes up")
FIRST = "The container terminal that had stood idle for eleven months took its first ship on Tuesday, before sunrise."
SECOND = "Its new owners promise four hundred jobs by the summer, a number that the dockers' union calls optimistic."
THIRD = "Three forwarders said that they would move their boxes back as soon as the second berth has been dredged."


def page(body: str, head: str = "") -> Document:
    """An article page of the outlet."""
    html = f"<html lang='en-GB'><head><title>A port wakes up | Tidepaper</title>{head}</head><body>{body}</body></html>"
    return Document(URL, html.encode())


def article(*paragraphs: str) -> str:
    """An article element with a paragraph for each text."""
    return "<article>" + "".join(f"<p>{text}</p>" for text in paragraphs) + "</article>"


def clean(document: Document | None, own_entry: Entry | None = None, **settings: object) -> Cleaned:
    """Clean the entry as one of the source."""
    return clean_entry(own_entry or ENTRY, document, source=SOURCE, now=NOW, **settings)  # type: ignore[arg-type]


def only(cleaned: Cleaned) -> Story:
    """The only story."""
    assert cleaned.rejected == ()
    assert len(cleaned.stories) == 1
    return cleaned.stories[0]


def test_a_page_gives_its_story_and_nothing_else() -> None:
    """Title, byline, date, teaser, sign-up and comment form go; the paragraphs stay in their kinds."""
    body = (
        "<article><h1>A port wakes up</h1><p>By Ana Reyes</p><p>3 May 2026, 10:15</p>"
        f"<p>{FIRST}</p><h2>What comes next</h2><ul><li>Four hundred jobs by the summer</li><li>A second berth</li></ul>"
        f"<blockquote>{SECOND}</blockquote><p>Also read: <a href='/b'>Why the bridge sings at night in the autumn</a></p>"
        f"<p>{THIRD}</p><p>Sign up for our weekly newsletter</p><p>Leave a Reply</p></article>"
    )
    story = only(clean(page(body)))
    assert [(block.kind, block.text) for block in story.blocks] == [
        ("paragraph", FIRST),
        ("heading", "What comes next"),
        ("item", "Four hundred jobs by the summer"),
        ("item", "A second berth"),
        ("quote", SECOND),
        ("paragraph", THIRD),
    ]


def test_every_removal_is_in_the_ledger_with_its_rule() -> None:
    """A decision for each removed line names the story and quotes the line."""
    cleaned = clean(page(article(FIRST, SECOND, THIRD, "Share this story", "Photo: Harbour Agency")))
    story = only(cleaned)
    assert [(line.story, line.stage, line.outcome, line.rule, line.detail) for line in cleaned.decisions] == [
        (story.id, "clean", Outcome.CHANGED, "residue/share", "Share this story"),
        (story.id, "clean", Outcome.CHANGED, "residue/credit", "Photo: Harbour Agency"),
    ]


def test_the_feeds_fields_beat_the_pages() -> None:
    """Title, authors, date, language and picture of the feed win over different ones of the page."""
    head = (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Other title","author":"Jun Cruz",'
        '"datePublished":"2026-01-01T00:00:00Z","inLanguage":"de","image":"https://tide.example/p.jpg"}</script>'
    )
    date = datetime(2026, 11, 18, 9, tzinfo=UTC)
    picture = Picture("https://tide.example/feed.jpg", "A crane")
    declared = replace(
        ENTRY, authors=("Ana Reyes",), published_at=date, language="en", picture=picture, outlet="Tide Daily"
    )
    story = only(clean(page(article(FIRST, SECOND, THIRD), head), declared))
    assert (story.title, story.authors, story.published_at) == ("A port wakes up", ("Ana Reyes",), date)
    assert (story.declared_language, story.picture, story.outlet) == ("en", picture, "Tide Daily")
    assert (story.language, story.date_confidence, story.first_seen_at) == ("und", "high", NOW)


def test_the_page_fills_in_what_the_feed_lacks() -> None:
    """Authors and date come from JSON-LD; the title is the one that the outlet gives to those who share the story."""
    head = (
        '<script type="application/ld+json">{"@graph":[{"@type":"WebSite"},{"@type":["NewsArticle"],'
        '"headline":"From JSON-LD","author":[{"@type":"Person","name":"Ana Reyes"},{"@type":"Person","name":"Tom Hale"}],'
        '"datePublished":"2026-11-17T10:00:00+08:00"}]}</script>'
        '<meta property="og:title" content="From Open Graph"><meta property="og:image" content="/p.jpg">'
        '<meta property="og:image:alt" content="Cranes at dawn">'
        '<meta property="article:published_time" content="2026-01-01T00:00:00Z">'
    )
    story = only(clean(page(article(FIRST, SECOND, THIRD), head), replace(ENTRY, title="")))
    assert (story.title, story.authors) == ("From Open Graph", ("Ana Reyes", "Tom Hale"))
    assert story.published_at == datetime(2026, 11, 17, 2, tzinfo=UTC)
    assert story.picture == Picture("https://tide.example/p.jpg", "Cranes at dawn")
    assert story.declared_language == "en"


def test_no_date_is_invented() -> None:
    """A page without a date gives a story without one, although its text mentions years."""
    story = only(clean(page(article(FIRST, f"{SECOND} In 2019 and on 4 June 2021 it was closed.", THIRD))))
    assert (story.published_at, story.date_confidence) == (None, "none")


def test_a_date_that_is_only_guessed_has_low_confidence() -> None:
    """A day found in the URL is a guess."""
    url = "https://tide.example/2026/05/03/port"
    document = Document(url, page(article(FIRST, SECOND, THIRD)).body)
    story = only(clean(document, replace(ENTRY, url=url)))
    assert (story.published_at, story.date_confidence) == (datetime(2026, 5, 3, tzinfo=UTC), "low")


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("By Ana Reyes and Tom Hale", ("Ana Reyes", "Tom Hale")),
        ("Ina Kahl, Jo Brand und Uwe Sand", ("Ina Kahl", "Jo Brand", "Uwe Sand")),
        ("王小明、陳小美", ("王小明", "陳小美")),
        ("記者 王小明／台北報導", ("王小明",)),
        ("김민수 기자", ("김민수",)),
        ("Oleh Sari Dewi dan Budi Santoso", ("Sari Dewi", "Budi Santoso")),
        ("Tidepaper", ()),
        ("tidepaper staff", ()),
        ("https://tide.example/authors/ana", ()),
        ("@anareyes", ()),
        ("admin", ()),
    ],
)
def test_authors_are_people_and_lists(author: str, names: tuple[str, ...]) -> None:
    """A list is split; the site's own name, addresses, handles and roles are not authors."""
    assert only(clean(page(article(FIRST, SECOND, THIRD)), replace(ENTRY, authors=(author,)))).authors == names


@pytest.mark.parametrize(
    ("declared", "canonical"),
    [
        ("https://www.tide.example/story/port?utm_source=x", "https://www.tide.example/story/port"),
        ("https://other.example/port", URL),
        ("https://tide.example/", URL),
    ],
)
def test_the_canonical_address_is_the_same_sites_and_no_front_page(declared: str, canonical: str) -> None:
    """A canonical link to another site or to the front page is ignored."""
    head = f'<link rel="canonical" href="{declared}">'
    story = only(clean(page(article(FIRST, SECOND, THIRD), head), replace(ENTRY, url=f"{URL}?utm_campaign=feed")))
    assert story.canonical_url == canonical


def test_the_id_depends_only_on_the_entry() -> None:
    """The same entry gives the same id whatever its page contains."""
    one = only(clean(page(article(FIRST, SECOND, THIRD))))
    two = only(clean(page(article(THIRD, FIRST, SECOND))))
    assert one.id == two.id == stable_id("e1")


WALL = (
    "<div><h2>We value your privacy</h2><p>We and our 812 partners store and access information on a device.</p></div>"
)
TEASER = f"<article><p>{FIRST}</p><p>Subscribe to continue reading</p><p>Already a subscriber? Log in</p></article>"
LINKS = "".join(f'<p><a href="/{n}">Headline number {n} of a story that is told elsewhere</a></p>' for n in range(12))


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (page(WALL), "consent wall"),
        (page(TEASER), "paywall"),
        (
            Document(URL, b"<html><head><title>Page not found</title></head><body><p>Sorry!</p></body></html>"),
            "not found page",
        ),
        (
            Document(URL, f"<html><head><title>Home</title></head><body><main>{LINKS}</main></body></html>".encode()),
            "index page",
        ),
        (Document(URL, b"\x89PNG\r\n\x1a\n" + bytes(range(256))), "binary"),
        (Document(URL, b""), "not HTML"),
    ],
)
def test_a_page_without_a_story_is_rejected_with_the_reason(document: Document, reason: str) -> None:
    """Without text in the feed there is no story."""
    cleaned = clean(document)
    assert cleaned.stories == ()
    assert [(rejected.id, rejected.stage, rejected.reason) for rejected in cleaned.rejected] == [
        ("e1", "clean", reason)
    ]


def test_other_media_types_are_rejected() -> None:
    """The rejection of a PDF or JSON names its type; HTML declared as plain text is parsed as HTML."""
    for media_type in ("application/json", "application/pdf"):
        cleaned = clean(Document(URL, b"{}", media_type))
        assert [rejected.reason for rejected in cleaned.rejected] == ["not a page"]
    lying = Document(URL, b"<!DOCTYPE html>" + page(article(FIRST, SECOND, THIRD)).body, "text/plain")
    assert [block.text for block in only(clean(lying)).blocks] == [FIRST, SECOND, THIRD]


def test_the_feeds_text_replaces_a_refused_page() -> None:
    """The story is marked as truncated, and the ledger says why."""
    cleaned = clean(page(WALL), replace(ENTRY, content_html=f"<p>{FIRST}</p><p>{SECOND}</p>"))
    story = only(cleaned)
    assert [block.text for block in story.blocks] == [FIRST, SECOND]
    assert story.truncated
    assert "page/consent wall" in {decision.rule for decision in cleaned.decisions}


def test_an_entry_without_a_page_is_read_from_the_feed() -> None:
    """Full content makes a whole story; links become text and lists become items."""
    content = f"<p>{FIRST}</p><ul><li>One berth</li></ul><pre>depth = 14</pre><p>{SECOND}</p><p>Share this story</p>"
    story = only(clean(None, replace(ENTRY, content_html=content)))
    assert [block.kind for block in story.blocks] == ["paragraph", "item", "code", "paragraph"]
    assert not story.truncated


def test_a_short_summary_is_a_truncated_story() -> None:
    """A story of one sentence from the feed is kept and marked as truncated."""
    story = only(clean(None, replace(ENTRY, summary_html="<p>The terminal took its first ship.</p>")))
    assert (story.text, story.truncated) == ("The terminal took its first ship.", True)


@pytest.mark.parametrize("ending", ["and the cranes…", "and the cranes ...", "and the cranes […]"])
def test_an_ellipsis_at_the_end_marks_a_truncated_story(ending: str) -> None:
    """All ways to write an ellipsis count."""
    story = only(clean(None, replace(ENTRY, content_html=f"<p>{FIRST}</p><p>{SECOND} {ending}</p>")))
    assert story.truncated


def test_text_is_never_markup() -> None:
    """Angle brackets stay part of the text, which templates have to escape."""
    story = only(clean(page(article(f"{FIRST} Write &lt;script&gt; twice.", SECOND, THIRD))))
    assert "<script>" in story.blocks[0].text


def test_lines_that_stories_of_a_source_share_are_removed() -> None:
    """They are learned from two pages and removed from the third; another version of a page teaches nothing."""
    extra = "Tidepaper is printed on a Wednesday and read on the ferry."
    pages = [[FIRST, "One line of its own.", "Another.", extra], [SECOND, "Other words.", "More of them.", extra]]
    learned = learn_lines(pages)
    cleaned = clean(page(article(THIRD, FIRST, SECOND, extra)), learned=learned)
    assert [block.text for block in only(cleaned).blocks] == [THIRD, FIRST, SECOND]
    assert [decision.rule for decision in cleaned.decisions] == ["residue/learned"]
    assert learn_lines([pages[0], [*pages[0], "An update."]]) == frozenset()
    assert learn_lines([pages[0]]) == frozenset()


def test_a_rule_that_removes_most_of_the_story_is_undone() -> None:
    """Lines stay where a rule would leave less than a third."""
    learned = learn_lines([[FIRST, SECOND, *"abcdefg"], [FIRST, SECOND, *"hijklmn"]])
    assert len(learned) == 2
    story = only(clean(page(article(FIRST, SECOND, "A third paragraph of a few words.")), learned=learned))
    assert [block.text for block in story.blocks][:2] == [FIRST, SECOND]


def test_the_function_and_its_result_pickle() -> None:
    """Both travel to worker processes and back."""
    cleaned = clean(page(article(FIRST, SECOND, THIRD)))
    assert pickle.loads(pickle.dumps(cleaned)) == cleaned
    assert pickle.loads(pickle.dumps(clean_entry)) is clean_entry


def test_a_story_as_json_has_the_keys_that_programs_rely_on() -> None:
    """They keep this order, even where fields are empty."""
    line = story_as_json(only(clean(page(article(FIRST, SECOND, THIRD)))))
    assert list(line) == [
        "title", "authors", "outlet", "url", "published", "language", "role", "standfirst", "key_points", "blocks",
        "truncated", "links",
    ]  # fmt: skip
    assert line["blocks"][0] == {"kind": "paragraph", "text": FIRST}


def untitled(text: str) -> Entry:
    """An entry without a title."""
    return replace(ENTRY, title="", content_html=text)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            f"<p>{FIRST}</p><p>{SECOND}</p>",
            "The container terminal that had stood idle for eleven months took its first ship on…",
        ),
        ("<p>Well. The quay is open again! Bring a coat.</p>", "Well. The quay is open again!"),
        (
            "<p>https://tide.example/1</p><p>A link to the tide tables of next week.</p>",
            "A link to the tide tables of next week.",
        ),
        ("<p>碼頭今天重新開放。首班船在日出前靠岸。</p>", "碼頭今天重新開放。首班船在日出前靠岸。"),
    ],
)
def test_an_article_without_a_title_gets_its_first_words(text: str, title: str) -> None:
    """Notes of social networks have none. The ledger says where the title comes from."""
    cleaned = clean(None, untitled(text))
    assert only(cleaned).title == title
    assert ("title/first words", title[:100]) in [(line.rule, line.detail) for line in cleaned.decisions]


def test_a_page_that_is_named_after_its_author_gives_no_title() -> None:
    """As the pages of notes are; any other page without a title in the feed gives its own."""
    of_note = Document(
        URL,
        f"<html><head><title>Ana Reyes (@ana@tide.example)</title></head><body>{article(FIRST, SECOND, THIRD)}</body></html>".encode(),
    )
    assert only(clean(of_note, replace(ENTRY, title=""))).title.startswith("The container terminal")
    assert only(clean(page(article(FIRST, SECOND, THIRD)), replace(ENTRY, title=""))).title.startswith(
        "A port wakes up"
    )


def test_an_entry_with_neither_title_nor_words_is_rejected_by_name() -> None:
    cleaned = clean(None, untitled("<p>https://tide.example/2026/a-long-address</p>"))
    assert cleaned.stories == ()
    assert [(rejected.id, rejected.reason) for rejected in cleaned.rejected] == [("e1", "no title")]
    assert URL in cleaned.rejected[0].detail


def test_a_date_in_the_future_is_no_date() -> None:
    """Only one that a wrong time zone explains stays."""
    cleaned = clean(None, replace(ENTRY, content_html=f"<p>{FIRST}</p>", published_at=NOW + timedelta(days=3)))
    assert only(cleaned).published_at is None
    assert [line.rule for line in cleaned.decisions] == ["date/future"]
    soon = NOW + timedelta(hours=9)
    assert only(clean(None, replace(ENTRY, content_html=f"<p>{FIRST}</p>", published_at=soon))).published_at == soon


def test_a_link_without_text_is_a_story_only_where_no_page_is_fetched() -> None:
    """A link feed's items and recordings are read; a page that could not be fetched is not printed blindly."""
    bare = replace(ENTRY, content_html="", summary_html="")
    link = clean_entry(bare, None, source=replace(SOURCE, follow=False), now=NOW)
    assert (only(link).blocks, only(link).truncated) == ((), True)
    assert [rejected.reason for rejected in clean(None, bare).rejected] == ["no text"]
    recording = replace(bare, enclosure=Enclosure(URL, "audio/mpeg"))
    assert only(clean(None, recording)).title == "A port wakes up"


@pytest.mark.parametrize(
    ("link", "opened", "story"),
    [
        (f"https://click.tide.example/?url={quote(URL, safe='')}", "", URL),
        ("https://feedproxy.google.com/~r/tide/~3/AbC/port", URL, URL),
        ("https://feedproxy.google.com/~r/tide/~3/AbC/port", "https://tide.example/", None),
        ("https://feedproxy.google.com/~r/tide/~3/AbC/port", "https://t.co/AbC123", None),
        (f"{URL}?utm_source=feed", "https://tide.example/elsewhere", None),
    ],
)
def test_a_story_has_the_address_of_its_page(link: str, opened: str, story: str | None) -> None:
    """Not that of a redirect that counts clicks, if its address or its request says where it leads."""
    document = replace(page(article(FIRST, SECOND, THIRD)), url=opened or link)
    found = only(clean(document, replace(ENTRY, url=link)))
    assert found.url == (story or link)
    kept = clean_entry(replace(ENTRY, url=link), document, source=replace(SOURCE, keep_links=True), now=NOW)
    assert only(kept).url == link


@pytest.mark.parametrize(
    ("outlet", "written", "right"),
    [
        ("Tidepaper", "A port wakes up after eleven months - Tidepaper", "A port wakes up after eleven months"),
        ("Tidepaper", "A port wakes up after eleven months | tidepaper.example", "A port wakes up after eleven months"),
        (
            "The Tide Paper",
            "A port wakes up - again - after a year - Tide Paper",
            "A port wakes up - again - after a year",
        ),
        ("潮紙", "十一个月后，港口恢复作业｜潮紙", "十一个月后，港口恢复作业"),
        ("潮ニュース", "港が11カ月ぶりに再開 - 潮ニュース", "港が11カ月ぶりに再開"),
        ("조수일보", "[단독] 항구, 11개월 만에 다시 문 열다 - 조수일보", "항구, 11개월 만에 다시 문 열다"),
        ("Gezeitenblatt", "[Exklusiv] Der Hafen erwacht – Gezeitenblatt", "Der Hafen erwacht"),
        ("Tidepaper", "[News] A port wakes up after eleven months", "A port wakes up after eleven months"),
        # The story's own words
        ("Tidepaper", "A port wakes up - and its dockers strike", "A port wakes up - and its dockers strike"),
        ("Tidepaper", "Tidepaper", "Tidepaper"),
        ("Tidepaper", "Why we started Tidepaper", "Why we started Tidepaper"),
        ("Tidepaper", "[Video]", "[Video]"),
        ("Tidepaper", "[Poem] The port at night", "[Poem] The port at night"),
        ("潮紙", "港口恢复作业：潮紙读者来信", "港口恢复作业：潮紙读者来信"),
    ],
)
def test_a_feeds_title_loses_the_name_of_its_outlet(outlet: str, written: str, right: str) -> None:
    """At its end, behind a dash or a bar, and what kind of news it is in brackets at its beginning; nothing else."""
    made = entry(source="tide", url=URL, title=written, summary_html=f"<p>{FIRST} {SECOND}</p>")
    cleaned = clean_entry(made, None, source=replace(SOURCE, outlet=outlet), now=NOW)
    assert only(cleaned).title == right


def test_the_outlet_of_an_aggregators_item_is_cut_too_but_no_heading_of_the_page() -> None:
    """The item names its own outlet; a title that the page shows as its heading stays as it is."""
    made = entry(source="tide", url=URL, title="A port wakes up - Ebb Daily", summary_html=f"<p>{FIRST} {SECOND}</p>")
    assert only(clean(None, replace(made, outlet="Ebb Daily"))).title == "A port wakes up"
    heading = "A port wakes up - Tidepaper"
    shown = page(
        f"<h1>{heading}</h1>" + article(FIRST, SECOND, THIRD), f"<meta property='og:title' content='{heading}'>"
    )
    assert only(clean(shown, replace(ENTRY, title=heading))).title == heading


@pytest.mark.parametrize(
    ("title", "summary", "right"),
    [
        ("A port wakes up today", f"A port wakes up today {FIRST}", FIRST),
        (
            "멈췄던 항구, 열한 달 만에 다시 열다",
            "멈췄던 항구, 열한 달 만에 다시 열다 새 주인은 여름까지 일자리 사백 개를 약속했다.",
            "새 주인은 여름까지 일자리 사백 개를 약속했다.",
        ),
        ("The port of Tide Bay", "The port of Tide Bay is open again after eleven months of silence.", None),
        ("A port", f"A port {FIRST}", None),
    ],
)
def test_a_summary_loses_the_title_that_it_begins_with(title: str, summary: str, right: str | None) -> None:
    """Unless its words are the beginning of the first sentence."""
    story = only(clean(None, entry(source="tide", url=URL, title=title, summary_html=summary)))
    assert story.blocks[0].text == (right or summary)
