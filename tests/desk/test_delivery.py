"""From the approval to the readers: what comes next, now or at a time, once; progress and messages on the way."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.desk.desks import Newsroom, Served, served, watched
from tests.desk.mailbox import LIST, Mailbox, relay_at
from tests.desk.test_finish import errors, revisions

Box = tuple[Mailbox, int]


def approve(desk: Served) -> None:
    """Approve the issue as it is."""
    waivers = [{**each, "reason": "Known"} for each in errors(desk)]
    assert desk.write("/api/approve", {"revisions": revisions(desk), "waivers": waivers})[0] == 200


def delivery(desk: Served) -> Any:
    """What the page knows of the delivery."""
    return desk.json("/api/issue")["delivery"]


def wait_for(desk: Served, page: Page, text: str) -> None:
    """Wait until the bar says where the issue stands."""
    expect(page.locator("#status")).to_have_text(re.compile(text))
    assert desk.json("/api/issue")["status"] == "approved"


@pytest.mark.chromium
def test_after_the_approval_the_issue_is_planned_cancelled_and_delivered(
    browser: Browser, newsroom: Newsroom, mailbox: Box
) -> None:
    """The notice leads to the dialog; the lists are named; a delivered issue offers neither delivery nor withdrawal."""
    box, port = mailbox
    relay_at(newsroom, port)
    with served(newsroom) as desk, watched(browser, desk) as seen:
        page = seen.open()
        page.get_by_role("button", name="Approve…").click()
        for reason in page.locator("dialog textarea").all():
            reason.fill("Known")
        page.locator("dialog [type=submit]").click()
        expect(page.locator("#notices")).to_contain_text("is approved. Next: deliver it now, at a time, or export it.")
        page.locator("#notices").get_by_role("button", name="Deliver…").click()
        dialog = page.get_by_role("dialog", name="Deliver the issue")
        expect(dialog).to_contain_text(f"en to {LIST}")
        dialog.get_by_label("At a time").check()
        expect(dialog).to_contain_text("The desk keeps the time: it must be running then")
        dialog.get_by_role("button", name="Plan the delivery").click()
        wait_for(desk, page, "goes out .+ 8:00")
        assert delivery(desk)["planned_at"]
        page.keyboard.press("o")
        page.get_by_role("button", name="Cancel the delivery").click()
        wait_for(desk, page, "^approved$")
        page.get_by_role("button", name="Deliver…").click()
        dialog.get_by_text("Export").click()
        assert dialog.get_by_role("link", name="de: .eml").is_visible()
        dialog.get_by_role("button", name="Deliver now").click()
        wait_for(desk, page, "^delivered$")
        expect(page.get_by_role("button", name="Withdraw…")).to_be_disabled()
        expect(page.get_by_role("button", name="Deliver…")).to_have_count(0)
        assert desk.write("/api/deliver", {})[0] == 422
    assert [to for to, _ in box.messages] == [[LIST], [LIST]]


def test_a_planned_delivery_outlives_the_desk(newsroom: Newsroom, mailbox: Box) -> None:
    """It goes out at its time from the desk that runs then, each edition once."""
    box, port = mailbox
    relay_at(newsroom, port)
    with served(newsroom) as desk:
        approve(desk)
        at = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
        assert desk.write("/api/plan", {"at": at})[0] == 200
        desk.process.kill()
        desk.process.wait()
    with served(newsroom) as again, served(newsroom):  # and of two desks one
        while not all(edition["state"] == "accepted" for edition in delivery(again)["editions"]):
            assert datetime.now(UTC) < datetime.fromisoformat(at) + timedelta(seconds=30)
        assert delivery(again)["planned_at"] is None
    assert [to for to, _ in box.messages] == [[LIST], [LIST]]


def test_times_without_a_meaning_are_refused(desk: Served) -> None:
    """Neither a text nor a time without its zone; without a relay nothing is planned."""
    approve(desk)
    for at in ("soon", "2026-11-22T08:00", 7):
        status, answer = desk.write("/api/plan", {"at": at})
        assert (status, "expected a time" in answer["error"]) == (422, True), at
    status, answer = desk.write("/api/plan", {"at": (datetime.now(UTC) + timedelta(hours=1)).isoformat()})
    assert (status, "names no relay" in answer["error"]) == (503, True)


@pytest.mark.chromium
def test_an_unconfirmed_delivery_is_settled_by_the_editor(browser: Browser, newsroom: Newsroom, mailbox: Box) -> None:
    """The connection broke before the relay answered: the desk asks, and sends the rest once it knows."""
    import sqlite3

    box, port = mailbox
    relay_at(newsroom, port)
    with served(newsroom) as desk:
        approve(desk)
        with sqlite3.connect(newsroom.folder / "state" / "store.sqlite") as store:
            store.execute(
                "INSERT INTO delivery (issue, edition, address, preview, state, answer, started_at)"
                " VALUES ('2026-W47', 'en', ?, 0, 'ending', '', '2026-11-22T00:00:00+00:00')",
                (LIST,),
            )
        with watched(browser, desk) as seen:
            page = seen.open()
            wait_for(desk, page, "^delivery not confirmed$")
            page.get_by_role("button", name="Deliver…").click()
            page.get_by_role("button", name="It arrived").click()
            wait_for(desk, page, "^delivered in part$")
            page.get_by_role("button", name="Deliver…").click()
            page.get_by_role("button", name="Deliver now").click()
            wait_for(desk, page, "^delivered$")
    assert [to for to, _ in box.messages] == [[LIST]]


@pytest.mark.chromium
def test_slow_work_shows_progress(browser: Browser, desk: Served) -> None:
    """A bar after half a second, gone with the answer; a quick answer shows none."""
    with watched(browser, desk) as seen:
        page = seen.open()
        bar = page.get_by_role("progressbar", name="Working")
        held: list[Route] = []
        page.route("**/api/diff/**", lambda route: held.append(route))  # noqa: PLW0108 - playwright marks its handlers
        page.get_by_role("button", name="Diff", exact=True).click()
        expect(bar).to_be_visible()
        held[0].continue_()
        expect(bar).to_be_hidden()
        expect(page.locator(".page.diff")).to_be_visible()


@pytest.mark.chromium
def test_messages_neither_pile_up_nor_contradict(browser: Browser, desk: Served) -> None:
    """The newest message replaces the one before; an undo takes it away; the same problem is shown once."""
    with watched(browser, desk) as seen:
        page = seen.open()
        shown = page.locator("#passing .notice")
        for _ in range(3):
            page.locator("#slots .pick").nth(1).click()
            page.keyboard.press("x")
        expect(shown).to_have_count(1)
        expect(shown).to_contain_text("Dropped")
        seen.settle()
        page.get_by_role("button", name="Undo").click()
        expect(shown).to_have_count(0)
        seen.settle()
        approve(desk)
        expect(page.locator("#status")).to_have_text("approved")
        for _ in range(3):
            page.locator("#slots .pick").nth(1).click()
            page.keyboard.press("x")
        expect(shown).to_have_count(1)
        expect(shown).to_contain_text("Withdraw the approval to edit it")
        assert desk.write("/api/withdraw", {})[0] == 200
        expect(page.locator("#status")).to_have_text("")
        expect(shown).to_have_count(0)


def test_the_downloaded_html_has_its_pictures(desk: Served) -> None:
    """Every picture is inside, or at the address that the config names."""
    sources = re.findall(rb'<img[^>]* src="([^"]*)"', desk.ask("GET", "/download/en/issue.html")[2])
    assert sources
    assert all(source.startswith(b"data:image/") for source in sources)
    config = desk.newsroom.config
    text = config.read_text(encoding="utf-8")
    config.write_text(f"{text}\npictures: {{base_url: 'https://img.example/w'}}\n", encoding="utf-8")
    while desk.json("/api/issue")["pictures_at"] is None:
        pass
    sources = re.findall(rb'<img[^>]* src="([^"]*)"', desk.ask("GET", "/download/en/issue.html")[2])
    assert all(source.startswith(b"https://img.example/w/") for source in sources)
