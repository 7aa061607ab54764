"""The made-up web in examples/ keeps the promises of its README."""

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
from PIL import Image

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
WEB = EXAMPLES / "web"

# Feed → number of its entries. Of the last two, one is found through autodiscovery and one is broken.
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
# Files in web/ that are written by hand.
HANDMADE = {
    "kilnkernel.example/blog/index.html",
    "sandbar.example/feed.xml",
    "typhoonsignal.example/robots.txt",
    "kaikante.example/logo.svg",
}
# Hosts in XML and metadata vocabularies, which nothing fetches.
NAMESPACES = {"www.w3.org", "purl.org", "search.yahoo.com", "schema.org", "ogp.me", "jsonfeed.org"}
# Pages that declare their charset only in a meta element: path → charset, headline.
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
    """The module examples/build_web.py."""
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
    """The values in examples/config.yaml."""
    loaded: dict[str, Any] = yaml.safe_load((EXAMPLES / "config.yaml").read_text("utf-8"))
    return loaded


def read_feed(path: str) -> Any:
    """Parse a feed in web/ with feedparser."""
    return feedparser.parse(io.BytesIO((WEB / path).read_bytes()), sanitize_html=False)  # type: ignore[attr-defined, no-untyped-call]


def web_path(url: str) -> str:
    """The file in web/ that is served under a URL."""
    parts = urlsplit(url)
    path = parts.path or "/"
    return f"{parts.hostname}{path}" + ("index.html" if path.endswith("/") else "")


def article_links(path: str) -> list[str]:
    """The article URLs in a feed."""
    if path.endswith(".json"):
        return [item["url"] for item in json.loads((WEB / path).read_bytes())["items"]]
    return [entry.link for entry in read_feed(path).entries]


def texts() -> Iterator[tuple[Path, str]]:
    """Yield every text file under examples/, decoded with its own charset."""
    for path in sorted(EXAMPLES.rglob("*")):
        name = path.relative_to(WEB).as_posix() if path.is_relative_to(WEB) else ""
        if not path.is_file() or path.suffix in {".png", ".jpg", ".pyc"} or name == "sandbar.example/feed.xml":
            continue
        charset = CHARSETS.get(name, ("iso-8859-1" if name == "kaikante.example/rss.xml" else "utf-8", ""))[0]
        yield path, path.read_bytes().decode(charset)


def words(html: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"<[^>]+>", " ", html))


def containment(original: list[str], copy: list[str]) -> float:
    """The share of the copy's word trigrams that the original contains too."""
    trigrams = [{tuple(text[at : at + 3]) for at in range(len(text) - 2)} for text in (original, copy)]
    return len(trigrams[0] & trigrams[1]) / len(trigrams[1])


def test_building_the_web_gives_the_committed_bytes(builder: ModuleType) -> None:
    """A page edited by hand, or a forgotten build, fails here."""
    built = builder.build()
    assert [path for path, body in built.items() if (WEB / path).read_bytes() != body] == []


def test_the_web_contains_only_built_pictured_and_handmade_files(builder: ModuleType) -> None:
    """No file is left over from a story that was renamed."""
    pictures = {story.picture.path for outlet in builder.read_outlets() for story in outlet.articles if story.picture}
    files = {path.relative_to(WEB).as_posix() for path in WEB.rglob("*") if path.is_file()}
    assert files == set(builder.build()) | pictures | HANDMADE


def test_the_web_has_many_outlets_in_seven_languages(builder: ModuleType) -> None:
    """At least 20 outlets and 80 stories; Traditional and Simplified Chinese count as two languages."""
    outlets = builder.read_outlets()
    assert len(outlets) >= 20
    assert sum(len(outlet.articles) for outlet in outlets) >= 80
    languages = {
        "-".join(outlet.language.split("-")[: 2 if outlet.language.startswith("zh") else 1]) for outlet in outlets
    }
    assert languages == {"en", "de", "nl", "zh-Hant", "zh-Hans", "ja", "ko"}


@pytest.mark.parametrize(("path", "count"), ENTRIES.items())
def test_a_feed_has_its_number_of_entries(path: str, count: int) -> None:
    """feedparser accepts every feed except the broken one."""
    if path.endswith(".json"):
        assert len(article_links(path)) == count
        return
    parsed = read_feed(path)
    assert (len(parsed.entries), bool(parsed.bozo)) == (count, count == 0)


def test_each_article_in_a_feed_has_its_page() -> None:
    """Only the planted javascript: link leads nowhere."""
    links = [link for path in ENTRIES for link in article_links(path)]
    missing = [link for link in links if not (WEB / web_path(link)).is_file()]
    assert missing == ["javascript:alert('gift')"]


def test_every_source_is_served_except_the_host_that_is_down(config: dict[str, Any]) -> None:
    """At least 18 sources. One address has no file, another has a web page instead of a feed."""
    sources = config["sources"]
    assert len(sources) >= 18
    addresses = {source["name"]: source.get("feed") or source.get("page") for source in sources}
    assert [name for name, url in addresses.items() if url and not (WEB / web_path(url)).exists()] == [
        "lantern-bulletin"
    ]
    page = (WEB / web_path(addresses["kiln-and-kernel"])).read_text("utf-8")
    assert '<link rel="alternate" type="application/atom+xml" title="Kiln &amp; Kernel" href="/blog/feed.xml">' in page
    assert {source["folder"] for source in sources if "folder" in source} == {"documents"}


def test_the_broken_sources_are_within_the_tolerance(config: dict[str, Any]) -> None:
    """Three sources cannot be read."""
    assert 3 / len(config["sources"]) < config["fetch"]["tolerance"]


def test_every_named_picture_exists_opens_and_is_small() -> None:
    """1200 × 800 pixels and at most 60 KB each; only the tracking pixels are missing."""
    named: set[str] = set()
    for _, text in texts():
        named |= set(re.findall(r"https://[\w.-]+\.example/[\w./-]+\.(?:png|jpg|gif)", text))
    missing = {url for url in named if not (WEB / web_path(url)).is_file()}
    assert missing == {"https://pixel.nanan-stat.example/t.gif", "https://open.sampanletter.example/o.gif"}
    for url in named - missing:
        path = WEB / web_path(url)
        assert path.stat().st_size <= 60_000, path
        with Image.open(path) as picture:
            picture.load()
            assert picture.size == (1200, 800), path
    assert len(named - missing) >= 22


def test_the_host_has_a_portrait(config: dict[str, Any]) -> None:
    """A square of 192 pixels at the path in the config."""
    with Image.open(EXAMPLES / config["editions"][0]["host"]["portrait"]) as portrait:
        assert portrait.size == (192, 192)


def test_no_address_leaves_the_reserved_domain() -> None:
    """Every host is under .example, except in XML and metadata vocabularies."""
    others: set[str] = set()
    for path, text in texts():
        if path.suffix != ".py":
            hosts = {urlsplit(url).hostname or "" for url in re.findall(r"https?://[^\s\"'<>)\]}*]+", text)}
            others |= {host for host in hosts if not host.endswith(".example")}
    assert others <= NAMESPACES


def test_the_files_stay_small() -> None:
    """Pictures, pages and documents together are under 2.5 MB."""
    served = [*WEB.rglob("*"), *(EXAMPLES / "documents").iterdir(), *(EXAMPLES / "pictures").iterdir()]
    assert sum(path.stat().st_size for path in served if path.is_file()) < 2_500_000


@pytest.mark.parametrize("path", CHARSETS)
def test_a_page_in_a_legacy_charset_declares_it_in_a_meta_element(path: str) -> None:
    """Decoding as UTF-8 fails; with the declared charset the headline is right."""
    charset, title = CHARSETS[path]
    body = (WEB / path).read_bytes()
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")
    assert f"charset={charset}" in body.decode(charset).lower()
    assert f"<h1>{title}" in body.decode(charset) or f'<h1 class="tit">{title}' in body.decode(charset)


@pytest.mark.parametrize("language", BATTERY_QUAY)
def test_one_event_has_the_same_facts_in_four_languages(language: str) -> None:
    """Names and figures agree; each outlet uses its own words."""
    page = (WEB / BATTERY_QUAY[language]).read_text("utf-8")
    facts = ("Meridian Quays", "Sunhalo Energy", "Kestrel Strait", "640", "22", "90", "74", "18")
    assert [fact for fact in facts if fact not in page] == []


def test_wire_stories_are_republished_verbatim_and_edited(builder: ModuleType) -> None:
    """Three outlets publish a wire story unchanged, one of them under another headline; others cut and reword."""
    stories = {f"{outlet.stem}/{story.slug}": story for outlet in builder.read_outlets() for story in outlet.articles}
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
        share = containment(words(stories[original].html), words(stories[copy].html))
        assert least < share < 1, copy


def test_some_items_have_a_wrong_date_or_none(builder: ModuleType) -> None:
    """One is dated after the issue, three are too old for it, and one feed has no dates."""
    dated = [story for outlet in builder.read_outlets() if not outlet.has("dates", "no") for story in outlet.articles]
    assert [story.slug for story in dated if story.date > builder.ISSUE_DAY] == ["kerstschip-uit-ningbo"]
    assert sum((builder.ISSUE_DAY - story.date).days >= 9 for story in dated) == 3
    undated = read_feed("benchvise.example/rss.xml")
    assert all("published" not in entry and "updated" not in entry for entry in undated.entries)
