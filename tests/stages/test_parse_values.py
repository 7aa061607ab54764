"""Titles, URLs, dates, languages, names, charsets and markup of feeds."""

from datetime import UTC, datetime

import pytest

from pipeline.records import Entry
from pipeline.stages.parse import parse_feed, read_feed
from tests.stages.test_parse import URL, atom, rss


def parse_item(item: str, head: str = "") -> Entry:
    """Parse an RSS feed of one item."""
    (only,) = parse_feed(rss(f"<item>{item}</item>", head), URL)
    return only


@pytest.mark.parametrize(
    ("xml", "title"),
    [
        ("Plain &amp; simple", "Plain & simple"),
        ("Twice &amp;amp; simple", "Twice & simple"),
        ("Thrice &amp;amp;amp; simple", "Thrice & simple"),
        ("&lt;b&gt;Bold&lt;/b&gt; move", "Bold move"),
        ("One&lt;br/&gt;two", "One two"),
        ("<![CDATA[Less < more & so on]]>", "Less < more & so on"),
        ("3 &lt; 4 and 5 &gt; 4", "3 < 4 and 5 > 4"),
        ("How &amp;lt;video&amp;gt; works", "How <video> works"),
        ("  much \n\t space\u00a0here ", "much space here"),
        ("It&#8217;s &amp;#8220;here&amp;#8221;", "It’s “here”"),
        ("Caf&#233; &eacute;clair", "Café éclair"),
        ("in <b>inline</b> markup", "in inline markup"),
        ("台積電&amp;nbsp;擴廠", "台積電 擴廠"),
        ("a&lt;!-- hidden --&gt;b", "ab"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "alert(1)"),
        ("Bell\x07 &#7; &#xD800; end", "Bell \ufffd \ufffd end"),
    ],
)
def test_a_title_is_one_line_of_text(xml: str, title: str) -> None:
    assert parse_item(f"<title>{xml}</title>").title == title


def test_an_atom_title_of_type_text_keeps_its_angle_brackets() -> None:
    (only,) = parse_feed(atom("<entry><title>The &lt;b&gt; tag</title></entry>"), URL)
    assert only.title == "The <b> tag"


def test_a_title_without_end_is_shortened() -> None:
    title = parse_item(f"<title>{'word ' * 5_000}</title>").title
    assert len(title) <= 1_000
    assert title.endswith("…")


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://a.example/1", "https://a.example/1"),
        ("HTTP://a.example/1", "http://a.example/1"),
        ("/1?a=1&amp;b=2", "https://home.example/1?a=1&b=2"),
        ("//cdn.example/1", "https://cdn.example/1"),
        ("https://a.example/a b/ü", "https://a.example/a%20b/%C3%BC"),
        ("\n  https://a.example/1 \n", "https://a.example/1"),
        ("https://a.example/%E4%B8%AD", "https://a.example/%E4%B8%AD"),
        ("www.a.example/1", "https://www.a.example/1"),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("ftp://a.example/", None),
        ("mailto:a@b.example", None),
        ("http://", None),
        ("http://[broken", None),
        ("https://a.example:port/", None),
        ("https://a.example/" + "x" * 5_000, None),
    ],
)
def test_an_address_is_absolute_and_http_or_none(link: str, url: str | None) -> None:
    assert parse_item(f"<link>{link}</link>", "<link>https://home.example/</link>").url == url


@pytest.mark.parametrize(
    ("guid", "url"),
    [
        ("<guid>https://a.example/1</guid>", "https://a.example/1"),
        ("<guid isPermaLink='false'>https://a.example/1</guid>", None),
        ("<guid>a-number-4711</guid>", None),
    ],
)
def test_a_guid_is_a_link_only_if_it_is_an_address(guid: str, url: str | None) -> None:
    assert parse_item(guid).url == url


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Mon, 23 Nov 2026 08:30:00 +0800", (2026, 11, 23, 0, 30)),
        ("Mon, 23 Nov 2026 08:30:00 GMT", (2026, 11, 23, 8, 30)),
        ("23 Nov 2026 08:30 EST", (2026, 11, 23, 13, 30)),
        ("Mon, 23 Nov 2026 09:00:00 JST", (2026, 11, 23, 0, 0)),
        ("Mon, 23 Nov 2026 08:00:00 HKT", (2026, 11, 23, 0, 0)),
        ("Mon, 23 Nov 2026 05:30:00 IST", (2026, 11, 23, 0, 0)),
        ("2026-11-23T08:30:00+08:00", (2026, 11, 23, 0, 30)),
        ("2026-11-23T08:30:00.1234567Z", (2026, 11, 23, 8, 30)),
        ("2026-11-23 08:30:00 +0800", (2026, 11, 23, 0, 30)),
        ("2026-11-23 08:30:00", (2026, 11, 23, 8, 30)),
        ("2026-11-23", (2026, 11, 23, 0, 0)),
        ("2026年11月23日 08:30", (2026, 11, 23, 8, 30)),
        ("2026年11月23日 下午3時05分", (2026, 11, 23, 15, 5)),
        ("2026/11/23 8:30:15 +0900", (2026, 11, 22, 23, 30)),
        ("2031-01-01T00:00:00Z", (2031, 1, 1, 0, 0)),
    ],
)
def test_a_date_is_read_in_utc(text: str, moment: tuple[int, ...]) -> None:
    published = parse_item(f"<pubDate>{text}</pubDate>").published_at
    assert published is not None
    assert published.replace(second=0) == datetime(*moment, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "0000-00-00T00:00:00Z",
        "2026-13-45",
        "Mon, 99 Nov 2026 08:30:00 GMT",
        "9" * 300,
        "99999-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "11/23",
    ],
)
def test_a_date_is_never_invented(text: str) -> None:
    assert parse_item(f"<title>x</title><pubDate>{text}</pubDate>").published_at is None


@pytest.mark.parametrize(
    ("declared", "tag"),
    [
        ("en", "en"),
        ("en-us", "en"),
        ("EN_gb", "en"),
        ("zh-TW", "zh-Hant"),
        ("zh_hk", "zh-Hant"),
        ("zh-cn", "zh-Hans"),
        ("zh-Hant-TW", "zh-Hant"),
        ("zh-hans", "zh-Hans"),
        ("zh", "zh"),
        ("ja_JP.UTF-8", "ja"),
        ("jp", "ja"),
        ("sr-latn-rs", "sr"),
        ("no", "nb"),
        ("tl", "fil"),
        ("pt-BR", "pt"),
        ("und", None),
        ("English", "en"),
        ("Klingonish", None),
        ("", None),
        ("x-klingon", None),
    ],
)
def test_a_language_is_a_canonical_tag_without_region(declared: str, tag: str | None) -> None:
    assert read_feed(rss("", f"<language>{declared}</language>"), URL).language == tag


def test_an_entry_may_have_another_language_than_its_feed() -> None:
    dc = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    assert parse_item(f"<dc:language {dc}>ja</dc:language>", "<language>en</language>").language == "ja"
    assert parse_item("<title>x</title>", "<language>en</language>").language == "en"
    (only,) = parse_feed(atom('<entry xml:lang="ko"><title>x</title></entry>'), URL)
    assert only.language == "ko"


@pytest.mark.parametrize(
    ("item", "authors"),
    [
        ("<author>Mei Tan</author>", ("Mei Tan",)),
        ("<author>mei@paper.example (Mei Tan)</author>", ("Mei Tan",)),
        ("<author>mei@paper.example</author>", ()),
        ("<author>Mei Tan &lt;mei@paper.example&gt;</author>", ("Mei Tan",)),
        ("<author>Mei Tan; Jo Li</author>", ("Mei Tan", "Jo Li")),
        ("<author>By Mei Tan and Jo Li</author>", ("By Mei Tan and Jo Li",)),
        ("<author>王小明、李小華</author>", ("王小明", "李小華")),
        ("<author>Mei Tan, Senior Editor</author>", ("Mei Tan, Senior Editor",)),
        ("<author></author>", ()),
        ("<author>  </author>", ()),
    ],
)
def test_authors_are_names(item: str, authors: tuple[str, ...]) -> None:
    assert parse_item(item).authors == authors


@pytest.mark.parametrize(
    ("markup", "kept"),
    [
        ("<p>Fine <em>here</em></p>", "<p>Fine <em>here</em></p>"),
        ("<p onclick=x class=a style='color:red'>x</p>", "<p>x</p>"),
        ("a<script>alert(1)</script>b", "ab"),
        ("<a href='javascript:alert(1)'>x</a>", "<a>x</a>"),
        ("<a href='&#106;avascript:alert(1)'>x</a>", "<a>x</a>"),
        ("<a href='javascript&colon;alert(1)'>x</a>", "<a>x</a>"),
        ("<a href='mailto:a@b.example'>x</a>", '<a href="mailto:a@b.example">x</a>'),
        ("<a href='/x'>x</a>", '<a href="https://one.example/x">x</a>'),
        ("<img src='data:image/png;base64,AAAA'>x", "x"),
        ("x<img src='https://a.example/p.gif' width=1 height=1>", "x"),
        ("x<img src='https://a.example/p.gif' style='display:none'>", "x"),
        ("x<img alt=nothing>", "x"),
        (
            "<img src='/a.jpg' alt='a &gt; b' width=600 style='float:left'>",
            '<img src="https://one.example/a.jpg" alt="a &gt; b" width="600">',
        ),
        ("<svg><a xlink:href='javascript:x'><text>t</text></a></svg>x", "x"),
        ("<form action='javascript:x'><button>b</button></form>x", "x"),
        ("<iframe src='https://a.example'></iframe>x", "x"),
        ("<math><mtext><img src=x onerror=alert(1)></mtext></math>x", "x"),
        ("x<!-- hidden -->y", "xy"),
    ],
)
def test_markup_is_made_safe(markup: str, kept: str) -> None:
    assert parse_item(f"<description><![CDATA[{markup}]]></description>").summary_html == kept


def test_markup_nested_beyond_reason_keeps_its_words() -> None:
    """The cost grows linearly with its length."""
    for opening in ("<div>", "<b id={}>", "<table><tr><td>"):
        html = "".join(opening.format(number) + "word " for number in range(20_000))
        kept = parse_item(f"<description><![CDATA[{html}]]></description>").summary_html
        assert kept.count("word") == 20_000


@pytest.mark.parametrize(
    ("charset", "declared", "transport"),
    [
        ("utf-8", None, None),
        ("utf-8", "iso-8859-1", None),
        ("utf-8", None, "iso-8859-1"),
        ("utf-8", "undefined", None),
        ("utf-8", "no-such-charset", "nonsense"),
        ("utf-8-sig", "utf-16", None),
        ("utf-16", "utf-16", None),
        ("utf-16-le", "utf-16", None),
        ("utf-16-be", None, None),
        ("utf-32", "utf-32", None),
        ("gb18030", "gb2312", None),
        ("big5", "big5", None),
        ("big5", None, "Big5"),
        ("gb18030", "big5", "gbk"),
    ],
)
def test_the_charset_is_found(charset: str, declared: str | None, transport: str | None) -> None:
    """It is found by byte order mark, by shape, then by whichever declaration fits."""
    opening = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    feed = f"{opening}<rss><channel><item><title>半導體產業的新局面</title></item></channel></rss>"
    read = read_feed(feed.encode(charset), URL, charset=transport)
    assert [one.title for one in read.entries] == ["半導體產業的新局面"]


@pytest.mark.parametrize("charset", ["cp037", "cp500", "cp1140"])
def test_ebcdic_is_read_as_the_one_it_says_it_is(charset: str) -> None:
    """EBCDIC code pages differ in brackets and accents."""
    title = "Gerät [1]!"
    feed = f'<?xml version="1.0" encoding="{charset}"?><rss><item><title>{title}</title></item></rss>'
    assert [one.title for one in read_feed(feed.encode(charset), URL).entries] == [title]


def test_an_overruled_charset_is_noted() -> None:
    feed = '<?xml version="1.0" encoding="iso-8859-1"?><rss><channel><title>Über</title></channel></rss>'
    assert read_feed(feed.encode("utf-8"), URL).notes == ("charset overruled: declared iso-8859-1, read as utf-8",)
    assert read_feed(feed.encode("cp1252"), URL).notes == ()
    assert read_feed(feed.encode("cp1252"), URL).title == "Über"


def test_some_broken_bytes_do_not_change_the_charset() -> None:
    title = "晶圓代工的價格又漲了，客戶開始找第二個來源" * 3
    body = rss(f"<item><title>{title}</title></item>").replace("價".encode(), b"\xe5\x83", 1)
    (only,) = parse_feed(body, URL)
    assert only.title.startswith("晶圓代工的\ufffd格又漲了")
