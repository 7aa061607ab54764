"""The first look: what is in sight, the count of the checks, filters and orders, the shortlist, and the search."""

import json
import shutil
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, expect

from pipeline.edges.store import open_store
from pipeline.records import Tally
from tests.desk.desks import Newsroom, Served, served, watched

pytestmark = pytest.mark.chromium


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 800)])
def test_candidates_are_in_sight_without_scrolling(browser: Browser, desk: Served, width: int, height: int) -> None:
    """Every slot is in its list, and the first two candidates below it are whole, with the reasons for each."""
    with watched(browser, desk, width=width, height=height) as seen:
        page = seen.open()
        for number in range(2):
            pick = page.locator("#candidates .pick").nth(number)
            expect(pick).to_be_in_viewport(ratio=1)
            expect(pick.locator(".reasons")).to_be_in_viewport(ratio=1)
        expect(page.locator("#slots .pick").first).to_be_in_viewport(ratio=1)
        assert page.locator("#slots .pick").count() == 11
        assert page.locator("#slots .title").nth(1).get_attribute("title")  # the line may show its beginning only


def test_the_bar_counts_the_checks(browser: Browser, desk: Served) -> None:
    """The count follows the edits; it opens the list, whose first finding gets the focus; G does the same."""
    change = {"kind": "set", "path": "preheader", "value": "Short", "was": None}
    with watched(browser, desk) as seen:
        page = seen.open()
        count = page.locator("#checks-count")
        expect(count).to_have_text("✓Checks")
        assert desk.write("/api/changes/en", {"changes": [change]})[0] == 200
        expect(count).to_have_text("!Checks1")
        expect(page.locator("#checks")).to_be_hidden()
        count.click()
        finding = page.locator("#checks .finding").first
        expect(finding).to_be_focused()
        finding.click()
        expect(page.get_by_label("Preheader")).to_be_focused()
        page.keyboard.press("Escape")
        page.keyboard.press("g")
        expect(page.locator("#checks")).to_be_hidden()


def test_filters_and_orders_combine(browser: Browser, desk: Served) -> None:
    """Topic, outlet, kind and the editor's languages filter; the list is ordered by score, time or outlets."""
    candidates = [each for each in desk.json("/api/candidates/en")["candidates"] if not each["section"]]
    topic = next(each["topic"] for each in candidates if each["topic"])
    kind = next(each["kind"] for each in candidates if each["kind"] != "story")
    with watched(browser, desk) as seen:
        page = seen.open()
        picks = page.locator("#candidates .item")
        page.get_by_role("button", name="Filters").click()
        for label, name, value in (
            ("Topic", "topic", topic),
            ("Outlet", "outlet", candidates[0]["outlet"]),
            ("Kind", "kind", kind),
        ):
            page.get_by_label(label, exact=True).select_option(value)
            expect(page.locator("#candidates-title")).to_have_text(
                f"Candidates · {sum(each[name] == value for each in candidates)}"
            )
            page.get_by_role("button", name="Clear filters").click()
        page.get_by_label("Only my languages").check()
        own = [each for each in candidates if each["language"] == "en"]
        expect(page.locator("#candidates-title")).to_have_text(f"Candidates · {len(own)}")
        page.get_by_role("button", name="ja", exact=True).click()
        both = [each for each in candidates if each["language"] in ("en", "ja")]
        expect(page.locator("#candidates-title")).to_have_text(f"Candidates · {len(both)}")
        page.get_by_label("Order", exact=True).select_option("time")
        newest = max(both, key=lambda each: each["dated_at"] or "")
        expect(picks.first).to_have_attribute("data-story", newest["story"])
        page.get_by_label("Order", exact=True).select_option("outlets")
        most = max(each["outlets"] for each in both)
        first = next(each["story"] for each in both if each["outlets"] == most)
        expect(picks.first).to_have_attribute("data-story", first)
        seen.open()  # a reload keeps them
        expect(page.locator("#candidates-title")).to_have_text(f"Candidates · {len(both)}")
        expect(page.get_by_role("button", name="Filters · 1")).to_be_visible()


def test_a_shortlist_keeps_stories_in_sight(browser: Browser, desk: Served) -> None:
    """A star by mouse or key, undone as any change; another browser has it too."""
    with watched(browser, desk) as seen, watched(browser, desk) as other:
        page = seen.open()
        stars = page.locator("#candidates .star")
        first, second = (stars.nth(number).get_attribute("data-story") for number in (0, 1))
        stars.first.click()
        expect(stars.first).to_have_attribute("aria-pressed", "true")
        page.locator("#candidates .pick").nth(1).focus()
        page.keyboard.press("*")
        expect(stars.nth(1)).to_have_attribute("aria-pressed", "true")
        expect(page.locator("#announced")).to_contain_text("On the shortlist")
        seen.settle()
        assert desk.newsroom.edits()["shortlist"] == [first, second]
        page.keyboard.press("u")
        expect(stars.nth(1)).to_have_attribute("aria-pressed", "false")
        seen.settle()
        opened = other.open()
        opened.get_by_label("Show", exact=True).select_option("starred")
        expect(opened.locator("#candidates .pick")).to_have_count(1)
        expect(opened.locator("#candidates .pick")).to_have_attribute("data-story", str(first))
    assert desk.newsroom.edits() == {"shortlist": [first]}


def test_the_search_reads_the_texts_of_the_week(browser: Browser, desk: Served) -> None:
    """A word of a text alone finds its candidate, with the words around it; Escape ends the search."""
    word = "tick"  # in the second sentence of one story
    [title] = [
        each["title"]
        for each in desk.json("/api/candidates/en")["candidates"]
        if "soldering" in each["title"] and not each["section"]
    ]
    with watched(browser, desk) as seen:
        page = seen.open()
        expect(page.locator("#candidates-title")).to_contain_text("·")
        everything = page.locator("#candidates-title").inner_text()
        page.get_by_label("Search candidates").fill(f"mandaue {word}")
        found = page.locator("#candidates .pick")
        expect(found).to_have_count(1)
        expect(found).to_contain_text(title)
        expect(found.locator(".excerpt")).to_contain_text("Mandaue")
        page.get_by_label("Search candidates").press("Escape")
        expect(page.locator("#candidates-title")).to_have_text(everything, ignore_case=True)


def test_a_candidate_beyond_the_list_is_found(browser: Browser, desk: Served) -> None:
    """The search covers every candidate of the week; one that it brings can be placed."""
    real = desk.json("/api/candidates/en")
    hidden = [each for each in real["candidates"] if not each["section"]][-1]
    short = {**real, "candidates": [each for each in real["candidates"] if each is not hidden], "not_listed": 1}
    answer = {"found": {hidden["story"]: ""}, "unlisted": [hidden], "printed": [], "printed_total": 0}
    with watched(browser, desk) as seen:
        seen.page.route("**/api/candidates/en", lambda route: route.fulfill(json=short))
        seen.page.route("**/api/search/en?**", lambda route: route.fulfill(json=answer))
        page = seen.open()
        page.get_by_label("Search candidates").fill(hidden["title"])
        page.locator(f'#candidates .pick[data-story="{hidden["story"]}"]').click()
        page.get_by_role("button", name="Read", exact=True).click()
        expect(page.locator(f'#slots .pick[data-story="{hidden["story"]}"]')).to_be_visible()
        seen.settle()


def approve_earlier_issue(newsroom: Newsroom, key: str) -> None:
    """Add an approved issue of an earlier week, with the stories of this week's."""
    lead, folder = newsroom.issue_json()["features"][0], newsroom.edits_path().parents[1]
    shutil.copytree(folder, folder.with_name(key))
    for edition in ("en", "de"):
        path = folder.with_name(key) / edition / "issue.json"
        issue = {**json.loads(path.read_bytes()), "key": key, "number": 45, "date": "2026-11-08"}
        path.write_text(json.dumps(issue), encoding="utf-8")
    at = datetime(2026, 11, 8, tzinfo=UTC)
    with open_store(newsroom.folder / "state" / "store.sqlite") as store:
        store.issues.propose(key, cutoff_at=at, tally=Tally(1, 1, 1, 0, 1, 1), first_number=45, slots={})
        store.issues.approve(key, at)
        store.results.put(key, "en", "clicks.csv", {lead["url"]: (lead["story"], 12)}, at)


def test_the_search_answers_whether_a_story_was_in_an_earlier_issue(browser: Browser, newsroom: Newsroom) -> None:
    """The words of a headline of last week's issue are found with its number, date, section and edition."""
    lead = newsroom.issue_json()["features"][0]
    approve_earlier_issue(newsroom, "2026-W45")
    with served(newsroom) as desk, watched(browser, desk) as seen:
        page = seen.open()
        page.get_by_label("Search candidates").fill(lead["headline"])
        printed = page.get_by_role("list", name="Earlier issues").locator("li").first
        expect(printed).to_contain_text(lead["headline"])
        expect(printed).to_contain_text("No. 45 · 8 November 2026 · lead · edition en")
        expect(printed).to_contain_text("· 12 clicks")
        page.get_by_label("Search candidates").fill("no issue ever had this")
        expect(page.get_by_text("No earlier issue has these words.")).to_be_visible()
        status, _, body = desk.ask("GET", "/api/search/xx?q=quay")
        assert (status, b"no edition" in body) == (422, True)
