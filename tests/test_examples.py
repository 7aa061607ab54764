"""What the made-up web of examples/ promises to whoever reads it."""

import importlib
import importlib.util
import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest
import yaml
from PIL import Image, ImageChops, ImageStat

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
WEB = EXAMPLES / "web"

# How many entries each feed is meant to hold; the last two are the broken ones, read where they really are.
ENTRIES = {
    "typhoonsignal.example/feed.xml": 7,
    "straitscircuit.example/atom.xml": 6,
    "loworbit.example/feed.json": 5,
    "mapo-review.example/rss.xml": 5,
    "pearlledger.example/atom.xml": 5,
    "monsoonwire.example/rss.xml": 5,
    "chaophraya.example/index.rdf": 5,
    "deccanstack.example/feed/index.xml": 4,
    "benchvise.example/rss.xml": 3,
    "kaikante.example/rss.xml": 4,
    "taktgeber.example/atom.xml": 4,
    "oostwaarts.example/feed.xml": 4,
    "sluiswachter.example/atom.xml": 3,
    "chaojiandai.example/feed.xml": 5,
    "weigang.example/atom.xml": 3,
    "nanan.example/rss.xml": 5,
    "wangan-tech.example/index.rdf": 4,
    "machikoba.example/atom.xml": 2,
    "bandonote.example/rss.xml": 2,
    "kilnkernel.example/blog/feed.xml": 2,
    "sandbar.example/feed.xml": 0,
}
# Written by hand into web/, beside what the stories become.
HANDMADE = {
    "kilnkernel.example/blog/index.html",
    "sandbar.example/feed.xml",
    "typhoonsignal.example/robots.txt",
    "kaikante.example/logo.svg",
}
# Names that stand in markup as names, and are never fetched.
NAMESPACES = {"www.w3.org", "purl.org", "search.yahoo.com", "schema.org", "ogp.me", "jsonfeed.org"}
# One article of each page that says its character set only in a meta element.
CHARSETS = {
    "chaojiandai.example/posts/glass-substrate-level-table/index.html": ("big5", "玻璃基板的良率"),
    "nanan.example/a/20261119/sodium-at-thirty-below.html": ("gb18030", "钠电池卖到零下三十度"),
    "wangan-tech.example/articles/202611/bus-night-storage.html": ("shift_jis", "路線バス、夜は町の蓄電所になる"),
}
BATTERY_QUAY = {
    "en": "typhoonsignal.example/2026/11/batteries-only-quay-subic-bay/index.html",
    "de": "kaikante.example/artikel/subic-bay-kai-nur-fuer-batterien.html",
    "zh-Hant": "chaojiandai.example/posts/subic-battery-terminal/index.html",
    "ja": "wangan-tech.example/articles/202611/subic-battery-terminal.html",
}


@pytest.fixture(scope="module")
def builder() -> Iterator[ModuleType]:
    """examples/build_web.py, as a module."""
    spec = importlib.util.spec_from_file_location("build_web", EXAMPLES / "build_web.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["build_web"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["build_web"]


@pytest.fixture(scope="module")
def config() -> dict[str, Any]:
    """examples/config.yaml as it stands."""
    loaded: dict[str, Any] = yaml.safe_load((EXAMPLES / "config.yaml").read_text("utf-8"))
    return loaded


def read_feed(place: str) -> Any:
    """What feedparser makes of a feed of web/."""
    return feedparser.parse(io.BytesIO((WEB / place).read_bytes()), sanitize_html=False)  # type: ignore[attr-defined, no-untyped-call]


def place_of(url: str) -> str:
    """The file of web/ that an address stands for."""
    parts = urlsplit(url)
    path = parts.path or "/"
    return f"{parts.hostname}{path}" + ("index.html" if path.endswith("/") else "")


def links_of(place: str) -> list[str]:
    """The article addresses of a feed, as the feed gives them."""
    if place.endswith(".json"):
        return [item["url"] for item in json.loads((WEB / place).read_bytes())["items"]]
    return [entry.link for entry in read_feed(place).entries]


def texts() -> Iterator[tuple[Path, str]]:
    """Every file of words under examples/, as its own character set reads."""
    for path in sorted(EXAMPLES.rglob("*")):
        name = path.relative_to(WEB).as_posix() if path.is_relative_to(WEB) else ""
        if not path.is_file() or path.suffix in {".png", ".jpg", ".pyc"} or name == "sandbar.example/feed.xml":
            continue
        charset = CHARSETS.get(name, ("iso-8859-1" if name == "kaikante.example/rss.xml" else "utf-8", ""))[0]
        yield path, path.read_bytes().decode(charset)


def words(html: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"<[^>]+>", " ", html))


def shared(first: list[str], second: list[str]) -> float:
    """The share of the second text's runs of three words that the first has too."""
    runs = [{tuple(text[at : at + 3]) for at in range(len(text) - 2)} for text in (first, second)]
    return len(runs[0] & runs[1]) / len(runs[1])


def test_building_the_web_again_gives_the_bytes_that_are_committed(builder: ModuleType) -> None:
    """Nobody edits a built page by hand, and nobody forgets to build."""
    built = builder.build()
    assert [place for place, body in built.items() if (WEB / place).read_bytes() != body] == []


def test_the_web_holds_what_is_built_or_listed_and_nothing_else(builder: ModuleType) -> None:
    """No file is left over from a story that was renamed."""
    pictures = {one.picture.place for outlet in builder.read_outlets() for one in outlet.articles if one.picture}
    there = {path.relative_to(WEB).as_posix() for path in WEB.rglob("*") if path.is_file()}
    assert there == set(builder.build()) | pictures | HANDMADE


def test_the_web_is_large_and_speaks_many_languages(builder: ModuleType) -> None:
    """At least 20 outlets and 80 stories, in seven languages, Traditional and Simplified Chinese apart."""
    outlets = builder.read_outlets()
    assert len(outlets) >= 20
    assert sum(len(outlet.articles) for outlet in outlets) >= 80
    spoken = {
        "-".join(outlet.language.split("-")[: 2 if outlet.language.startswith("zh") else 1]) for outlet in outlets
    }
    assert spoken == {"en", "de", "nl", "zh-Hant", "zh-Hans", "ja", "ko"}


@pytest.mark.parametrize(("place", "count"), ENTRIES.items())
def test_a_feed_holds_the_entries_it_is_meant_to(place: str, count: int) -> None:
    """Each feed parses to its number of entries, without complaint but for the broken one."""
    if place.endswith(".json"):
        assert len(links_of(place)) == count
        return
    parsed = read_feed(place)
    assert (len(parsed.entries), bool(parsed.bozo)) == (count, count == 0)


def test_each_article_a_feed_points_to_has_its_page() -> None:
    """Tracking parameters and all; only the planted javascript: link leads nowhere."""
    links = [link for place in ENTRIES for link in links_of(place)]
    lost = [link for link in links if not (WEB / place_of(link)).is_file()]
    assert lost == ["javascript:alert('gift')"]


def test_every_feed_and_page_of_the_config_is_served_but_the_host_that_is_down(config: dict[str, Any]) -> None:
    """18 sources or more; one address has no file behind it, one has a web page where the feed should be."""
    sources = config["sources"]
    assert len(sources) >= 18
    addresses = {source["name"]: source.get("feed") or source.get("page") for source in sources}
    assert [name for name, url in addresses.items() if url and not (WEB / place_of(url)).exists()] == [
        "lantern-bulletin"
    ]
    page = (WEB / place_of(addresses["kiln-and-kernel"])).read_text("utf-8")
    assert '<link rel="alternate" type="application/atom+xml" title="Kiln &amp; Kernel" href="/blog/feed.xml">' in page
    assert {source["folder"] for source in sources if "folder" in source} == {"documents"}


def test_few_enough_sources_are_broken_for_an_issue_to_be_made(config: dict[str, Any]) -> None:
    """Three of the sources cannot be read, which is within the tolerance."""
    assert 3 / len(config["sources"]) < config["fetch"]["tolerance"]


def test_every_picture_that_is_named_exists_opens_and_is_small() -> None:
    """1200 × 800 and at most 60 KB each; the tracking pixel is the one that is not there."""
    named = set()
    for _, text in texts():
        named |= set(re.findall(r"https://[\w.-]+\.example/[\w./-]+\.(?:png|jpg|gif)", text))
    missing = {url for url in named if not (WEB / place_of(url)).is_file()}
    assert missing == {"https://pixel.nanan-stat.example/t.gif", "https://open.sampanletter.example/o.gif"}
    for url in named - missing:
        path = WEB / place_of(url)
        assert path.stat().st_size <= 60_000, path
        with Image.open(path) as picture:
            picture.load()
            assert picture.size == (1200, 800), path
    assert len(named - missing) >= 22


def test_every_scene_is_shown_and_a_drawn_one_is_the_picture_committed(
    builder: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The drawings can be made again: no scene without a story, no picture of another making."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    drawing = importlib.import_module("draw_pictures")
    shots = {
        one.picture.name: one.picture.place
        for outlet in builder.read_outlets()
        for one in outlet.articles
        if one.picture
    }
    assert set(drawing.SCENES) == set(shots)
    with Image.open(WEB / shots["harbour-map"]) as committed:
        difference = ImageChops.difference(committed.convert("RGB"), drawing.SCENES["harbour-map"]().finished())
    assert max(ImageStat.Stat(difference).mean) < 3


def test_the_host_has_a_portrait(config: dict[str, Any]) -> None:
    """A square of 192 pixels where the config says it is."""
    with Image.open(EXAMPLES / config["editions"][0]["host"]["portrait"]) as portrait:
        assert portrait.size == (192, 192)


def test_no_address_leaves_the_reserved_domain() -> None:
    """Every host is under .example, but for names of XML and metadata vocabularies."""
    strangers = set()
    for path, text in texts():
        if path.suffix != ".py":
            hosts = {urlsplit(url).hostname or "" for url in re.findall(r"https?://[^\s\"'<>)\]}*]+", text)}
            strangers |= {host for host in hosts if not host.endswith(".example")}
    assert strangers <= NAMESPACES


def test_the_whole_stays_small() -> None:
    """Pictures, pages and documents together are under 2.5 MB."""
    served = [*WEB.rglob("*"), *(EXAMPLES / "documents").iterdir(), *(EXAMPLES / "pictures").iterdir()]
    assert sum(path.stat().st_size for path in served if path.is_file()) < 2_500_000


@pytest.mark.parametrize("place", CHARSETS)
def test_a_page_in_an_old_character_set_says_so_only_in_a_meta_element(place: str) -> None:
    """Read as UTF-8 it fails; read as it declares, its headline is there."""
    charset, title = CHARSETS[place]
    body = (WEB / place).read_bytes()
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")
    assert f"charset={charset}" in body.decode(charset).lower()
    assert f"<h1>{title}" in body.decode(charset) or f'<h1 class="tit">{title}' in body.decode(charset)


@pytest.mark.parametrize("language", BATTERY_QUAY)
def test_one_event_is_told_in_four_languages_with_the_same_facts(language: str) -> None:
    """Names and figures agree; the words are each outlet's own."""
    page = (WEB / BATTERY_QUAY[language]).read_text("utf-8")
    facts = ("Meridian Quays", "Sunhalo Energy", "Kestrel Strait", "640", "22", "90", "74", "18")
    assert [fact for fact in facts if fact not in page] == []


def test_wire_stories_are_carried_word_for_word_and_edited(builder: ModuleType) -> None:
    """Three outlets have one wire story unchanged, one under another headline; others are cut and reworded."""
    stories = {f"{outlet.stem}/{one.slug}": one for outlet in builder.read_outlets() for one in outlet.articles}
    wire = stories["monsoon-wire/swaploop-fifty-thousandth-cabinet"]
    same = stories["chao-phraya-courier/swaploop-fifty-thousandth-cabinet"]
    retitled = stories["pearl-ledger/swaploop-profit-finders-fee"]
    assert wire.html == same.html == retitled.html
    assert wire.title == same.title != retitled.title
    for original, copy, least in (
        ("monsoon-wire/cable-ships-run-short", "mapo-review/cable-repair-queue", 0.8),
        ("monsoon-wire/cable-ships-run-short", "deccan-stack/repair-ships", 0.6),
        ("kaikante/reeder-ruesten-frachter-mit-segeln-nach", "taktgeber/alte-frachter-neue-segel", 0.7),
    ):
        share = shared(words(stories[original].html), words(stories[copy].html))
        assert least < share < 1, copy


def test_some_items_lie_about_their_dates_or_have_none(builder: ModuleType) -> None:
    """One is dated after the issue, three are too old for it, one feed has no dates at all."""
    dated = [one for outlet in builder.read_outlets() if not outlet.has("dates", "no") for one in outlet.articles]
    assert [one.slug for one in dated if one.date > builder.ISSUE_DAY] == ["kerstschip-uit-ningbo"]
    assert sum((builder.ISSUE_DAY - one.date).days >= 9 for one in dated) == 3
    undated = read_feed("benchvise.example/rss.xml")
    assert all("published" not in entry and "updated" not in entry for entry in undated.entries)
