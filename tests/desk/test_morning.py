"""An editor's whole work in a real browser: by mouse, by keyboard, at three widths, across a restart of the server."""

import io
import json
import re
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.desk.desks import Newsroom, Served, Watched, served, watched

pytestmark = pytest.mark.chromium


def picture(colour: str, size: tuple[int, int] = (1400, 900)) -> bytes:
    """Return a striped picture with metadata that readers should not get."""
    made = Image.new("RGB", size, colour)
    for across in range(0, size[0], 40):
        made.paste((across % 255, 90, 60), (across, 0, across + 20, size[1] // 2))
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    made.save(out, "JPEG", exif=exif)
    return out.getvalue()


def headlines(seen: Watched) -> list[str]:
    """Return the headlines in the preview."""
    return [text.strip() for text in seen.frame.locator(".headline").all_inner_texts()]


def test_the_whole_morning_by_mouse(browser: Browser, desk: Served) -> None:
    """Place by drag and by button, edit, upload, crop, judge pairs, undo, view the parts, approve, withdraw."""
    newsroom = desk.newsroom
    with watched(browser, desk) as seen:
        page = seen.open()
        expect(seen.frame.locator(".headline").first).to_be_visible()
        before = headlines(seen)
        candidate = page.locator("#candidates .pick").first
        title = candidate.locator(".title").inner_text()
        candidate.click()
        page.get_by_role("button", name="Lead", exact=True).click()
        expect(seen.frame.locator(".headline").first).to_have_text(title)
        seen.settle()

        moved = page.locator('ol[data-section="reads"] .item').first
        name = moved.locator(".title").inner_text()
        moved.drag_to(page.locator('ol[data-section="features"] .item').nth(1), target_position={"x": 60, "y": 6})
        expect(seen.frame.locator(".headline").nth(1)).to_have_text(name)
        assert len(headlines(seen)) == 4

        page.get_by_label("Headline").fill("A headline of the desk's own")
        page.get_by_label("Text", exact=True).fill("First *paragraph* as typed.\n\nSecond & last.")
        expect(seen.frame.locator(".headline").nth(1)).to_have_text("A headline of the desk's own")
        expect(seen.frame.get_by_text("Second & last.")).to_be_visible()
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Upload…").click()
        chooser.value.set_files({"name": "../quay.jpg", "mimeType": "image/jpeg", "buffer": picture("navy")})
        page.get_by_label("Alt text").fill("A striped test picture")
        expect(seen.frame.get_by_alt_text("A striped test picture")).to_be_visible()
        seen.settle()
        page.get_by_role("button", name="Crop…").click()
        expect(page.locator('.crop-box[style*="width"]')).to_be_visible()
        box = page.locator(".crop-box").bounding_box()
        assert box
        page.mouse.move(box["x"] + 20, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + 60, box["y"] + 20, steps=4)
        page.mouse.up()
        page.get_by_role("button", name="Done", exact=True).click()
        seen.settle()

        page.locator("#slots .pick").first.click()
        page.get_by_label("Subject").fill("A subject of our own")
        page.get_by_label("Letter", exact=True).fill("It rained on **every** pier.")
        expect(page.locator("#inbox .subject")).to_have_text("A subject of our own")
        expect(seen.frame.locator(".letter strong")).to_have_text("every")
        page.get_by_role("button", name="Undo").click()
        expect(seen.frame.locator(".letter strong")).to_have_count(0)
        page.get_by_role("button", name="Redo").click()
        expect(seen.frame.locator(".letter strong")).to_have_text("every")
        pairs = page.locator("#pairs-toggle")
        pairs.click()
        open_pairs = int(pairs.inner_text().rpartition(" ")[2])
        page.get_by_role("button", name="✓ Same event").first.click()
        expect(pairs).to_have_text(f"Same event? · {open_pairs - 1}")
        page.get_by_role("button", name="Different events").first.click()
        seen.settle()

        for part, text in (
            ("Text", "A subject of our own"),
            ("Source", "<!DOCTYPE html>"),
            ("Headers", "List-Unsubscribe"),
        ):
            page.get_by_role("group", name="View").get_by_role("button", name=part).click()
            if part == "Text":
                expect(page.locator(".page")).to_contain_text("It rained on every pier.")
            else:
                expect(page.locator(".page")).to_contain_text(text)
        page.get_by_role("button", name="HTML", exact=True).click()
        page.get_by_role("button", name="375").click()
        page.get_by_role("button", name="Dark").click()
        expect(seen.frame.locator(".card").first).to_have_css("background-color", "rgb(23, 24, 27)")
        page.get_by_role("button", name="No pictures").click()
        expect(seen.frame.locator("img[src]")).to_have_count(0)

        edits = newsroom.edits()
        assert edits["subject"] == "A subject of our own"
        assert len(edits["same_event"]) == len(edits["other_event"]) == 1
        story_edits = next(each for each in edits["stories"].values() if "headline" in each)
        assert story_edits["headline"] == "A headline of the desk's own"
        assert re.fullmatch(r"uploads/p[0-9a-f]{12}\.(jpg|png)", story_edits["picture"])
        assert story_edits["crop"][0] > 0.5
        kept = newsroom.edits_path().parent / story_edits["picture"]
        assert b"taken at home" not in kept.read_bytes()

        approve_with_reasons(seen)
        assert newsroom.issue_json()["features"][1]["headline"] == "A headline of the desk's own"
        assert json.loads(newsroom.run("status", "--json").stdout)["holds"]["status"] == "approved"
        expect(page.get_by_label("Letter", exact=True)).to_have_attribute("readonly", "")
        assert before != headlines(seen)

        page.get_by_role("button", name="Withdraw…").click()
        page.get_by_role("button", name="Withdraw the approval").click()
        expect(page.locator("#status")).to_have_text("")
        page.get_by_label("Letter", exact=True).fill("It rained on every second pier.")
        seen.settle()
        page.get_by_role("button", name="Diff", exact=True).click()
        expect(page.locator(".page.diff ins")).to_contain_text(["second"])
    assert json.loads(newsroom.run("status", "--json").stdout)["holds"]["status"] == "rendered"
    assert newsroom.run("run").returncode in (0, 5)
    assert newsroom.issue_json()["subject"] == "A subject of our own"


def approve_with_reasons(seen: Watched) -> None:
    """Approve the issue with a reason for each failed check."""
    page = seen.page
    page.get_by_role("button", name="Approve…").click()
    dialog = page.get_by_role("dialog")
    for reason in dialog.get_by_role("textbox").all():
        reason.fill("Known, and looked at by two of us")
    dialog.get_by_role("button", name=re.compile("^Approve")).click()
    expect(page.locator("#status")).to_have_text("approved")


def test_the_whole_morning_by_keyboard_alone(browser: Browser, desk: Served) -> None:
    """Single keys select and place, Tab and arrows reach the rest, Enter approves."""
    with watched(browser, desk) as seen:
        page, keys = seen.open(), seen.page.keyboard
        expect(seen.frame.locator(".headline").first).to_be_visible()
        keys.press("/")
        keys.type("robot")
        keys.press("ArrowDown")
        keys.press("Enter")
        title = page.locator('#candidates .pick[aria-current="true"] .title').inner_text()
        keys.press("1")
        expect(seen.frame.locator(".headline").first).to_have_text(title)
        keys.press("e")
        expect(page.get_by_label("Headline")).to_be_focused()
        keys.press("ControlOrMeta+a")
        keys.type("Robots, by keyboard")
        expect(seen.frame.locator(".headline").first).to_have_text("Robots, by keyboard")
        keys.press("Escape")
        keys.press("]")
        expect(seen.frame.locator(".headline").nth(1)).to_have_text("Robots, by keyboard")
        keys.press("j")
        second = page.locator('#slots .pick[aria-current="true"] .title').inner_text()
        keys.press("x")
        expect(page.locator("#slots .title", has_text=second)).to_have_count(0)
        keys.press("u")
        expect(page.locator("#slots .title", has_text=second)).to_have_count(1)
        keys.press("l")
        expect(page.get_by_label("Letter", exact=True)).to_be_focused()
        keys.press("ControlOrMeta+a")
        keys.type("Typed, not clicked.")
        expect(seen.frame.get_by_text("Typed, not clicked.")).to_be_visible()
        keys.press("Escape")
        keys.press("d")
        keys.press("w")
        expect(page.get_by_role("button", name="375")).to_have_attribute("aria-pressed", "true")
        keys.press("t")
        expect(page.locator(".page.text")).to_contain_text("Typed, not clicked.")
        keys.press("h")
        keys.press("n")
        expect(page.get_by_role("button", name="de", exact=True)).to_have_attribute("aria-pressed", "true")
        keys.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        keys.press("Escape")
        seen.settle()
        keys.press("a")
        expect(page.get_by_role("dialog")).to_be_visible()
        for _ in page.get_by_role("dialog").get_by_role("textbox").all():
            keys.type("Looked at")
            keys.press("Tab")
        if page.get_by_role("dialog").get_by_role("textbox").count():
            keys.press("Tab")
        keys.press("Enter")
        expect(page.locator("#status")).to_have_text("approved")
    assert desk.newsroom.issue_json()["features"][1]["headline"] == "Robots, by keyboard"


@pytest.fixture(scope="module")
def wide(example: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve one desk for every width."""
    with served(example.copy(tmp_path_factory.mktemp("wide") / "newsroom")) as desk:
        yield desk


@pytest.mark.parametrize("width", [1280, 820, 375])
def test_everything_can_be_reached_at_each_width(browser: Browser, wide: Served, width: int) -> None:
    """Nothing overflows the window; stories, preview and form can be opened, and a text can be edited."""
    with watched(browser, wide, width=width) as seen:
        page = seen.open()
        panes = page.locator(".panes")
        for pane, inside in (("Stories", "#slots .pick"), ("Edit", "#fields .field"), ("Preview", "#inbox")):
            tab = panes.get_by_role("button", name=pane)
            if tab.is_visible():
                tab.click()
            expect(page.locator(inside).first).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        if panes.get_by_role("button", name="Stories").is_visible():
            panes.get_by_role("button", name="Stories").click()
        page.locator("#slots .pick").nth(1).click()
        page.get_by_label("Headline").fill(f"Seen at {width}")
        seen.settle()
    assert f"Seen at {width}" in str(wide.newsroom.edits())


def test_a_restart_of_the_server_loses_nothing(browser: Browser, newsroom: Newsroom) -> None:
    """Text typed while the server is down is shown as unsaved, and saved with the new token when it is back."""
    with served(newsroom) as first, watched(browser, first) as seen:
        page = seen.open()
        for number in range(4):  # more changes than the next server has seen
            page.get_by_label("Subject").fill(f"Before the restart {number}")
            expect(page.locator("#inbox .subject")).to_have_text(f"Before the restart {number}")
        seen.settle()
        port = first.port
        seen.expects_errors = True
        assert first.stop() == 0
        page.get_by_label("Preheader").fill("Typed while it was away")
        expect(page.locator("#saved")).to_contain_text("Not saved")
        with served(newsroom, port=port):
            expect(page.locator("#saved")).to_contain_text("Saved")
            page.get_by_label("Greeting").fill("Good to be back")
            expect(seen.frame.locator(".greeting")).to_have_text("Good to be back")
            seen.settle()
    edits = newsroom.edits()
    assert (edits["subject"], edits["preheader"], edits["greeting"]) == (
        "Before the restart 3",
        "Typed while it was away",
        "Good to be back",
    )


def test_a_change_saved_before_the_stream_reconnects_stays_shown_as_saved(browser: Browser, newsroom: Newsroom) -> None:
    """When the server is back and the text was saved first, the page goes on saying "Saved"."""
    with served(newsroom) as first, watched(browser, first) as seen:
        page = seen.open()
        port = first.port
        seen.expects_errors = True
        assert first.stop() == 0
        page.route("**/api/versions", lambda route: route.abort())
        page.get_by_label("Preheader").fill("Typed while it was away")
        expect(page.locator("#saved")).to_contain_text("Not saved")
        with served(newsroom, port=port):
            seen.settle()
            page.unroute("**/api/versions")
            with page.expect_response("**/api/versions"), page.expect_response("**/api/issue"):
                pass  # the stream is open again, and the page has asked for the issue after it
            seen.settle()
