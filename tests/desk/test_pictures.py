"""The picture of a feature at the desk: as it is cut for a computer and for a phone, and moved by keys."""

import io

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Locator, expect

from tests.desk.desks import Served, Watched, watched

pytestmark = pytest.mark.chromium


def panorama() -> bytes:
    """A wide quiet picture with one detail near its right end."""
    picture = Image.new("RGB", (2400, 800), "#d9e2e6")
    draw = ImageDraw.Draw(picture)
    for step in range(12):
        draw.rectangle((2050 + step * 20, 250 + step * 10, 2060 + step * 20, 600), fill="#c0392b")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


def upload(seen: Watched, slot: int) -> None:
    """Give the story in a slot the panorama."""
    page = seen.page
    page.locator("#slots .pick").nth(slot + 1).click()  # the letter is before them
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload…").click()
    chooser.value.set_files({"name": "wide.jpg", "mimeType": "image/jpeg", "buffer": panorama()})
    page.get_by_label("Alt text").fill("A red crane at the end of a quay")
    expect(seen.frame.get_by_alt_text("A red crane at the end of a quay")).to_be_visible()
    seen.settle()


def shape(cut: Locator) -> float:
    """Width to height."""
    box = cut.bounding_box()
    assert box
    return box["width"] / box["height"]


@pytest.mark.parametrize(("slot", "computer", "phone"), [(0, 592 / 320, 592 / 320), (1, 1, 1)])
def test_a_picture_is_shown_as_cut_for_a_computer_and_for_a_phone(
    browser: Browser, desk: Served, slot: int, computer: float, phone: float
) -> None:
    """A square stays one on a phone, where it is as wide as the text."""
    with watched(browser, desk) as seen:
        seen.open()
        upload(seen, slot)
        cuts = seen.page.locator(".shown .cut")
        expect(seen.page.locator(".shown figcaption")).to_have_text(["On a computer", "On a phone"])
        assert shape(cuts.nth(0)) == pytest.approx(computer, rel=0.02)
        assert shape(cuts.nth(1)) == pytest.approx(phone, rel=0.02)
        assert cuts.nth(1).locator("img").evaluate(
            "image => image.naturalWidth / image.naturalHeight"
        ) == pytest.approx(phone, rel=0.02)


def test_the_part_is_moved_by_keys_from_where_the_program_put_it(browser: Browser, desk: Served) -> None:
    """The box starts at the detail; the arrows move it, both views follow, and Enter gives the focus back."""
    with watched(browser, desk) as seen:
        page = seen.open()
        upload(seen, 1)
        crop = page.get_by_role("button", name="Crop…")
        crop.focus()
        crop.press("Enter")
        box = page.locator(".crop-box")
        expect(page.locator('.crop-box[style*="width"]')).to_be_focused()
        whole = page.locator(".crop-stage").bounding_box()
        start = box.bounding_box()
        assert whole
        assert start
        middle = (start["x"] + start["width"] / 2 - whole["x"]) / whole["width"]
        assert middle > 0.75  # the detail is at 0.85 to 0.95 of the width
        before = page.locator(".shown .cut img").nth(1).evaluate("image => image.style.left")
        box.press("ArrowLeft")
        box.press("+")
        assert page.locator(".shown .cut img").nth(1).evaluate("image => image.style.left") != before
        box.press("Enter")
        expect(crop).to_be_focused()
        seen.settle()
        (edit,) = desk.newsroom.edits()["stories"].values()
        assert edit["crop"][0] == pytest.approx(middle - 0.05, abs=0.02)
        assert edit["crop"][2] == 1.1
        page.get_by_role("button", name="Crop…").press("Enter")
        page.get_by_role("button", name="Automatic", exact=True).click()
        seen.settle()
        assert "crop" not in next(iter(desk.newsroom.edits()["stories"].values()))
