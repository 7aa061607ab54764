"""Two editors at one desk, and a third with a text editor: nobody's change is lost without a word."""

import re
import resource

import pytest
import yaml
from playwright.sync_api import Browser, Route, expect

from tests.desk.desks import Newsroom, Served, served, watched

pytestmark = pytest.mark.chromium
SOON = 3_000  # milliseconds, for a busy machine; an idle one takes a quarter of a second


def test_the_second_browser_sees_the_firsts_change(browser: Browser, desk: Served) -> None:
    """A word and a move of one editor are in the other's fields, list and frame, which say that they came."""
    with watched(browser, desk) as one, watched(browser, desk) as two:
        first, second = one.open(), two.open()
        expect(two.frame.locator(".headline").first).to_be_visible()
        first.get_by_label("Subject").fill("Said by the first")
        expect(second.get_by_label("Subject")).to_have_value("Said by the first", timeout=SOON)
        expect(second.locator("#inbox .subject")).to_have_text("Said by the first", timeout=SOON)
        expect(second.locator("#notices")).to_contain_text("Changed elsewhere: the subject")
        title = first.locator("#candidates .title").first.inner_text()
        first.locator("#candidates .pick").first.click()
        first.get_by_role("button", name="Lead", exact=True).click()
        expect(two.frame.locator(".headline").first).to_have_text(title, timeout=SOON)


def test_one_word_changed_by_two_is_shown_to_both(browser: Browser, desk: Served) -> None:
    """Who saves second sees both texts and chooses; until then the first one's stands, and theirs is not lost."""
    with watched(browser, desk) as one, watched(browser, desk) as two:
        first, second = one.open(), two.open()
        second.route("**/api/sheet/**", lambda route: None)  # the second editor's page hears of nothing for a while
        first.get_by_label("Subject").fill("Mine, said the first")
        one.settle()
        two.away = True  # a 409 is an error to the browser's console
        second.get_by_label("Subject").fill("Mine, said the second")
        clash = second.locator(".clash")
        expect(clash).to_contain_text("Mine, said the first")
        assert desk.newsroom.edits()["subject"] == "Mine, said the first"
        second.get_by_role("button", name="Keep mine").click()
        two.settle()
        assert desk.newsroom.edits()["subject"] == "Mine, said the second"
        expect(first.get_by_label("Subject")).to_have_value("Mine, said the second", timeout=SOON)


def test_ones_own_words_are_kept_until_one_chooses(browser: Browser, desk: Served) -> None:
    """A story is looked at in between, and others' words come in: the choice is still there, with both texts."""
    with watched(browser, desk) as one, watched(browser, desk) as two:
        first, second = one.open(), two.open()
        second.route("**/api/sheet/**", lambda route: None)
        first.get_by_label("Subject").fill("Mine, said the first")
        one.settle()
        two.away = True  # a 409 is an error to the browser's console
        second.get_by_label("Subject").fill("Mine, said the second")
        expect(second.locator(".clash")).to_be_visible()
        second.unroute("**/api/sheet/**")
        first.get_by_label("Greeting").fill("Good morning")
        expect(second.get_by_label("Greeting")).to_have_value("Good morning")
        second.locator("#placed .pick").nth(1).click()
        expect(second.locator(".clash")).to_have_count(0)
        second.locator("#placed .pick").first.click()
        expect(second.locator(".clash")).to_contain_text("Mine, said the first")
        expect(second.get_by_label("Subject")).to_have_value("Mine, said the second")
        second.get_by_role("button", name="Keep mine").click()
        two.settle()
    assert desk.newsroom.edits() == {"subject": "Mine, said the second", "greeting": "Good morning"}


def test_a_change_whose_answer_is_lost_is_nobody_elses(browser: Browser, desk: Served) -> None:
    """It has arrived, the page does not know, and more is typed into the same field: no clash, and all is saved."""
    with watched(browser, desk) as seen:
        page = seen.open()
        seen.away = True  # an answer that is lost is an error to the browser's console
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


def test_words_of_two_in_different_places_both_stand(browser: Browser, desk: Served) -> None:
    """Only the same word clashes: two editors can work on one edition at the same time."""
    with watched(browser, desk) as one, watched(browser, desk) as two:
        first, second = one.open(), two.open()
        for number in range(5):
            first.get_by_label("Subject").fill(f"Subject {number}")
            second.get_by_label("Preheader").fill(f"A preheader of the letter {number}")
        one.settle()
        two.settle()
        expect(first.get_by_label("Preheader")).to_have_value("A preheader of the letter 4", timeout=SOON)
    said = desk.newsroom.edits()
    assert (said["subject"], said["preheader"]) == ("Subject 4", "A preheader of the letter 4")


def test_a_hand_edited_file_is_picked_up_and_keeps_its_comments(browser: Browser, desk: Served) -> None:
    """What a text editor saves is on the page at once; what the page saves leaves the comments where they were."""
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


def test_a_broken_file_is_named_with_its_line_and_never_written_over(browser: Browser, desk: Served) -> None:
    """The last good one stays on the page, what is typed waits and says so, and is saved once the file is mended."""
    path = desk.newsroom.edits_path()
    with watched(browser, desk) as seen:
        page = seen.open()
        path.write_text("subject: Good\n", encoding="utf-8")
        expect(page.locator("#inbox .subject")).to_have_text("Good", timeout=SOON)
        broken = "subject: Better\nfeatures: [not-a-story]\n"
        path.write_text(broken, encoding="utf-8")
        expect(page.locator(".notice.standing")).to_contain_text("line 2", timeout=SOON)
        expect(page.locator("#inbox .subject")).to_have_text("Good")
        seen.away = True  # a 503 is an error to the browser's console
        page.get_by_label("Greeting").fill("Typed meanwhile")
        expect(page.locator("#saved")).to_contain_text("edits.yaml has a mistake")
        assert path.read_text(encoding="utf-8") == broken
        path.write_text("subject: Mended\n", encoding="utf-8")
        expect(page.locator(".notice.standing")).to_have_count(0, timeout=SOON)
        expect(page.locator("#inbox .subject")).to_have_text("Mended")
        seen.settle()
    assert desk.newsroom.edits() == {"subject": "Mended", "greeting": "Typed meanwhile"}


def test_a_run_meanwhile_leaves_the_desk_at_work(browser: Browser, desk: Served) -> None:
    """A run renders and exchanges the folder while words are typed: every word is in the file afterwards."""
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
    said = desk.newsroom.edits()
    assert (said["subject"], said["preheader"]) == ("Before the run", "Typed while a run was at work, 1")
    assert desk.newsroom.account()["subject"] == "Before the run"


def test_a_full_disk_is_said_and_the_words_are_saved_once_there_is_room(browser: Browser, desk: Served) -> None:
    """What cannot be written is named, the file keeps what it said, and nothing has to be typed again."""
    with watched(browser, desk) as seen:
        page = seen.open()
        page.get_by_label("Subject").fill("There was room for this")
        seen.settle()
        limits = resource.prlimit(desk.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(desk.process.pid, resource.RLIMIT_FSIZE, (0, limits[1]))
        seen.away = True  # a 503 is an error to the browser's console
        page.get_by_label("Preheader").fill("There is no room for this line of the letter")
        expect(page.locator("#saved")).to_contain_text("cannot be written")
        assert desk.newsroom.edits() == {"subject": "There was room for this"}
        resource.prlimit(desk.process.pid, resource.RLIMIT_FSIZE, limits)
        expect(page.locator("#saved")).to_have_text(re.compile("^Saved"))
    assert desk.newsroom.edits()["preheader"] == "There is no room for this line of the letter"


def test_a_server_killed_while_words_are_typed_loses_none(browser: Browser, newsroom: Newsroom) -> None:
    """edits.yaml is whole after each kill, and what was not in it is saved by the page that typed it."""
    said = "Typed, letter by letter, while the server dies and comes back"
    with served(newsroom) as first, watched(browser, first) as seen:
        page, port, desk = seen.open(), first.port, first
        seen.away = True
        page.get_by_label("Subject").fill("")
        for part in (said[:20], said[20:40]):
            page.get_by_label("Subject").press_sequentially(part, delay=15)
            desk.process.kill()
            desk.process.wait()
            yaml.safe_load(newsroom.edits_path().read_text(encoding="utf-8") if newsroom.edits() else "")
            page.get_by_label("Preheader").fill(f"After {part}")
            with served(newsroom, port=port) as desk:
                expect(page.locator("#saved")).to_have_text(re.compile("^Saved"))
                assert newsroom.edits()["preheader"] == f"After {part}"
                if part == said[20:40]:
                    page.get_by_label("Subject").press_sequentially(said[40:])
                    expect(page.locator("#inbox .subject")).to_have_text(said)
    assert newsroom.edits()["subject"] == said


def test_an_issue_that_a_run_approves_meanwhile_is_closed_to_words(browser: Browser, desk: Served) -> None:
    """The page says so, its fields are closed; taken back elsewhere they are open again."""
    with watched(browser, desk) as seen:
        page = seen.open()
        page.get_by_label("Subject").fill("The last word")
        seen.settle()
        assert desk.newsroom.run("approve", "2026-W47").returncode == 0
        expect(page.locator("#status")).to_have_text("approved")
        expect(page.get_by_label("Subject")).to_have_attribute("readonly", "")
        page.locator("#placed .pick").nth(1).click()
        page.keyboard.press("x")
        expect(page.locator("#notices")).to_contain_text("Take the approval back")
        assert desk.write("/api/withdraw", {})[0] == 200
        expect(page.locator("#status")).to_have_text("")
        page.locator("#placed .pick").first.click()
        expect(page.get_by_label("Subject")).not_to_have_attribute("readonly", "")
    assert desk.newsroom.edits() == {"subject": "The last word"}


def test_the_desk_holds_the_lock_for_its_writing_alone(desk: Served) -> None:
    """While the desk is open, a run is not told that another one is at work."""
    assert desk.newsroom.run("render").returncode in (0, 5)
