"""The letter in Chromium: what no test of the HTML alone can see."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from pipeline.edges.templates import load_templates
from pipeline.records import Issue, Theme
from pipeline.stages.render import render_issue
from tests.browser import darkened, page_at, small_text
from tests.issues import ISSUE, SENT_AT, pictures_for, with_feature

pytestmark = pytest.mark.chromium
PICTURES = pictures_for(ISSUE)
LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen"
FONTS = """tag => [...document.querySelectorAll(`[lang="${tag}"]`)].filter(
  each => [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim()) && each.checkVisibility()
).map(each => getComputedStyle(each).fontFamily)"""


@pytest.fixture(params=["en", "zh-Hant", "ar"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The issue in an edition of that language, as files: light and dark."""
    return written(dataclasses.replace(ISSUE, language=request.param), tmp_path)


def written(issue: Issue, folder: Path) -> Path:
    """The issue's HTML in light and in dark, and its pictures."""
    email = render_issue(issue, templates=load_templates(), theme=Theme(), pictures=PICTURES, sent_at=SENT_AT)
    (folder / "pictures").mkdir()
    for name, body in email.pictures:
        (folder / "pictures" / name).write_bytes(body)
    (folder / "light.html").write_text(email.html, "utf-8")
    (folder / "dark.html").write_text(darkened(email.html), "utf-8")
    return folder


def both(browser: Browser, folder: Path, width: int) -> Iterator[Page]:
    """The two appearances at a width."""
    for name in ("light.html", "dark.html"):
        with page_at(browser, folder / name, width=width) as page:
            yield page


@pytest.mark.parametrize("width", [375, 600, 720])
def test_nothing_is_wider_than_the_screen(browser: Browser, folder: Path, width: int) -> None:
    """No horizontal scroll on a phone, in a pane, on a desktop; in light and dark."""
    for page in both(browser, folder, width):
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [375, 600])
def test_no_text_is_smaller_than_13_pixels(browser: Browser, folder: Path, width: int) -> None:
    """As computed by the browser."""
    for page in both(browser, folder, width):
        assert small_text(page) == []


def test_every_picture_is_shown_at_its_place(browser: Browser, folder: Path) -> None:
    """Loaded, undistorted, next to the text if there is room, and above it on a phone."""
    boxes = "[...document.images].map(each => [each.complete && each.naturalWidth > 0, each.width, each.height])"
    with page_at(browser, folder / "light.html", width=720) as page:
        assert page.evaluate(boxes) == [[True, 52, 52], [True, 592, 320], *[[True, 176, 176]] * 3]
        picture = page.locator("img.square").first.bounding_box()
        headline = page.locator("h2.next").first.bounding_box()
        assert picture
        assert headline
        rtl = page.evaluate("document.documentElement.dir") == "rtl"
        assert (picture["x"] < headline["x"]) == rtl
    with page_at(browser, folder / "light.html", width=375) as page:
        picture = page.locator("img.square").first.bounding_box()
        headline = page.locator("h2.next").first.bounding_box()
        assert picture
        assert headline
        assert picture["y"] + picture["height"] <= headline["y"]
        assert picture["width"] > 300


def test_dark_is_dark_everywhere(browser: Browser, folder: Path) -> None:
    """Letter, band, labels and footer have a dark background."""
    light_grounds = """() => [...document.querySelectorAll('body *')].filter(each => {
      const [r, g, b, a = 1] = getComputedStyle(each).backgroundColor.match(/[\\d.]+/g).map(Number);
      return each.tagName !== 'IMG' && a > 0 && r + g + b > 200;
    }).map(each => each.outerHTML.slice(0, 120))"""
    with page_at(browser, folder / "dark.html", width=600) as page:
        assert page.evaluate(light_grounds) == []


def test_a_long_word_or_title_does_not_break_the_page(browser: Browser, tmp_path: Path) -> None:
    """A German compound in a headline, a long masthead, a long address as words."""
    issue = with_feature(ISSUE, 1, headline=LONG, kicker=LONG, outlet=LONG, authors=(LONG,))
    masthead = dataclasses.replace(ISSUE.masthead, title="#" + LONG)
    folder = written(dataclasses.replace(issue, masthead=masthead), tmp_path)
    for width in (375, 600):
        for page in both(browser, folder, width):
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_each_script_gets_a_font_of_its_own(browser: Browser, folder: Path) -> None:
    """Every element of a language carries that language's stack, also inside another one's sentence."""
    with page_at(browser, folder / "light.html", width=600) as page:
        assert all("Noto Sans TC" in font for font in page.evaluate(FONTS, "zh-Hant"))
        japanese = page.evaluate(FONTS, "ja")
        assert japanese
        assert all("Noto Sans JP" in font for font in japanese)
