"""Lists of feeds from and for other readers."""

import logging
import random
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.edges.opml import export_opml, import_opml
from pipeline.errors import UsageError
from pipeline.records import Source
from tests.factories import source

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <head><title>Week</title><dateCreated>some day</dateCreated></head>
  <body>
    <outline text="Ferry &amp; Quay" type="rss" xmlUrl="https://ferry.example/rss?a=1&amp;b=2"/>
    <outline text="東亞">
      <outline title="技術">
        <outline text="渡船週報" type="rss" xmlUrl="https://ferry.example/zh"/>
      </outline>
      <outline type="rss" text="" xmlUrl="http://untitled.example/feed" category="/Boats"/>
    </outline>
    <outline text="Bad" xmlUrl="javascript:alert(1)"/>
    <outline text="Local" xmlUrl="file:///etc/passwd"/>
  </body>
</opml>
"""


EXPECTED = [
    source("Ferry & Quay", "https://ferry.example/rss?a=1&b=2"),
    source("渡船週報", "https://ferry.example/zh", section="東亞 / 技術"),
    source("untitled.example", "http://untitled.example/feed", section="東亞"),
]


def test_a_list_gives_its_feeds_and_groups(caplog: pytest.LogCaptureFixture) -> None:
    """Groups become sections, a feed without a title is named by its host, other schemes are ignored with a warning."""
    with caplog.at_level(logging.WARNING):
        assert import_opml(LIST.encode()) == EXPECTED
    assert [record.args for record in caplog.records] == [("javascript:alert(1)",), ("file:///etc/passwd",)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "big5", "shift_jis"])
def test_a_list_is_read_in_the_encoding_it_declares(encoding: str) -> None:
    """Titles in any script arrive whole."""
    body = LIST.replace("渡船週報", "東亞").replace('encoding="UTF-8"', f'encoding="{encoding}"')
    if encoding == "shift_jis":
        body = body.replace("東亞", "東亜")
    names = {source.name for source in import_opml(body.encode(encoding))}
    assert names == {"Ferry & Quay", "東亜" if encoding == "shift_jis" else "東亞", "untitled.example"}


names = st.text(st.characters(codec="utf-8"), min_size=1).map(
    lambda text: " ".join("".join(each for each in text if each.isprintable() or each.isspace()).split())
)


@given(st.lists(st.tuples(names.filter(bool), st.none() | names.filter(bool)), max_size=8))
def test_what_is_exported_is_imported(pairs: list[tuple[str, str | None]]) -> None:
    """Names, addresses and sections come back, whatever characters they are of."""
    sources = [
        source(name, f"https://h{place}.example/?q=é&x=<>", section=group) for place, (name, group) in enumerate(pairs)
    ]
    found = import_opml(export_opml(sources, "A & B"))
    assert sorted(found, key=lambda each: each.location) == sorted(sources, key=lambda each: each.location)


def test_an_export_is_opml_with_one_group_a_section() -> None:
    """Another reader sees each section once; pages, folders and local files are of no use to it and stay out."""
    others = [
        Source("Page", "page", "https://page.example/", outlet="Page"),
        Source("Folder", "folder", "/documents", outlet="Folder"),
        Source("File", "feed", "/feed.xml", outlet="File"),
    ]
    a, b = source("A", "https://a.example/", section="East"), source("B", "https://b.example/", section="East")
    root = ET.fromstring(export_opml([a, source("C", "https://c.example/"), *others, b], "Mine"))
    assert root.tag == "opml"
    assert root.findtext("head/title") == "Mine"
    assert [outline.get("text") for outline in root.findall("body/outline")] == ["East", "C"]
    assert [outline.get("xmlUrl") for outline in root.iter("outline")] == [
        None,
        "https://a.example/",
        "https://b.example/",
        "https://c.example/",
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"not a list",
        b"<html><body><p>no list</p></body></html>",
        b"<rss version='2.0'><channel/></rss>",
        b"\x00\xff\xfe\x00",
    ],
)
def test_a_file_that_is_not_opml_is_named(body: bytes) -> None:
    """A wrong file is named as that, not taken for an empty list."""
    with pytest.raises(UsageError, match="not OPML"):
        import_opml(body)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            b"<opml>" + b'<outline text="a"><outline text="f" xmlUrl="https://x.example/"></outline>' * 60_000,
            "nested",
        ),
        (b"<opml><body>" + b'<outline xmlUrl="https://x.example/"/>' * 6_000, "entries"),
        (b"<opml>" + b" " * 6_000_000, "larger"),
    ],
)
def test_a_list_grown_beyond_reason_is_refused(body: bytes, said: str) -> None:
    """A list that nobody has made by hand or by a reader is stopped early."""
    with pytest.raises(UsageError, match=said):
        import_opml(body)


def test_entities_are_not_expanded() -> None:
    """A list cannot grow from within, nor read a file."""
    body = b"""<!DOCTYPE opml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/hostname">]>
    <opml version="2.0"><body><outline text="&b;&f;" xmlUrl="https://x.example/"/></body></opml>"""
    assert [source.name for source in import_opml(body)] == ["&b;&f;"]


def test_damaged_lists_give_feeds_or_an_error() -> None:
    """3,000 lists with bytes changed, cut and doubled: sources, or UsageError, and nothing else."""
    chance = random.Random(7)
    for _ in range(3_000):
        body = bytearray(LIST.encode())
        for _ in range(chance.randint(1, 8)):
            place = chance.randrange(len(body))
            match chance.randrange(3):
                case 0:
                    body[place] = chance.randrange(256)
                case 1:
                    del body[place : place + chance.randint(1, 30)]
                case _:
                    other = chance.randrange(len(body))
                    body[place:place] = body[other : other + chance.randint(1, 40)]
        try:
            sources = import_opml(bytes(body))
        except UsageError:
            continue
        assert all(source.location.lower().startswith(("http://", "https://")) for source in sources)
