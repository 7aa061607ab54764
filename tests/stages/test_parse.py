"""Feeds of every format, read as they mean it."""

import json
from pathlib import Path

import pytest

from pipeline.errors import FeedError
from pipeline.records import to_json
from pipeline.stages.parse import discover_feeds, parse_feed, read_feed

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "feeds"
URL = "https://one.example/feed.xml"


def rss(items: str, head: str = "") -> bytes:
    """An RSS feed with these items."""
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>One</title>{head}{items}</channel></rss>'.encode()


def atom(entries: str) -> bytes:
    """An Atom feed with these entries."""
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>One</title>{entries}</feed>'.encode()


@pytest.mark.parametrize("feed", sorted(path.name for path in GOLDEN.iterdir() if ".expected" not in path.name))
def test_a_golden_feed_is_read_as_expected(feed: str) -> None:
    """RSS 0.91 and 2.0, RDF in Shift_JIS, Atom, a podcast, JSON Feed 1.0 and 1.1."""
    read = read_feed((GOLDEN / feed).read_bytes(), f"https://feeds.example/{feed}", source="golden")
    assert to_json(read) == json.loads((GOLDEN / f"{feed}.expected.json").read_text("utf-8"))


def test_parse_feed_returns_only_the_entries() -> None:
    body = rss("<item><title>A</title></item><item><title>B</title></item>")
    assert [entry.title for entry in parse_feed(body, URL)] == ["A", "B"]
    assert parse_feed(body, URL) == list(read_feed(body, URL).entries)


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (b'<rss version="0.92"><channel><item><title>T</title></item></channel></rss>', "T"),
        (b"<rss><item><title>Outside the channel</title></item></rss>", "Outside the channel"),
        (
            b'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>Old</title></entry></feed>',
            "Old",
        ),
        (
            b'<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>Prefixed</a:title></a:entry></a:feed>',
            "Prefixed",
        ),
        (b'<RSS version="2.0"><channel><item><title>Shouted</title></item></channel></RSS>', "Shouted"),
    ],
)
def test_dialects_are_read(body: bytes, title: str) -> None:
    assert [entry.title for entry in parse_feed(body, URL)] == [title]


@pytest.mark.parametrize(
    "broken",
    [
        "\n\n  {feed}",
        "<b>Warning</b>: cannot connect in /srv/feed.php\n{feed}",
        "<!-- cached -->{feed}",
        "<?xml-stylesheet href='a.css'?>\n<!DOCTYPE rss>{feed}",
        "{feed}<script>track()</script>",
        "\x00\x0b{feed}",
    ],
)
def test_text_around_a_feed_does_no_harm(broken: str) -> None:
    feed = rss("<item><title>Still here</title></item>").decode()
    assert [entry.title for entry in parse_feed(broken.format(feed=feed).encode(), URL)] == ["Still here"]


@pytest.mark.parametrize(
    "item",
    [
        "<title>R&D grows</title>",
        "<title>R&amp;D&nbsp;grows</title>",
        "<title>R&amp;D grows</title><media:x>1</media:x>",
        "<title>R&amp;D grows</title><b>never closed",
        "<title>R&#38;D\x08 grows</title>",
        "<title>R&amp;D grows</title><p a=b c>",
    ],
)
def test_broken_xml_is_mended(item: str) -> None:
    read = read_feed(rss(f"<item>{item}</item>"), URL)
    assert [entry.title for entry in read.entries] == ["R&D grows"]


def test_a_truncated_feed_gives_its_first_entries() -> None:
    body = rss("<item><title>Whole</title></item><item><title>Half</title><description>It was")
    cut = body[: body.index(b"</channel>")]
    assert [entry.title for entry in parse_feed(cut, URL)] == ["Whole", "Half"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \n\x00", "empty"),
        (b"<!DOCTYPE html><html><body>Hello</body></html>", "html"),
        (b"<html><pre>&lt;rss&gt; <rss></rss></pre></html>", "html"),
        (b"<div><p>A page without a head</p></div>", "html"),
        (b"<opml><body/></opml>", "not a feed"),
        (b"<urlset></urlset>", "not a feed"),
        (b"just words", "not a feed"),
        (b"\x1f\x8b\x08 packed", "not a feed"),
        (b"{}", "not a feed"),
        (b'{"items": 1}', "not a feed"),
        (b"[1]", "not a feed"),
        (b'{"items": [', "broken"),
    ],
)
def test_other_documents_are_refused_with_the_reason(body: bytes, reason: str) -> None:
    with pytest.raises(FeedError) as caught:
        parse_feed(body, URL)
    assert caught.value.reason == reason
    assert URL in caught.value.message


def test_html_served_as_a_feed_names_the_feeds_it_links_to() -> None:
    page = b'<html><head><link rel="alternate" type="application/atom+xml" href="/atom.xml"></head><body></body></html>'
    with pytest.raises(FeedError, match=r"it links to https://one\.example/atom\.xml"):
        parse_feed(page, URL)


def test_feeds_are_found_in_a_page() -> None:
    """Declared feeds come in order without repeats, resolved against the base; scripts and comments are ignored."""
    page = """<html><head><base href="https://other.example/sub/">
    <LINK REL='alternate stylesheet' type=application/rss+xml href=one.xml>
    <link href="two.json" type="application/feed+json" rel="alternate">
    <link rel=alternate type=application/rss+xml href=one.xml>
    <link rel="alternate" hreflang="de" href="/de"><link rel="alternate" type="application/rss+xml" href="javascript:x">
    <!-- <link rel=alternate type=application/rss+xml href=hidden.xml> -->
    <script>'<link rel=alternate type=application/rss+xml href=scripted.xml>'</script></head>"""
    assert discover_feeds(page.encode(), URL) == [
        "https://other.example/sub/one.xml",
        "https://other.example/sub/two.json",
    ]


def test_a_page_that_declares_none_is_searched_for_links_that_look_like_feeds() -> None:
    page = (
        b'<a href="/about">A</a> <a href="/news/feed/">News</a> <a href="/feedback">Tell us</a> <a href="x.rss">X</a>'
    )
    assert discover_feeds(page, "https://one.example/") == [
        "https://one.example/news/feed/",
        "https://one.example/x.rss",
    ]


def test_an_id_follows_the_guid_and_not_what_may_change() -> None:
    item = "<item><guid isPermaLink='false'>7</guid><title>{}</title><link>https://one.example/{}</link></item>"
    first, second = (parse_feed(rss(item.format(*values)), URL)[0].id for values in (("A", "a"), ("B", "b")))
    assert first == second


def test_an_id_depends_on_the_source() -> None:
    body = rss("<item><guid>7</guid></item>")
    assert parse_feed(body, URL, source="one")[0].id != parse_feed(body, URL, source="two")[0].id


def test_without_a_guid_the_link_counts_and_without_a_link_title_and_date() -> None:
    link = [
        parse_feed(rss(f"<item><title>{t}</title><link>https://a.example/1</link></item>"), URL)[0].id for t in "AB"
    ]
    assert link[0] == link[1]
    date = "<pubDate>Mon, 23 Nov 2026 08:00:00 GMT</pubDate>"
    plain = [parse_feed(rss(f"<item><title>{t}</title>{date}</item>"), URL)[0].id for t in "AAB"]
    assert plain[0] == plain[1] != plain[2]


def test_one_guid_for_all_entries_does_not_fold_them() -> None:
    items = "".join(
        f"<item><guid isPermaLink='false'>x</guid><link>https://a.example/{n}</link></item>" for n in range(3)
    )
    assert len({entry.id for entry in parse_feed(rss(items), URL)}) == 3


def test_the_same_entry_twice_is_one() -> None:
    assert len(parse_feed(rss("<item><guid>https://a.example/1</guid></item>" * 2), URL)) == 1


def test_every_item_is_an_entry_even_if_it_is_empty() -> None:
    """A later stage rejects and counts useless entries."""
    assert len(parse_feed(rss("<item/><item><title/></item><item><author>A</author></item>"), URL)) == 3


@pytest.mark.parametrize(
    ("head", "seconds"),
    [
        ("<ttl>60</ttl>", 3600),
        ("<ttl>soon</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>99999999999999</ttl>", None),
        ('<p:updatePeriod xmlns:p="http://purl.org/rss/1.0/modules/syndication/">hourly</p:updatePeriod>', 3600),
        ("", None),
    ],
)
def test_a_feed_asks_for_a_polling_interval(head: str, seconds: int | None) -> None:
    assert read_feed(rss("", head), URL).ttl_seconds == seconds


def test_very_many_entries_are_cut_and_noted() -> None:
    read = read_feed(rss("".join(f"<item><title>{number}</title></item>" for number in range(1_500))), URL)
    assert [entry.title for entry in read.entries] == [str(number) for number in range(1_000)]
    assert any("cut" in note for note in read.notes)


def test_a_caption_does_not_become_the_description() -> None:
    space = 'xmlns:m="http://search.yahoo.com/mrss/"'
    media = f'<m:content {space} url="/a.jpg" medium="image"><m:description>Caption</m:description></m:content>'
    for order in ("{media}<description>Words</description>", "<description>Words</description>{media}"):
        (entry,) = parse_feed(rss(f"<item>{order.format(media=media)}</item>"), URL)
        assert (entry.summary_html, entry.content_html) == ("Words", "")
        assert entry.picture is not None
        assert (entry.picture.url, entry.picture.alt) == ("https://one.example/a.jpg", "Caption")


def test_a_video_is_not_a_picture() -> None:
    enclosure = '<enclosure url="https://a.example/film.mp4" type="video/mp4" length="1"/>'
    (entry,) = parse_feed(rss(f"<item>{enclosure}</item>"), URL)
    assert entry.picture is None


def test_an_atom_entry_without_authors_has_those_of_its_feed_but_not_the_feed_itself() -> None:
    inherited, own_name = (
        parse_feed(atom(f"<author><name>{name}</name></author><entry><id>1</id></entry>"), URL)[0].authors
        for name in ("Ada Wong", "One")
    )
    assert inherited == ("Ada Wong",)
    assert own_name == ()


def test_updated_never_becomes_published_in_atom() -> None:
    (entry,) = parse_feed(atom("<entry><id>1</id><updated>2026-11-23T08:00:00Z</updated></entry>"), URL)
    assert entry.published_at is None
    assert entry.updated_at is not None
