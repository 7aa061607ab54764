"""Rendering in a child process: markup that kills it costs one edition, with an error that names it."""

from pathlib import Path

import pytest
import yaml

from pipeline.desk.editor import IssueEditor
from pipeline.errors import RenderError
from tests.letters import Command, Letter
from tests.run.test_weekly import folder_of

# mrml parses recursively, so elements nested this deeply overflow its stack.
DEEP = f"<mj-section><mj-column><mj-text>{'<div>' * 30_000}{'</div>' * 30_000}</mj-text></mj-column></mj-section>"
DEEP_IN_GERMAN = f"{{% if issue.edition == 'de' %}}{DEEP}{{% endif %}}"


def two_editions(letter: Letter, *, deep: bool = True) -> Path:
    """Set up an English and a German edition whose template kills its worker; the template's path."""
    (english,) = yaml.safe_load(letter.config.read_text(encoding="utf-8"))["editions"]
    german = {**english, "name": "de", "language": "de", "host": dict(english["host"])}  # no aliases
    templates = letter.folder / "templates"
    templates.mkdir()
    page = templates / "deep.mjml.j2"
    page.write_text(
        '{% extends "brief.mjml.j2" %}{% block body %}{{ super() }}'
        + (DEEP_IN_GERMAN if deep else "")
        + "{% endblock %}",
        encoding="utf-8",
    )
    (templates / "deep.txt.j2").write_text('{% extends "brief.txt.j2" %}', encoding="utf-8")
    letter.change(editions=[english, german], templates="templates", template="deep", engine="processes", workers=1)
    return page


def test_an_edition_that_kills_its_worker_is_left_out_and_named(newsletter: Command, letter: Letter) -> None:
    """The other edition is in the outbox; the issue cannot be approved until the failed one is rendered."""
    page = two_editions(letter)
    done = newsletter.on(letter, "run")
    assert done.code == 5
    (line,) = [line for line in done.err.splitlines() if "could not be rendered" in line]
    assert line.startswith("render: worker died: de: the edition could not be rendered")
    assert (folder_of(letter) / "en" / "issue.eml").is_file()
    assert not (folder_of(letter) / "de" / "issue.eml").exists()
    refused = newsletter.on(letter, "approve")
    assert refused.code != 0
    assert "de/issue.json" in refused.err
    page.write_text(page.read_text(encoding="utf-8").replace(DEEP_IN_GERMAN, ""), encoding="utf-8")
    newsletter.on(letter, "render")
    assert (folder_of(letter) / "de" / "issue.eml").is_file()


def test_if_every_edition_kills_its_worker_there_is_no_issue(newsletter: Command, letter: Letter) -> None:
    """One line, exit code 1, and the outbox is unchanged."""
    page = two_editions(letter, deep=False)
    newsletter.on(letter, "run")
    before = (folder_of(letter) / "en" / "issue.eml").read_bytes()
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("{% endblock", DEEP + "{% endblock"), encoding="utf-8")
    done = newsletter.on(letter, "render")
    assert done.code == 1
    assert done.err.startswith("newsletter: worker died: en: the edition could not be rendered")
    assert (folder_of(letter) / "en" / "issue.eml").read_bytes() == before


def test_the_desk_survives_an_edition_that_kills_its_worker(newsletter: Command, letter: Letter) -> None:
    """The error is reported; the other edition is rendered before and after."""
    two_editions(letter)
    newsletter.on(letter, "run")
    desk = IssueEditor(letter.config, key="2026-W47", now=None)
    try:
        assert desk.preview("en") is not None
        with pytest.raises(RenderError, match="worker died: de: the edition could not be rendered"):
            desk.preview("de")
        desk.poll()
        assert desk.preview("en") is not None
    finally:
        desk.close()


def test_a_template_error_in_a_worker_keeps_its_message(newsletter: Command, letter: Letter) -> None:
    """Template and line, exit code 2."""
    page = two_editions(letter, deep=False)
    page.write_text(page.read_text(encoding="utf-8").replace("{{ super() }}", "\n{{ no_such_word }}"), encoding="utf-8")
    done = newsletter.on(letter, "run")
    assert done.code == 2
    assert "deep.mjml.j2, line 2" in done.err
