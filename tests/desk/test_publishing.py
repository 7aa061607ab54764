"""Publishing from the desk: a button for each publisher of the config, once the issue is approved."""

from collections.abc import Iterator

import pytest
import yaml
from playwright.sync_api import Browser, expect

from tests.desk.desks import Newsroom, Served, served, watched
from tests.desk.test_delivery import approve
from tests.publishers import LOGIN, Service, running_service


@pytest.fixture
def listmonk() -> Iterator[Service]:
    """A listmonk on loopback."""
    with running_service("listmonk") as service:
        yield service


@pytest.fixture
def publishing_desk(newsroom: Newsroom, listmonk: Service) -> Iterator[Served]:
    """A desk whose config names that listmonk."""
    config = yaml.safe_load(newsroom.config.read_text(encoding="utf-8"))
    config["publish"] = [listmonk.config]
    newsroom.config.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    with served(newsroom, KEY=listmonk.key, LOGIN=LOGIN) as running:
        yield running


@pytest.mark.chromium
def test_an_approved_issue_is_published_and_an_edited_draft_replaced_on_request(
    browser: Browser, publishing_desk: Served, listmonk: Service
) -> None:
    """No button before the approval; each edition becomes a draft with a link; an edit there is lost on request."""
    with watched(browser, publishing_desk) as seen:
        page = seen.open()
        opener = page.get_by_role("button", name="Publish to there…")
        expect(page.locator("#slots .item").first).to_be_visible()
        expect(opener).to_have_count(0)
        approve(publishing_desk)
        opener.click()
        dialog = page.get_by_role("dialog", name="Publish to there")
        expect(dialog.get_by_role("listitem")).to_contain_text(["en not there yet", "de not there yet"])
        dialog.get_by_role("button", name="Publish").click()
        expect(page.locator("#passing")).to_contain_text("de of 2026-W47 at there: created, left as a draft")
        opener.click()
        link = dialog.get_by_role("link", name="Open it there").first
        expect(link).to_have_attribute("href", f"{listmonk.base}/admin/campaigns/1")
        listmonk.edit("subject", lambda text: f"{text}!")
        seen.expects_errors = True  # the browser logs the refusal
        dialog.get_by_role("button", name="Publish").click()
        expect(dialog.get_by_role("alert")).to_contain_text("somebody has edited the draft there")
        dialog.get_by_label("Replace the draft that is there").check()
        dialog.get_by_role("button", name="Publish").click()
        expect(page.locator("#passing")).to_contain_text("updated, left as a draft")
        assert not any(subject.endswith("!") for subject, _ in listmonk.shown())
        assert publishing_desk.write("/api/withdraw", {})[0] == 200
        expect(opener).to_have_count(0)


@pytest.mark.chromium
def test_what_readers_clicked_is_listed_with_the_issue(browser: Browser, newsroom: Newsroom) -> None:
    """Once results are known: each edition's stories, the most clicked first, and the other links."""
    lead = newsroom.issue_json()["features"][0]
    table = newsroom.folder / "clicks.csv"
    table.write_text(f"url,clicks\n{lead['url']},41\nhttps://elsewhere.example/,1\n", encoding="utf-8")
    with served(newsroom) as desk, watched(browser, desk) as seen:
        approve(desk)
        page = seen.open()
        opener = page.get_by_role("button", name="What readers clicked…")
        expect(page.locator("#slots .item").first).to_be_visible()
        expect(opener).to_have_count(0)
        assert newsroom.run("results", "--csv", str(table), "--edition", "en").returncode == 0
        page.reload()
        opener.click()
        dialog = page.get_by_role("dialog", name="What readers clicked")
        first = dialog.get_by_role("list", name="Clicks of edition en").get_by_role("listitem").first
        expect(first).to_contain_text(lead["headline"])
        expect(first).to_contain_text("41 clicks")
        expect(dialog).to_contain_text("1 click on 1 other link.")
        page.keyboard.press("Escape")
        expect(opener).to_be_focused()


def test_what_cannot_be_published_is_refused(publishing_desk: Served, listmonk: Service) -> None:
    """An issue that is not approved, an unknown publisher; what has been sent is not withdrawn."""
    assert publishing_desk.write("/api/publish", {"name": "there"})[0] == 422
    approve(publishing_desk)
    status, answer = publishing_desk.write("/api/publish", {"name": "elsewhere"})
    assert (status, "it has there" in answer["error"]) == (503, True)
    status, answer = publishing_desk.write("/api/publish", {"name": "there"})
    assert (status, len(listmonk.drafts)) == (200, 2)
    for draft in listmonk.drafts.values():
        draft["status"] = "running"
    assert publishing_desk.write("/api/publish", {"name": "there"})[0] == 200
    issue = publishing_desk.json("/api/issue")
    assert issue["delivery"]["started"] is True
    assert {each["state"] for each in issue["publishers"][0]["editions"]} == {"sent"}
    assert publishing_desk.write("/api/withdraw", {})[0] == 422
    assert listmonk.key not in str(issue)
