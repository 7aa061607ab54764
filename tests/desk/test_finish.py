"""Finishing an issue: findings, approval with reasons, withdrawal, tests, downloads."""

import json
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.desk.desks import KEY, Newsroom, Served, served, watched
from tests.desk.mailbox import Mailbox, relay_at


def spoil(desk: Served) -> str:
    """Name a file as the lead's alt text, which is an error of the checks; return its story."""
    story = str(desk.json("/api/editions/en")["slots"][0]["story"])
    change = {"kind": "set", "path": f"stories.{story}.alt", "value": "quay.jpg", "was": None}
    status, answer = desk.write("/api/changes/en", {"changes": [change]})
    assert status == 200, answer
    return story


def errors(desk: Served) -> list[dict[str, Any]]:
    """Return the findings of all editions that prevent the approval."""
    return [
        {**finding, "edition": each["edition"]}
        for each in desk.json("/api/checks")["editions"]
        for finding in each["findings"]
        if finding["severity"] == "error"
    ]


def revisions(desk: Served) -> dict[str, str]:
    """Return the revisions that an editor has seen."""
    return {each["edition"]: each["revision"] for each in desk.json("/api/checks")["editions"]}


@pytest.mark.chromium
def test_a_finding_leads_to_its_field(browser: Browser, desk: Served) -> None:
    """A click selects the story and focuses the field; once corrected, the finding disappears."""
    story = spoil(desk)
    with watched(browser, desk) as seen:
        page = seen.open()
        page.locator("#checks-count").click()
        page.locator(".finding", has_text="is a file name").click()
        expect(page.get_by_label("Alt text")).to_be_focused()
        assert page.locator('.pick[aria-current="true"]').first.get_attribute("data-story") == story
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type("A quay at dusk")
        expect(page.locator(".finding", has_text="is a file name")).to_have_count(0)
        seen.settle()


def test_a_failed_check_prevents_approval_without_a_reason(desk: Served) -> None:
    """Each failed check needs a reason; the reasons are stored in issue.json."""
    spoil(desk)
    found = errors(desk)
    assert found
    for waivers in ([], [{**found[0], "reason": "  "}], [{**found[0], "reason": "It may", "message": "another one"}]):
        status, answer = desk.write("/api/approve", {"revisions": revisions(desk), "waivers": waivers})
        assert status == 422, answer
        assert desk.json("/api/issue")["status"] != "approved"
    waivers = [{**each, "reason": "The picture is decoration"} for each in found]
    status, answer = desk.write("/api/approve", {"revisions": revisions(desk), "waivers": waivers})
    assert status == 200, answer
    kept = desk.newsroom.issue_json()["checks"]["waived"]
    assert [each["reason"] for each in kept] == ["The picture is decoration"] * len(kept)
    assert kept[0]["rule"] == "alt"


def test_only_what_was_seen_is_approved(desk: Served) -> None:
    """A change since the editor looked prevents the approval, with a message."""
    seen = revisions(desk)
    change = {"kind": "set", "path": "subject", "value": "Changed since", "was": None}
    assert desk.write("/api/changes/en", {"changes": [change]})[0] == 200
    waivers = [{**each, "reason": "Known"} for each in errors(desk)]
    status, answer = desk.write("/api/approve", {"revisions": seen, "waivers": waivers})
    assert status == 422
    assert "changed since you looked" in answer["error"]
    assert desk.write("/api/approve", {"revisions": revisions(desk), "waivers": waivers})[0] == 200
    status, answer = desk.write(
        "/api/changes/en", {"changes": [{**change, "was": "Changed since", "value": "Too late"}]}
    )
    assert status == 422
    assert "approved" in answer["error"]


def test_a_delivered_issue_cannot_be_withdrawn(desk: Served) -> None:
    """Before the delivery an approval can be withdrawn."""
    import sqlite3

    waivers = [{**each, "reason": "Known"} for each in errors(desk)]
    assert desk.write("/api/approve", {"revisions": revisions(desk), "waivers": waivers})[0] == 200
    status, answer = desk.write("/api/withdraw", {})
    assert (status, answer["status"]) == (200, "rendered")
    assert desk.write("/api/withdraw", {})[0] == 422
    assert desk.write("/api/approve", {"revisions": revisions(desk), "waivers": waivers})[0] == 200
    with sqlite3.connect(desk.newsroom.folder / "state" / "store.sqlite") as store:
        store.execute(
            "INSERT INTO delivery (issue, edition, address, preview, state, answer, started_at)"
            " VALUES (?, 'en', 'list@letter.example', 0, 'accepted', '', '2026-11-22T00:00:00+00:00')",
            (KEY,),
        )
    status, answer = desk.write("/api/withdraw", {})
    assert status == 422
    assert "cannot be taken back" in answer["error"]


def test_edits_are_saved_while_a_test_is_being_sent(newsroom: Newsroom, mailbox: tuple[Mailbox, int]) -> None:
    """A slow relay blocks no edits; a second test is refused until the first one has ended."""
    box, port = mailbox
    box.may_answer.clear()
    relay_at(newsroom, port)
    with served(newsroom) as desk, ThreadPoolExecutor(1) as sender:
        sending = sender.submit(desk.write, "/api/test", {"to": ["ada@letter.example"], "edition": "en"})
        try:
            assert box.receiving.wait(60)
            change = {"kind": "set", "path": "subject", "value": "Typed meanwhile", "was": None}
            status, answer = desk.write("/api/changes/en", {"changes": [change]})
            assert (status, answer["edition"]["inbox"]["subject"]) == (200, "Typed meanwhile")
            status, answer = desk.write("/api/test", {"to": ["bo@letter.example"], "edition": "en"})
            assert status == 423
            assert "try again" in answer["error"]
        finally:
            box.may_answer.set()
        assert sending.result(60)[0] == 200
        assert desk.write("/api/test", {"to": ["bo@letter.example"], "edition": "en"})[0] == 200
    assert [to for to, _ in box.messages] == [["ada@letter.example"], ["bo@letter.example"]]


@pytest.mark.chromium
def test_a_test_contains_the_latest_edits(browser: Browser, newsroom: Newsroom, mailbox: tuple[Mailbox, int]) -> None:
    """The subject typed a moment ago is in the message, which is marked as a preview."""
    box, port = mailbox
    relay_at(newsroom, port)
    with served(newsroom) as desk, watched(browser, desk) as seen:
        page = seen.open()
        page.get_by_label("Subject").fill("Typed a moment ago")
        page.get_by_role("button", name="Send test…").click()
        page.get_by_label("To (addresses").fill("ada@letter.example, bo@letter.example")
        page.get_by_role("dialog").get_by_label("Edition").select_option("en")
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.locator("#notices")).to_contain_text("sent en to bo@letter.example", timeout=15_000)
    assert [to for to, _ in box.messages] == [["ada@letter.example"], ["bo@letter.example"]]
    message = message_from_bytes(box.messages[0][1], policy=policy.default)
    assert "Typed a moment ago" in str(message["Subject"])
    assert "PREVIEW" in str(message["Subject"])


@pytest.mark.chromium
def test_the_message_and_its_html_can_be_downloaded(browser: Browser, desk: Served) -> None:
    """The .eml is the message that would be sent; the copied HTML is the downloaded one."""
    with watched(browser, desk) as seen:
        seen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = seen.open()
        with page.expect_download() as saved:
            page.get_by_role("link", name="Download .eml").click()
        assert saved.value.suggested_filename == f"{KEY}-en.eml"
        message = message_from_bytes(saved.value.path().read_bytes(), policy=policy.default)
        assert message["Subject"] == page.locator("#inbox .subject").inner_text()
        page.get_by_role("button", name="Copy HTML").click()
        expect(page.locator("#notices")).to_contain_text("Copied")
        copied = page.evaluate("navigator.clipboard.readText()")
    _, headers, downloaded = desk.ask("GET", "/download/en/issue.html")
    assert copied == downloaded.decode()
    assert headers["content-disposition"].startswith("attachment")
    assert json.loads(desk.ask("GET", "/api/issue")[2])["key"] == KEY
