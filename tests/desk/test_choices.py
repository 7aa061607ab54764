"""Choosing at the desk: search and filter, the winner of an event, pairs across languages, out and in again."""

import pytest
from playwright.sync_api import Browser, expect

from tests.desk.desks import Served, watched

pytestmark = pytest.mark.chromium


def test_candidates_are_found_by_words_language_and_fate(browser: Browser, desk: Served) -> None:
    """Outlet, language, age, score and what keeps a story out are in its line; the filters go together."""
    told = desk.json("/api/candidates/en")["candidates"]
    korean = [each for each in told if each["language"] == "ko" and not each["slot"]]
    with watched(browser, desk) as seen:
        page = seen.open()
        page.get_by_label("Language").select_option("ko")
        picks = page.locator("#candidates .pick")
        expect(picks).to_have_count(len(korean))
        expect(picks.first).to_contain_text(korean[0]["outlet"])
        expect(picks.first.locator(".score")).to_have_text(f"{korean[0]['score']:.2f}".removeprefix("0"))
        page.get_by_label("Search the candidates").fill("no story says this")
        expect(page.get_by_text("No story is found under that.")).to_be_visible()
        page.get_by_label("Search the candidates").fill("")
        page.get_by_label("Language").select_option("")
        page.get_by_label("Which").select_option("many")
        expect(picks).to_have_count(sum(each["outlets"] > 1 for each in told))
        picks.first.click()
        expect(page.locator(".why li").first).to_contain_text("outlets")


def test_ten_thousand_candidates_are_a_list_to_work_with(browser: Browser, desk: Served) -> None:
    """The best are shown, more on demand; how many are not sent is said; search looks through all that were."""
    real = desk.json("/api/candidates/en")
    many = [
        {**each, "story": f"s{number:015x}", "title": f"Story number {number}", "slot": None, "dropped": False}
        for number, each in enumerate(real["candidates"] * 30)
    ]
    with watched(browser, desk) as seen:
        told = {**real, "candidates": many, "left_out": 8_000}
        seen.page.route("**/api/candidates/en", lambda route: route.fulfill(json=told))
        page = seen.open()
        picks = page.locator("#candidates .pick")
        expect(picks).to_have_count(60)
        expect(page.get_by_text("8,000 candidates of lower scores are not listed.")).to_be_visible()
        page.get_by_role("button", name="Show 60 more").click()
        expect(picks).to_have_count(120)
        page.get_by_label("Search the candidates").fill(f"number {len(many) - 1}")
        expect(picks).to_have_count(1)
        expect(picks.first).to_be_in_viewport()


def test_another_story_of_the_event_takes_its_place(browser: Browser, desk: Served) -> None:
    """The winner is swapped where it stands, and pinned there; its letter names the other outlet from then on."""
    told = desk.json("/api/candidates/en")["candidates"]
    shared = next(each for each in told if each["slot"] == "features" and len(each["members"]) > 1)
    with watched(browser, desk) as seen:
        page = seen.open()
        page.locator(f'#placed .pick[data-story="{shared["story"]}"]').click()
        slot = next(
            number
            for number, each in enumerate(desk.json("/api/sheet/en")["slots"])
            if each["story"] == shared["story"]
        )
        page.get_by_role("button", name="Use").first.click()
        seen.settle()
        after = desk.json("/api/sheet/en")["slots"][slot]
        assert after["story"] in {each["story"] for each in shared["members"]} - {shared["story"]}
        assert after["pinned"]
        expect(seen.frame.locator(f".story-{after['story']}").first).to_be_visible()


def test_an_accepted_pair_is_one_event_in_every_edition(browser: Browser, desk: Served) -> None:
    """The two become one candidate, told of by both outlets; opened again they are two."""
    before = desk.json("/api/candidates/de")
    pair = before["suggestions"][0]
    with watched(browser, desk) as seen:
        page = seen.open()
        row = page.get_by_role("list", name="Suggestions").locator(".pair").first
        expect(row).to_contain_text(pair["one"]["title"])
        row.get_by_role("button", name="Same event").click()
        expect(page.locator(".judged summary")).to_have_text("Judged · 1")
        joined = desk.json("/api/candidates/de")
        assert len(joined["candidates"]) == len(before["candidates"]) - 1
        assert joined["suggestions"][0]["verdict"] == "same"
        page.locator(".judged summary").click()
        page.get_by_role("button", name="Open again").click()
        expect(page.locator(".judged")).to_have_count(0)
    assert len(desk.json("/api/candidates/de")["candidates"]) == len(before["candidates"])
    assert desk.newsroom.edits() == {}


def test_pins_hold_through_a_run_and_out_is_out(browser: Browser, desk: Served) -> None:
    """What was pinned and dropped by hand is so after a run; what was put back is a candidate again."""
    with watched(browser, desk) as seen:
        page = seen.open()
        first, second = (page.locator("#placed .pick").nth(number) for number in (1, 2))
        dropped = first.get_attribute("data-story")
        pinned = second.get_attribute("data-story")
        second.click()
        page.get_by_role("button", name="Pin", exact=True).click()
        expect(page.locator(f'#placed .pick[data-story="{pinned}"] .pin')).to_be_visible()
        page.locator(f'#placed .pick[data-story="{dropped}"]').click()
        page.get_by_role("button", name="Out", exact=True).click()
        expect(page.locator(f'#placed .pick[data-story="{dropped}"]')).to_have_count(0)
        seen.settle()
        assert desk.newsroom.run("run", "--force").returncode in (0, 5)
        said = desk.newsroom.account()
        assert said["features"][0]["story"] == pinned
        assert dropped
        assert dropped not in str(said["features"]) + str(said["reads"])
        page.get_by_label("Which").select_option("dropped")
        page.locator(f'#candidates .pick[data-story="{dropped}"]').click()
        page.get_by_role("button", name="Out", exact=True).click()
        expect(page.get_by_text("No story is found under that.")).to_be_visible()
        seen.settle()
    assert "drops" not in desk.newsroom.edits()


def test_a_field_without_a_word_shows_what_the_letter_says(browser: Browser, desk: Served) -> None:
    """The subject follows the lead's new headline until it has a word of its own; given up, it follows again."""
    with watched(browser, desk) as seen:
        page = seen.open()
        page.locator("#placed .pick").nth(1).click()
        page.get_by_label("Headline").fill("A lead by another name")
        seen.settle()
        page.locator("#placed .pick").first.click()
        subject = page.get_by_label("Subject")
        expect(subject).to_have_value("A lead by another name")
        subject.fill("Our own")
        expect(page.locator("#inbox .subject")).to_have_text("Our own")
        page.get_by_role("button", name="Back to the machine's").click()
        expect(page.locator("#inbox .subject")).to_have_text("A lead by another name")
        page.get_by_label("Preheader").focus()
        expect(subject).to_have_value("A lead by another name")
    assert "subject" not in desk.newsroom.edits()
