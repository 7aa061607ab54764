"""Sections of the editor's own at the desk: added, written, moved by mouse and by keyboard, deleted and restored."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desk.desks import Served, Watched, watched

pytestmark = pytest.mark.chromium


def add_section(page: Page, kind: str, texts: dict[str, str], place: str = "After the features") -> None:
    """Add a section through the dialog."""
    page.get_by_role("button", name="Add a section…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Kind").select_option(label=kind)
    dialog.get_by_label("Place").select_option(label=place)
    for label, text in texts.items():
        dialog.get_by_label(label).fill(text)
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog).to_have_count(0)


def lines(seen: Watched) -> list[str]:
    """Return the beginnings of the lines of the issue, the letter's first."""
    return [text.strip()[:12] for text in seen.page.locator("#slots .pick .title").all_inner_texts()]


def test_each_kind_of_section_is_added_and_in_the_letter(browser: Browser, desk: Served) -> None:
    """Every kind asks for what it needs, is shown in the preview at once, and passes the checks."""
    with watched(browser, desk) as seen:
        page = seen.open()
        add_section(page, "Sponsor", {"Heading": "The Ferry Museum", "Words": "Open **late** on Thursdays."})
        expect(seen.frame.locator(".own .headline")).to_have_text("The Ferry Museum")
        expect(seen.frame.locator(".own strong")).to_have_text("late")
        add_section(page, "Events", {"Day and time": "Tue 24 November", "What": "Coins and cards"}, "After the letter")
        expect(seen.frame.get_by_text("Coins and cards")).to_be_visible()
        add_section(page, "Number of the week", {"Number": "41 %", "Words": "of all ferries were late."})
        expect(seen.frame.locator(".figure")).to_have_text("41 %")
        add_section(page, "Quote", {"Words": "We never sleep.", "Who says it": "A pilot"})
        expect(seen.frame.locator(".quote")).to_contain_text("We never sleep.")
        add_section(page, "Text", {"Words": "Corrections go here."}, "After the reads")
        expect(seen.frame.get_by_text("Corrections go here.")).to_be_visible()
        seen.settle()
        assert [own["after"] for own in desk.json("/api/editions/en")["edits"]["sections"].values()] == [
            *("features", "letter", "features", "features", "reads")
        ]
        findings = [edition["findings"] for edition in desk.json("/api/checks")["editions"]]
        assert not [finding for found in findings for finding in found if "section" in finding["message"]]


def test_a_section_is_edited_moved_by_keys_and_deleted(browser: Browser, desk: Served) -> None:
    """Fields show in the preview, [ and ] move the section that has the focus, a deleted one comes back by undo."""
    with watched(browser, desk) as seen:
        page = seen.open()
        add_section(page, "Text", {"Words": "A word of our own."})
        page.get_by_label("Heading").fill("From the desk")
        expect(seen.frame.locator(".own .headline")).to_have_text("From the desk")
        page.get_by_label("Words", exact=True).fill("")
        expect(page.get_by_text("A section of this kind cannot be without it")).to_be_visible()
        page.get_by_label("Heading").focus()
        expect(page.get_by_label("Words", exact=True)).to_have_value("A word of our own.")
        line = page.locator("#slots .item.section .pick")
        line.focus()
        page.keyboard.press("[")
        expect(page.get_by_label("Place")).to_have_value("lead")
        expect(page.locator("#announced")).to_have_text("From the desk: after the lead, 1 of 1")
        expect(line).to_be_focused()
        assert lines(seen).index("From the des") == 2
        page.keyboard.press("x")
        expect(page.locator("#slots .item.section")).to_have_count(0)
        expect(page.locator("#slots .pick").first).to_be_focused()
        page.keyboard.press("u")
        expect(seen.frame.locator(".own .headline")).to_have_text("From the desk")
        expect(page.locator("#slots .item.section")).to_have_count(1)
        seen.settle()
        (section,) = desk.newsroom.edits()["sections"].values()
        assert section == {"kind": "text", "after": "lead", "title": "From the desk", "text": "A word of our own."}


def test_a_section_is_dragged_between_the_others(browser: Browser, desk: Served) -> None:
    """A drop on the letter, on another section or at a list's end decides the part that it follows, and the order."""
    with watched(browser, desk) as seen:
        page = seen.open()
        for title in ("First", "Second"):
            add_section(page, "Sponsor", {"Heading": title, "Words": f"{title} sponsor."})
            expect(seen.frame.get_by_text(f"{title} sponsor.")).to_be_visible()
        item = page.locator("#slots .item.section")
        item.nth(1).drag_to(item.nth(0))
        expect(seen.frame.locator(".own .headline")).to_have_text(["Second", "First"])
        item.nth(1).drag_to(page.locator("#slots .item").first)
        expect(seen.frame.locator(".own .headline")).to_have_text(["First", "Second"])
        assert lines(seen)[1] == "First"
        page.get_by_role("button", name="Undo").click()
        expect(seen.frame.locator(".own .headline")).to_have_text(["Second", "First"])
        seen.settle()
        assert [own["title"] for own in desk.newsroom.edits()["sections"].values()] == ["Second", "First"]


def test_an_event_is_saved_once_it_is_whole(browser: Browser, desk: Served) -> None:
    """A half-written event stays in its fields, also after a reload, and enters the letter when nothing is missing."""
    with watched(browser, desk) as seen:
        page = seen.open()
        add_section(page, "Events", {"Day and time": "Tue 24 November", "What": "Coins and cards"})
        expect(seen.frame.get_by_text("Coins and cards")).to_be_visible()
        page.get_by_role("button", name="Add an event").click()
        second = page.get_by_role("group", name="Event 2")
        second.get_by_label("What").fill("Ferry night")
        expect(page.get_by_text("Not in the letter yet")).to_be_visible()
        seen.settle()
        page.reload()
        expect(second.get_by_label("What")).to_have_value("Ferry night")
        second.get_by_label("Day and time").fill("Wed 25 November")
        expect(seen.frame.get_by_text("Ferry night")).to_be_visible()
        page.get_by_role("button", name="Up: Ferry night").click()
        expect(seen.frame.locator(".own .read-title")).to_have_text(["Ferry night", "Coins and cards"])
        seen.settle()
        (section,) = desk.newsroom.edits()["sections"].values()
        assert [event["what"] for event in section["events"]] == ["Ferry night", "Coins and cards"]
