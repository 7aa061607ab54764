"""The desk on a tablet, on a phone, at 200 %, and by touch."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desk.desks import TIMEOUT_MS, Served

pytestmark = pytest.mark.chromium

BARS = """() => [...document.querySelectorAll(".bar, .panes, .foot")].map((bar) => {
  const { top, bottom } = bar.getBoundingClientRect();
  return Math.max(0, Math.min(bottom, innerHeight) - Math.max(0, top));
}).reduce((sum, height) => sum + height, 0)"""


@contextmanager
def page_of(
    browser: Browser, desk: Served, width: int, height: int, *, touch: bool, stories: bool = False
) -> Iterator[Page]:
    """Open the desk on a screen of this size, with the lists of stories if they are wanted."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, has_touch=touch, is_mobile=touch, reduced_motion="reduce"
    )
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    page.goto(desk.address)
    page.wait_for_selector("body.ready")
    if stories:
        page.locator(".panes").get_by_role("button", name="Stories").tap()
    yield page
    context.close()


@pytest.mark.parametrize(("width", "height", "touch"), [(375, 812, True), (820, 1180, True), (640, 400, False)])
def test_the_bars_take_at_most_a_quarter_of_the_height(
    browser: Browser, desk: Served, width: int, height: int, touch: bool
) -> None:
    """In every pane; 640 x 400 is a laptop's 1280 x 800 at 200 %. Nothing is wider than the screen."""
    with page_of(browser, desk, width, height, touch=touch) as page:
        for pane in page.locator(".panes button:visible").all():
            pane.click()
            assert page.evaluate(BARS) <= height / 4
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_fields_and_targets_suit_fingers(browser: Browser, desk: Served) -> None:
    """Fields have 16 px, so that no phone enlarges the page; what is pressed is 44 px high."""
    with page_of(browser, desk, 375, 812, touch=True) as page:
        for pane in ("Stories", "Edit"):
            page.locator(".panes").get_by_role("button", name=pane).click()
            sizes = page.locator("input:visible, textarea:visible, select:visible").evaluate_all(
                "fields => fields.filter((field) => field.type !== 'checkbox')"
                ".map((field) => parseFloat(getComputedStyle(field).fontSize))"
            )
            assert sizes
            assert min(sizes) >= 16
            heights = page.locator(".bar .actions button:visible, .panes button, .item .pick:visible").evaluate_all(
                "buttons => buttons.map((button) => button.getBoundingClientRect().height)"
            )
            assert min(heights) >= 40


@pytest.mark.parametrize("width", [375, 820])
def test_a_held_story_moves_with_the_finger(browser: Browser, desk: Served, width: int) -> None:
    """Held, moved onto the lead and let go, it is the lead; a swipe without a hold only scrolls."""
    with page_of(browser, desk, width, 900, touch=True, stories=True) as page:
        touch = page.context.new_cdp_session(page)

        def send(kind: str, x: float = 0, y: float = 0) -> None:
            points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        features = page.locator("#slots .pick[data-story]")
        first, last = features.nth(0), features.nth(3)
        story, before = last.get_attribute("data-story") or "", first.get_attribute("data-story") or ""
        start, goal = last.bounding_box(), first.bounding_box()
        assert start
        assert goal
        x, y = start["x"] + 60, start["y"] + 10
        send("touchStart", x, y)
        expect(page.locator(".item.lifted")).to_have_count(1)
        for step in range(1, 6):
            send("touchMove", x, y + (goal["y"] + 10 - y) * step / 5)
        send("touchEnd")
        expect(first).to_have_attribute("data-story", story)
        expect(features.nth(1)).to_have_attribute("data-story", before)
        expect(page.locator(".item.lifted")).to_have_count(0)
        send("touchStart", x, y)
        send("touchMove", x, y - 200)
        send("touchEnd")
        page.wait_for_timeout(500)  # longer than a hold
        expect(first).to_have_attribute("data-story", story)


@pytest.mark.parametrize("width", [375, 820])
def test_an_issue_is_made_by_touch(browser: Browser, desk: Served, width: int) -> None:
    """A candidate becomes a read, the headline of the lead is reworded, the issue is approved."""
    with page_of(browser, desk, width, 900, touch=True, stories=True) as page:
        candidate = page.locator("#candidates .pick").nth(5)
        story = candidate.get_attribute("data-story")
        candidate.tap()
        page.get_by_role("button", name="Read", exact=True).tap()
        page.locator(".panes").get_by_role("button", name="Stories").tap()
        expect(page.locator(f'#slots .pick[data-story="{story}"]')).to_have_count(1)
        page.locator("#slots .pick[data-story]").first.tap()
        page.get_by_label("Headline").fill("Made on a phone")
        expect(page.locator("#slots .pick[data-story] .title").first).to_have_text("Made on a phone")
        page.get_by_role("button", name="Approve…").tap()
        expect(page.get_by_role("dialog")).to_be_visible()
        for reason in page.locator("dialog textarea").all():
            reason.fill("Known")
        page.locator("dialog [type=submit]").tap()
        expect(page.locator("#status")).to_contain_text("approved")
    assert desk.newsroom.edits()["stories"]
