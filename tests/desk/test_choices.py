"""Selecting at the desk: search and filters, stories of an event, pairs across languages, dropping and restoring."""

import pytest
from playwright.sync_api import APIResponse, Browser, Route, expect

from tests.desk.desks import Served, watched

pytestmark = pytest.mark.chromium


def test_candidates_are_found_by_words_language_and_filter(browser: Browser, desk: Served) -> None:
    """A line shows the outlet and the reasons for and against a story; the filters combine."""
    candidates = desk.json("/api/candidates/en")["candidates"]
    korean = [each for each in candidates if each["language"] == "ko" and not each["section"]]
    with watched(browser, desk) as seen:
        page = seen.open()
        page.get_by_role("button", name="Filters").click()
        page.get_by_label("Language", exact=True).select_option("ko")
        picks = page.locator("#candidates .pick")
        expect(picks).to_have_count(len(korean))
        expect(picks.first).to_contain_text(korean[0]["outlet"])
        expect(picks.first.locator(".reasons")).to_contain_text(korean[0]["why_not"] or korean[0]["reasons"][0])
        page.get_by_label("Search candidates").fill("no story says this")
        expect(page.get_by_text("No candidates match.")).to_be_visible()
        page.get_by_label("Search candidates").fill("")
        page.get_by_label("Language", exact=True).select_option("")
        page.get_by_label("Show", exact=True).select_option("outlets")
        expect(picks).to_have_count(sum(each["outlets"] > 1 for each in candidates))
        picks.first.click()
        expect(page.locator(".why")).to_contain_text("outlets")


def test_ten_thousand_candidates_are_listed_in_steps(browser: Browser, desk: Served) -> None:
    """The best are shown first, more on demand, with the number of unlisted ones; the search covers all of them."""
    real = desk.json("/api/candidates/en")
    many = [
        {**each, "story": f"s{number:015x}", "title": f"Story number {number}", "section": None, "dropped": False}
        for number, each in enumerate(real["candidates"] * 30)
    ]
    with watched(browser, desk) as seen:
        answer = {**real, "candidates": many, "not_listed": 8_000}
        seen.page.route("**/api/candidates/en", lambda route: route.fulfill(json=answer))
        page = seen.open()
        picks = page.locator("#candidates .pick")
        expect(picks).to_have_count(60)
        expect(
            page.get_by_text("8,000 candidates with lower scores are not listed; a search finds them.")
        ).to_be_visible()
        page.get_by_role("button", name="Show 60 more").click()
        expect(picks).to_have_count(120)
        page.get_by_label("Search candidates").fill(f"number {len(many) - 1}")
        expect(picks).to_have_count(1)
        expect(picks.first).to_be_in_viewport()


def test_another_story_of_the_event_takes_its_place(browser: Browser, desk: Served) -> None:
    """The other story is pinned in the same slot and appears in the preview."""
    candidates = desk.json("/api/candidates/en")["candidates"]
    shared = next(each for each in candidates if each["section"] == "features" and len(each["event_stories"]) > 1)
    with watched(browser, desk) as seen:
        page = seen.open()
        page.locator(f'#slots .pick[data-story="{shared["story"]}"]').click()
        slot = next(
            number
            for number, each in enumerate(desk.json("/api/editions/en")["slots"])
            if each["story"] == shared["story"]
        )
        page.get_by_role("button", name="Use this story").first.click()
        seen.settle()
        after = desk.json("/api/editions/en")["slots"][slot]
        assert after["story"] in {each["story"] for each in shared["event_stories"]} - {shared["story"]}
        assert after["pinned"]
        expect(seen.frame.locator(f".story-{after['story']}").first).to_be_visible()


def test_an_accepted_pair_is_one_event_in_every_edition(browser: Browser, desk: Served) -> None:
    """The two become one candidate; reopened, they are two again."""
    before = desk.json("/api/candidates/de")
    pair = before["suggestions"][0]
    with watched(browser, desk) as seen:
        page = seen.open()
        page.get_by_role("button", name="Same event?").click()
        row = page.get_by_role("list", name="Suggestions").locator(".pair").first
        expect(row).to_contain_text(pair["one"]["title"])
        row.get_by_role("button", name="Same event").click()
        expect(page.locator(".judged summary")).to_have_text("Judged · 1")
        joined = desk.json("/api/candidates/de")
        assert len(joined["candidates"]) == len(before["candidates"]) - 1
        assert joined["suggestions"][0]["verdict"] == "same"
        page.locator(".judged summary").click()
        page.get_by_role("button", name="Reopen").click()
        expect(page.locator(".judged")).to_have_count(0)
    assert len(desk.json("/api/candidates/de")["candidates"]) == len(before["candidates"])
    assert desk.newsroom.edits() == {}


def is_alone(desk: Served, story: str, edition: str) -> bool:
    """Whether the story is the only one of its event."""
    events = [each["event_stories"] for each in desk.json(f"/api/candidates/{edition}")["candidates"]]
    return [story] in [[each["story"] for each in stories] for stories in events]


def test_a_story_is_split_off_its_event_and_joined_again(browser: Browser, desk: Served) -> None:
    """Split off, it is a candidate of its own in every edition, also after a run; joined, nothing is left of it."""
    before = desk.json("/api/candidates/en")["candidates"]
    shared = next(each for each in before if each["section"] == "features" and len(each["event_stories"]) > 1)
    other = next(each for each in shared["event_stories"] if each["story"] != shared["story"])
    with watched(browser, desk) as seen:
        page, keys = seen.open(), seen.page.keyboard
        page.locator(f'#slots .pick[data-story="{shared["story"]}"]').click()
        page.get_by_role("button", name=f"Split off: {other['title']}").focus()
        keys.press("Enter")
        seen.settle()
        expect(page.get_by_role("button", name="Same event as…")).to_be_focused()
        assert {(*pair,) for pair in desk.newsroom.edits()["other_event"]} >= {(shared["story"], other["story"])}
        assert is_alone(desk, other["story"], "en")
        assert is_alone(desk, other["story"], "de")
        assert desk.newsroom.run("run").returncode in (0, 5)
        assert is_alone(desk, other["story"], "en")
        page.get_by_role("button", name="Same event as…").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Words of its title or outlet").fill(other["title"])
        dialog.get_by_role("button", name=other["title"]).click()
        seen.settle()
        expect(page.get_by_role("button", name=f"Split off: {other['title']}")).to_be_visible()
        assert not desk.newsroom.edits()
        assert not is_alone(desk, other["story"], "en")
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("button", name=f"Split off: {other['title']}")).to_have_count(0)
        seen.settle()
        assert is_alone(desk, other["story"], "en")


def test_any_two_candidates_are_joined(browser: Browser, desk: Served) -> None:
    """The joined event has both stories; the one chosen tells it; split off again, the verdict is forgotten."""
    before = desk.json("/api/candidates/en")["candidates"]
    one, other = [each for each in before if not each["section"] and len(each["event_stories"]) == 1][:2]
    with watched(browser, desk) as seen:
        page = seen.open()
        page.get_by_label("Search candidates").fill(one["title"])
        page.locator(f'#candidates .pick[data-story="{one["story"]}"]').click()
        page.get_by_role("button", name="Same event as…").click()
        page.get_by_role("dialog").get_by_label("Words of its title or outlet").fill(other["title"])
        page.get_by_role("dialog").get_by_role("button", name=other["title"]).click()
        seen.settle()
        assert desk.newsroom.edits()["same_event"] == [[one["story"], other["story"]]]
        page.get_by_role("button", name=f"Use this story: {other['title']}").click()
        page.get_by_role("button", name="Read", exact=True).click()
        seen.settle()
        assert other["story"] in {each["story"] for each in desk.json("/api/editions/en")["slots"]}
        page.get_by_role("button", name="Split this story off").click()
        seen.settle()
        assert "same_event" not in desk.newsroom.edits()
        assert len(desk.json("/api/candidates/en")["candidates"]) == len(before)


def test_a_key_after_a_search_acts_on_the_story_with_the_focus(browser: Browser, desk: Served) -> None:
    """Slash, words, Enter, X drops the story found; the lead, which is selected, stays."""
    lead = desk.json("/api/editions/en")["slots"][0]["story"]
    with watched(browser, desk) as seen:
        page, keys = seen.open(), seen.page.keyboard
        page.locator("#slots .pick").first.click()
        keys.press("/")
        keys.type("robot")
        keys.press("Enter")
        expect(page.locator("#candidates .pick").first).to_be_focused()
        found = page.evaluate("document.activeElement.dataset.story")
        assert found != lead
        keys.press("x")
        seen.settle()
        assert desk.newsroom.edits()["drops"] == [found]
        assert desk.json("/api/editions/en")["slots"][0]["story"] == lead


def test_a_search_entered_before_the_candidates_arrive_is_answered(browser: Browser, desk: Served) -> None:
    """Enter in the search of a page whose candidates are still loading puts the focus on the first one found."""
    with watched(browser, desk) as seen:
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        seen.page.route("**/api/candidates/*", hold)
        with seen.page.expect_request("**/api/candidates/*"):
            page, keys = seen.open(), seen.page.keyboard
        keys.press("/")
        keys.type("robot")
        keys.press("Enter")
        expect(page.locator("#search")).to_be_focused()
        for route in held:
            route.continue_()
        expect(page.locator("#candidates .pick").first).to_be_focused()


def test_pins_and_drops_survive_a_run(browser: Browser, desk: Served) -> None:
    """A pinned story keeps its slot, a dropped one stays out, a restored one is a candidate again."""
    with watched(browser, desk) as seen:
        page = seen.open()
        first, second = (page.locator("#slots .pick").nth(number) for number in (1, 2))
        dropped = first.get_attribute("data-story")
        pinned = second.get_attribute("data-story")
        second.click()
        page.get_by_role("button", name="Pin", exact=True).click()
        expect(page.locator(f'#slots .pick[data-story="{pinned}"] .pin')).to_be_visible()
        page.locator(f'#slots .pick[data-story="{dropped}"]').click()
        page.get_by_role("button", name="Drop", exact=True).click()
        expect(page.locator(f'#slots .pick[data-story="{dropped}"]')).to_have_count(0)
        seen.settle()
        assert desk.newsroom.run("run", "--force").returncode in (0, 5)
        issue = desk.newsroom.issue_json()
        assert issue["features"][0]["story"] == pinned
        assert dropped
        assert dropped not in str(issue["features"]) + str(issue["reads"])
        page.get_by_label("Show", exact=True).select_option("dropped")
        page.locator(f'#candidates .pick[data-story="{dropped}"]').click()
        page.get_by_role("button", name="Drop", exact=True).click()
        expect(page.get_by_text("No candidates match.")).to_be_visible()
        seen.settle()
    assert "drops" not in desk.newsroom.edits()


def test_a_field_without_an_edit_shows_the_text_of_the_issue(browser: Browser, desk: Served) -> None:
    """The subject follows the lead's headline until it is edited, and again after the edit is discarded."""
    with watched(browser, desk) as seen:
        page = seen.open()
        page.locator("#slots .pick").nth(1).click()
        page.get_by_label("Headline").fill("A lead by another name")
        seen.settle()
        page.locator("#slots .pick").first.click()
        subject = page.get_by_label("Subject")
        expect(subject).to_have_value("A lead by another name")
        subject.fill("Our own")
        expect(page.locator("#inbox .subject")).to_have_text("Our own")
        page.get_by_role("button", name="Use generated text").click()
        expect(page.locator("#inbox .subject")).to_have_text("A lead by another name")
        page.get_by_label("Preheader").focus()
        expect(subject).to_have_value("A lead by another name")
    assert "subject" not in desk.newsroom.edits()


def test_a_field_follows_the_issue_when_the_stream_is_ahead_of_the_answer(browser: Browser, desk: Served) -> None:
    """The page may load an edition with a change before it gets the answer to that change: the text is shown then."""
    with watched(browser, desk) as seen:
        page = seen.open()
        subject = page.get_by_label("Subject")
        page.locator("#slots .pick").nth(1).click()
        page.get_by_label("Headline").fill("A lead by another name")
        page.locator("#slots .pick").first.click()
        subject.fill("Our own")
        seen.settle()
        held: list[tuple[Route, APIResponse]] = []
        page.route("**/api/changes/**", lambda route: held.append((route, route.fetch())))
        with page.expect_response("**/api/editions/**"):
            page.get_by_role("button", name="Use generated text").click()
        expect(page.locator("#inbox .subject")).to_have_text("A lead by another name")
        [(route, answer)] = held
        route.fulfill(response=answer)
        expect(subject).to_have_value("A lead by another name")
