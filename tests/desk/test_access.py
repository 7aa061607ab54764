"""axe-core finds nothing on any view of the desk, in light and dark mode and at each width."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desk.desks import Newsroom, Served, Watched, served, watched
from tests.desk.mailbox import relay_at
from tests.programs import package

pytestmark = [pytest.mark.chromium, pytest.mark.node]
# The preview has its own tests. axe-core cannot run in its sandboxed frame.
RUN = """
async () => {
  const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await axe.run(document, { iframes: false, runOnly });
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(' | ')}`);
}
"""


@pytest.fixture(scope="module")
def axe() -> str:
    """Return axe-core's source."""
    return (package("axe-core") / "axe.min.js").read_text(encoding="utf-8")


# WCAG 2.2, 2.5.8: targets are at least 24 by 24 pixels, except visually hidden controls, checkboxes and sliders.
SMALL = """
() => [...document.querySelectorAll('button, a[href], input, select, textarea, summary')]
  .filter((each) => each.checkVisibility() && !each.closest('.visually-hidden, .skip'))
  .filter((each) => { const { width, height } = each.getBoundingClientRect(); return width < 24 || height < 24; })
  .filter((each) => !['checkbox', 'range'].includes(each.type))
  .map((each) => each.outerHTML)
"""


@pytest.fixture(scope="module")
def judged(example: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a desk with content in each view: a finding, a pin, a dropped story, a judged pair."""
    with served(example.copy(tmp_path_factory.mktemp("judged") / "newsroom")) as desk:
        suggestion = desk.json("/api/candidates/en")["suggestions"][0]
        slots = desk.json("/api/editions/en")["slots"]
        changes: list[dict[str, Any]] = [
            {
                "kind": "judge",
                "one": suggestion["one"]["story"],
                "other": suggestion["other"]["story"],
                "verdict": "other",
            },
            {"kind": "drop", "story": slots[-1]["story"]},
            {"kind": "place", "story": slots[1]["story"], "section": "features", "index": 0},
            {"kind": "section", "name": "diary", "value": {"kind": "events", "events": [{"what": "A", "when": "B"}]}},
            {"kind": "set", "path": "preheader", "value": "Short", "was": None},
            {"kind": "set", "path": f"stories.{slots[1]['story']}.alt", "value": "", "was": None},
        ]
        status, answer = desk.write("/api/changes/en", {"changes": changes})
        assert status == 200, answer
        yield desk


def axe_violations(page: Page, axe: str) -> list[str]:
    """Return the violations that axe-core finds on the page."""
    page.evaluate(axe)
    return list(page.evaluate(RUN))


def assert_accessible(seen: Watched, axe: str) -> None:
    """Fail if axe-core finds a violation or a target is too small."""
    found = axe_violations(seen.page, axe) + list(seen.page.evaluate(SMALL))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_on_any_view(browser: Browser, judged: Served, axe: str, dark: bool) -> None:
    """The lists, the form, each part of the message, each dialog, a problem with a file."""
    with watched(browser, judged, dark=dark) as seen:
        page = seen.open()
        expect(seen.frame.locator(".headline").first).to_be_visible()
        page.locator("#checks-count").click()
        expect(page.locator("#checks .finding").first).to_be_visible()
        page.get_by_role("button", name="Filters").click()
        page.get_by_label("Only my languages").check()
        page.get_by_label("Search candidates").fill("battery")
        expect(page.get_by_text("No earlier issue has these words.")).to_be_visible()
        assert_accessible(seen, axe)
        page.get_by_role("button", name="Clear filters").click()
        page.get_by_label("Search candidates").press("Escape")
        page.locator("#pairs-toggle").click()
        page.locator(".judged summary").click()
        for number in (1, 6):
            page.locator("#slots .pick").nth(number).click()
            expect(page.locator(".original")).to_be_visible()
            page.locator(".ledger summary").click()
            assert_accessible(seen, axe)
        page.locator("#slots .item.section .pick").click()
        expect(page.get_by_role("group", name="Event 1")).to_be_visible()
        assert_accessible(seen, axe)
        page.get_by_label("Show", exact=True).select_option("all")
        page.locator("#candidates .pick").nth(9).click()
        assert_accessible(seen, axe)
        page.locator("#slots .pick").nth(1).click()
        page.get_by_role("button", name="Choose…").click()
        expect(page.locator(".picture-choices, .chooser .soft").first).to_be_visible()
        page.get_by_role("button", name="Crop…").click()
        assert_accessible(seen, axe)
        for part in ("Text", "Source", "Headers", "Diff"):
            page.get_by_role("group", name="View").get_by_role("button", name=part).click()
            expect(page.locator(".page")).to_be_visible()
            assert_accessible(seen, axe)
        for name in ("? keys", "Send test…", "Add…", "Add a section…", "Same event as…", "Link: Text", "Approve…"):
            page.get_by_role("button", name=name).click()
            expect(page.get_by_role("dialog")).to_be_visible()
            assert_accessible(seen, axe)
            page.keyboard.press("Escape")
        edits = judged.newsroom.edits_path().read_bytes()
        judged.newsroom.edits_path().write_text("features: [x]\n", encoding="utf-8")
        expect(page.locator(".notice.standing")).to_be_visible()
        assert_accessible(seen, axe)
        judged.newsroom.edits_path().write_bytes(edits)
        expect(page.locator(".notice.standing")).to_have_count(0)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_on_an_approved_issue(browser: Browser, newsroom: Newsroom, axe: str, dark: bool) -> None:
    """The notice with its button, the choice of a time, the planned delivery."""
    relay_at(newsroom, 9)  # nothing listens there, and nothing is sent
    with served(newsroom) as desk, watched(browser, desk, dark=dark) as seen:
        page = seen.open()
        page.get_by_role("button", name="Approve…").click()
        for reason in page.locator("dialog textarea").all():
            reason.fill("Known")
        page.locator("dialog [type=submit]").click()
        expect(page.locator("#passing .notice")).to_be_visible()
        assert_accessible(seen, axe)
        page.keyboard.press("o")
        page.get_by_role("radio", name="At a time").check()
        page.get_by_text("Export", exact=True).click()
        assert_accessible(seen, axe)
        page.get_by_role("button", name="Plan the delivery").click()
        expect(page.locator("#status")).to_contain_text("goes out")
        page.get_by_role("button", name="Deliver…").click()
        expect(page.get_by_role("button", name="Cancel the delivery")).to_be_visible()
        assert_accessible(seen, axe)


def test_screen_readers_announce_saving_once_and_problems_at_once(browser: Browser, judged: Served) -> None:
    """The status is not announced for each letter typed; a field keeps the focus while the page renders."""
    with watched(browser, judged) as seen:
        page = seen.open()
        announced = page.evaluate_handle(
            """() => {
              const announced = [];
              const status = document.querySelector('[role=status]');
              new MutationObserver(() => announced.push(status.textContent)).observe(status, { childList: true });
              return announced;
            }"""
        )
        page.get_by_label("Greeting").focus()
        page.keyboard.type("Hello, as typed", delay=30)
        expect(page.get_by_role("status")).to_contain_text("Saved")
        expect(page.get_by_label("Greeting")).to_be_focused()
        texts = [text for text in announced.json_value() if text]
        assert [text.split()[0] for text in texts] == ["Saved"]
        judged.newsroom.edits_path().rename(judged.newsroom.edits_path().with_suffix(".away"))
        seen.expects_errors = True
        judged.newsroom.edits_path().write_text("features: [x]\n", encoding="utf-8")
        expect(page.locator(".notice.standing")).to_be_visible()
        page.keyboard.type("!")
        expect(page.get_by_role("status")).to_contain_text("Not saved: edits.yaml has a mistake")
        judged.newsroom.edits_path().with_suffix(".away").replace(judged.newsroom.edits_path())


def test_the_first_tab_stop_skips_the_lists(browser: Browser, judged: Served) -> None:
    """A link that appears when it has the focus goes to the preview."""
    with watched(browser, judged) as seen:
        page = seen.open()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the preview")).to_be_focused()
        expect(page.get_by_role("link", name="Skip to the preview")).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.locator("#preview")).to_be_focused()


@pytest.mark.parametrize("width", [820, 375])
def test_axe_finds_nothing_on_a_tablet_or_a_phone(browser: Browser, judged: Served, axe: str, width: int) -> None:
    """Each pane is checked."""
    with watched(browser, judged, width=width) as seen:
        page = seen.open()
        for pane in ("Stories", "Edit", "Preview"):
            tab = page.locator(".panes").get_by_role("button", name=pane)
            if tab.is_visible():
                tab.click()
            assert_accessible(seen, axe)


def test_axe_finds_nothing_on_the_sign_in_page(browser: Browser, newsroom: Newsroom, axe: str) -> None:
    """Before and after a wrong password; the right one opens the desk."""
    with (
        served(newsroom, "--host", "0.0.0.0", NEWSLETTER_DESK_PASSWORD="correct horse battery") as desk,
        watched(browser, desk) as seen,
    ):
        seen.page.goto(desk.address)
        assert_accessible(seen, axe)
        seen.page.get_by_label("Password").fill("wrong")
        seen.page.keyboard.press("Enter")
        expect(seen.page.get_by_role("alert")).to_be_visible()
        assert_accessible(seen, axe)
        seen.page.get_by_label("Password").fill("correct horse battery")
        seen.page.keyboard.press("Enter")
        seen.page.wait_for_selector("body.ready")
        seen.page.get_by_label("Subject").fill("Signed in")
        seen.settle()
    assert newsroom.edits()["subject"] == "Signed in"
