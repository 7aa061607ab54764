"""The letter before programs by others: two parsers, the reference compiler, validators, a spam filter, axe."""

import dataclasses
import re
from pathlib import Path

import mailparser
import pytest
import yaml
from playwright.sync_api import Browser

from pipeline.edges.templates import load_templates
from pipeline.records import Email, Theme
from pipeline.stages.render import browser_page, eml_bytes, render_issue
from pipeline.stages.render.chain import collapse, render_text
from pipeline.stages.render.localisation import load_localisation
from pipeline.stages.render.template_values import scrub, template_values
from tests.browser import axe_findings, darkened, page_at
from tests.issues import ISSUE, MASTHEAD, SENT_AT, pictures_for
from tests.programs import package, run_node, spam_score

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = load_templates()
PICTURES = pictures_for(ISSUE)
KINDS = ("issue", "brief", "story")
LANGUAGES = ("en", "zh-Hant", "ar", "de", "ja")


def rendered(tag: str = "en", template: str = "issue") -> Email:
    """The issue in that edition and template."""
    issue = dataclasses.replace(ISSUE, language=tag, edition=tag)
    return render_issue(
        issue, templates=TEMPLATES, theme=Theme(), pictures=PICTURES, sent_at=SENT_AT, template=template
    )


def test_mailparser_reads_the_message_back_equal() -> None:
    """Subject, sender, both texts, the headers of a list, every picture."""
    letter = rendered()
    read = mailparser.parse_from_bytes(eml_bytes(letter))  # type: ignore[no-untyped-call]
    assert read.subject == letter.subject
    assert read.from_ == [("The techAsia desk", "desk@letters.example")]
    assert [text.replace("\r\n", "\n") for text in read.text_plain] == [letter.text]
    assert [neutral(html.replace("\r\n", "\n")) for html in read.text_html] == [neutral(letter.html)]
    assert read.headers["List-Unsubscribe"].startswith(f"<{MASTHEAD.unsubscribe_url}>")
    assert read.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [each["filename"] for each in read.attachments] == [name for name, _ in letter.pictures]
    assert read.defects == []


@pytest.mark.node
def test_postal_mime_reads_the_message_back_equal(tmp_path: Path) -> None:
    """The same, by a parser in another language."""
    package("postal-mime")
    letter = rendered()
    (tmp_path / "issue.eml").write_bytes(eml_bytes(letter))
    read = run_node("read_eml.mjs", str(tmp_path / "issue.eml"))
    assert read["subject"] == letter.subject
    assert (read["name"], read["from"]) == ("The techAsia desk", "desk@letters.example")
    assert read["text"].replace("\r\n", "\n").strip() == letter.text.strip()
    assert neutral(read["html"].replace("\r\n", "\n")).strip() == neutral(letter.html).strip()
    assert read["unsubscribe"].startswith(f"<{MASTHEAD.unsubscribe_url}>")
    assert (read["oneClick"], read["listId"]) == ("List-Unsubscribe=One-Click", f"<{MASTHEAD.list_id}>")
    assert [each[2] for each in read["pictures"]] == [len(body) for _, body in letter.pictures]


def neutral(html: str) -> str:
    """Without where the pictures are."""
    return re.sub(r'src="(?:cid:|pictures/)[^"]*"', "", html)


def files(folder: Path, suffix: str, made: dict[str, str]) -> list[str]:
    """Texts as files."""
    for name, text in made.items():
        (folder / f"{name}.{suffix}").write_text(text, "utf-8")
    return [str(folder / f"{name}.{suffix}") for name in made]


def everything() -> dict[str, str]:
    """The HTML of every template in every language."""
    return {f"{template}-{tag}": rendered(tag, template).html for template in KINDS for tag in LANGUAGES}


@pytest.mark.node
def test_the_reference_compiler_in_strict_mode_reports_nothing(tmp_path: Path) -> None:
    """It finds mistakes in the MJML of the templates that mrml accepts."""
    package("mjml")
    made = {}
    for template in KINDS:
        for tag in LANGUAGES:
            issue = scrub(dataclasses.replace(ISSUE, language=tag))
            values = template_values(issue, Theme(), load_localisation(tag, TEMPLATES.catalogues))
            made[f"{template}-{tag}"] = collapse(render_text(f"{template}.mjml.j2", TEMPLATES, values))
    found = run_node("strict_mjml.mjs", *files(tmp_path, "mjml", made))
    assert {Path(name).stem: messages for name, messages in found.items() if messages} == {}


@pytest.mark.node
def test_html_validate_reports_nothing(tmp_path: Path) -> None:
    """For the letter in each template and for the archive's page."""
    package("html-validate")
    page = browser_page(ISSUE, templates=TEMPLATES, theme=Theme(), shown=list(PICTURES))
    found = run_node("validate.mjs", *files(tmp_path, "html", everything() | {"page": page}))
    assert {Path(name).stem: messages[:3] for name, messages in found.items() if messages} == {}


@pytest.mark.node
def test_the_stored_css_support_is_that_of_caniemail() -> None:
    """The stored facts match the package, and the templates use no further unsupported features."""
    package("caniemail")
    support = run_node("css_support.mjs")
    initials = {"Gmail": "G", "Outlook for Windows": "W", "Outlook on the web": "O", "Outlook for Mac": "M"}
    initials["Apple Mail"] = "A"
    kept = yaml.safe_load((ROOT / "pipeline/stages/check/css_support.yaml").read_text("utf-8"))
    lacking = {name: group for group, names in kept["lacking"].items() for name in names} | kept["accepted"]
    unsupported = {name: "".join(initials[each] for each in clients) for name, clients in support.items() if clients}
    assert lacking == unsupported
    assert not set(kept["works"]) & set(unsupported)
    used = set(re.findall(r"(?<![\w-])([a-z-]+)\s*:", " ".join(everything().values())))
    assert set(kept["accepted"]) <= used  # a feature that is no longer used must be removed from the list


@pytest.mark.parametrize("template", KINDS)
def test_spamassassin_scores_low(tmp_path: Path, template: str) -> None:
    """Below 1.0 with local rules."""
    score, report = spam_score(eml_bytes(rendered("en", template)), tmp_path)
    assert score < 1.0, report[:4000]


@pytest.mark.node
@pytest.mark.chromium
@pytest.mark.parametrize("template", [*KINDS, "page"])
def test_axe_finds_nothing(browser: Browser, tmp_path: Path, template: str) -> None:
    """In light and dark, at 600 and 375 px, without pictures, in three languages."""
    script = package("axe-core") / "axe.min.js"
    for tag in ("en", "zh-Hant", "ar"):
        if template == "page":
            issue = dataclasses.replace(ISSUE, language=tag)
            html = browser_page(issue, templates=TEMPLATES, theme=Theme(), shown=list(PICTURES))
        else:
            html = rendered(tag, template).html
        for shown in (html, darkened(html)):
            (tmp_path / "issue.html").write_text(shown, "utf-8")  # pictures/ is not there: images off
            for width in (600, 375):
                with page_at(browser, tmp_path / "issue.html", width=width) as page:
                    assert axe_findings(page, script, whole_page=template == "page") == [], (tag, width)


@pytest.mark.chromium
@pytest.mark.parametrize("template", KINDS)
def test_with_pictures_off_nothing_breaks(browser: Browser, tmp_path: Path, template: str) -> None:
    """The alt text replaces the picture, at 13 pixels or more, and nothing is wider than the screen."""
    (tmp_path / "issue.html").write_text(rendered("en", template).html, "utf-8")
    for width in (375, 600):
        with page_at(browser, tmp_path / "issue.html", width=width) as page:
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            sizes = "[...document.images].map(each => parseFloat(getComputedStyle(each).fontSize))"
            assert all(size >= 13 for size in page.evaluate(sizes))
