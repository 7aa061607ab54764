"""Every edition language in every template, and every script that programs get wrong: checked, measured, read back."""

import dataclasses
from functools import cache
from pathlib import Path
from typing import Any

import mailparser
import pytest
from lxml import html as lxml_html
from playwright.sync_api import Browser

from pipeline.edges.templates import load_templates
from pipeline.records import Email, Theme
from pipeline.stages.check import check_issue
from pipeline.stages.render import eml_bytes, render_issue
from pipeline.stages.render.chain import collapse, render_text
from pipeline.stages.render.localisation import load_localisation
from pipeline.stages.render.template_values import scrub, template_values
from pipeline.text.languages import EDITION_LANGUAGES
from tests.browser import axe_findings, overflow
from tests.issues import ISSUE, SENT_AT, pictures_for
from tests.programs import package, run_node, spam_scores
from tests.scripts import SCRIPTS, issue_in
from tests.stages.test_own_sections import SECTIONS

TEMPLATES = load_templates()
PICTURES = pictures_for(ISSUE)
KINDS = ("issue", "story", "brief")
ISSUES = {
    **{tag: dataclasses.replace(ISSUE, language=tag, edition=tag, sections=SECTIONS) for tag in EDITION_LANGUAGES},
    **{name: issue_in(script) for name, script in SCRIPTS.items()},
}
WIDTHS = (320, 375, 600)


@cache
def letter(name: str, kind: str) -> Email:
    """An issue in a template."""
    return render_issue(
        ISSUES[name], templates=TEMPLATES, theme=Theme(), pictures=PICTURES, sent_at=SENT_AT, template=kind
    )


def parsed(html: str) -> Any:
    """The root element; untyped, because an XPath may return anything."""
    return lxml_html.fromstring(html)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ISSUES)
def test_the_gate_finds_nothing(name: str, kind: str) -> None:
    """Neither an error nor a warning, in the HTML, the text and the message."""
    email = letter(name, kind)
    findings = check_issue(email, ISSUES[name], eml_bytes(email))
    assert [f"{finding.rule}: {finding.message}" for finding in findings] == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ISSUES)
def test_attributes_are_as_written(name: str, kind: str) -> None:
    """Alternative texts and the letter's name are read aloud: marks, joiners, spaces and emoji arrive."""
    issue, page = ISSUES[name], parsed(letter(name, kind).html)
    written = {feature.picture.alt for feature in issue.features if feature.picture}
    written |= {issue.letter.portrait.alt or issue.letter.host} if issue.letter.portrait else set()
    assert set(page.xpath("//img/@alt")) <= written | {""}
    assert page.xpath("//@aria-label")[0] == page.findtext(".//title") == issue.subject


@pytest.mark.chromium
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_wider_than_a_screen(browser: Browser, tmp_path: Path, kind: str) -> None:
    """At the width of a small phone, a phone and a pane; one page for all letters."""
    page = browser.new_page()
    wide = {}
    for name in ISSUES:
        (tmp_path / "issue.html").write_text(letter(name, kind).html, "utf-8")
        page.goto((tmp_path / "issue.html").as_uri())
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if overflow(page):
                wide[name, width] = overflow(page)
    page.close()
    assert wide == {}


@pytest.mark.node
@pytest.mark.chromium
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing(browser: Browser, tmp_path: Path, kind: str) -> None:
    """Languages, names of links and pictures, headings, on a phone; colours do not depend on the language."""
    script = package("axe-core") / "axe.min.js"
    page = browser.new_page(viewport={"width": 375, "height": 900})
    found = {}
    for name in ISSUES:
        (tmp_path / "issue.html").write_text(letter(name, kind).html, "utf-8")
        page.goto((tmp_path / "issue.html").as_uri())
        found[name] = axe_findings(page, script, without=["color-contrast"])
    page.close()
    assert {name: lines[:3] for name, lines in found.items() if lines} == {}


@pytest.mark.node
def test_the_reference_compiler_and_the_validator_report_nothing(tmp_path: Path) -> None:
    """MJML in strict mode, and html-validate."""
    package("mjml")
    package("html-validate")
    mjml, html = [], []
    for name, issue in ISSUES.items():
        values = template_values(scrub(issue), Theme(), load_localisation(issue.language, TEMPLATES.catalogues))
        for kind in KINDS:
            stem = tmp_path / f"{name}-{kind}"
            source = collapse(render_text(f"{kind}.mjml.j2", TEMPLATES, values))
            stem.with_suffix(".mjml").write_text(source, "utf-8")
            stem.with_suffix(".html").write_text(letter(name, kind).html, "utf-8")
            mjml.append(str(stem.with_suffix(".mjml")))
            html.append(str(stem.with_suffix(".html")))
    found = run_node("strict_mjml.mjs", *mjml) | run_node("validate.mjs", *html)
    assert {Path(path).name: lines[:3] for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize("name", ISSUES)
def test_a_parser_reads_each_message_back(name: str) -> None:
    """Subject and text, in any script."""
    email = letter(name, "issue")
    read = mailparser.parse_from_bytes(eml_bytes(email))  # type: ignore[no-untyped-call]
    assert read.subject == email.subject
    assert [text.replace("\r\n", "\n") for text in read.text_plain] == [email.text]
    assert read.defects == []


@pytest.mark.node
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_parser_in_another_language_reads_each_message_back(tmp_path: Path, name: str) -> None:
    """Postal-mime, in JavaScript."""
    package("postal-mime")
    email = letter(name, "issue")
    (tmp_path / "issue.eml").write_bytes(eml_bytes(email))
    read = run_node("read_eml.mjs", str(tmp_path / "issue.eml"))
    assert (read["subject"], read["text"].replace("\r\n", "\n").strip()) == (email.subject, email.text.strip())


def test_spamassassin_scores_each_language_below_one(tmp_path: Path) -> None:
    """With its local rules."""
    scores = spam_scores([eml_bytes(letter(name, "issue")) for name in ISSUES], tmp_path)
    assert {name: score for name, score in zip(ISSUES, scores, strict=True) if score >= 1.0} == {}
