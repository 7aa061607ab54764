"""The preview follows what is in hand, and what moves besides is said."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.desk.desks import Served, Watched, watched

pytestmark = pytest.mark.chromium

IN_SIGHT = "element => { const box = element.getBoundingClientRect(); return box.top >= 0 && box.top < innerHeight; }"


def slots(desk: Served, section: str) -> list[Any]:
    """The slots of a section of the English edition."""
    return [slot for slot in desk.json("/api/editions/en")["slots"] if slot["section"] == section]


def is_in_sight(element: Locator) -> bool:
    """Whether the element is within the frame as it is scrolled."""
    return bool(element.evaluate(IN_SIGHT))


def scroll_up(seen: Watched) -> None:
    """Scroll the preview to its top."""
    seen.frame.locator("body").evaluate("() => scrollTo(0, 0)")


def test_the_preview_shows_what_was_placed_edited_or_found(browser: Browser, desk: Served) -> None:
    """It scrolls to the story and marks it for a moment; typing on does not scroll again."""
    last = slots(desk, "features")[-1]["story"]
    candidate = next(
        each for each in desk.json("/api/candidates/en")["candidates"] if not each["section"] and not each["dropped"]
    )
    with watched(browser, desk) as seen:
        page = seen.open()
        page.locator(f'#candidates .pick[data-story="{candidate["story"]}"]').click()
        page.keyboard.press("3")  # the last read
        placed = seen.frame.locator(f".story-{candidate['story']}").first
        expect(placed).to_have_attribute("data-followed", "")
        assert is_in_sight(placed)
        expect(placed).not_to_have_attribute("data-followed", "")
        page.locator(f'#slots .pick[data-story="{last}"]').click()
        scroll_up(seen)
        page.get_by_label("Headline").fill("Words that the preview follows")
        headline = seen.frame.locator(f".story-{last} .headline").first
        expect(headline).to_have_text("Words that the preview follows")
        expect(headline).to_have_attribute("data-followed", "")
        assert is_in_sight(headline)
        seen.settle()


def test_a_placement_says_what_it_displaced(browser: Browser, desk: Served) -> None:
    """The story that leaves, the one that comes in for a dropped one, and more features than the config wants."""
    old_lead, *_, last = slots(desk, "features")
    candidate = next(
        each
        for each in desk.json("/api/candidates/en")["candidates"]
        if not each["section"] and not each["dropped"] and "the same" not in (each["why_not"] or "")
    )
    with watched(browser, desk) as seen:
        page = seen.open()
        page.locator(f'#candidates .pick[data-story="{candidate["story"]}"]').click()
        page.keyboard.press("1")
        notice = page.locator("#passing .notice")
        expect(notice).to_contain_text(
            re.compile(re.escape(last["headline"][:30]) + ".*(has left the issue|is now a read)")
        )
        expect(notice).to_contain_text(f"{old_lead['headline'][:30]}")
        expect(notice).to_contain_text("is no longer the lead")
        seen.settle()
        page.locator("#slots .pick.current, #slots .pick[aria-current=true]").first.focus()
        page.keyboard.press("x")
        expect(notice).to_contain_text("has come in as a")
        seen.settle()


def test_another_teller_keeps_the_editors_headline(browser: Browser, desk: Served) -> None:
    """The editor's own words for the event stay with its place in the letter, and the desk says so."""
    candidates = desk.json("/api/candidates/en")["candidates"]
    shared = next(each for each in candidates if each["section"] == "features" and len(each["event_stories"]) > 1)
    with watched(browser, desk) as seen:
        page = seen.open()
        page.locator(f'#slots .pick[data-story="{shared["story"]}"]').click()
        page.get_by_label("Headline").fill("The editor's own headline")
        seen.settle()
        page.get_by_role("button", name="Use this story").first.click()
        expect(page.locator("#passing .notice")).to_contain_text("Your headline stays")
        seen.settle()
        headlines = [slot["headline"] for slot in slots(desk, "features")]
        assert "The editor's own headline" in headlines
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(f'#slots .pick[data-story="{shared["story"]}"]')).to_have_count(1)
