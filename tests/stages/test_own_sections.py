"""Sections of the editor's own: in each template and part, and what the gate finds about them."""

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import pytest
from lxml import html as lxml_html

from pipeline.edges.templates import load_templates
from pipeline.records import Email, Issue, Occasion, OwnSection, SectionKind, Theme
from pipeline.stages.check import check_issue
from pipeline.stages.render import browser_page, eml_bytes, render_issue
from pipeline.stages.tag import tag_words
from tests.issues import ISSUE, SENT_AT, pictures_for

TEMPLATES = load_templates()
PICTURES = pictures_for(ISSUE)


def section(kind: SectionKind, after: str, **given: object) -> OwnSection:
    """A section with these parts and no others."""
    empty = {"title": "", "paragraphs": (), "figure": "", "by": "", "link": None, "events": ()}
    return OwnSection(name=f"my {kind}", kind=kind, after=after, **{**empty, **given})  # type: ignore[arg-type]


SECTIONS = (
    section(
        "sponsor",
        "letter",
        title="The Rope Works reopens",
        paragraphs=("Spin your own *hawser* on [Sundays](https://ropes.example/sundays).",),
        link="https://ropes.example/",
    ),
    section("number", "lead", figure="41 %", paragraphs=("of the coins in drawers are foreign.",)),
    section("quote", "features", paragraphs=("We stopped counting them.",), by="Mei Tan, cashier"),
    section(
        "events",
        "features",
        events=(
            Occasion("Coins & cards", "Tuesday, 18:30", "Old Mint", "https://mint.example/talk"),
            Occasion("Night walk", "Friday, 20:00"),
        ),
    ),
    section("text", "reads", title="A correction", paragraphs=("It was the Quay Bank.", "We are sorry.")),
)
WITH_SECTIONS = dataclasses.replace(ISSUE, sections=SECTIONS)
WORDS = [
    "The Rope Works reopens", "hawser", "41 %", "of the coins in drawers", "We stopped counting them.", "Mei Tan",
    "Coins & cards", "Tuesday, 18:30", "Old Mint", "Night walk", "A correction", "It was the Quay Bank.",
]  # fmt: skip


def rendered(issue: Issue = WITH_SECTIONS, template: str = "issue") -> Email:
    """The email of an issue."""
    return render_issue(
        issue, templates=TEMPLATES, theme=Theme(), pictures=PICTURES, sent_at=SENT_AT, template=template
    )


def visible(html: str) -> str:
    """The words of the HTML without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&amp;", "&").replace("&nbsp;", " ").split())


@pytest.mark.parametrize("template", ["issue", "brief", "story"])
def test_each_section_is_in_both_parts_after_the_part_it_names(template: str) -> None:
    """In each template; the gate finds nothing, and a story's section stays in its place."""
    email = rendered(template=template)
    assert check_issue(email, WITH_SECTIONS, eml_bytes(email)) == ()
    html, text = visible(email.html.partition("<body")[2]), " ".join(email.text.split())
    for part in (html, text):
        assert [words for words in WORDS if words not in part] == []
        second = part.rindex(ISSUE.features[1].headline)  # the contents have it before
        assert part.index("41 %") < second < part.index("Mei Tan") < part.index("Night walk")
        assert part.index(ISSUE.reads[-1].title) < part.index("A correction")
        assert part.index("Noor Atkins") < part.index("The Rope Works")


def test_a_page_of_the_archive_has_the_sections_too() -> None:
    """In the same words."""
    page = visible(browser_page(WITH_SECTIONS, templates=TEMPLATES, theme=Theme(), shown=()))
    assert [words for words in WORDS if words not in page] == []


@pytest.mark.parametrize(
    ("tag", "label", "number", "quotation"),
    [
        ("de", "Anzeige", "Zahl der Woche", "„We stopped counting them.“"),
        ("fr", "Publicité", "Le chiffre de la semaine", "« We stopped counting them. »"),
        ("ja", "広告", "今週の数字", "「We stopped counting them.」"),
    ],
)
def test_labels_headings_and_quotation_marks_are_the_editions(
    tag: str, label: str, number: str, quotation: str
) -> None:
    """A sponsor is named as one in the language that readers read, in both parts."""
    email = rendered(dataclasses.replace(WITH_SECTIONS, language=tag))
    for part in (visible(email.html), email.text.replace("\xa0", " ")):
        assert label in part
        assert number in part
        assert quotation in part


def test_a_quotation_in_japanese_breaks_between_phrases() -> None:
    """So that no character is alone on the last line; one with emphasis breaks wherever the client likes."""
    words = ("島の充電器は誰のものか、漁協の答え", "島の*充電器*")
    quotes = tuple(section("quote", "features", paragraphs=(each,), by="小林ゆう", language="ja") for each in words)
    html = rendered(dataclasses.replace(ISSUE, language="ja", sections=quotes)).html
    root: Any = lxml_html.fromstring(html)
    plain, marked = root.xpath("//*[contains(@class, 'said')]/p")
    assert "keep-all" in plain.get("style")
    assert "<wbr>答え」</p>" in html
    assert "keep-all" not in marked.get("style")
    assert marked.text_content() == "「島の充電器」"


def test_a_link_that_is_not_of_the_web_is_no_link() -> None:
    """The words stay."""
    hostile = section("sponsor", "letter", title="Free ropes", paragraphs=("Here.",), link="javascript:alert(1)")
    email = rendered(dataclasses.replace(ISSUE, sections=(hostile,)))
    assert "Free ropes" in email.html
    assert "javascript:" not in email.html + email.text


FAULTS: dict[str, tuple[str, Callable[[Email], Email]]] = {
    "a text lost in the HTML": ("A correction", lambda email: _in_html(email, "It was the Quay Bank.", "")),
    "an event lost in the text": ("Night walk", lambda email: _in_text(email, "Night walk", "")),
    "a figure changed": ("41 %", lambda email: _in_html(email, "41 %", "14 %")),
    "no label in the HTML": ("paid", lambda email: _in_html(email, ">Advertisement<", "><")),
    "no label in the text": ("paid", lambda email: _in_text(email, "[Advertisement]", "")),
}


def _in_html(email: Email, old: str, new: str) -> Email:
    assert old in email.html
    return dataclasses.replace(email, html=email.html.replace(old, new))


def _in_text(email: Email, old: str, new: str) -> Email:
    assert old in email.text
    return dataclasses.replace(email, text=email.text.replace(old, new))


@pytest.mark.parametrize("fault", FAULTS)
def test_the_gate_finds_a_section_that_is_not_as_the_editor_wrote_it(fault: str) -> None:
    """Words that one part lacks, and a sponsor without a label; the finding names the section."""
    email = FAULTS[fault][1](rendered())
    messages = [each.message for each in check_issue(email, WITH_SECTIONS, eml_bytes(email)) if each.rule == "sections"]
    assert messages
    assert all(message.startswith("section 'my ") for message in messages)


@pytest.mark.parametrize("template", ["issue", "brief", "story"])
def test_a_section_is_marked_with_its_language(template: str) -> None:
    """Its title, text, events and speaker; its label and default heading are in the edition's."""
    sections = tuple(dataclasses.replace(each, language="en") for each in SECTIONS)
    issue = dataclasses.replace(ISSUE, language="ar", territory="", sections=sections)
    email = rendered(issue, template)
    page: Any = lxml_html.fromstring(email.html)
    for words in (
        "The Rope Works reopens",
        "Spin your own",
        "We stopped counting",
        "Mei Tan",
        "Coins & cards",
        "Old Mint",
    ):
        found = [each for each in page.xpath("//*[contains(@class, ' own')]//*") if words in (each.text or "")][-1]
        assert next(each for each in (found, *found.iterancestors()) if each.get("lang")).get("lang") == "en", words
        assert next(each for each in (found, *found.iterancestors()) if each.get("dir")).get("dir") == "ltr", words
    (figure,) = page.xpath("//*[contains(@class, 'figure')]")
    (quote,) = page.xpath("//*[contains(concat(' ', @class, ' '), ' quote ')]")
    assert (figure.get("dir"), "text-align:left" in figure.get("style")) == ("ltr", True)  # 41 %, not % 41
    assert "border-left" in quote.get("style")
    (label,) = page.xpath("//*[contains(@class, 'sponsor-label')]")
    assert (label.get("lang"), label.text) == ("ar", "إعلان")
    assert check_issue(email, issue, eml_bytes(email)) == ()


@pytest.mark.parametrize(
    ("letter", "words", "tag"),
    [
        ("ja", "The rope walk opens on Sunday mornings for everybody who wants to spin a hawser.", "en"),
        ("en", "Die Reeperbahn öffnet am Sonntagmorgen für alle, die selbst eine Trosse schlagen möchten.", "de"),
        ("de", "The rope walk opens on Sunday mornings for everybody who wants to spin a hawser.", "en"),
        ("en", "縄の工場は日曜の朝、自分で綱を作りたい人のために開きます。", "ja"),
        ("de", "Rope Works", "de"),
        ("en", "41 %", "en"),
        ("nb", "Tauverket åpner søndag morgen for alle som vil slå sin egen trosse ved havnen i byen.", "nb"),
        ("pt", "A fábrica de cordas abre no domingo de manhã para quem quiser fazer a sua própria amarra.", "pt"),
    ],
)
def test_words_that_are_surely_in_another_language_are_tagged_as_such(letter: str, words: str, tag: str) -> None:
    """A short text, and one in a language that is like the letter's, is in the letter's."""
    assert tag_words(words, letter=letter) == tag


@pytest.mark.parametrize("template", ["issue", "brief", "story"])
def test_a_section_in_another_script_is_marked_as_such(template: str) -> None:
    """A quotation in Hebrew or Khmer in an English letter, and a long English text in an Arabic one, are no finding."""
    long = "The rope walk opens its doors on Sunday mornings for everybody who has ever wanted to spin a hawser."
    quotes = {"he": "הפסקנו לספור [אותן](https://coins.example/) ב־IBM", "km": "តើ\u200bនរណា\u200bជា\u200bម្ចាស់"}
    for words in (*quotes.values(), long):
        for tag in ("en", "ar"):
            issue = dataclasses.replace(
                ISSUE, language=tag, sections=(section("quote", "lead", paragraphs=(words,), by="Mei Tan"),)
            )
            email = rendered(issue, template)
            assert check_issue(email, issue, eml_bytes(email)) == (), (tag, words)
