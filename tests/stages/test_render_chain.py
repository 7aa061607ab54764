"""Each trap of the way from a template to HTML."""

import re
import sys
import unicodedata
from typing import Any

import pytest
from lxml import html as lxml_html
from markupsafe import escape

from pipeline.errors import ConfigError
from pipeline.records import Templates
from pipeline.stages.render.chain import collapse, inline, render_html, to_html


def mjml(body: str, head: str = "") -> str:
    """A document around a piece of MJML."""
    return f"<mjml><mj-head>{head}</mj-head><mj-body>{body}</mj-body></mjml>"


def text(content: str) -> str:
    """The HTML of a piece of text."""
    return to_html(mjml(f"<mj-section><mj-column><mj-text>{content}</mj-text></mj-column></mj-section>"), name="t")


def page(**files: str) -> Templates:
    """Templates of one page and its parts; names have _ for the dots."""
    named = {name.replace("_", "."): source for name, source in files.items()}
    return Templates(files=tuple(({"inline.css.j2": ""} | named).items()), catalogues=())


def rendered(templates: Templates, **values: Any) -> str:
    """The page of those templates."""
    return render_html("page.mjml.j2", templates, values, css="inline.css.j2")


@pytest.mark.parametrize("source", ["<b>價格 > 100</b>", "價格 <![endif] 100"])
def test_a_panic_of_the_compiler_is_an_error_with_a_location(source: str) -> None:
    """mrml panics with a BaseException, which is converted."""
    templates = page(
        page_mjml_j2=mjml(f"\n<mj-section><mj-column><mj-text>\n{source}</mj-text></mj-column></mj-section>")
    )
    with pytest.raises(ConfigError) as caught:
        rendered(templates)
    assert "page.mjml.j2, line 3:" in str(caught.value)


def test_a_greater_than_sign_after_han_characters_arrives_from_a_value() -> None:
    """A character that would cause a panic is escaped in text, attributes and the title."""
    templates = page(
        page_mjml_j2=mjml(
            "<mj-section><mj-column><mj-text><p title='{{ v }}'>{{ v }}</p></mj-text></mj-column></mj-section>",
            head="<mj-title>{{ v }}</mj-title>",
        )
    )
    html: Any = lxml_html.fromstring(rendered(templates, v="價格 > 100 & < 5"))
    assert html.findtext(".//title") == html.findtext(".//p") == html.find(".//p").get("title") == "價格 > 100 & < 5"


@pytest.mark.parametrize("between", ["\n", "\n  ", " \n\t", "\r\n", " "])
def test_two_elements_on_two_lines_stay_two_words(between: str) -> None:
    """A line break between inline elements is a space; alone, the compiler would drop it."""
    html: Any = lxml_html.fromstring(text(collapse(f"<p><a>one</a>{between}<a>two</a></p>")))
    assert html.find(".//p").text_content() == "one two"


def test_collapsing_keeps_preformatted_text_and_intended_spaces() -> None:
    """<pre>, no-break and ideographic spaces are unchanged."""
    assert collapse("a \n b <pre>\n  x\n</pre>  c") == "a b <pre>\n  x\n</pre> c"
    assert collapse("a\u00a0\u00a0b\u3000\u3000c") == "a\u00a0\u00a0b\u3000\u3000c"
    assert collapse("<mjml>\n <mj-head>\n </mj-head>\n</mjml>") == "<mjml><mj-head></mj-head></mjml>"


def test_the_doctype_survives_and_comes_first() -> None:
    """Without a doctype every browser switches to quirks mode."""
    assert rendered(page(page_mjml_j2=mjml("<mj-section></mj-section>"))).startswith("<!DOCTYPE html>")


def test_every_character_arrives_in_attributes_as_written() -> None:
    """Alternative texts and the name of the letter are read aloud: no character of any script is an escape."""
    characters = map(chr, range(sys.maxunicode + 1))
    written = "".join(char for char in characters if unicodedata.category(char) not in ("Cc", "Cs", "Cn"))
    for start in range(0, len(written), 5000):
        wording = f"x{written[start : start + 5000]}x"
        head = f"<mj-title>{escape(wording)}</mj-title>"
        body = f'<mj-text><img alt="{escape(wording)}" src="a.png"/></mj-text>'
        made = inline(to_html(mjml(f"<mj-section><mj-column>{body}</mj-column></mj-section>", head), name="t"), "")
        html: Any = lxml_html.fromstring(made)
        assert [html.find(".//img").get("alt"), html.find(".//div[@aria-label]").get("aria-label")] == [wording] * 2
        assert ("\\u" in made) == ("\\u" in wording)


def test_important_media_queries_and_conditional_comments_survive_inlining() -> None:
    """Inliners tend to drop rules for dark appearance, narrow columns and Outlook."""
    css = "@media (prefers-color-scheme: dark) { .a { color: #fff !important } }"
    html = to_html(
        mjml(
            "<mj-section><mj-column><mj-text><p class='a'>x</p></mj-text></mj-column></mj-section>",
            head=f"<mj-style>{css}</mj-style>",
        ),
        name="t",
    )
    done = inline(html, ".a { color: #123456 } .b { color: red }")
    assert css in done
    assert done.count("!important") == html.count("!important") > 3
    assert done.count("<!--[if") == html.count("<!--[if") > 4
    assert done.count("<![endif]-->") == html.count("<![endif]-->")
    assert re.search(r'<p class="a" style="color: ?#123456"', done)
    assert "data-premailer" not in done
    assert "red" not in done


def test_inlining_leaves_the_width_of_a_picture_a_number() -> None:
    """Outlook shows a picture with the width attribute 100% at its full size."""
    done = inline(text('<img src="pictures/a.png" alt="" width="176" height="176" class="p" />'), ".p { width: 100% }")
    image: Any = lxml_html.fromstring(done).find(".//img")
    assert (image.get("width"), image.get("height")) == ("176", "176")
    assert "width:100%" in image.get("style").replace(" ", "")


def test_nothing_is_fetched_for_a_style_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    """A <link> or @import in a template is left alone: no socket is opened."""

    def refuse(*arguments: object) -> None:
        raise AssertionError(arguments)

    monkeypatch.setattr("socket.socket.connect", refuse)
    html = (
        '<!DOCTYPE html><html><head><link rel="stylesheet" href="https://f.example/a.css"></head><body>x</body></html>'
    )
    assert "f.example" in inline(html, ".a { color: red }")


def test_no_web_font_is_asked_for() -> None:
    """The compiler's own default adds a link to a font host."""
    html = text("x")
    assert "fonts.googleapis" not in html
    assert "<link" not in html


def test_an_include_comes_from_the_templates_and_from_nowhere_else() -> None:
    """mj-include reads the given files, with Jinja; a path outside them does not exist."""
    section = "<mj-section><mj-column><mj-text>{{ v }}</mj-text></mj-column></mj-section>"
    inside = page(page_mjml_j2=mjml('<mj-include path="part.mjml.j2" />'), part_mjml_j2=section)
    assert "a &amp; b" in rendered(inside, v="a & b")
    for path in ("../../../etc/passwd", "/etc/passwd", "file:///etc/passwd"):
        with pytest.raises(ConfigError):
            rendered(page(page_mjml_j2=mjml(f'<mj-include path="{path}" />')))


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("<mj-section>\n<mj-column>\n<mj-text>{{ nothing }}</mj-text></mj-column></mj-section>", 4),
        ("<mj-section>\n{% for x in %}{% endfor %}</mj-section>", 3),
        ("<mj-section>\n\n{% if true %}\n<mj-column color=red></mj-column>{% endif %}</mj-section>", 5),
        ("<mj-section>\n<mj-column>\n\n</mj-section>", 5),
        ("<mj-section>\n{{ 1 / 0 }}</mj-section>", 3),
        ("<mj-section>\n{{ ''.__class__.__mro__ }}</mj-section>", 3),
    ],
)
def test_a_fault_names_the_template_and_its_line(body: str, line: int) -> None:
    """For errors of Jinja's syntax, unknown names, the sandbox and MJML."""
    templates = page(page_mjml_j2=mjml("\n" + body))
    with pytest.raises(ConfigError, match=rf"page\.mjml\.j2, line {line}\b"):
        rendered(templates)


def test_a_fault_in_a_part_names_the_part() -> None:
    """The line is the part's own, also if the part is used more than once."""
    templates = page(
        page_mjml_j2=mjml("{% for n in [1, 2] %}\n{% include 'part.mjml.j2' %}{% endfor %}"),
        part_mjml_j2="<mj-section>\n\n<mj-column width=5></mj-column></mj-section>",
    )
    with pytest.raises(ConfigError, match=r"part\.mjml\.j2, line 3\b"):
        rendered(templates)


def test_a_missing_template_is_named() -> None:
    """The error is one sentence."""
    with pytest.raises(ConfigError, match=r"gone\.mjml\.j2"):
        rendered(page(page_mjml_j2="{% include 'gone.mjml.j2' %}"))


def test_templates_cannot_reach_python() -> None:
    """The environment is a sandbox, and the values cannot be changed from within."""
    templates = page(page_mjml_j2=mjml("{{ items.append(1) }}"))
    with pytest.raises(ConfigError):
        rendered(templates, items=[])
