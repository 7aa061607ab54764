"""The letter in Chromium: what no test of the HTML alone can see."""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from pipeline.edges.templates import load_templates
from pipeline.records import Issue, OwnSection, Theme
from pipeline.stages.render import render_issue
from tests.browser import darkened, overflow, page_at, small_text
from tests.issues import ISSUE, SENT_AT, pictures_for, with_feature

pytestmark = pytest.mark.chromium
PICTURES = pictures_for(ISSUE)
HEADLINES = [
    ("ja", "自動販売機が両替をやめた町で起きた小さな変化とは"),
    ("zh-Hant", "封裝廠的夜班，價格高過一百才開工，工程師改看電費單"),
    ("zh-Hans", "钠电池卖到零下三十度，车厂开始重新计算冬天的成本了"),
    ("ja", "港の夜勤、注文が来るまで動かない機械たち"),
]
SPONSOR = OwnSection("ropes", "sponsor", "lead", "Rope works", ("Spin *one*.",), "", "", "https://ropes.example/", ())
LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen"
FONTS = """tag => [...document.querySelectorAll(`[lang="${tag}"]`)].filter(
  each => [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim()) && each.checkVisibility()
).map(each => getComputedStyle(each).fontFamily)"""


@pytest.fixture(params=["en", "zh-Hant", "ar"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The issue in an edition of that language, as files: light and dark."""
    return written(dataclasses.replace(ISSUE, language=request.param), tmp_path)


def written(issue: Issue, folder: Path, template: str = "issue") -> Path:
    """The issue's HTML in light and in dark, and its pictures."""
    email = render_issue(
        issue, templates=load_templates(), theme=Theme(), pictures=PICTURES, sent_at=SENT_AT, template=template
    )
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
        assert picture["height"] == pytest.approx(picture["width"], abs=1)


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


TITLES = ["#techAsia", "The Harbour Weekly", "亞洲科技週報與港口新聞", "Wochenbrief aus dem Hafenviertel"]


@pytest.mark.parametrize("template", ["issue", "brief", "story"])
@pytest.mark.parametrize("title", TITLES)
def test_the_masthead_is_whole_on_the_smallest_phone(
    browser: Browser, tmp_path: Path, title: str, template: str
) -> None:
    """At 320 px a title of up to 22 letters is one line, and so are number and date; a longer one breaks at a space."""
    lines = "each => each.getBoundingClientRect().height / parseFloat(getComputedStyle(each).lineHeight)"
    masthead = dataclasses.replace(ISSUE.masthead, title=title)
    folder = written(dataclasses.replace(ISSUE, masthead=masthead), tmp_path, template)
    with page_at(browser, folder / "light.html", width=320) as page:
        assert round(page.locator("h1").evaluate(lines)) == (1 if len(title) <= 22 else 2)
        number = page.locator(".number")
        assert round(number.evaluate(lines)) == (2 if template == "story" else 1)  # with the minutes to read
        assert overflow(page) == 0


@pytest.mark.parametrize("width", [320, 343, 375, 414, 600])
def test_no_character_is_alone_on_the_last_line_of_a_headline(browser: Browser, tmp_path: Path, width: int) -> None:
    """In Chinese and Japanese, lines break between phrases."""
    issue = dataclasses.replace(ISSUE, language="ja")
    for index, (tag, headline) in enumerate(HEADLINES):
        issue = with_feature(issue, index, language=tag, headline=headline)
    shown = """() => [...document.querySelectorAll('h2.headline')].map(each => {
      const range = document.createRange(), lines = {};
      const walker = document.createTreeWalker(each, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode())
        for (let at = 0; at < node.length; at++) {
          range.setStart(node, at); range.setEnd(node, at + 1);
          const top = Math.round(range.getBoundingClientRect().top);
          lines[top] = (lines[top] ?? '') + node.data[at];
        }
      return Object.entries(lines).sort((a, b) => a[0] - b[0]).map(each => each[1]);
    })"""
    with page_at(browser, written(issue, tmp_path) / "light.html", width=width) as page:
        for lines in page.evaluate(shown):
            assert min(len(line.strip("。、，？！")) for line in lines) > 1, lines


def test_the_contents_lead_to_the_stories(browser: Browser, folder: Path) -> None:
    """A click on a headline in the contents moves the page to its story, one on the reads to the reads."""
    with page_at(browser, folder / "light.html", width=375) as page:
        links = page.locator(".contents a")
        assert links.count() == len(ISSUE.features) + 1
        for index in range(links.count()):
            links.nth(index).click()
            place = page.locator("h2.headline" if index < len(ISSUE.features) else "h2.reads")
            box = place.nth(index if index < len(ISSUE.features) else 0).bounding_box()
            assert box
            assert -1 <= box["y"] < 900


def test_without_style_sheets_the_letter_is_one_column(browser: Browser, folder: Path) -> None:
    """Clients such as GMX drop every <style>: the page is no wider than the screen, and nothing is beside the text."""
    html = (folder / "light.html").read_text("utf-8")
    (folder / "bare.html").write_text(re.sub(r"<style.*?</style>", "", html, flags=re.DOTALL), "utf-8")
    with page_at(browser, folder / "bare.html", width=320) as page:
        assert overflow(page) == 0
        title, number = page.locator("h1").bounding_box(), page.locator(".number").bounding_box()
        assert title
        assert number
        assert title["y"] + title["height"] <= number["y"] + 1
        bodies = [each.bounding_box() for each in page.locator(".body").all()]
        assert all(box and box["width"] >= 250 for box in bodies)


def test_in_print_there_is_one_column_and_links_show_their_addresses(browser: Browser, folder: Path) -> None:
    """Black on white, also for one who prints from a dark appearance."""
    with page_at(browser, folder / "dark.html", width=720) as page:
        page.emulate_media(media="print")
        onward = page.locator("a.onward").first
        content = onward.evaluate("each => getComputedStyle(each, ':after').content")
        assert str(onward.get_attribute("href")) in content.replace('"', "") or "attr(href)" in content
        picture, headline = (page.locator(each).first.bounding_box() for each in ("img.square", "h2.next"))
        assert picture
        assert headline
        assert picture["y"] + picture["height"] <= headline["y"]
        assert page.locator(".body").first.evaluate("each => getComputedStyle(each).color") == "rgb(0, 0, 0)"


def test_no_style_element_has_a_rule_in_a_rule(folder: Path) -> None:
    """Gmail drops a whole element for one nested rule, and for more than 8,192 characters."""
    html = (folder / "light.html").read_text("utf-8")
    sheets = re.findall(r"<style[^>]*>(.*?)</style>", html, flags=re.DOTALL)
    assert sum("prefers-color-scheme" in sheet for sheet in sheets) == 1
    for sheet in sheets:
        assert len(sheet) < 8192
        depth = deepest = 0
        for brace in re.findall("[{}]", sheet):
            depth += 1 if brace == "{" else -1
            deepest = max(deepest, depth)
        assert deepest <= (2 if "@media" in sheet else 1)
        assert sheet.count("@") <= 1


def test_each_script_gets_a_font_of_its_own(browser: Browser, folder: Path) -> None:
    """Every element of a language carries that language's stack, also inside another one's sentence."""
    with page_at(browser, folder / "light.html", width=600) as page:
        assert all("Noto Sans TC" in font for font in page.evaluate(FONTS, "zh-Hant"))
        japanese = page.evaluate(FONTS, "ja")
        assert japanese
        assert all("Noto Sans JP" in font for font in japanese)


@pytest.mark.parametrize("template", ["issue", "brief", "story"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_forced_colours_links_are_links_and_nothing_keeps_its_colour(
    browser: Browser, tmp_path: Path, template: str, scheme: Literal["light", "dark"]
) -> None:
    """A reader who has chosen two colours sees these two, links underlined, and labels in a frame."""
    folder = written(dataclasses.replace(ISSUE, sections=(SPONSOR,)), tmp_path, template)
    with page_at(browser, folder / "light.html", width=600) as page:
        page.emulate_media(forced_colors="active", color_scheme=scheme)
        shown = page.evaluate(FORCED)
    assert shown["active"]
    assert shown["kept"] == []
    assert shown["plain"] == []
    assert shown["unframed"] == []


FORCED = """() => {
  const named = colour => {
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.color = colour;
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };
  const system = ['CanvasText', 'LinkText', 'VisitedText'].map(named);
  const written = [...document.querySelectorAll('body *')].filter(
    each => each.checkVisibility() && [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim())
  );
  const underlined = each => getComputedStyle(each.closest('a')).textDecorationLine.includes('underline');
  const text = each => each.textContent.trim();
  return {
    active: matchMedia('(forced-colors: active)').matches,
    kept: written.filter(each => !system.includes(getComputedStyle(each).color)).map(text),
    plain: written.filter(each => each.closest('a') && !underlined(each)).map(text),
    unframed: [...document.querySelectorAll('.label')].filter(
      each => getComputedStyle(each).borderTopStyle !== 'solid').map(text),
  };
}"""


@pytest.mark.parametrize("template", ["issue", "brief", "story"])
@pytest.mark.parametrize("width", [320, 600])
def test_without_pictures_their_words_can_be_read(browser: Browser, tmp_path: Path, template: str, width: int) -> None:
    """In light and dark: large enough, against their ground, and whole; a picture without words leaves no gap."""
    folder = written(ISSUE, tmp_path, template)
    for picture in (folder / "pictures").iterdir():
        picture.unlink()
    for page in both(browser, folder, width):
        shown = page.evaluate(WORDS_OF_PICTURES)
        assert shown
        for each in shown:
            assert each["size"] >= 13, each
            assert contrast(each["colour"], each["ground"]) >= 4.5, each
            assert each["height"] >= each["needed"], each
        assert overflow(page) == 0


WORDS_OF_PICTURES = """() => [...document.images].filter(each => each.alt && each.checkVisibility()).map(each => {
  const style = getComputedStyle(each), box = each.getBoundingClientRect();
  const probe = document.body.appendChild(document.createElement('div'));
  probe.textContent = each.alt;
  probe.style.cssText = `font:${style.font};width:${box.width}px;box-sizing:border-box`;
  const needed = probe.getBoundingClientRect().height;
  probe.remove();
  let ground = each;
  while (ground && /rgba\\(.*, 0\\)/.test(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
  return {
    alt: each.alt, size: parseFloat(style.fontSize),
    colour: style.color, ground: getComputedStyle(ground).backgroundColor,
    height: Math.ceil(box.height), needed: Math.floor(needed),
  };
})"""


def contrast(one: str, other: str) -> float:
    """The contrast of two CSS colours by WCAG."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    values = [int(value) / 255 for value in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
