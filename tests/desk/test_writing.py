"""Writing at the desk: strong, emphasis and links by key, button and paste, and input methods."""

import json

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.desk.desks import Served, watched
from tests.desk.payloads import payloads

pytestmark = pytest.mark.chromium

PASTE = """([path, html, plain]) => {
  const data = new DataTransfer();
  if (html) data.setData("text/html", html);
  data.setData("text/plain", plain);
  const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
  document.querySelector(`[data-path="${path}"] textarea`).dispatchEvent(event);
}"""
GOOGLE_DOCS = (
    '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr"><span'
    ' style="font-weight:400;font-style:normal">The port </span><span style="font-weight:700">counts</span><span'
    ' style="font-weight:400"> again, says </span><a href="https://port.example/a_(b)"><span'
    ' style="color:#1155cc;font-style:italic">the harbour</span></a><span>.</span></p><br><ul><li dir="ltr"><p'
    ' role="presentation"><span>First *quay*</span></p></li><li><p><span>Second</span></p></li></ul></b>'
)
WORD = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal {margin:0}</style></head><body>'
    "<!--StartFragment--><p class=MsoNormal><b>Ferries</b> run <i>late</i>\n on Sundays<o:p></o:p></p><p"
    ' class=MsoNormal><span style="mso-hide:all">hidden</span>Soup is <a href="mailto:cook@pier.example">free</a>.</p>'
    "<!--EndFragment--></body></html>"
)


def paste(page: Page, path: str, html: str, plain: str) -> None:
    """Paste into a field as if from another program."""
    page.evaluate(PASTE, [path, html, plain])


def letter(page: Page) -> Locator:
    """The field of the letter, empty."""
    page.locator("#slots .pick").first.click()
    field = page.get_by_label("Letter", exact=True)
    field.fill("")
    return field


def test_keys_and_buttons_mark_words(browser: Browser, desk: Served) -> None:
    """Ctrl B and I mark the selection and take the marks away; Ctrl K asks for an address; the browser's undo works."""
    with watched(browser, desk) as seen:
        page, keys = seen.open(), seen.page.keyboard
        field = letter(page)
        keys.type("It rained")
        for _ in range(6):
            keys.press("Shift+ArrowLeft")
        keys.press("ControlOrMeta+b")
        expect(field).to_have_value("It **rained**")
        keys.press("ControlOrMeta+i")
        expect(field).to_have_value("It ***rained***")
        keys.press("ControlOrMeta+i")
        keys.press("ControlOrMeta+b")
        expect(field).to_have_value("It rained")
        keys.press("ControlOrMeta+k")
        dialog = page.get_by_role("dialog", name="Link")
        expect(dialog.get_by_label("Words")).to_have_value("rained")
        keys.type("rain.example")
        keys.press("Enter")
        expect(field).to_have_value("It [rained](https://rain.example)")
        expect(field).to_be_focused()
        keys.press("ControlOrMeta+z")
        expect(field).to_have_value("It rained")
        field.select_text()
        page.get_by_role("button", name="Strong: Letter").click()
        expect(field).to_have_value("**It rained**")
        expect(seen.frame.locator(".letter strong")).to_have_text("It rained")
        seen.settle()


def test_what_is_pasted_keeps_links_marks_and_lists(browser: Browser, desk: Served) -> None:
    """From Google Docs, Word and a web page; an address pasted over words links them."""
    with watched(browser, desk) as seen:
        page = seen.open()
        field = letter(page)
        paste(page, "letter", GOOGLE_DOCS, "The port counts")
        expect(field).to_have_value(
            "The port **counts** again, says [*the harbour*](https://port.example/a_%28b%29).\n\n"
            "• First \\*quay\\*\n\n• Second"
        )
        expect(seen.frame.locator('.letter a[href="https://port.example/a_%28b%29"] em')).to_have_text("the harbour")
        field.fill("")
        paste(page, "letter", WORD, "Ferries run")
        expect(field).to_have_value("**Ferries** run *late* on Sundays\n\nSoup is [free](mailto:cook@pier.example).")
        field.fill("see the notes")
        field.select_text()
        paste(page, "letter", "", "https://notes.example/1")
        expect(field).to_have_value("[see the notes](https://notes.example/1)")
        seen.settle()


def test_a_link_in_a_blurb_reaches_readers(browser: Browser, desk: Served) -> None:
    """The HTML, the text part and issue.json have it; the checks find nothing new."""
    lead = desk.json("/api/editions/en")["slots"][0]["story"]
    with watched(browser, desk) as seen:
        page = seen.open()
        page.locator(f'#slots .pick[data-story="{lead}"]').click()
        page.get_by_label("Text", exact=True).fill("Read [the tables](https://tables.example/q3) at **home**.")
        link = seen.frame.locator('a[href="https://tables.example/q3"]')
        expect(link).to_have_text("the tables")
        expect(seen.frame.locator(f".story-{lead} strong")).to_have_text("home")
        seen.settle()
    _, _, text = desk.ask("GET", "/api/part/en/text")
    assert "the tables (https://tables.example/q3) at home." in " ".join(text.decode().split())
    assert not [
        finding
        for edition in desk.json("/api/checks")["editions"]
        for finding in edition["findings"]
        if finding["story"] == lead and finding["severity"] == "error"
    ]


def test_nothing_that_is_pasted_runs_or_loads(browser: Browser, desk: Served) -> None:
    """Hostile fragments become text; what the browser reports is that it refused them."""
    with watched(browser, desk) as seen:
        seen.expects_errors = True
        page = seen.open()
        field = letter(page)
        for number, (_, payload) in enumerate(payloads()):
            if number % 40 == 0:
                field.fill("")
            paste(page, "letter", f"<p>before</p>{payload}<p>after</p>", "plain")
        assert "before" in field.input_value()
        seen.settle()
        assert not page.evaluate("window.ran || document.querySelector('iframe.shown').contentWindow.ran")


@pytest.mark.parametrize("words", ["東京の便り", "한국어", "台北來信"])
def test_a_composition_is_not_cut(browser: Browser, desk: Served, words: str) -> None:
    """Saves and answers meanwhile leave the text in composition alone."""
    with watched(browser, desk) as seen:
        page = seen.open()
        field = letter(page)
        field.focus()
        client = page.context.new_cdp_session(page)
        for end in range(1, len(words) + 1):
            client.send("Input.imeSetComposition", {"text": words[:end], "selectionStart": end, "selectionEnd": end})
            seen.settle()
        client.send("Input.insertText", {"text": words})
        expect(field).to_have_value(words)
        seen.settle()
    assert json.dumps(desk.newsroom.edits()["letter"], ensure_ascii=False) == f'"{words}"'
