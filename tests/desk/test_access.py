"""axe-core on every view of the desk, in light and dark and at each width: no findings."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desk.desks import Newsroom, Served, Watched, served, watched

pytestmark = [pytest.mark.chromium, pytest.mark.node]
AXE = Path(__file__).resolve().parents[1] / "node" / "node_modules" / "axe-core" / "axe.min.js"
# The letter in the frame has its own tests; nothing runs in there, axe-core as little as anything else.
RUN = """
async () => {
  const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await axe.run(document, { iframes: false, runOnly });
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(' | ')}`);
}
"""


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core's own text; the tests are skipped where npm has not put it there, and fail for it where CI=true."""
    if not AXE.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail("axe-core is not installed: npm ci --prefix tests/node")
        pytest.skip("axe-core is not installed: npm ci --prefix tests/node")
    return AXE.read_text(encoding="utf-8")


# WCAG 2.2, 2.5.8: what is pressed has room for a finger, but for words in a line and what only a label's picker shows.
SMALL = """
() => [...document.querySelectorAll('button, a[href], input, select, textarea, summary')]
  .filter((each) => each.checkVisibility() && !each.closest('.unseen, .skip'))
  .filter((each) => { const { width, height } = each.getBoundingClientRect(); return width < 24 || height < 24; })
  .filter((each) => !['checkbox', 'range'].includes(each.type))
  .map((each) => each.outerHTML)
"""


@pytest.fixture(scope="module")
def judged(example: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A desk with something to see in each view: a finding, a pin, a dropped story, a judged pair."""
    with served(example.copy(tmp_path_factory.mktemp("judged") / "newsroom")) as desk:
        suggestion = desk.json("/api/candidates/en")["suggestions"][0]
        slots = desk.json("/api/sheet/en")["slots"]
        changes: list[dict[str, Any]] = [
            {
                "kind": "judge",
                "one": suggestion["one"]["story"],
                "other": suggestion["other"]["story"],
                "verdict": "other",
            },
            {"kind": "drop", "story": slots[-1]["story"]},
            {"kind": "place", "story": slots[1]["story"], "section": "features", "index": 0},
            {"kind": "set", "path": "preheader", "value": "Short", "was": None},
            {"kind": "set", "path": f"stories.{slots[1]['story']}.alt", "value": "", "was": None},
        ]
        status, answer = desk.write("/api/changes/en", {"changes": changes})
        assert status == 200, answer
        yield desk


def faults(page: Page, axe: str) -> list[str]:
    """What axe-core finds on the page as it is."""
    page.evaluate(axe)
    return list(page.evaluate(RUN))


def looked(seen: Watched, axe: str) -> None:
    """The page has no findings, and nothing too small to press."""
    found = faults(seen.page, axe) + list(seen.page.evaluate(SMALL))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_on_any_view(browser: Browser, judged: Served, axe: str, dark: bool) -> None:
    """Lists, words, each part of the letter, each dialog, an approved issue."""
    with watched(browser, judged, dark=dark) as seen:
        page = seen.open()
        expect(seen.frame.locator(".headline").first).to_be_visible()
        expect(page.locator("#checks .finding").first).to_be_visible()
        looked(seen, axe)
        page.locator(".judged summary").click()
        for number in (1, 6):
            page.locator("#placed .pick").nth(number).click()
            expect(page.locator(".original")).to_be_visible()
            page.locator(".ledger summary").click()
            looked(seen, axe)
        page.get_by_label("Which").select_option("all")
        page.locator("#candidates .pick").nth(9).click()
        looked(seen, axe)
        page.locator("#placed .pick").nth(1).click()
        page.get_by_role("button", name="Another…").click()
        expect(page.locator(".shelf, .chooser .soft").first).to_be_visible()
        page.get_by_role("button", name="Crop…").click()
        looked(seen, axe)
        for part in ("Text", "Source", "Headers", "Diff"):
            page.get_by_role("group", name="Part").get_by_role("button", name=part).click()
            expect(page.locator(".page")).to_be_visible()
            looked(seen, axe)
        for name in ("? keys", "Send test…", "Approve…"):
            page.get_by_role("button", name=name).click()
            expect(page.get_by_role("dialog")).to_be_visible()
            looked(seen, axe)
            page.keyboard.press("Escape")
        said = judged.newsroom.edits_path().read_bytes()
        judged.newsroom.edits_path().write_text("features: [x]\n", encoding="utf-8")
        expect(page.locator(".notice.standing")).to_be_visible()
        looked(seen, axe)
        judged.newsroom.edits_path().write_bytes(said)
        expect(page.locator(".notice.standing")).to_have_count(0)


def test_who_listens_hears_of_saving_once_and_of_trouble_at_once(browser: Browser, judged: Served) -> None:
    """The status is not read out at each letter; a field keeps its focus while the page renders around it."""
    with watched(browser, judged) as seen:
        page = seen.open()
        heard = page.evaluate_handle(
            """() => {
              const heard = [];
              const status = document.querySelector('[role=status]');
              new MutationObserver(() => heard.push(status.textContent)).observe(status, { childList: true });
              return heard;
            }"""
        )
        page.get_by_label("Greeting").focus()
        page.keyboard.type("Hello, as typed", delay=30)
        expect(page.get_by_role("status")).to_contain_text("Saved")
        expect(page.get_by_label("Greeting")).to_be_focused()
        said = [text for text in heard.json_value() if text]
        assert [text.split()[0] for text in said] == ["Saved"]
        judged.newsroom.edits_path().rename(judged.newsroom.edits_path().with_suffix(".away"))
        seen.away = True
        judged.newsroom.edits_path().write_text("features: [x]\n", encoding="utf-8")
        expect(page.locator(".notice.standing")).to_be_visible()
        page.keyboard.type("!")
        expect(page.get_by_role("status")).to_contain_text("Not saved: edits.yaml has a mistake")
        judged.newsroom.edits_path().with_suffix(".away").replace(judged.newsroom.edits_path())


def test_the_first_tab_leads_past_the_lists(browser: Browser, judged: Served) -> None:
    """A link that is seen when it has the focus leads from the top of the page to the letter."""
    with watched(browser, judged) as seen:
        page = seen.open()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the letter")).to_be_focused()
        expect(page.get_by_role("link", name="Skip to the letter")).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.locator("#letter")).to_be_focused()


@pytest.mark.parametrize("width", [820, 375])
def test_axe_finds_nothing_on_a_tablet_or_a_phone(browser: Browser, judged: Served, axe: str, width: int) -> None:
    """Each pane by itself."""
    with watched(browser, judged, width=width) as seen:
        page = seen.open()
        for pane in ("Stories", "Words", "Letter"):
            tab = page.locator(".panes").get_by_role("button", name=pane)
            if tab.is_visible():
                tab.click()
            looked(seen, axe)


def test_axe_finds_nothing_where_one_signs_in(browser: Browser, newsroom: Newsroom, axe: str) -> None:
    """The page that asks for the password, and says that it was wrong; a right one opens the desk."""
    with (
        served(newsroom, "--host", "0.0.0.0", NEWSLETTER_DESK_PASSWORD="correct horse battery") as desk,
        watched(browser, desk) as seen,
    ):
        seen.page.goto(desk.address)
        looked(seen, axe)
        seen.page.get_by_label("Password").fill("wrong")
        seen.page.keyboard.press("Enter")
        expect(seen.page.get_by_role("alert")).to_be_visible()
        looked(seen, axe)
        seen.page.get_by_label("Password").fill("correct horse battery")
        seen.page.keyboard.press("Enter")
        seen.page.wait_for_selector("body.ready")
        seen.page.get_by_label("Subject").fill("Signed in")
        seen.settle()
    assert newsroom.edits()["subject"] == "Signed in"
