"""Several editors at one desk, edits.yaml edited by hand, runs and failures: no change is lost unnoticed."""

import re
import resource

import pytest
import yaml
from playwright.sync_api import Browser, Route, expect

from tests.desk.desks import Newsroom, Served, served, watched

pytestmark = pytest.mark.chromium
SOON = 3_000  # milliseconds, for a busy machine; an idle one takes a quarter of a second


def test_a_second_browser_shows_the_changes_of_the_first(browser: Browser, desk: Served) -> None:
    """A text and a placement appear in the other browser's form, lists and preview, with a notice."""
    with watched(browser, desk) as one, watched(browser, desk) as two:
        first, second = one.open(), two.open()
        expect(two.frame.locator(".headline").first).to_be_visible()
        first.get_by_label("Subject").fill("Typed by the first")
        expect(second.get_by_label("Subject")).to_have_value("Typed by the first", timeout=SOON)
        expect(second.locator("#inbox .subject")).to_have_text("Typed by the first", timeout=SOON)
        expect(second.locator("#notices")).to_contain_text("Changed elsewhere: the subject")
        title = first.locator("#candidates .title").first.inner_text()
        first.locator("#candidates .pick").first.click()
        first.get_by_role("button", name="Lead", exact=True).click()
        expect(two.frame.locator(".headline").first).to_have_text(title, timeout=SOON)


def test_two_editors_of_one_text_get_both_versions(browser: Browser, desk: Served) -> None:
    """The second editor chooses between the versions; until then the first version stays, and theirs is not lost."""
    with watched(browser, desk) as one, watched(browser, desk) as two:
        first, second = one.open(), two.open()
        second.route("**/api/editions/**", lambda route: None)  # the second page receives no updates for a while
        first.get_by_label("Subject").fill("Mine, wrote the first")
        one.settle()
        two.expects_errors = True  # a 409 is an error for the browser's console
        second.get_by_label("Subject").fill("Mine, wrote the second")
        clash = second.locator(".conflict")
        expect(clash).to_contain_text("Mine, wrote the first")
        assert desk.newsroom.edits()["subject"] == "Mine, wrote the first"
        second.get_by_role("button", name="Keep mine").click()
        two.settle()
        assert desk.newsroom.edits()["subject"] == "Mine, wrote the second"
        expect(first.get_by_label("Subject")).to_have_value("Mine, wrote the second", timeout=SOON)


def test_a_conflict_waits_until_the_editor_chooses(browser: Browser, desk: Served) -> None:
    """After another story was selected and other changes arrived, the choice is still there with both versions."""
    with watched(browser, desk) as one, watched(browser, desk) as two:
        first, second = one.open(), two.open()
        second.route("**/api/editions/**", lambda route: None)
        first.get_by_label("Subject").fill("Mine, wrote the first")
        one.settle()
        two.expects_errors = True  # a 409 is an error for the browser's console
        second.get_by_label("Subject").fill("Mine, wrote the second")
        expect(second.locator(".conflict")).to_be_visible()
        second.unroute("**/api/editions/**")
        first.get_by_label("Greeting").fill("Good morning")
        expect(second.get_by_label("Greeting")).to_have_value("Good morning")
        second.locator("#slots .pick").nth(1).click()
        expect(second.locator(".conflict")).to_have_count(0)
        second.locator("#slots .pick").first.click()
        expect(second.locator(".conflict")).to_contain_text("Mine, wrote the first")
        expect(second.get_by_label("Subject")).to_have_value("Mine, wrote the second")
        second.get_by_role("button", name="Keep mine").click()
        two.settle()
    assert desk.newsroom.edits() == {"subject": "Mine, wrote the second", "greeting": "Good morning"}


def test_a_lost_response_is_no_conflict(browser: Browser, desk: Served) -> None:
    """The change has arrived, the page does not know it, and more is typed in the same field: everything is saved."""
    with watched(browser, desk) as seen:
        page = seen.open()
        seen.expects_errors = True  # the browser logs a lost response as an error
        lost: list[str] = []

        def lose(route: Route) -> None:
            if lost:
                route.fallback()
                return
            lost.append(route.fetch().text())
            page.get_by_label("Subject").press_sequentially(" and more of it")
            route.abort()

        page.route("**/api/changes/**", lose)
        page.get_by_label("Subject").fill("The first words")
        expect(page.locator("#inbox .subject")).to_have_text("The first words and more of it")
        expect(page.get_by_role("button", name="Keep mine")).to_have_count(0)
    assert desk.newsroom.edits()["subject"] == "The first words and more of it"


def test_two_editors_can_edit_different_texts(browser: Browser, desk: Served) -> None:
    """Only changes to the same text are a conflict."""
    with watched(browser, desk) as one, watched(browser, desk) as two:
        first, second = one.open(), two.open()
        for number in range(5):
            first.get_by_label("Subject").fill(f"Subject {number}")
            second.get_by_label("Preheader").fill(f"A preheader of the letter {number}")
        one.settle()
        two.settle()
        expect(first.get_by_label("Preheader")).to_have_value("A preheader of the letter 4", timeout=SOON)
    edits = desk.newsroom.edits()
    assert (edits["subject"], edits["preheader"]) == ("Subject 4", "A preheader of the letter 4")


def test_a_hand_edited_file_is_picked_up_and_keeps_its_comments(browser: Browser, desk: Served) -> None:
    """The page shows what a text editor saves; what the page saves leaves the comments in place."""
    path = desk.newsroom.edits_path()
    with watched(browser, desk) as seen:
        page = seen.open()
        path.write_text("# checked with the lawyer\nsubject: By hand  # do not touch\n", encoding="utf-8")
        expect(page.locator("#inbox .subject")).to_have_text("By hand", timeout=SOON)
        page.get_by_label("Greeting").fill("Hello from the desk")
        seen.settle()
    text = path.read_text(encoding="utf-8")
    assert "# checked with the lawyer" in text
    assert "# do not touch" in text
    assert yaml.safe_load(text) == {"subject": "By hand", "greeting": "Hello from the desk"}


def test_an_invalid_file_is_reported_with_its_line_and_not_overwritten(browser: Browser, desk: Served) -> None:
    """The page shows the last valid version; text typed meanwhile is saved once the file is corrected."""
    path = desk.newsroom.edits_path()
    with watched(browser, desk) as seen:
        page = seen.open()
        path.write_text("subject: Good\n", encoding="utf-8")
        expect(page.locator("#inbox .subject")).to_have_text("Good", timeout=SOON)
        broken = "subject: Better\nfeatures: [not-a-story]\n"
        path.write_text(broken, encoding="utf-8")
        expect(page.locator(".notice.standing")).to_contain_text("line 2", timeout=SOON)
        expect(page.locator("#inbox .subject")).to_have_text("Good")
        seen.expects_errors = True  # a 503 is an error for the browser's console
        page.get_by_label("Greeting").fill("Typed meanwhile")
        expect(page.locator("#saved")).to_contain_text("edits.yaml has a mistake")
        assert path.read_text(encoding="utf-8") == broken
        path.write_text("subject: Mended\n", encoding="utf-8")
        expect(page.locator(".notice.standing")).to_have_count(0, timeout=SOON)
        expect(page.locator("#inbox .subject")).to_have_text("Mended")
        seen.settle()
    assert desk.newsroom.edits() == {"subject": "Mended", "greeting": "Typed meanwhile"}


def test_edits_during_a_run_are_saved(browser: Browser, desk: Served) -> None:
    """A run replaces the issue's folder while text is typed: all of it is in the file afterwards."""
    with watched(browser, desk) as seen:
        page = seen.open()
        page.get_by_label("Subject").fill("Before the run")
        seen.settle()
        for number in range(2):
            page.get_by_label("Preheader").fill(f"Typed while a run was at work, {number}")
            done = desk.newsroom.run("render")
            assert done.returncode in (0, 5), done.stderr
        seen.settle()
        expect(page.locator("#saved")).to_have_text(re.compile("^Saved"))
    edits = desk.newsroom.edits()
    assert (edits["subject"], edits["preheader"]) == ("Before the run", "Typed while a run was at work, 1")
    assert desk.newsroom.issue_json()["subject"] == "Before the run"


def test_edits_on_a_full_disk_are_saved_once_there_is_room(browser: Browser, desk: Served) -> None:
    """The page names the problem, the file keeps its content, and nothing has to be typed again."""
    with watched(browser, desk) as seen:
        page = seen.open()
        page.get_by_label("Subject").fill("There was room for this")
        seen.settle()
        limits = resource.prlimit(desk.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(desk.process.pid, resource.RLIMIT_FSIZE, (0, limits[1]))
        seen.expects_errors = True  # a 503 is an error for the browser's console
        page.get_by_label("Preheader").fill("There is no room for this line of the letter")
        expect(page.locator("#saved")).to_contain_text("cannot be written")
        assert desk.newsroom.edits() == {"subject": "There was room for this"}
        resource.prlimit(desk.process.pid, resource.RLIMIT_FSIZE, limits)
        expect(page.locator("#saved")).to_have_text(re.compile("^Saved"))
    assert desk.newsroom.edits()["preheader"] == "There is no room for this line of the letter"


def test_a_killed_server_loses_no_text(browser: Browser, newsroom: Newsroom) -> None:
    """edits.yaml is complete after each kill, and the page saves the rest later."""
    text = "Typed, letter by letter, while the server dies and comes back"
    with served(newsroom) as first, watched(browser, first) as seen:
        page, port, desk = seen.open(), first.port, first
        seen.expects_errors = True
        page.get_by_label("Subject").fill("")
        for part in (text[:20], text[20:40]):
            page.get_by_label("Subject").press_sequentially(part, delay=15)
            desk.process.kill()
            desk.process.wait()
            yaml.safe_load(newsroom.edits_path().read_text(encoding="utf-8") if newsroom.edits() else "")
            page.get_by_label("Preheader").fill(f"After {part}")
            with served(newsroom, port=port) as desk:
                expect(page.locator("#saved")).to_have_text(re.compile("^Saved"))
                assert newsroom.edits()["preheader"] == f"After {part}"
                if part == text[20:40]:
                    page.get_by_label("Subject").press_sequentially(text[40:])
                    expect(page.locator("#inbox .subject")).to_have_text(text)
    assert newsroom.edits()["subject"] == text


def test_an_issue_approved_meanwhile_cannot_be_edited(browser: Browser, desk: Served) -> None:
    """The page shows the approval and its fields are read-only until the approval is withdrawn."""
    with watched(browser, desk) as seen:
        page = seen.open()
        page.get_by_label("Subject").fill("The last word")
        seen.settle()
        assert desk.newsroom.run("approve", "2026-W47").returncode == 0
        expect(page.locator("#status")).to_have_text("approved")
        expect(page.get_by_label("Subject")).to_have_attribute("readonly", "")
        page.locator("#slots .pick").nth(1).click()
        page.keyboard.press("x")
        expect(page.locator("#notices")).to_contain_text("Withdraw the approval")
        assert desk.write("/api/withdraw", {})[0] == 200
        expect(page.locator("#status")).to_have_text("")
        page.locator("#slots .pick").first.click()
        expect(page.get_by_label("Subject")).not_to_have_attribute("readonly", "")
    assert desk.newsroom.edits() == {"subject": "The last word"}


def test_the_desk_locks_the_store_only_while_it_writes(desk: Served) -> None:
    """A run is possible while the desk is open."""
    assert desk.newsroom.run("render").returncode in (0, 5)
