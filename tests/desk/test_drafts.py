"""Proposals at the desk: shown with their marks next to the source; accepted, edited, refused and asked for again."""

import re
import sys
from collections.abc import Iterator

import pytest
import yaml
from playwright.sync_api import Browser, Page, expect

from tests.desk.desks import Newsroom, Served, served, watched
from tests.desk.test_access import assert_accessible, axe

__all__ = ["axe"]  # a fixture

pytestmark = pytest.mark.chromium

# Answers with the first number of the source, and one that it does not have; it counts how often it is asked.
WRITER = """
import json, pathlib, re, sys
task = json.load(sys.stdin)
calls = pathlib.Path("calls")
count = len(calls.read_text()) + 1 if calls.exists() else 1
calls.write_text("x" * count)
number = re.search(r"[0-9]{2,}", " ".join(each["text"] for each in task["sentences"][1:]))[0]
texts = [f"Entwurf {'I' * count}"] + [f"Es sind {number} <b>und</b> 9753."] * (len(task["sentences"]) - 1)
print(json.dumps({"sentences": [{"n": n, "text": text} for n, text in enumerate(texts, 1)]}))
"""


@pytest.fixture
def desk(newsroom: Newsroom) -> Iterator[Served]:
    """A desk whose config has a writer."""
    folder = newsroom.config.parent
    (folder / "writer.py").write_text(WRITER, encoding="utf-8")
    config = yaml.safe_load(newsroom.config.read_text(encoding="utf-8"))
    config["writer"] = {"protocol": "command", "command": [sys.executable, "writer.py"]}
    newsroom.config.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    with served(newsroom) as running:
        yield running


def foreign_story(desk: Served) -> str:
    """An English story with a number in its text, which becomes a feature of the German edition."""
    for slot in desk.json("/api/editions/de")["slots"]:
        summary = desk.json(f"/api/stories/de/{slot['story']}")["summary"]
        if slot["language"] == "en" and re.search("[0-9]{2,}", summary):
            place = {"kind": "place", "story": slot["story"], "section": "features", "index": 1}
            assert desk.write("/api/changes/de", {"changes": [place]})[0] == 200
            return str(slot["story"])
    raise AssertionError


def open_story(page: Page, story: str) -> None:
    """Select the story in the German edition."""
    page.get_by_role("group", name="Edition").get_by_role("button", name="de").click()
    expect(page).to_have_url(re.compile("#edition=de$"))
    page.locator(f'#slots .pick[data-story="{story}"]').click()


def test_a_proposal_is_read_with_its_marks_and_accepted(browser: Browser, desk: Served, axe: str) -> None:
    """A figure leads to its place in the source, an invented one to none; accepted texts keep their origin."""
    story = foreign_story(desk)
    with watched(browser, desk) as seen:
        page = seen.open()
        open_story(page, story)
        panel = page.get_by_role("region", name="Proposals")
        panel.get_by_role("button", name="Ask for a translation").click()
        expect(panel.locator(".proposal")).to_contain_text("Entwurf I")
        expect(panel.locator(".proposal")).to_contain_text("<b>und</b>")
        found = panel.locator(".checked.found").first
        found.click()
        expect(panel.locator(".source mark")).to_have_text(found.inner_text())
        expect(panel.locator(".checked.wrong", has_text="9753").first).to_have_attribute(
            "aria-label", "9753. Wrong: this number is not in the source"
        )
        assert panel.locator(".checked.found", has_text="9753").count() == 0
        assert_accessible(seen, axe)
        panel.get_by_role("button", name="Accept").click()
        expect(page.get_by_label("Headline")).to_have_value("Entwurf I")
        expect(seen.frame.locator(f".story-{story} .headline")).to_have_text("Entwurf I")
        edit = desk.newsroom.edits("de")["stories"][story]
        assert edit["headline"] == "Entwurf I"
        assert edit["origin"][0].startswith("command ")
        assert edit["origin"][2] == "en"
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_label("Headline")).not_to_have_value("Entwurf I")
        seen.settle()
    assert "stories" not in desk.newsroom.edits("de")


def test_everything_works_by_key(browser: Browser, desk: Served) -> None:
    """Q asks, V accepts and opens the text, B refuses, Q asks again; what the editor wrote stays."""
    story = foreign_story(desk)
    with watched(browser, desk) as seen:
        page, keys = seen.open(), seen.page.keyboard
        open_story(page, story)
        proposal = page.locator("#drafts .proposal")
        expect(page.get_by_role("button", name="Ask for a translation")).to_be_visible()
        keys.press("q")
        expect(proposal).to_contain_text("Entwurf I")
        keys.press("v")
        blurb = page.get_by_label("Text", exact=True)
        expect(blurb).to_be_focused()
        keys.press("ControlOrMeta+a")
        keys.type("Von Hand.")
        keys.press("Escape")
        expect(seen.frame.locator(f".story-{story}")).to_contain_text("Von Hand.")
        keys.press("q")
        expect(proposal).to_contain_text("Entwurf II")
        expect(blurb).to_have_value("Von Hand.")
        keys.press("b")
        expect(page.locator("#drafts")).to_contain_text("are refused")
        expect(proposal).to_have_count(0)
        keys.press("y")
        expect(blurb).to_have_value("Von Hand.")
        seen.settle()
    edit = desk.newsroom.edits("de")["stories"][story]
    assert (edit["draft"], edit["blurb"], edit["headline"]) == ("refused", "Von Hand.", "Entwurf I")


def test_two_editors_see_each_others_decisions(browser: Browser, desk: Served) -> None:
    """What one refuses disappears for the other."""
    story = foreign_story(desk)
    assert desk.write("/api/drafts", {"edition": "de", "story": story, "task": "translate"})[0] == 200
    with watched(browser, desk) as one, watched(browser, desk) as two:
        first, second = one.open(), two.open()
        open_story(first, story)
        open_story(second, story)
        expect(second.locator("#drafts .proposal")).to_contain_text("Entwurf I")
        first.get_by_role("button", name="Refuse").click()
        expect(second.locator("#drafts")).to_contain_text("are refused")
        second.get_by_role("button", name="Ask again for a translation").click()
        expect(second.locator("#drafts .proposal")).to_contain_text("Entwurf II")


def test_the_desk_refuses_other_origins(desk: Served) -> None:
    """Only a writer, a model and a language, and only a refusal."""
    story = foreign_story(desk)
    for name, value in (("origin", ["a", "b"]), ("origin", "me"), ("draft", "accepted")):
        change = {"kind": "set", "path": f"stories.{story}.{name}", "value": value, "was": None}
        assert desk.write("/api/changes/de", {"changes": [change]})[0] == 422
    assert desk.write("/api/drafts", {"edition": "de", "story": story, "task": "invent"})[0] == 422
