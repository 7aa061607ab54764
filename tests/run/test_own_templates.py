"""Templates are exchangeable: three with different layouts, and one of the user's."""

import dataclasses
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pipeline.edges.templates import load_templates
from pipeline.records import Theme
from pipeline.stages.check import check_issue
from pipeline.stages.render import eml_bytes, render_issue
from tests.browser import darkened, page_at
from tests.issues import ISSUE, MASTHEAD, SENT_AT, pictures_for
from tests.letters import Command, Letter

KEY = "2026-W47"
PICTURES = pictures_for(ISSUE)
SENTENCES = {"zh-Hant": "本通訊由檳城編輯部統籌。", "ar": "تنسّق هذه الرسالة هيئة التحرير في بينانغ."}


@pytest.mark.parametrize("tag", ["en", "zh-Hant", "ar"])
@pytest.mark.parametrize("template", ["issue", "brief", "story"])
def test_each_template_passes_the_gate_and_fits_every_screen(
    browser: Browser,
    tmp_path: Path,
    template: str,
    tag: str,
) -> None:
    """The same Issue in each: no finding, no horizontal scroll at 375 and 600 px, in light and dark."""
    masthead = dataclasses.replace(MASTHEAD, coordinated_by=SENTENCES.get(tag, MASTHEAD.coordinated_by))
    issue = dataclasses.replace(ISSUE, language=tag, edition=tag, masthead=masthead)
    email = render_issue(
        issue, templates=load_templates(), theme=Theme(), pictures=PICTURES, sent_at=SENT_AT, template=template
    )
    assert check_issue(email, issue, eml_bytes(email)) == ()
    for name, html in (("light.html", email.html), ("dark.html", darkened(email.html))):
        (tmp_path / name).write_text(html, "utf-8")
        for width in (375, 600):
            with page_at(browser, tmp_path / name, width=width) as page:
                assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_templates_differ_in_content() -> None:
    """`brief` has no picture but the host's; `story` has one story in full, and the first paragraph of the others."""
    emails = {
        name: render_issue(
            ISSUE, templates=load_templates(), theme=Theme(), pictures=PICTURES, sent_at=SENT_AT, template=name
        )
        for name in ("issue", "brief", "story")
    }
    assert {name: len(email.pictures) for name, email in emails.items()} == {"issue": 5, "brief": 1, "story": 2}
    assert "In Leipzig" in emails["brief"].text
    assert "In Leipzig" in emails["story"].text
    assert "Wenn der Automat" in emails["story"].text


def test_the_config_chooses_the_template(newsletter: Command, letter: Letter) -> None:
    """template: brief makes the week's letter a list."""
    letter.change(template="brief")
    assert newsletter.on(letter, "run").code == 0
    assert 'class="mark ordinal"' in (letter.folder / "outbox" / KEY / "issue.html").read_text("utf-8")


def test_a_new_template_starts_as_a_copy(newsletter: Command, letter: Letter) -> None:
    """`new` copies both files and prints the line for the config; a change in them reaches the letter."""
    assert newsletter.on(letter, "templates", "list").code == 2  # it is a group: the options come after list
    listed = newsletter("templates", "list", "--config", letter.config)
    assert listed.out.splitlines() == ["  brief", "* issue", "  story"]
    made = newsletter("templates", "new", "friday", "--from", "brief", "--config", letter.config)
    assert made.code == 0
    assert "template: friday" in made.err
    page = letter.folder / "templates" / "friday.mjml.j2"
    page.write_text(page.read_text("utf-8").replace("mark ordinal", "mark ordinal friday"), "utf-8")
    letter.change(templates="templates", template="friday")
    assert newsletter.on(letter, "run").code == 0
    assert "mark ordinal friday" in (letter.folder / "outbox" / KEY / "issue.html").read_text("utf-8")
    listed = newsletter("templates", "list", "--json", "--config", letter.config).json
    assert {"name": "friday", "in_use": True} in listed


@pytest.mark.parametrize("arguments", [["issue"], ["../x"], ["a b"], ["mine", "--from", "gone"], ["frame"]])
def test_a_name_that_cannot_be_is_refused(newsletter: Command, letter: Letter, arguments: list[str]) -> None:
    """A taken name, an invalid name, a missing original: exit code 2, nothing written."""
    assert newsletter("templates", "new", *arguments, "--config", letter.config).code == 2
    assert not (letter.folder / "templates").exists()
