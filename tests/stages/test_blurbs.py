"""What an editor writes in a blurb: strong words, emphasis and links, in each template and part, and at the gate."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.edges.templates import load_templates
from pipeline.records import Email, Issue, Theme
from pipeline.stages.check import check_issue
from pipeline.stages.render import eml_bytes, render_issue
from pipeline.text.markdown import addresses_of, as_markdown, words_of
from tests.issues import ISSUE, SENT_AT, pictures_for

TEMPLATES = load_templates()
PICTURES = pictures_for(ISSUE)
LINK = "https://mint.example/drawers"
BLURB = f"The **mint** asked *every* [household to look]({LINK}) in its drawers."


def written(text: str) -> Issue:
    """The issue with this text of the lead."""
    lead = dataclasses.replace(ISSUE.features[0], paragraphs=(words_of(text),), markdown=(text,))
    return dataclasses.replace(ISSUE, features=(lead, *ISSUE.features[1:]))


def rendered(issue: Issue, template: str = "issue") -> Email:
    """The email of an issue."""
    return render_issue(
        issue, templates=TEMPLATES, theme=Theme(), pictures=PICTURES, sent_at=SENT_AT, template=template
    )


@pytest.mark.parametrize("template", ["issue", "brief", "story"])
def test_marks_and_links_reach_both_parts(template: str) -> None:
    """The HTML has the markup, the text part the address in parentheses; the gate finds nothing."""
    issue = written(BLURB)
    email = rendered(issue, template)
    assert "<strong>mint</strong>" in email.html
    assert "<em>every</em>" in email.html
    assert f'href="{LINK}"' in email.html
    assert f"household to look ({LINK}) in its drawers." in " ".join(email.text.split())
    assert check_issue(email, issue, eml_bytes(email)) == check_issue(
        rendered(ISSUE, template), ISSUE, eml_bytes(rendered(ISSUE, template))
    )


def test_the_gate_reads_the_links_of_blurbs() -> None:
    """An address that leads nowhere is found; one that leads to another story of the letter is the editor's choice."""
    private = written("See [the notes](http://10.0.0.8/notes).")
    email = rendered(private)
    assert any("10.0.0.8" in finding.message for finding in check_issue(email, private, eml_bytes(email)))
    other = ISSUE.features[1].url
    assert other is not None
    across = written(f"As [we also tell]({other}) below.")
    email = rendered(across)
    found = [each.message for each in check_issue(email, across, eml_bytes(email))]
    assert not [message for message in found if "another story" in message]


def test_marks_of_the_source_are_text() -> None:
    """Only an editor writes Markdown: stars and brackets of a story stay as they are."""
    lead = dataclasses.replace(ISSUE.features[0], paragraphs=("It costs 5 *rupees* [sic].",))
    email = rendered(dataclasses.replace(ISSUE, features=(lead, *ISSUE.features[1:])))
    assert "5 *rupees* [sic]." in email.html
    assert "5 *rupees* [sic]." in " ".join(email.text.split())


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])))
def test_any_text_as_markdown_says_the_same(text: str) -> None:
    """What the desk shows of a generated text can be edited without a change of what was not touched."""
    line = " ".join(text.split())
    assert words_of(as_markdown(line)) == line


def test_addresses_are_listed_in_order() -> None:
    """Links and addresses in angle brackets."""
    assert addresses_of(f"{BLURB} <https://two.example/>") == [LINK, "https://two.example/"]
