"""The address holds the place in the desk; the steps of undo outlive a reload."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desk.desks import Newsroom, Served, served, watched

pytestmark = pytest.mark.chromium


def go_somewhere(page: Page, desk: Served) -> str:
    """Open the German edition, its second story and the text part; return the story."""
    story = desk.json("/api/editions/de")["slots"][1]["story"]
    page.get_by_role("group", name="Edition").get_by_role("button", name="de").click()
    expect(page).to_have_url(re.compile("#edition=de$"))
    page.locator("#slots .pick").nth(2).and_(page.locator(f"[data-story={story}]")).click()
    page.get_by_role("group", name="View").get_by_role("button", name="Text", exact=True).click()
    return str(story)


def expect_place(page: Page, story: str) -> None:
    """Wait until the page shows the place of `go_somewhere`."""
    expect(page.get_by_role("group", name="Edition").get_by_role("button", name="de")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(page.locator('#slots .pick[aria-current="true"]')).to_have_attribute("data-story", story)
    expect(page.get_by_role("region", name="Plain text")).to_be_visible()


def test_reload_back_forward_and_a_second_tab_show_the_place(browser: Browser, desk: Served) -> None:
    """Each act is one step back, and the skip link is none; a tab with the address shows the same."""
    with watched(browser, desk) as seen:
        page = seen.open()
        story = go_somewhere(page, desk)
        page.reload()
        expect_place(page, story)
        second = page.context.new_page()
        second.goto(page.url)
        expect_place(second, story)
        second.close()
        page.go_back()
        expect(seen.frame.locator(".headline").first).to_be_visible()
        page.go_back()
        expect(page.locator('#slots .pick[aria-current="true"]')).to_have_attribute("data-focus", "letter")
        expect(page).to_have_url(re.compile("#edition=de$"))
        page.go_back()
        expect(page).to_have_url(re.compile("#edition=en$"))
        expect(page.locator("#inbox .subject")).to_have_text(desk.json("/api/editions/en")["inbox"]["subject"])
        for _ in range(3):
            page.go_forward()
        expect_place(page, story)
        page.get_by_role("link", name="Skip to the preview").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#preview")).to_be_focused()
        expect_place(page, story)
        expect(page).to_have_url(re.compile("#edition=de&story="))


def test_an_address_of_nothing_opens_the_first_edition(browser: Browser, desk: Served) -> None:
    """An edition, story and view that do not exist."""
    with watched(browser, desk) as seen:
        seen.page.goto(f"{desk.address}#edition=xx&story=../x&view=<b>&width=9&pane=y")
        seen.page.wait_for_selector("body.ready")
        expect(seen.page).to_have_url(re.compile("#edition=en$"))
        expect(seen.frame.locator(".headline").first).to_be_visible()


def test_undo_and_redo_outlive_a_reload(browser: Browser, desk: Served) -> None:
    """Steps in two editions, the newest first; another's change in between is not overwritten."""
    with watched(browser, desk) as seen:
        page = seen.open()
        page.get_by_label("Subject").fill("First")
        page.get_by_label("Greeting").fill("Second")
        seen.settle()
        page.reload()
        page.wait_for_selector("body.ready")
        page.get_by_label("Subject").fill("Third")
        seen.settle()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_label("Subject")).to_have_value("First")
        page.reload()
        page.wait_for_selector("body.ready")
        page.get_by_role("button", name="Redo").click()
        expect(page.get_by_label("Subject")).to_have_value("Third")
        for _ in range(2):
            page.get_by_role("button", name="Undo").click()
        expect(page.get_by_label("Greeting")).not_to_have_value("Second")
        seen.settle()
        change = {"kind": "set", "path": "subject", "value": "Someone else's", "was": "First"}
        assert desk.write("/api/changes/en", {"changes": [change]})[0] == 200
        expect(page.get_by_label("Subject")).to_have_value("Someone else's")
        seen.expects_errors = True  # a 409 is an error for the browser's console
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("#notices")).to_contain_text("Not undone")
        expect(page.get_by_label("Subject")).to_have_value("Someone else's")


def test_signing_in_keeps_the_place(browser: Browser, newsroom: Newsroom) -> None:
    """The address that a colleague sent opens at its place, also after a wrong password."""
    with (
        served(newsroom, "--host", "0.0.0.0", NEWSLETTER_DESK_PASSWORD="correct horse battery") as desk,
        watched(browser, desk) as seen,
    ):
        page = seen.page
        page.goto(f"{desk.address}#edition=de&view=text")
        for password in ("wrong", "correct horse battery"):
            page.get_by_label("Password").fill(password)
            page.keyboard.press("Enter")
            if password == "wrong":
                expect(page.get_by_role("alert")).to_be_visible()
        expect(page.get_by_role("region", name="Plain text")).to_be_visible()
        expect(page).to_have_url(re.compile("#edition=de&view=text$"))
