"""The end of the work: findings lead to their place, reasons are kept, a test arrives, the message comes along."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy
from typing import Any

import pytest
import yaml
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, expect

from tests.desk.desks import KEY, Newsroom, Served, served, watched


def spoil(desk: Served) -> str:
    """An English lead whose picture says nothing: an error of the gate. Its story."""
    story = str(desk.json("/api/sheet/en")["slots"][0]["story"])
    change = {"kind": "set", "path": f"stories.{story}.alt", "value": "", "was": None}
    status, answer = desk.write("/api/changes/en", {"changes": [change]})
    assert status == 200, answer
    return story


def errors(desk: Served) -> list[dict[str, Any]]:
    """What bars approval, in every edition."""
    return [
        {**finding, "edition": each["edition"]}
        for each in desk.json("/api/gate")["editions"]
        for finding in each["findings"]
        if finding["severity"] == "error"
    ]


def revisions(desk: Served) -> dict[str, str]:
    """What an editor has seen."""
    return {each["edition"]: each["revision"] for each in desk.json("/api/gate")["editions"]}


@pytest.mark.chromium
def test_a_finding_leads_to_its_place(browser: Browser, desk: Served) -> None:
    """From the list of checks to the story and its field; mended there, the finding goes."""
    story = spoil(desk)
    with watched(browser, desk) as seen:
        page = seen.open()
        page.locator(".finding", has_text="empty alt").click()
        expect(page.get_by_label("What it shows")).to_be_focused()
        assert page.locator('.pick[aria-current="true"]').first.get_attribute("data-story") == story
        page.keyboard.type("A quay at dusk")
        expect(page.locator(".finding", has_text="empty alt")).to_have_count(0)
        seen.settle()


def test_a_failing_check_bars_approval_until_it_has_a_reason(desk: Served) -> None:
    """Without a reason for each nothing is approved; with them the reasons are kept in issue.json."""
    spoil(desk)
    found = errors(desk)
    assert found
    for waivers in ([], [{**found[0], "reason": "  "}], [{**found[0], "reason": "It may", "message": "another one"}]):
        status, said = desk.write("/api/approve", {"revisions": revisions(desk), "waivers": waivers})
        assert status == 422, said
        assert desk.json("/api/issue")["status"] != "approved"
    waivers = [{**each, "reason": "The picture is decoration"} for each in found]
    status, said = desk.write("/api/approve", {"revisions": revisions(desk), "waivers": waivers})
    assert status == 200, said
    kept = desk.newsroom.account()["checks"]["waived"]
    assert [each["reason"] for each in kept] == ["The picture is decoration"] * len(kept)
    assert kept[0]["rule"] == "alt"


def test_only_what_was_seen_is_approved(desk: Served) -> None:
    """A change since the editor looked bars the approval, and says so."""
    seen = revisions(desk)
    change = {"kind": "set", "path": "subject", "value": "Changed since", "was": None}
    assert desk.write("/api/changes/en", {"changes": [change]})[0] == 200
    waivers = [{**each, "reason": "Known"} for each in errors(desk)]
    status, said = desk.write("/api/approve", {"revisions": seen, "waivers": waivers})
    assert status == 422
    assert "changed since you looked" in said["error"]
    assert desk.write("/api/approve", {"revisions": revisions(desk), "waivers": waivers})[0] == 200
    status, said = desk.write("/api/changes/en", {"changes": [{**change, "was": "Changed since", "value": "Too late"}]})
    assert status == 422
    assert "approved" in said["error"]


def test_what_was_delivered_cannot_be_taken_back(desk: Served) -> None:
    """A withdrawn approval frees the stories; once readers have the letter it stands."""
    import sqlite3

    waivers = [{**each, "reason": "Known"} for each in errors(desk)]
    assert desk.write("/api/approve", {"revisions": revisions(desk), "waivers": waivers})[0] == 200
    status, said = desk.write("/api/withdraw", {})
    assert (status, said["status"]) == (200, "rendered")
    assert desk.write("/api/withdraw", {})[0] == 422
    assert desk.write("/api/approve", {"revisions": revisions(desk), "waivers": waivers})[0] == 200
    with sqlite3.connect(desk.newsroom.folder / "state" / "store.sqlite") as store:
        store.execute(
            "INSERT INTO delivery (issue, edition, address, preview, state, answer, started_at)"
            " VALUES (?, 'en', 'list@letter.example', 0, 'accepted', '', '2026-11-22T00:00:00+00:00')",
            (KEY,),
        )
    status, said = desk.write("/api/withdraw", {})
    assert status == 422
    assert "cannot be taken back" in said["error"]


class Mailbox:
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], bytes]] = []
        self.asked, self.answers = threading.Event(), threading.Event()
        self.answers.set()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Take it, once it may be answered."""
        self.asked.set()
        await asyncio.to_thread(self.answers.wait, 60)
        self.taken.append((list(envelope.rcpt_tos), bytes(envelope.content)))
        return "250 taken"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    """A relay on loopback, and its port."""
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


def relay_at(newsroom: Newsroom, port: int) -> None:
    """The newsroom sends through the relay of that port."""
    config = yaml.safe_load(newsroom.config.read_text(encoding="utf-8"))
    config["smtp"] = {"host": "127.0.0.1", "port": port, "security": "none", "retries": 0}
    newsroom.config.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")


def test_words_are_saved_while_a_slow_relay_thinks(newsroom: Newsroom, mailbox: tuple[Mailbox, int]) -> None:
    """A test on its way bars no editor's words; what needs the store as well is told to wait, and goes afterwards."""
    box, port = mailbox
    box.answers.clear()
    relay_at(newsroom, port)
    with served(newsroom) as desk, ThreadPoolExecutor(1) as sender:
        sending = sender.submit(desk.write, "/api/test", {"to": ["ada@letter.example"], "edition": "en"})
        try:
            assert box.asked.wait(60)
            change = {"kind": "set", "path": "subject", "value": "Typed meanwhile", "was": None}
            status, answer = desk.write("/api/changes/en", {"changes": [change]})
            assert (status, answer["sheet"]["inbox"]["subject"]) == (200, "Typed meanwhile")
            status, said = desk.write("/api/test", {"to": ["bo@letter.example"], "edition": "en"})
            assert status == 423
            assert "try again" in said["error"]
        finally:
            box.answers.set()
        assert sending.result(60)[0] == 200
        assert desk.write("/api/test", {"to": ["bo@letter.example"], "edition": "en"})[0] == 200
    assert [to for to, _ in box.taken] == [["ada@letter.example"], ["bo@letter.example"]]


@pytest.mark.chromium
def test_a_test_arrives_as_the_letter_is_now(
    browser: Browser, newsroom: Newsroom, mailbox: tuple[Mailbox, int]
) -> None:
    """The words of a moment ago are in the message, which says that it is a test; a relay that is down is told."""
    box, port = mailbox
    relay_at(newsroom, port)
    with served(newsroom) as desk, watched(browser, desk) as seen:
        page = seen.open()
        page.get_by_label("Subject").fill("Typed a moment ago")
        page.get_by_role("button", name="Send test…").click()
        page.get_by_label("To (addresses").fill("ada@letter.example, bo@letter.example")
        page.get_by_role("dialog").get_by_label("Edition").select_option("en")
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.locator("#notices")).to_contain_text("Sent", timeout=15_000)
    assert [to for to, _ in box.taken] == [["ada@letter.example"], ["bo@letter.example"]]
    message = message_from_bytes(box.taken[0][1], policy=policy.default)
    assert "Typed a moment ago" in str(message["Subject"])
    assert "PREVIEW" in str(message["Subject"])


@pytest.mark.chromium
def test_the_message_and_its_html_can_be_taken_along(browser: Browser, desk: Served) -> None:
    """The .eml is the message that would go out; the copied HTML is the source."""
    with watched(browser, desk) as seen:
        seen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = seen.open()
        with page.expect_download() as saved:
            page.get_by_role("link", name="Download .eml").click()
        assert saved.value.suggested_filename == f"{KEY}-en.eml"
        message = message_from_bytes(saved.value.path().read_bytes(), policy=policy.default)
        assert message["Subject"] == page.locator("#inbox .subject").inner_text()
        page.get_by_role("button", name="Copy the HTML").click()
        expect(page.locator("#notices")).to_contain_text("Copied")
        copied = page.evaluate("navigator.clipboard.readText()")
    source = desk.ask("GET", "/api/part/en/source")[2].decode()
    assert copied == source
    assert desk.ask("GET", "/download/en/issue.html")[1]["content-disposition"].startswith("attachment")
    assert json.loads(desk.ask("GET", "/api/issue")[2])["key"] == KEY
