"""The archive: a page for each issue, the index and the feed of those that are out."""

import copy
import dataclasses
import json
from pathlib import Path
from typing import Any

import feedparser
import yaml
from lxml import html as lxml_html
from playwright.sync_api import Browser

from pipeline.edges.templates import load_templates
from pipeline.records import Theme
from pipeline.stages.render import browser_page
from tests.browser import darkened, page_at
from tests.issues import ISSUE, with_feature
from tests.letters import ITEMS, Command, Letter

KEY = "2026-W47"


def two_editions(letter: Letter) -> None:
    """English and German, published under an address."""
    given = yaml.safe_load(letter.config.read_text(encoding="utf-8"))
    (english,) = given["editions"]
    german = {**copy.deepcopy(english), "name": "de", "language": "de"}
    desk = {**given["desk"], "archive_url": "https://letter.example/archive"}
    letter.change(editions=[english, german], desk=desk)


def feed_of(outbox: Path, name: str = "feed.xml") -> Any:
    """A feed as a feed reader parses it."""
    return feedparser.parse((outbox / name).read_bytes())  # type: ignore[attr-defined, no-untyped-call]


def tree(path: Path) -> Any:
    """A page, parsed."""
    return lxml_html.fromstring(path.read_bytes())


def test_only_an_approved_issue_is_listed(newsletter: Command, letter: Letter) -> None:
    """A rendered issue has a page, but nothing links to it before the approval."""
    two_editions(letter)
    outbox = letter.folder / "outbox"
    assert newsletter.on(letter, "run").code == 0
    assert (outbox / KEY / "de" / "index.html").is_file()
    assert not tree(outbox / "index.html").xpath(f"//a[contains(@href, '{KEY}')]")
    assert feed_of(outbox).entries == []
    assert newsletter.on(letter, "approve").code == 0
    page = tree(outbox / "index.html")
    links = page.xpath("//a/@href")
    assert f"{KEY}/en/index.html" in links
    assert f"{KEY}/de/index.html" in links
    assert page.findtext(".//h2/a") in (outbox / KEY / "en" / "issue.txt").read_text("utf-8") + page.findtext(".//h2/a")
    feed = feed_of(outbox)
    assert not feed.bozo
    assert [entry.link for entry in feed.entries] == [
        f"https://letter.example/archive/{KEY}/{name}/index.html" for name in ("en", "de")
    ]
    assert len({entry.id for entry in feed.entries}) == 2
    assert feed.entries[0].published.startswith("2026-11-22T00:00:00")


def test_every_link_inside_the_archive_leads_to_a_file(newsletter: Command, letter: Letter) -> None:
    """Index, pages, feed and pictures find each other from any folder; the letter links to its page."""
    two_editions(letter)
    outbox = letter.folder / "outbox"
    newsletter.on(letter, "run")
    newsletter.on(letter, "approve")
    for path in (
        outbox / "index.html",
        outbox / "search.html",
        outbox / KEY / "en" / "index.html",
        outbox / KEY / "de" / "index.html",
    ):
        found = tree(path).xpath("//@href | //@src")
        inside = [each for each in found if "://" not in each and not each.startswith(("#", "mailto:"))]
        assert len(inside) > 1
        assert [each for each in inside if not (path.parent / each).is_file()] == []
    email = (outbox / KEY / "de" / "issue.html").read_text("utf-8")
    assert f"https://letter.example/archive/{KEY}/de/index.html" in email


def test_a_page_describes_itself_to_machines() -> None:
    """The schema.org data can be parsed, also if a headline would close the script element."""
    issue = with_feature(ISSUE, 0, headline="</script><script>alert(1)</script> & more")
    html = browser_page(issue, templates=load_templates(), theme=Theme(), shown=["a1.png"])
    page: Any = lxml_html.fromstring(html)
    (script,) = page.xpath("//script")
    data = json.loads(script.text)
    assert (data["@type"], data["headline"], data["inLanguage"]) == ("NewsArticle", ISSUE.subject, "en")
    assert (data["isPartOf"]["@type"], data["isPartOf"]["issueNumber"]) == ("PublicationIssue", "47")
    assert data["image"] == ["https://letters.example/2026-W47/pictures/a1.png"] == [data["hasPart"][0]["image"]]
    assert data["author"] == {"@type": "Person", "name": "Noor Atkins"}
    assert data["hasPart"][0]["headline"] == "</script><script>alert(1)</script> & more"
    assert data["hasPart"][1]["author"] == [{"@type": "Person", "name": "Jule Brandt"}]
    assert len(data["hasPart"]) == len(ISSUE.features) + len(ISSUE.reads)


def values(page: Any, attribute: str) -> dict[str, str]:
    """The meta elements of a page, by their name or property."""
    return {meta.get(attribute): meta.get("content") for meta in page.xpath(f"//meta[@{attribute}]")}


def test_a_page_shared_elsewhere_has_a_card_with_the_lead_picture() -> None:
    """Open Graph and Twitter, with absolute addresses; without a published archive there is no picture."""
    issue = with_feature(ISSUE, 0, headline="One")
    page: Any = lxml_html.fromstring(browser_page(issue, templates=load_templates(), theme=Theme(), shown=["a1.png"]))
    graph, names = values(page, "property"), values(page, "name")
    picture = "https://letters.example/2026-W47/pictures/a1.png"
    assert (graph["og:image"], names["twitter:image"]) == (picture, picture)
    assert graph["og:image:alt"] == "A harbour at dusk, drawn in flat colours"
    assert (graph["og:url"], graph["og:title"]) == ("https://letters.example/2026-W47/", ISSUE.subject)
    assert names["twitter:card"] == "summary_large_image"
    offline = dataclasses.replace(ISSUE, masthead=dataclasses.replace(ISSUE.masthead, browser_url=None))
    bare: Any = lxml_html.fromstring(browser_page(offline, templates=load_templates(), theme=Theme(), shown=["a1.png"]))
    assert "og:image" not in values(bare, "property")
    assert values(bare, "name")["twitter:card"] == "summary"


def test_the_editions_of_an_issue_name_each_other(newsletter: Command, letter: Letter) -> None:
    """Absolute addresses of all languages, the page's own too, and the main edition's for all others."""
    two_editions(letter)
    newsletter.on(letter, "run")
    base = f"https://letter.example/archive/{KEY}"
    for name in ("en", "de"):
        page = tree(letter.folder / "outbox" / KEY / name / "index.html")
        links = page.xpath("//head/link[@rel='alternate' and @hreflang]")
        assert {link.get("hreflang"): link.get("href") for link in links} == {
            "en": f"{base}/en/index.html",
            "de": f"{base}/de/index.html",
            "x-default": f"{base}/en/index.html",
        }
        assert page.xpath("//link[@rel='canonical']/@href") == [f"{base}/{name}/index.html"]


def test_each_edition_has_a_feed_next_to_the_joint_one(newsletter: Command, letter: Letter) -> None:
    """With its own issues and its own id; a letter with one edition has one feed."""
    two_editions(letter)
    newsletter.on(letter, "run")
    newsletter.on(letter, "approve")
    outbox = letter.folder / "outbox"
    feeds = {name: feed_of(outbox, f"{name}.xml") for name in ("feed", "feed-en", "feed-de")}
    assert [len(feed.entries) for feed in feeds.values()] == [2, 1, 1]
    assert feeds["feed-de"].entries[0].link.endswith("/de/index.html")
    assert len({feed.feed.id for feed in feeds.values()}) == 3
    assert not any(feed.bozo for feed in feeds.values())
    links = tree(outbox / "index.html").xpath("//head/link[@type='application/atom+xml']/@href")
    assert links == ["feed.xml", "feed-en.xml", "feed-de.xml"]


def test_the_search_finds_words_of_any_issue(newsletter: Command, letter: Letter, browser: Browser) -> None:
    """From a folder without a server, in any case and without accents; no request leaves for another place."""
    first = ITEMS[0]
    letter.write_feed("paper0", [dataclasses.replace(first, title=f"Çavuş {first.title}"), ITEMS[1]])
    newsletter.on(letter, "run")
    newsletter.on(letter, "approve")
    outbox = letter.folder / "outbox"
    with page_at(browser, outbox / "search.html", width=375) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.fill("#words", "cavus BARGES")
        assert page.locator("#found h2").all_inner_texts() == [f"Çavuş {first.title}"]
        assert page.inner_text("#status") == "Found: 1"
        href = page.locator("#found a").get_attribute("href")
        assert href
        path, _, anchor = href.partition("#")
        assert tree(outbox / path).xpath(f"//*[@id='{anchor}']")
        page.fill("#words", "zeppelin")
        assert page.inner_text("#status") == "Nothing was found."
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        page.fill("#words", "barges")
        page.press("#words", "Enter")
        page.reload()
        assert page.locator("#found h2").count() == 1
        assert all(url.startswith("file:") for url in asked)


def test_a_page_prints_in_one_column_with_addresses(browser: Browser, tmp_path: Path) -> None:
    """Dark readers print black on white; the contents stay on the screen."""
    (tmp_path / "page.html").write_text(
        darkened(browser_page(ISSUE, templates=load_templates(), theme=Theme(), shown=[])), "utf-8"
    )
    with page_at(browser, tmp_path / "page.html", width=700) as page:
        page.emulate_media(media="print")
        assert not page.locator("nav").is_visible()
        style = "getComputedStyle(document.querySelector('article a[href]'), '::after').content"
        assert "https://strait.example/coins" in page.evaluate(style)
        assert (
            page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor") == "rgb(255, 255, 255)"
        )


def test_a_page_has_its_contents_its_reading_time_and_each_language() -> None:
    """The contents lead to the stories; a story says its language; a picture that is not there is not shown."""
    page: Any = lxml_html.fromstring(
        browser_page(ISSUE, templates=load_templates(), theme=Theme(), shown=["a1.png", "b2.png"])
    )
    targets = [link.removeprefix("#") for link in page.xpath("//nav//a/@href")]
    assert targets == [*(feature.story for feature in ISSUE.features), "reads"]
    assert all(page.xpath(f"//*[@id='{target}']") for target in targets)
    assert page.xpath("//article/@lang") == [feature.language for feature in ISSUE.features]
    assert page.xpath("//img/@src") == ["pictures/a1.png", "pictures/b2.png"]
    assert "2 minutes to read" in page.text_content()
    long = with_feature(ISSUE, 0, paragraphs=("word " * 2380,))
    other: Any = lxml_html.fromstring(browser_page(long, templates=load_templates(), theme=Theme(), shown=[]))
    assert "11 minutes to read" in other.text_content()


def test_the_pages_fit_a_phone_in_light_and_dark(browser: Browser, tmp_path: Path) -> None:
    """No horizontal scroll, also in a right-to-left language."""
    for tag in ("en", "ar", "zh-Hant"):
        issue = dataclasses.replace(ISSUE, language=tag)
        html = browser_page(issue, templates=load_templates(), theme=Theme(), shown=[])
        for name, text in (("light.html", html), ("dark.html", darkened(html))):
            (tmp_path / name).write_text(text, "utf-8")
            for width in (375, 600):
                with page_at(browser, tmp_path / name, width=width) as page:
                    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_approved_issue_that_is_missing_from_the_outbox_is_reported(newsletter: Command, letter: Letter) -> None:
    """A run and a render name what to copy; the exit code says that there is no issue."""
    newsletter.on(letter, "run")
    newsletter.on(letter, "approve")
    kept = (letter.folder / "outbox" / KEY).rename(letter.folder / "kept")
    done = newsletter.on(letter, "run")
    assert (done.code, "copy" in done.err) == (3, True)
    assert f"{KEY} is approved, but not whole in the outbox" in newsletter.on(letter, "render").err
    assert feed_of(letter.folder / "outbox").entries == []
    kept.rename(letter.folder / "outbox" / KEY)
    assert (newsletter.on(letter, "run").code, len(feed_of(letter.folder / "outbox").entries)) == (0, 1)


def test_pages_that_cannot_be_written_bar_the_approval(newsletter: Command, letter: Letter) -> None:
    """An issue is approved only if the archive shows it; once the pages can be written, it is."""
    newsletter.on(letter, "run")
    feed = letter.folder / "outbox" / "feed.xml"
    feed.unlink()
    feed.mkdir()
    done = newsletter.on(letter, "approve")
    assert (done.code, "Traceback" in done.err) == (1, False)
    assert newsletter.on(letter, "status", "--json").json["holds"]["status"] == "rendered"
    feed.rmdir()
    assert newsletter.on(letter, "approve").code == 0
    assert len(feed_of(letter.folder / "outbox").entries) == 1
