"""Adding at the desk: a page by its address, from a paste or the bookmarklet, and a story that the editor writes."""

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
import yaml
from playwright.sync_api import Browser, expect

from tests.desk.desks import Newsroom, Served, Watched, served, watched
from tests.hosts import Answer, Host, running_host

pytestmark = pytest.mark.chromium

TITLE = "A lighthouse in Donghae is run by its keeper’s daughter"
PAGE = "https://cape.example/lamp"
ADDING_MS = 90_000  # the models are loaded in child processes
PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const target = document.activeElement;
  target.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def host() -> Iterator[Host]:
    """A host with the page of a story, and one without."""
    text = "".join(
        f"<p>{part}</p>"
        for part in (
            "The lamp above Donghae has been lit by one family since it ran on whale oil.",
            "Ines Okada took the keys from her father in spring, and she climbs the ninety steps before every dusk to"
            " wipe salt off the glass.",
            "The coast guard wanted a camera instead, until a fog in June blinded every camera between two capes.",
        )
    )
    body = (
        f"<!DOCTYPE html><html lang='en'><head><title>{TITLE}</title><meta property='og:site_name' content='Cape'>"
        "<meta property='article:published_time' content='2026-11-19T08:00:00+00:00'></head>"
        f"<body><article><h1>{TITLE}</h1>{text}</article></body></html>"
    )
    with running_host() as running:
        running.answers["/lamp"] = Answer(body=body.encode(), headers={"Content-Type": "text/html; charset=utf-8"})
        yield running


@pytest.fixture
def desk(newsroom: Newsroom, host: Host) -> Iterator[Served]:
    """Serve the desk of a newsroom for which the host answers."""
    config = yaml.safe_load(newsroom.config.read_text(encoding="utf-8"))
    config["fetch"]["mirrors"] = {"cape.example": host.base, **config["fetch"]["mirrors"]}  # the first match counts
    newsroom.config.write_text(yaml.safe_dump(config, allow_unicode=True, sort_keys=False), encoding="utf-8")
    with served(newsroom) as running:
        yield running


def is_lead(seen: Watched, title: str) -> None:
    """The preview has the story first."""
    expect(seen.frame.locator(".headline").first).to_have_text(title, timeout=ADDING_MS)
    seen.settle()


def test_a_pasted_address_is_placed(browser: Browser, desk: Served) -> None:
    """A link pasted outside the fields opens the dialog; Enter fetches the page and places it, undo removes it."""
    with watched(browser, desk) as seen:
        page, keys = seen.open(), seen.page.keyboard
        lead = seen.frame.locator(".headline").first.inner_text()
        page.evaluate(PASTE, PAGE)
        dialog = page.get_by_role("dialog", name="Add a story")
        expect(dialog.get_by_label("Address of the page")).to_have_value(PAGE)
        dialog.get_by_label("Place it").select_option("lead")
        dialog.get_by_role("button", name="Add", exact=True).click()
        is_lead(seen, TITLE)
        expect(page.get_by_label("Headline")).to_have_value(TITLE)
        expect(page.get_by_text(f"Added as the lead: “{TITLE}” (Cape).")).to_be_visible()
        assert len(desk.newsroom.edits()["features"]) == 1
        page.locator("body").click(position={"x": 3, "y": 3})
        keys.press("u")
        is_lead(seen, lead)
        assert "features" not in desk.newsroom.edits()
        page.get_by_label("Search candidates").fill("lighthouse donghae")
        expect(page.locator("#candidates .pick")).to_have_count(1)
    assert desk.newsroom.run("run").returncode in (0, 5)
    assert TITLE in json.dumps(desk.json("/api/candidates/de"), ensure_ascii=False)


def test_a_story_is_added_by_keyboard_alone(browser: Browser, desk: Served) -> None:
    """C opens the dialog, Enter adds; a page that is refused is named in the dialog, which keeps the address."""
    with watched(browser, desk) as seen:
        page, keys = seen.open(), seen.page.keyboard
        seen.expects_errors = True  # the browser reports the refusal
        keys.press("c")
        keys.type("cape.example/none")
        keys.press("Enter")
        dialog = page.get_by_role("dialog", name="Add a story")
        expect(dialog.get_by_role("alert")).to_contain_text("status 404", timeout=ADDING_MS)
        expect(dialog.get_by_label("Address of the page")).to_have_value("cape.example/none")
        dialog.get_by_label("Address of the page").focus()
        keys.press("ControlOrMeta+a")
        keys.type("cape.example/lamp")
        keys.press("Enter")
        expect(page.locator('ol[data-section="reads"] .title', has_text=TITLE)).to_be_visible(timeout=ADDING_MS)
        expect(page.locator('.pick[aria-current="true"] .title')).to_have_text(TITLE)
        seen.settle()


def test_the_bookmarklet_leads_to_the_dialog(browser: Browser, newsroom: Newsroom) -> None:
    """It is a link to drag; what it opens asks before anything is fetched, also after a sign-in."""
    password = "correct horse battery"
    with (
        served(newsroom, "--host", "0.0.0.0", NEWSLETTER_DESK_PASSWORD=password) as desk,
        watched(browser, desk) as seen,
    ):
        page = seen.page
        page.goto(f"{desk.address}?add={quote(PAGE, safe='')}")
        page.get_by_label("Password").fill("wrong at first")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_be_visible()
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        dialog = page.get_by_role("dialog", name="Add a story")
        expect(dialog.get_by_label("Address of the page")).to_have_value(PAGE)
        assert "add=" not in page.url
        dialog.get_by_text("Add from any page").click()
        script = dialog.get_by_role("link", name="Add to").get_attribute("href") or ""
        assert script.startswith("javascript:")
        assert f"{desk.address}?add=" in script
    assert not newsroom.edits()


def test_a_story_without_a_source_is_written(browser: Browser, desk: Served) -> None:
    """It has the words and the credit as typed, no link, and stays over a run."""
    with watched(browser, desk) as seen:
        page = seen.open()
        page.get_by_role("button", name="Add…").click()
        page.get_by_role("button", name="Write one without a source…").click()
        dialog = page.get_by_role("dialog", name="Write a story")
        dialog.get_by_label("Title").fill("Open evening at the boatyard")
        dialog.get_by_label("Text").fill("On **Friday** the yard in Aberdeen shows its hulls.\n\nSoup is free.")
        dialog.get_by_label("Credit").fill("The desk")
        dialog.get_by_label("Place it").select_option("lead")
        dialog.get_by_role("button", name="Add", exact=True).click()
        is_lead(seen, "Open evening at the boatyard")
        expect(seen.frame.get_by_text("Soup is free.").last).to_be_visible()
    assert desk.newsroom.run("run").returncode in (0, 5)
    lead = desk.newsroom.issue_json()["features"][0]
    assert (lead["headline"], lead["outlet"], lead["url"]) == ("Open evening at the boatyard", "The desk", None)


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"address": "file:///etc/passwd"},
        {"address": 5},
        {"title": "Only a title"},
        {"title": "x", "text": "y" * 30_000},
    ],
)
def test_what_cannot_be_added_is_refused(desk: Served, wanted: dict[str, object]) -> None:
    """Nothing is fetched or written."""
    status, answer = desk.write("/api/stories/en", wanted)
    assert (status, bool(answer["error"])) == (422, True)
    assert not desk.newsroom.edits()
