"""Any bytes give safe entries or a FeedError in bounded time."""

import traceback
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import FeedError
from pipeline.records import Entry
from pipeline.stages.parse import discover_feeds, parse_feed
from tests.stages.test_parse import URL, atom, rss

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "feeds"
SEEDS = sorted(path for path in GOLDEN.iterdir() if ".expected" not in path.name)
LENGTH = 1_000_000
HOSTILE = {
    "attributes": rss("<item><x " + "".join(f'a{number}="" ' for number in range(60_000)) + "/></item>"),
    "attributes, all one": rss("<item><x " + 'a="" ' * 200_000 + "/></item>"),
    "ampersands": rss(f"<item><title>{'&' * LENGTH}</title></item>"),
    "an author without end": rss(f"<item><author>{'a' * LENGTH}</author></item>"),
    "authors": rss(f"<item>{('<author>' + 'a' * 200 + '</author>') * 4_000}</item>"),
    "billion laughs": b'<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>'
    + rss("<item><title>&c;</title></item>").partition(b"?>")[2],
    "brackets": b"<rss>" + b"<" * 400_000,
    "cdata, open": b"<rss>" + b"<![CDATA[" * 100_000,
    "comments in a page": b"<html>" + b"<!--" * 250_000,
    "comments in a title": rss(f"<item><title><![CDATA[{'<!--' * 2_000}]]></title></item>" * 50),
    "depth": b"<rss>" * 100_000,
    "depth of markup": rss(f"<item><description><![CDATA[{'<div>' * 100_000}]]></description></item>"),
    "doctype": b"<!DOCTYPE " + b"[]" * 400_000,
    "entities of its own": b'<!DOCTYPE rss [<!ENTITY a "' + b"x" * 60 + b'">]><rss>' + b"&a;" * 300_000 + b"</rss>",
    "external entity": b'<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><item><title>&a;</title></item></rss>',
    "formats, open": rss("<item><description><![CDATA[" + "<font color=1><p>x" * 50_000 + "]]></description></item>"),
    "items": rss("<item/>" * 150_000),
    "json, deep": b"[" * LENGTH,
    "json, a number": b'{"items":[{"id":' + b"9" * LENGTH + b"}]}",
    "json, surrogates": b'{"items":[{"id":"\\ud800","title":"\\udfff","tags":["\\u0000"],"url":"https://a.example/\\ud800"}]}',
    "links": rss('<item><link href="https://a.example/"/></item>' * 2_000),
    "newlines in xhtml": atom(f'<entry><content type="xhtml"><div>{chr(10) * LENGTH}</div></content></entry>'),
    "nul": b"<rss>\x00<channel>\x00" * 20_000,
    "prefixes": rss("<item>" + "".join(f"<n{number}:x/>" for number in range(60_000)) + "</item>"),
    "quotes": b"<rss><item " + b"\"'" * 400_000,
    "references": rss(f"<item><title>&#{'9' * 5_000};&#xD800;&#x110000;&#0;</title></item>"),
    "spaces": rss(f"<item><title>{' ' * LENGTH}</title><pubDate>{' ' * LENGTH}</pubDate></item>"),
    "surrogates in utf-8": rss("<item><title>x</title></item>").replace(b">x<", b">\xed\xa0\x80<"),
    "xmlns of xml": rss('<item xmlns:xml="urn:x" xmlns:xmlns="urn:y"/>'),
    "every byte": bytes(range(256)) * 4_000,
}
for _label in (
    "undefined",
    "idna",
    "punycode",
    "unicode_escape",
    "utf-7",
    "rot13",
    "base64",
    "hex",
    "zlib",
    "utf-16",
    "x",
):
    _feed = f'<?xml version="1.0" encoding="{_label}"?><rss><channel><title>é+2AA-\\ud800</title></channel></rss>'
    HOSTILE[f"encoding {_label}"] = _feed.encode()


def check(entry: Entry) -> None:
    """Check what every entry guarantees."""
    texts = [entry.id, entry.title, entry.summary_html, entry.content_html, *entry.authors, *entry.topics]
    texts += [entry.url or "", entry.language or "", entry.outlet or ""]
    texts += [entry.picture.url, entry.picture.alt, entry.picture.credit] if entry.picture else []
    for text in texts:
        text.encode("utf-8")  # no lone surrogate
        assert "\x00" not in text
    assert "\n" not in entry.title
    for url in (entry.url, entry.picture.url if entry.picture else None):
        assert url is None or url.startswith(("http://", "https://"))
    for moment in (entry.published_at, entry.updated_at):
        assert moment is None or (moment.utcoffset() is not None and moment.year >= 1990)
    for markup in (entry.summary_html, entry.content_html):
        assert "<script" not in markup.lower()


def survive(body: bytes) -> int:
    """Return the number of entries, or -1 for a FeedError. Raise for any other error, even a wrapped one."""
    try:
        entries = parse_feed(body, URL, source="hostile")
    except FeedError as error:
        if error.__cause__ and "feedparser" not in traceback.format_tb(error.__cause__.__traceback__)[-1]:
            raise
        return -1
    for entry in entries:
        check(entry)
    assert len({entry.id for entry in entries}) == len(entries)
    return len(entries)


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_bytes_give_entries_or_a_feed_error(name: str) -> None:
    assert -1 <= survive(HOSTILE[name]) <= 1_000


def test_more_than_ten_megabytes_are_refused() -> None:
    with pytest.raises(FeedError) as caught:
        parse_feed(b"<rss>" + b" " * 10_000_000, URL)
    assert caught.value.reason == "too large"


def test_a_page_of_ten_megabytes_is_refused_as_html() -> None:
    page = b"<html><body>" + b"<div class='a'>words <b>and</b> words</div>" * 220_000
    with pytest.raises(FeedError) as caught:
        parse_feed(page, URL)
    assert caught.value.reason == "html"


@pytest.mark.parametrize("place", ["pos", "posList", "Point", "where", "polygon"])
def test_a_geographic_element_outside_an_entry_loses_no_entry(place: str) -> None:
    """feedparser raises on some of them."""
    item = "<item><title>Here</title></item>"
    feed = f'<rss xmlns:gml="http://www.opengis.net/gml"><channel><gml:{place}>1</gml:{place}>{item}</channel></rss>'
    assert [entry.title for entry in parse_feed(feed.encode(), URL)] == ["Here"]


def test_no_file_and_no_address_is_opened(tmp_path: Path) -> None:
    """A body or an entity that names one has no effect."""
    secret = tmp_path / "secret.xml"
    secret.write_text("<rss><channel><item><title>secret</title></item></channel></rss>", "utf-8")
    doctype = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    for body in (
        str(secret),
        secret.as_uri(),
        f"{doctype}<rss><channel><item><title>&x;</title></item></channel></rss>",
    ):
        try:
            titles = [entry.title for entry in parse_feed(body.encode(), URL)]
        except FeedError:
            continue
        assert titles == ["&x;"]


PIECES = st.sampled_from(
    [
        b"<![CDATA[", b"]]>", b"<!--", b"-->", b"&#xD800;", b"&#0;", b"&", b"<", b">", b'"', b"\x00", b"\xff",
        b"\xed\xa0\x80", b'encoding="undefined"', b'encoding="utf-16"', b'xml:base="http://["', b'xmlns:xml="x"',
        b"<item>", b"</item>", b'<source url="x">', b"<image>", b"<textinput>", b"<title>", b"<svg>", b"</svg>",
        b"<cloud/>", b"<category/>", b"<media:thumbnail/>", b"<media:rating>", b'type="image/png" mode="base64"',
        b'xml:lang=""', b"9" * 300, b"\\ud800", b"null", b"{", b"[", b"http://[", b"javascript:", b"<entry>",
        b"<rss>", b"<?xml", b"&amp;amp;", "語".encode("big5"),
    ]
)  # fmt: skip
EDIT = st.one_of(
    st.tuples(st.just("put"), st.integers(0, 3_000), PIECES),
    st.tuples(st.just("put"), st.integers(0, 3_000), st.binary(min_size=1, max_size=8)),
    st.tuples(st.just("cut"), st.integers(0, 3_000), st.binary(min_size=1, max_size=60)),
)


def edited(seed: bytes, edits: list[tuple[str, int, bytes]]) -> bytes:
    """Apply edits to a feed. A cut removes as many bytes as its last part has."""
    body = bytearray(seed)
    for what, position, piece in edits:
        place = position % (len(body) + 1)
        body[place : place + (len(piece) if what == "cut" else 0)] = b"" if what == "cut" else piece
    return bytes(body)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SEEDS), st.lists(EDIT, min_size=1, max_size=30))
def test_a_mutated_feed_gives_entries_or_a_feed_error(seed: Path, edits: list[tuple[str, int, bytes]]) -> None:
    survive(edited(seed.read_bytes(), edits))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_entries_or_a_feed_error(body: bytes) -> None:
    survive(body)
    survive(b"<rss>" + body)
    assert all(url.startswith("http") for url in discover_feeds(body, URL))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_title_comes_back_as_one_safe_line(text: str) -> None:
    survive(rss(f"<item><title><![CDATA[{text}]]></title><description>{text}</description></item>"))
