"""Links, guids, furniture and charsets of publishers who are careless with them."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.records import Enclosure, Entry
from pipeline.stages.parse import parse_feed, read_feed
from tests.stages.test_parse import URL, atom, rss

HEAD = "<link>https://home.example/</link>"
FEEDBURNER = 'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
ITUNES = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'


def items(*parts: str) -> list[Entry]:
    """Parse an RSS feed of these items."""
    return parse_feed(rss("".join(f"<item>{part}</item>" for part in parts), HEAD), URL)


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<link/><guid>https://a.example/1</guid>", "https://a.example/1"),
        ("<link> </link><guid isPermaLink='true'>https://a.example/1</guid>", "https://a.example/1"),
        (
            "<guid isPermaLink='false'>x</guid><enclosure url='https://a.example/1.mp3' type='audio/mpeg'/>",
            "https://a.example/1.mp3",
        ),
        ("<enclosure url='https://a.example/1.jpg' type='image/jpeg'/>", None),
        (
            f"<link>https://feeds.example/~r/1</link><feedburner:origLink {FEEDBURNER}>https://a.example/1</feedburner:origLink>",
            "https://a.example/1",
        ),
    ],
)
def test_an_item_leads_where_its_reader_should_go(item: str, url: str | None) -> None:
    """An empty link is no link; a permalink and the file of a podcast are one; a proxied link is the original."""
    assert items(f"<title>x</title>{item}")[0].url == url


def test_an_alternate_of_another_type_is_a_link() -> None:
    entry = (
        "<entry><title>x</title><link rel='alternate' type='application/pdf' href='https://a.example/1.pdf'/></entry>"
    )
    assert parse_feed(atom(entry), URL)[0].url == "https://a.example/1.pdf"


@pytest.mark.parametrize("rel", ["self", "alternate"])
def test_relative_links_of_a_local_atom_file_are_resolved(rel: str) -> None:
    feed = atom(f"<link rel='{rel}' href='https://a.example/feed'/><entry><title>x</title><link href='/1'/></entry>")
    assert parse_feed(feed, "file:///srv/feed.atom")[0].url == "https://a.example/1"


@pytest.mark.parametrize(("text", "seconds"), [("3605", 3605), ("32:10", 1930), ("1:00:05", 3605), ("an hour", None)])
def test_an_enclosure_keeps_its_type_and_duration(text: str, seconds: int | None) -> None:
    sound = "<enclosure url='https://a.example/1.mp3' type='audio/mpeg' length='9'/>"
    (entry,) = items(f"<title>x</title>{sound}<itunes:duration {ITUNES}>{text}</itunes:duration>")
    assert entry.enclosure == Enclosure("https://a.example/1.mp3", "audio/mpeg", seconds)


def test_a_json_feed_may_have_only_an_id_or_a_sound() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {"id": "https://a.example/1", "title": "x"},
            {
                "id": "2",
                "attachments": [
                    {"url": "https://a.example/2.mp3", "mime_type": "audio/mpeg", "duration_in_seconds": 60}
                ],
            },
        ],
    }
    first, second = parse_feed(json.dumps(feed).encode(), URL)
    assert (first.url, second.url) == ("https://a.example/1", "https://a.example/2.mp3")
    assert second.enclosure == Enclosure("https://a.example/2.mp3", "audio/mpeg", 60)


@pytest.mark.parametrize(
    "shared", ["<link>https://a.example/1</link>", "<guid>g1</guid>", f"{HEAD}", "<guid>N/A</guid>"]
)
def test_items_that_differ_in_title_or_date_are_different_items(shared: str) -> None:
    """Whatever address or guid they share; and their ids are the same in the next fetch, at another place."""
    parts = [f"<title>Item {n}</title>{shared}" for n in range(4)]
    parts += [f"<title>Item 0</title>{shared}<pubDate>2{n} Nov 2026 08:00:00 GMT</pubDate>" for n in range(2)]
    first, again = items(*parts), items(*reversed(parts[1:]))
    assert len({entry.id for entry in first}) == 6
    assert {entry.id for entry in again} == {entry.id for entry in first[1:]}


@pytest.mark.parametrize("guid", ["N/A", "0", "none", "https://home.example", "https://home.example/"])
def test_a_guid_that_says_nothing_identifies_nothing(guid: str) -> None:
    """The addresses of the items do, so that a corrected title is not a new item."""
    before = items(f"<title>One</title><guid>{guid}</guid><link>https://a.example/1</link>")
    after = items(
        f"<title>Two</title><guid>{guid}</guid><link>https://a.example/2</link>",
        f"<title>One, corrected</title><guid>{guid}</guid><link>https://a.example/1</link>",
    )
    assert after[1].id == before[0].id
    assert after[0].id != before[0].id


@pytest.mark.parametrize("key", ["<guid>g1</guid>", "<link>https://a.example/1</link>"])
def test_a_corrected_title_is_the_same_item(key: str) -> None:
    assert items(f"<title>Teh quay</title>{key}")[0].id == items(f"<title>The quay</title>{key}")[0].id


def test_the_same_item_twice_is_one() -> None:
    item = "<title>One</title><guid>g1</guid><pubDate>20 Nov 2026 08:00:00 GMT</pubDate>"
    assert len(items(item, item)) == 1


def test_items_of_one_title_and_different_texts_are_different_items() -> None:
    """Where nothing else identifies them."""
    parts = [f"<title>Update</title><description>Text {n}</description>" for n in (1, 2, 2)]
    assert [entry.summary_html for entry in items(*parts)] == ["Text 1", "Text 2"]


LINK = '<a href="https://a.example/1">The quay</a>'
SITE = '<a href="https://a.example/">Harbour News</a>'


@pytest.mark.parametrize(
    "line",
    [
        f"<p>The post {LINK} appeared first on {SITE}.</p>",
        f"<p>Der Beitrag {LINK} erschien zuerst auf {SITE}.</p>",
        f"<p>L’article {LINK} est apparu en premier sur {SITE}.</p>",
        f"<p>La entrada {LINK} se publicó primero en {SITE}.</p>",
        f"<p>L'articolo {LINK} proviene da {SITE}.</p>",
        f"<p>投稿 {LINK} は {SITE} に最初に表示されました。</p>",
        f"<p>{LINK}最先出现在{SITE}。</p>",
        f"<p>{LINK} yazısı ilk önce {SITE} üzerinde ortaya çıktı.</p>",
        f"<p>Zpozdil se {LINK} qwertz {SITE}.</p>",
        "<p>Thanks for reading Harbour News! Subscribe for free to receive new posts and support my work.</p>",
        '<p><a href="https://a.example/subscribe">Subscribe now</a></p>',
        '<p><a href="https://a.example/1#c">Comments</a></p>',
        '<p>Article URL: <a href="https://b.example">https://b.example</a></p><p>Points: 12</p><p># Comments: 3</p>',
        '<p><a href="https://a.example/1">Continue reading The quay</a></p>',
        '<p><a href="https://a.example/1">Lire la suite</a></p>',
        "<p>続きを読む</p>",
        '<p>Share this:</p><ul><li><a href="https://x.example">Share on Facebook</a></li></ul>',
        'submitted by <a href="https://r.example/u/ann"> /u/ann </a><br><a href="https://r.example">[link]</a>'
        ' <a href="https://r.example">[comments]</a>',
    ],
)
def test_furniture_below_a_text_is_cut(line: str) -> None:
    """In several languages, known by its words or by its links to the entry and its site."""
    text = "<p>The quay was built in one summer.</p>"
    title = "<title>The quay</title><link>https://a.example/1</link>"
    (entry,) = items(f"{title}<description><![CDATA[{text}{line}]]></description>")
    assert entry.summary_html == text
    (alone,) = items(f"{title}<description><![CDATA[{line}]]></description>")
    assert alone.summary_html == ""


@pytest.mark.parametrize(
    "sentence",
    [
        f"The post {LINK} appeared first on {SITE}.",
        f"{LINK} 게시물이 {SITE}에 처음 등장했습니다.",
        f"投稿 {LINK} は {SITE} に最初に表示されました。",
        "Dock Notes is a reader-supported publication. To receive new posts, consider a subscription.",
    ],
)
def test_furniture_at_the_end_of_a_paragraph_is_cut_without_the_paragraph(sentence: str) -> None:
    (entry,) = items(f"<title>The quay</title><description><![CDATA[<p>It was built. {sentence}</p>]]></description>")
    assert entry.summary_html == "<p>It was built.</p>"


@pytest.mark.parametrize(
    "text",
    [
        "<p>Share prices fell on Monday.</p>",
        "<p>The post office on the quay appeared in films.</p>",
        '<p>Read the full story of how the quay was built in <a href="https://b.example">Dock Notes</a>.</p>',
        '<p>See the <a href="https://b.example">share of the pie</a></p>',
        "<p>Her comments were short.</p>",
        "<p>Leia was the first to cross.</p>",
    ],
)
def test_a_sentence_that_resembles_furniture_stays(text: str) -> None:
    (entry,) = items(f"<title>The quay</title><description><![CDATA[{text}]]></description>")
    assert entry.summary_html == text


def test_a_link_at_the_end_of_a_paragraph_is_cut_without_the_paragraph() -> None:
    text = '<div><p>It was built. <a href="https://a.example/1">Read more »</a></p></div>'
    (entry,) = items(f"<title>The quay</title><description><![CDATA[{text}]]></description>")
    assert entry.summary_html == "<div><p>It was built.</p></div>"


def test_a_title_of_two_sentences_is_cut_with_its_furniture() -> None:
    text = "<p>It was built.</p><p>Who built it? We know. 게시물이 Harbour News에 처음 등장했습니다.</p>"
    (entry,) = items(f"<title>Who built it? We know.</title><description><![CDATA[{text}]]></description>")
    assert entry.summary_html == "<p>It was built.</p>"


def test_relative_links_start_from_the_page_of_their_own_item() -> None:
    body = '<description><![CDATA[<a href="map.png">map</a>]]></description>'
    read = items(f"<link>https://a.example/1/x</link>{body}", f"<link>https://b.example/2/y</link>{body}")
    assert [entry.summary_html for entry in read] == [
        '<a href="https://a.example/1/map.png">map</a>',
        '<a href="https://b.example/2/map.png">map</a>',
    ]


@pytest.mark.parametrize(
    ("charset", "text"), [("big5", "港口新聞"), ("windows-1251", "Новости порта"), ("euc-jp", "港の日誌")]
)
def test_a_right_declaration_beats_the_latin_1_of_the_server(charset: str, text: str) -> None:
    body = f'<?xml version="1.0" encoding="{charset}"?><rss><channel><item><title>{text}</title></item></channel></rss>'
    (entry,) = read_feed(body.encode(charset), URL, charset="ISO-8859-1").entries
    assert entry.title == text


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("cp1252", "A decisão do tribunal não muda as eleições"),
        ("cp1252", "Förslaget får stöd av många på kajen"),
        ("cp1252", "„Grüße“ vom Kai – für 5 €"),
        ("iso8859-2", "Świeża ryba była tańsza niż wczoraj"),
        ("cp1250", "Příliš žluťoučký kůň šel k řece"),
        ("iso8859-9", "Büyük köprü açıldı, trafik şimdi hızlı"),
        ("cp1257", "Žuvys šiandien pigesnės, mieste švenčių mugė"),
        ("cp1251", "Новый мост открыт для всех жителей города"),
    ],
)
def test_undeclared_text_is_spelt_as_its_language_is(charset: str, text: str) -> None:
    (entry,) = parse_feed(f"<rss><channel><item><title>{text}</title></item></channel></rss>".encode(charset), URL)
    assert entry.title == text


def test_of_too_many_items_the_newest_are_read() -> None:
    """A thousand of them, wherever they stand in the feed."""
    first = datetime(2020, 1, 1, tzinfo=UTC)
    dates = [first + timedelta(days=day) for day in range(1_003)]
    parts = [
        f"<title>Item {n}</title><guid>g{n}</guid><pubDate>{date:%d %b %Y} 00:00 GMT</pubDate>"
        for n, date in enumerate(dates)
    ]
    for order in (parts, parts[::-1]):
        titles = {entry.title for entry in items(*order)}
        assert len(titles) == 1_000
        assert "Item 1002" in titles
        assert "Item 2" not in titles
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {"id": f"g{n}", "title": f"Item {n}", "date_published": f"{date:%Y-%m-%d}"} for n, date in enumerate(dates)
        ],
    }
    assert "Item 1002" in {entry.title for entry in parse_feed(json.dumps(feed).encode(), URL)}
