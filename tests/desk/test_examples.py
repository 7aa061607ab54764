"""More like this at the desk: headlines as examples, reasons in words, and what was kept of earlier proposals."""

import re

import pytest
import yaml
from playwright.sync_api import Browser, expect

from tests.desk.desks import Served, watched

pytestmark = pytest.mark.chromium


def order(desk: Served) -> dict[str, float]:
    """The score of each candidate, by title."""
    return {each["title"]: each["score"] for each in desk.json("/api/candidates/en")["candidates"]}


def test_an_example_changes_the_ranking_at_once_and_in_the_next_run(browser: Browser, desk: Served) -> None:
    """A story pressed as an example is ranked higher; its headline is in edits.yaml; undo takes both back."""
    before = order(desk)
    with watched(browser, desk) as seen:
        page = seen.open()
        pick = page.locator("#candidates .pick").nth(3)
        title = pick.locator(".title").inner_text()
        pick.click()
        page.get_by_role("button", name="More like this").click()
        expect(page.get_by_role("button", name="More like this")).to_have_attribute("aria-pressed", "true")
        seen.settle()
        assert desk.newsroom.edits()["examples"] == [title]
        with_example = order(desk)
        assert with_example[title] > before[title]
        assert desk.newsroom.run("select").returncode == 0
        assert order(desk) == with_example
        page.keyboard.press("u")
        expect(page.get_by_role("button", name="More like this")).to_have_attribute("aria-pressed", "false")
        seen.settle()
    assert order(desk) == before
    assert desk.newsroom.edits() == {}


def test_the_letter_offers_the_examples_for_the_config(browser: Browser, desk: Served) -> None:
    """The lines shown are YAML of the config's `about`; an example can be removed there."""
    with watched(browser, desk) as seen:
        page = seen.open()
        page.locator("#candidates .pick").nth(1).click()
        page.keyboard.press("+")
        page.keyboard.press("l")
        lines = page.locator(".examples pre")
        expect(lines).to_be_visible()
        seen.settle()
        assert yaml.safe_load(lines.inner_text())["about"] == {"headlines": desk.newsroom.edits()["examples"]}
        page.get_by_role("button", name="Remove the example").click()
        expect(page.locator(".examples")).to_have_count(0)
        seen.settle()
    assert desk.newsroom.edits() == {}


def test_a_story_has_its_reasons_in_words_and_the_figures_behind_a_click(browser: Browser, desk: Served) -> None:
    """The list has no figures; the form has them, folded."""
    candidates = desk.json("/api/candidates/en")["candidates"]
    story = next(each["story"] for each in candidates if not each["section"] and not each["why_not"])
    assert not any(re.search("s[0-9a-f]{15}", each["why_not"]) for each in candidates)
    with watched(browser, desk) as seen:
        page = seen.open()
        first = page.locator(f'#candidates .pick[data-story="{story}"]')
        expect(first.locator(".reasons")).to_contain_text("on your subject")
        expect(first).not_to_contain_text(re.compile(r"(^|\s)0?\.\d\d"))
        first.click()
        why = page.locator(".why")
        expect(why).to_contain_text("on your subject")
        expect(why.locator(".figure").first).not_to_be_visible()
        why.get_by_text("Figures").click()
        expect(why.locator(".figure").first).to_be_visible()


def test_the_letter_shows_what_was_kept(browser: Browser, desk: Served) -> None:
    """Before an issue is approved there is nothing to show; the tables list sources and kinds."""
    row = {"name": "harbour", "proposed": 4, "kept": 3, "added": 1, "factor": 1.04}
    taste = {"issues": 9, "needed": 8, "counts": True, "active": True, "most": 0.25, "sources": [row], "kinds": []}
    with watched(browser, desk) as seen:
        page = seen.open()
        page.get_by_text("What you kept of earlier proposals").click()
        expect(page.locator(".kept")).to_contain_text("No issue with proposals has been approved yet.")
        page.get_by_text("What you kept of earlier proposals").click()
        seen.page.route("**/api/taste", lambda route: route.fulfill(json=taste))
        page.get_by_text("What you kept of earlier proposals").click()
        expect(page.locator(".kept tbody tr")).to_have_text("harbour431× 1.04")


@pytest.mark.parametrize("text", ["", " ", 7, None, "x" * 3_000])
def test_an_example_that_is_no_headline_is_refused(desk: Served, text: object) -> None:
    """Nothing is written."""
    change = {"kind": "example", "text": text, "wanted": True}
    status, answer = desk.write("/api/changes/en", {"changes": [change]})
    assert status == 422, answer
    assert desk.newsroom.edits() == {}
