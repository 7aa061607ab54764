"""The gate finds nothing on a good issue, and each planted fault."""

import dataclasses
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from pipeline.edges.templates import load_templates
from pipeline.records import Email, Finding, Issue, Theme
from pipeline.stages.check import RULES, check_issue
from pipeline.stages.check.colours import contrast
from pipeline.stages.render import eml_bytes, render_issue
from tests.issues import ISSUE, MASTHEAD, SENT_AT, pictures_for, with_feature

TEMPLATES = load_templates()
PICTURES = pictures_for(ISSUE)


def rendered(issue: Issue = ISSUE, *, theme: Theme | None = None, base_url: str | None = None) -> Email:
    """The e-mail of an issue."""
    return render_issue(
        issue, templates=TEMPLATES, theme=theme or Theme(), pictures=PICTURES, sent_at=SENT_AT, base_url=base_url
    )


GOOD = rendered()
GOOD_EML = eml_bytes(GOOD)


def edited(old: str, new: str, count: int = 1) -> Email:
    """The good e-mail with a piece of its HTML replaced; the piece must exist."""
    assert old in GOOD.html, old
    return dataclasses.replace(GOOD, html=GOOD.html.replace(old, new, count))


def resubbed(pattern: str, new: str) -> Email:
    """The good e-mail with the first match of a pattern replaced."""
    html, count = re.subn(pattern, new, GOOD.html, count=1, flags=re.DOTALL)
    assert count, pattern
    return dataclasses.replace(GOOD, html=html)


def found(email: Email, issue: Issue = ISSUE, eml: bytes | None = None) -> tuple[Finding, ...]:
    """The findings; without `eml` the message is built from the e-mail."""
    return check_issue(email, issue, eml_bytes(email) if eml is None else eml)


@pytest.mark.parametrize("tag", ["en", "nl", "de", "zh-Hant", "zh-Hans", "ja", "ar"])
def test_nothing_is_found_on_a_good_issue(tag: str) -> None:
    """In each language with a message catalogue, with the desk's texts in that language."""
    sentences = {
        "zh-Hant": "本通訊由檳城編輯部統籌。",
        "zh-Hans": "本通讯由槟城编辑部统筹。",
        "ar": "تنسّق هذه الرسالة هيئة التحرير في بينانغ.",
        "ja": "編集はペナンの編集部です。",
    }
    masthead = dataclasses.replace(MASTHEAD, coordinated_by=sentences.get(tag, MASTHEAD.coordinated_by))
    issue = dataclasses.replace(ISSUE, language=tag, edition=tag, masthead=masthead)
    assert found(rendered(issue), issue) == ()


def test_names_in_any_script_are_no_finding() -> None:
    """Outlets and authors keep their spelling in each edition: Cyrillic, Greek, Chinese, Arabic and Latin."""
    names = ("Коммерсантъ", "Καθημερινή", "報", "الأهرام", "Gazeta Wyborcza", "प्रभात")
    for tag in ("en", "ru", "ar", "zh-Hant", "hi"):
        issue = dataclasses.replace(ISSUE, language=tag, edition=tag)
        for name in names:
            named = with_feature(issue, 0, outlet=name, authors=(name,))
            assert found(rendered(named), named) == (), (tag, name)


def test_nothing_is_found_where_pictures_are_under_an_address() -> None:
    """Pictures may be at a base address instead of in the message."""
    assert found(rendered(base_url="https://img.example/w47")) == ()


HTML_FAULTS: dict[str, tuple[str, Callable[[], Email]]] = {
    "a page over Gmail's limit": ("size", lambda: edited("</body>", "<!-- " + "x" * 60_000 + " --></body>")),
    "a lost doctype": ("doctype", lambda: edited("<!DOCTYPE html>", "")),
    "a doctype in lower case": ("doctype", lambda: edited("<!DOCTYPE html>", "<!doctype html>")),
    "no title": ("title", lambda: resubbed("<title>.*?</title>", "<title></title>")),
    "another language of the page": ("page-language", lambda: edited('<html lang="en"', '<html lang="de"')),
    "a Chinese paragraph under English": (
        "block-language",
        lambda: resubbed('<div class="body upright" lang="zh-Hant"', '<div class="body upright" lang="en"'),
    ),
    "a Japanese read under Chinese": (
        "block-language",
        lambda: resubbed('class="read-title" lang="ja"', 'class="read-title" lang="zh-Hans"'),
    ),
    "a German headline under Dutch": (
        "block-language",
        lambda: resubbed('class="headline next" lang="de"', 'class="headline next" lang="nl"'),
    ),
    "text under no language": ("block-language", lambda: edited(' lang="en"', "", 99)),
    "Arabic from the left": ("direction", lambda: edited('lang="ar" dir="rtl"', 'lang="ar"', 9)),
    "no h1": ("headings", lambda: resubbed("<h1(.*?)</h1>", r"<h2\1</h2>")),
    "a second h1": ("headings", lambda: resubbed("<h2(.*?)</h2>", r"<h1\1</h1>")),
    "a level left out": ("headings", lambda: resubbed("<h2(.*?)</h2>", r"<h4\1</h4>")),
    "an empty heading": ("headings", lambda: edited("<h2", "<h2></h2><h2")),
    "a headline that is no heading": (
        "headings",
        lambda: resubbed('<h2 ([^>]*class="headline next" lang="de".*?)</h2>', r"<div \1</div>"),
    ),
    "a table of data": ("tables", lambda: edited("</body>", "<table><tr><td>x</td></tr></table></body>")),
    "a width in percent": ("images", lambda: edited('width="592"', 'width="100%"')),
    "no height": ("images", lambda: resubbed(' height="176"', "")),
    "a picture that is not there": ("images", lambda: edited("pictures/b2.png", "pictures/gone.png")),
    "a picture over http": ("images", lambda: edited("pictures/b2.png", "http://spy.example/b2.png")),
    "a tracking pixel": (
        "images",
        lambda: edited("</body>", '<img src="https://spy.example/o" alt="x" width="1" height="1"></body>'),
    ),
    "no alt": ("alt", lambda: edited('alt="Ein Automat"', "")),
    "a picture that is all of a link, without alt": (
        "alt",
        lambda: resubbed(r'(<img[^>]*)alt="Ein Automat"([^>]*>)', r'<a href="https://kontor.example/">\1alt=""\2</a>'),
    ),
    "an alt that says nothing": ("alt", lambda: edited('alt="Ein Automat"', 'alt="Photo"')),
    "an alt in Rust's form": ("attributes", lambda: edited('alt="Ein Automat"', 'alt="Ein\\u{a0}Automat"')),
    "a charset that is not the bytes'": ("head", lambda: edited("charset=UTF-8", "charset=iso-8859-1")),
    "no viewport": ("head", lambda: edited('name="viewport"', 'name="window"')),
    "a style element that Gmail drops": (
        "head",
        lambda: edited("</head>", f"<style>{'.c{color:#111111}' * 600}</style></head>"),
    ),
    "a picture wider than the letter": ("images", lambda: edited('width="592"', 'width="1400"')),
    "a picture squeezed": ("images", lambda: resubbed(' height="176"', ' height="90"')),
    "a table wider than the letter": (
        "tables",
        lambda: edited("</body>", '<table role="presentation" width="900"><tr><td></td></tr></table></body>'),
    ),
    "English from the right": ("direction", lambda: edited('dir="ltr"', 'dir="rtl"')),
    "a file's name as alt": ("alt", lambda: edited('alt="Ein Automat"', 'alt="IMG_2041.jpg"')),
    "grey on white": ("contrast-light", lambda: edited("color:#6b645c", "color:#aaaaaa")),
    "dark text in the dark": ("contrast-dark", lambda: edited("#a8a198 !important", "#3a3a3a !important")),
    "the dark ground lost": ("contrast-dark", lambda: edited("background-color: #17181b !important", "")),
    "text in 11 pixels": ("text-size", lambda: resubbed('(class="tally"[^>]*font-size:)13px', r"\g<1>11px")),
    "no dark appearance": ("media-queries", lambda: edited("prefers-color-scheme: dark", "print", 9)),
    "no narrow columns": ("media-queries", lambda: edited("max-width", "max-widht", 99)),
    "!important stripped": ("media-queries", lambda: edited(" !important", "", 999)),
    "a brace lost": ("media-queries", lambda: edited("@media print {", "@media print")),
    "Outlook's app forgotten": ("media-queries", lambda: edited("[data-ogsc]", ".ogsc", 99)),
    "a conditional comment left open": ("conditional-comments", lambda: edited("<![endif]-->", "-->")),
    "conditional comments stripped": (
        "conditional-comments",
        lambda: dataclasses.replace(GOOD, html=re.sub(r"<!--\[if.*?<!\[endif\]-->", "", GOOD.html, flags=re.DOTALL)),
    ),
    "a script": ("active-content", lambda: edited("</body>", "<script>1</script></body>")),
    "an event handler": ("active-content", lambda: edited("<h2", '<h2 onclick="x()"')),
    "a form": ("active-content", lambda: edited("</body>", "<form></form></body>")),
    "a remote style sheet": (
        "remote-loads",
        lambda: edited("</head>", '<link rel="stylesheet" href="https://f.example/a.css"></head>'),
    ),
    "a host asked before the letter is read": (
        "remote-loads",
        lambda: edited("</head>", '<link rel="prefetch" href="https://spy.example/p"></head>'),
    ),
    "a background that is loaded": (
        "remote-loads",
        lambda: edited("<body ", '<body background="https://spy.example/o.gif" '),
    ),
    "a link that reports each click": ("remote-loads", lambda: edited("<a ", '<a ping="https://spy.example/p" ')),
    "a picture in the style sheet": (
        "remote-loads",
        lambda: edited("</style>", ".zz{background:url('https://spy.example/o.gif')}</style>"),
    ),
    "a style sheet imported": (
        "remote-loads",
        lambda: edited("</style>", "@import 'https://spy.example/o.css';</style>"),
    ),
    "a picture for Outlook alone": (
        "remote-loads",
        lambda: edited("</body>", '<!--[if mso]><v:image src="https://spy.example/o.png" /><![endif]--></body>'),
    ),
    "a film": ("active-content", lambda: edited("</body>", '<video src="https://v.example/a.mp4"></video></body>')),
    "a field to write in": ("active-content", lambda: edited("</body>", '<textarea lang="en"></textarea></body>')),
    "a page that loads another": (
        "active-content",
        lambda: edited("</head>", '<meta http-equiv="refresh" content="1"></head>'),
    ),
    "flexbox": ("css-support", lambda: edited("font-size:17px;", "display:flex; font-size:17px;")),
    "CSS that one big client lacks": (
        "css-support",
        lambda: edited("font-size:17px;", "box-shadow:1px; font-size:17px;"),
    ),
    "CSS that nobody knows": ("css-support", lambda: edited("font-size:17px;", "sparkle:1px; font-size:17px;")),
    "such CSS in a media query": (
        "css-support",
        lambda: edited(".title { font-size", ".title { float: left; font-size"),
    ),
    "a variable": ("css-support", lambda: edited("font-size:17px;", "font-size:17px; width:var(--w);")),
    "words under display:none": (
        "hidden-text",
        lambda: edited("</body>", '<div lang="en" style="display:none">cheap watches</div></body>'),
    ),
    "words in one pixel": (
        "hidden-text",
        lambda: edited("</body>", '<div lang="en" style="font-size:1px">cheap watches</div></body>'),
    ),
    "words that are transparent": (
        "hidden-text",
        lambda: edited("</body>", '<div lang="en" style="opacity:0">cheap watches</div></body>'),
    ),
    **{
        f"words hidden by {style}": (
            "hidden-text",
            partial(edited, "</body>", f'<div lang="en" style="{style}">cheap watches</div></body>'),
        )
        for style in (
            "font-size:0.01em",
            "font:0/0 a",
            "max-height:0;overflow:hidden",
            "height:1px;width:1px;overflow:hidden",
            "text-indent:-9999px",
            "position:absolute;left:-999em",
            "position:absolute;clip:rect(0,0,0,0)",
            "visibility:collapse",
            "color:transparent",
            "color:rgba(0,0,0,0)",
            "opacity:0.01",
            "mso-hide:all",
            "transform:scale(0)",
            "letter-spacing:-1em",
        )
    },
    "words hidden by a rule of the sheet": (
        "hidden-text",
        lambda: dataclasses.replace(
            GOOD,
            html=GOOD.html.replace("</style>", ".zz{display:none}</style>", 1).replace(
                "</body>", '<div lang="en" class="zz">cheap watches</div></body>'
            ),
        ),
    ),
    "words hidden on wide screens": (
        "hidden-text",
        lambda: dataclasses.replace(
            GOOD,
            html=GOOD.html.replace("</style>", "@media (min-width:1px){.zz{display:none}}</style>", 1).replace(
                "</body>", '<div lang="en" class="zz">cheap watches</div></body>'
            ),
        ),
    ),
    "words in an element that is never shown": (
        "hidden-text",
        lambda: edited("</body>", '<template><p lang="en">cheap watches</p></template></body>'),
    ),
    "a second preheader": (
        "hidden-text",
        lambda: edited("</body>", '<div lang="en" class="preheader" style="display:none">cheap watches</div></body>'),
    ),
    "words in white on white": (
        "contrast-light",
        lambda: edited("</body>", '<p lang="en" style="color:#ffffff;background-color:#ffffff">x y</p></body>'),
    ),
    "letters of a poster": ("spam-signs", lambda: edited("font-size:36px", "font-size:90px")),
    "more links than words": (
        "spam-signs",
        lambda: edited("</body>", '<a href="https://a.example/">a place to go</a>' * 120 + "</body>"),
    ),
    "a shortened address": ("spam-signs", lambda: edited("https://kontor.example/automat", "https://bit.ly/3xYz")),
    "what spam says": ("spam-signs", lambda: edited("Suggested reads", "Act now, risk-free")),
    "a letter made of pictures": (
        "spam-signs",
        lambda: edited("</body>", '<img src="pictures/b2.png" alt="x" width="10" height="10">' * 40 + "</body>"),
    ),
    "a pixel sized by its style": (
        "images",
        lambda: edited(
            "</body>", '<img src="pictures/b2.png" alt="x" width="600" height="1" style="width:1px"></body>'
        ),
    ),
    "a picture of somebody else's host": (
        "images",
        lambda: edited("</body>", '<img src="https://count.example/o.png" alt="x" width="60" height="60"></body>'),
    ),
    "a sentence that the text part lacks": (
        "text-content",
        lambda: edited("</body>", '<p lang="en">Here is a sentence that only the page has.</p></body>'),
    ),
    "a template's mark": ("residue", lambda: edited("Suggested reads", "{{ reads }}")),
    **{
        f"the placeholder {mark}": ("residue", partial(edited, "Suggested reads", f"Suggested reads {mark}"))
        for mark in ("${name}", "*|FNAME|*", "%%name%%", "%FIRSTNAME%", "#{name}", "[[name]]", "[object Object]")
    },
    "a placeholder as an address": (
        "residue",
        lambda: edited("https://letters.example/subscribe", "*|SUBSCRIBE|*"),
    ),
    **{
        f"what looks like the placeholder {mark}": (
            "placeholder",
            partial(edited, "Hello from Penang", f"Hello {mark}"),
        )
        for mark in ("{city}", "[FIRSTNAME]", "undefined", "None", "lorem ipsum dolor", "TODO")
    },
    "a character escaped twice": ("escaped", lambda: edited("Suggested reads", "Suggested &amp;amp; reads")),
    "a character lost": ("escaped", lambda: edited("Suggested reads", "Suggested r\ufffdads")),
    "Markdown that was not rendered": ("escaped", lambda: edited("Suggested reads", "Suggested **reads**")),
    "UTF-8 read as latin-1": ("escaped", lambda: edited("Suggested reads", "Suggested rÃ©ads")),
    "a link in Markdown": ("escaped", lambda: edited("Suggested reads", "[reads](https://a.example/)")),
    "two links exchanged": (
        "story-link",
        lambda: edited("https://kontor.example/automat", "https://gracht.example/koerier"),
    ),
    "authors of another story": ("story-credit", lambda: edited("Jule Brandt", "周以安")),
    "the number of another issue": ("text-content", lambda: edited("No. 47", "No. 46")),
    "a picture of another story": ("story-picture", lambda: edited("pictures/b2.png", "pictures/d4.png")),
    "an MJML tag": ("residue", lambda: edited("Suggested reads", "<mj-text>Suggested reads</mj-text>")),
    "a relative link": ("link-address", lambda: edited('href="https://kontor.example/automat"', 'href="/automat"')),
    "a script as a link": (
        "link-address",
        lambda: edited('href="https://kontor.example/automat"', 'href="javascript:x"'),
    ),
    "a link to http": (
        "link-address",
        lambda: edited("https://kontor.example/automat", "http://kontor.example/automat"),
    ),
    "an empty link": ("link-address", lambda: edited('href="https://kontor.example/automat"', 'href=""')),
    "a name before the host": (
        "link-host",
        lambda: edited("https://kontor.example/a", "https://bank.example@evil.example/a"),
    ),
    "a host in two scripts": ("link-host", lambda: edited("https://kontor.example/a", "https://kоntor.example/a")),
    "the same in punycode": (
        "link-host",
        lambda: edited("https://kontor.example/a", "https://xn--kntor-kve.example/a"),
    ),
    "a host wholly in look-alikes": (
        "link-host",
        lambda: edited("https://kontor.example/a", "https://раураӏ.example/a"),
    ),
    "the same as a browser would ask for it": (
        "link-host",
        lambda: edited("https://kontor.example/a", "https://" + "аррӏе".encode("idna").decode() + ".example/a"),
    ),
    "a host inside the house": ("link-host", lambda: edited("https://kontor.example/a", "https://intranet/a")),
    "a link without words": ("link-words", lambda: resubbed('(<a class="onward"[^>]*>).*?</a>', r"\1</a>")),
    "words that name another site": (
        "link-words",
        lambda: resubbed('(<a class="onward"[^>]*>).*?</a>', r"\1www.bank.example</a>"),
    ),
    "click here": ("link-words", lambda: resubbed('(<a class="onward"[^>]*>).*?</a>', r"\1click here</a>")),
    **{
        f"the address {address}": (rule, partial(edited, "https://kontor.example/automat", address))
        for rule, address in (
            ("link-address", "https://kontor.example/a b"),
            ("link-address", "https://kontor..example/a"),
            ("link-address", "https://kontor.example:99999/a"),
            ("link-address", "https://https://kontor.example/a"),
            ("link-address", "#nowhere"),
            ("link-host", "https://127.0.0.1/a"),
            ("link-host", "https://192.168.1.4/a"),
            ("link-host", "https://169.254.169.254/latest"),
            ("link-host", "https://[::1]/a"),
            ("link-host", "https://2130706433.0/a"),
            ("link-host", "https://desk.localhost/a"),
            ("link-host", "https://printer.local/a"),
            ("link-host", "https://www.example.org/a"),
            ("link-tracking", "https://kontor.example/a?at_medium=rss&amp;at_campaign=x"),
            ("link-tracking", "https://kontor.example/a?s_cid=nl"),
            ("link-tracking", "https://kontor.example/a?xtor=RSS-3208"),
            ("link-tracking", "https://youtu.be/a?si=abcdef"),
            ("link-tracking", "https://letters.list-manage.com/track/click?u=4a&amp;id=9f"),
            ("link-tracking", "https://kontor.example/preview?token=abc"),
            ("link-tracking", "https://kontor.example/a?u=reader@post.example"),
        )
    },
    "a tracking parameter": (
        "link-tracking",
        lambda: edited("https://kontor.example/automat", "https://kontor.example/automat?a=1&amp;utm_source=x"),
    ),
    "no way out": (
        "leaving",
        lambda: edited("https://letters.example/unsubscribe?list=techasia", "https://a.example/"),
    ),
    "a way out without words": (
        "leaving",
        lambda: resubbed(r'(<a [^>]*href="https://letters.example/unsubscribe[^>]*>)[^<]*', r"\1."),
    ),
    "no postal address": ("leaving", lambda: edited("9 Quay Street", "")),
    "no preheader": ("preheader", lambda: resubbed('<div class="preheader".*?</div>', "")),
    "another preheader": ("preheader", lambda: edited("Where coins go", "Lorem ipsum")),
    "a preheader that is not padded": ("preheader", lambda: edited("\u034f", "", 999)),
}


@pytest.mark.parametrize("fault", HTML_FAULTS)
def test_a_fault_in_the_html_is_found(fault: str) -> None:
    """The right rule reports it, with its line if it has one."""
    rule, plant = HTML_FAULTS[fault]
    assert rule in {finding.rule for finding in found(plant())}


def _text(old: str, new: str) -> Email:
    assert old in GOOD.text
    return dataclasses.replace(GOOD, text=GOOD.text.replace(old, new))


def _subject(subject: str) -> Email:
    headers = tuple((name, subject if name == "Subject" else value) for name, value in GOOD.headers)
    return dataclasses.replace(GOOD, subject=subject, headers=headers)


@pytest.mark.parametrize(
    ("rule", "email"),
    [
        ("text-content", _text("The last mile of the coin", "")),
        ("text-content", _text("Das Sparschwein", "Ein Sparschwein")),
        ("text-content", _text("Three\ncarriers", "Four\ncarriers")),
        ("text-links", _text("https://bay.example/qr", "")),
        ("text-links", _text("https://bay.example/qr", "https://bay.example/qr?utm_source=x")),
        ("text-links", _text("Suggested reads", "https://evil.example/login")),
        ("text-only", _text("Suggested reads", "A sentence that nobody finds in the page.")),
        ("text-links", _text("https://letters.example/unsubscribe?list=techasia", "")),
        ("text-plain", _text("Hello from Penang", "Hello from Penang<br>")),
        ("text-plain", _text("Hello from Penang", "Hello from Penang &nbsp;")),
        ("subject", _subject(" ")),
        ("subject", _subject("SMALL MONEY COUNTS")),
        ("subject", _subject("Small money!!! for you")),
        ("subject", _subject("Small money " * 15)),
        ("subject", _subject("\u200b\u2060\u200b")),
        ("subject", _subject("Re: your invoice")),
        ("subject", _subject("AW: Kleingeld")),
        ("subject", _subject("回复：小錢")),
        ("escaped", _text("Suggested reads", "Suggested [reads](https://bay.example/qr)")),
        ("residue", _subject("{{ title }} number 47")),
        ("escaped", _subject("Money &amp; coins")),
        ("escaped", _subject("Se\ufffdor cargo")),
    ],
)
def test_a_fault_in_the_text_or_the_subject_is_found(rule: str, email: Email) -> None:
    """A part lacks a headline, paragraph or address; the text has markup; filters dislike the subject."""
    assert rule in {finding.rule for finding in found(email)}


def _wire(old: bytes, new: bytes) -> bytes:
    assert old in GOOD_EML, old
    return GOOD_EML.replace(old, new, 1)


WIRE_FAULTS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "bare line feeds": ("lines", lambda: GOOD_EML.replace(b"\r\n", b"\n")),
    "a long line": ("lines", lambda: _wire(b"\r\n\r\n", b"\r\nX-Long: " + b"x" * 1200 + b"\r\n\r\n")),
    "eight bits": ("lines", lambda: _wire(b"Hello from Penang", "Hello from 檳城".encode())),
    "no Date": ("headers", lambda: _wire(b"Date: ", b"X-Date: ")),
    "no Reply-To": ("headers", lambda: _wire(b"Reply-To: ", b"X-Reply: ")),
    "two From": ("headers", lambda: _wire(b"Subject: ", b"From: other@example.com\r\nSubject: ")),
    "a Bcc put in": ("headers", lambda: _wire(b"Subject: ", b"Bcc: victim@example.com\r\nSubject: ")),
    "a Message-ID that is none": ("headers", lambda: _wire(b"Message-ID: <", b"Message-ID: <a b ")),
    "a Date of 1970": ("headers", lambda: re.sub(rb"Date: [^\r]*", b"Date: Thu, 01 Jan 1970 00:00:00 +0000", GOOD_EML)),
    "a sender who is not the desk": ("headers", lambda: _wire(b"From: The techAsia desk", b"From: ceo@bank.example")),
    "a priority": ("headers", lambda: _wire(b"Subject: ", b"X-Priority: 1\r\nSubject: ")),
    "two recipients": ("headers", lambda: _wire(b"\nTo: The techAsia desk", b"\nTo: a@b.example, The techAsia desk")),
    "a receipt": ("headers", lambda: _wire(b"Subject: ", b"Disposition-Notification-To: a@b.example\r\nSubject: ")),
    "a way out of one's own machine": (
        "one-click",
        lambda: re.sub(rb"List-Unsubscribe: <https://[^>]*>", b"List-Unsubscribe: <https://localhost/u>", GOOD_EML),
    ),
    "no Content-Language": ("headers", lambda: _wire(b"Content-Language", b"X-Language")),
    "an encoded List-Unsubscribe": (
        "one-click",
        lambda: re.sub(rb"List-Unsubscribe: [^\r]*,", b"List-Unsubscribe: =?utf-8?q?=3Chttps=3A//l?=,", GOOD_EML),
    ),
    "mailto first": ("one-click", lambda: _wire(b"List-Unsubscribe: <https://", b"List-Unsubscribe: <mailto:")),
    "no one-click": ("one-click", lambda: _wire(b"List-Unsubscribe=One-Click", b"yes")),
    "HTML before text": (
        "structure",
        lambda: _wire(b"text/plain", b"text/x").replace(b"text/html", b"text/plain").replace(b"text/x", b"text/html"),
    ),
    "a picture that is no part": ("structure", lambda: _wire(b"Content-ID: <s", b"Content-ID: <x")),
    "another text": ("round-trip", lambda: _wire(b"Hello from Penang", b"Hello from Ghent")),
    "another subject": ("round-trip", lambda: re.sub(rb"Subject: [^\r]*\r\n [^\r]*", b"Subject: Hi", GOOD_EML)),
    "a boundary lost": ("round-trip", lambda: re.sub(rb"--=_0_\w+--\r\n", b"", GOOD_EML)),
}


@pytest.mark.parametrize("fault", WIRE_FAULTS)
def test_a_fault_in_the_message_is_found(fault: str) -> None:
    """The rules check the message as it would be sent."""
    rule, plant = WIRE_FAULTS[fault]
    assert rule in {finding.rule for finding in found(GOOD, eml=plant())}


def test_a_finding_names_the_story_and_the_line() -> None:
    """So that an editor, and the desk, can go there."""
    email = edited("https://kontor.example/automat", "https://kontor.example/automat?utm_source=x")
    (finding,) = (each for each in found(email) if each.rule == "link-tracking")
    assert finding.story == "b2"
    assert finding.line is not None
    assert "utm_source" in email.html.splitlines()[finding.line - 1]


def test_a_page_near_the_limit_is_a_warning_and_above_it_an_error() -> None:
    """85,000 bytes give a warning, 100,000 block approval."""
    room = 90_000 - len(GOOD.html.encode())
    near, over = (edited("</body>", f"<!-- {'x' * size} --></body>") for size in (room, room + 10_000))
    assert [each.severity for each in found(near) if each.rule == "size"] == ["warning"]
    assert [each.severity for each in found(over) if each.rule == "size"] == ["error"]


def test_a_theme_whose_colours_cannot_be_read_is_found_in_light_and_in_dark() -> None:
    """A newsroom's own accent colour needs contrast for its kickers."""
    pale = dataclasses.replace(Theme(), light=dataclasses.replace(Theme().light, accent="#ffd54f"))
    assert {each.rule for each in found(rendered(theme=pale))} == {"contrast-light"}
    murky = dataclasses.replace(Theme(), dark=dataclasses.replace(Theme().dark, accent="#7a1f12"))
    assert {each.rule for each in found(rendered(theme=murky))} == {"contrast-dark"}


def test_contrast_is_that_of_wcag() -> None:
    """Black on white is 21 to 1; #767676 is the lightest grey that passes on white."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") > 4.5 > contrast("#777777", "#ffffff")


def test_story_text_that_looks_like_a_fault_is_accepted() -> None:
    """A story may write of {{ braces }}, <br> and &amp; without failing the gate."""
    issue = with_feature(
        ISSUE, 0, headline="Why {{ braces }} and <br> annoy &amp; amuse", paragraphs=("A <p> is a <div>, %} is not.",)
    )
    assert found(rendered(issue), issue) == ()


def test_placeholders_of_the_config_block_a_letter() -> None:
    """What `newsletter init` writes for the owner to replace must not reach readers."""
    changes: dict[str, object] = {
        "postal_address": "Your street and number, your city, your country",
        "unsubscribe_url": "https://example.org/newsletter/unsubscribe",
    }
    for name, value in changes.items():
        issue = dataclasses.replace(ISSUE, masthead=dataclasses.replace(MASTHEAD, **{name: value}))  # type: ignore[arg-type]
        assert ("placeholder", "error") in {(each.rule, each.severity) for each in found(rendered(issue), issue)}


@pytest.mark.parametrize(
    "headline", ["Node.js", "ASP.NET", "heise.de", "Why <table> is back", "And the winner is chess"]
)
def test_a_title_that_looks_like_an_address_or_like_markup_is_none(headline: str) -> None:
    """Reads may be called so, over whatever host; so may an outlet in "Also in"."""
    reads = (dataclasses.replace(ISSUE.reads[0], title=headline, outlet=headline), *ISSUE.reads[1:])
    also_in = (dataclasses.replace(ISSUE.features[0].also_in[3], outlet=headline), *ISSUE.features[0].also_in[:3])
    issue = with_feature(
        dataclasses.replace(ISSUE, reads=reads, preheader=f"{headline} and five other reads"), 0, also_in=also_in
    )
    assert found(rendered(issue), issue) == ()


LONG = ("A harbour that counts its coins, and then counts them again, " * 6)[:300]
UNUSUAL = {
    "a headline of 300 characters": with_feature(ISSUE, 0, headline=LONG),
    "a story of which next to nothing is known": with_feature(
        ISSUE, 1, picture=None, authors=(), outlet="", url=None, kicker="", also_in=()
    ),
    "no reads": dataclasses.replace(ISSUE, reads=()),
    "one feature": dataclasses.replace(ISSUE, features=ISSUE.features[:1]),
    "twelve features": dataclasses.replace(
        ISSUE,
        features=tuple(
            dataclasses.replace(
                ISSUE.features[number % 4],
                story=f"x{number}",
                headline=f"{ISSUE.features[number % 4].headline} ({number})",
                paragraphs=tuple(f"{text} ({number})" for text in ISSUE.features[number % 4].paragraphs),
            )
            for number in range(12)
        ),
    ),
    "a desk and a subject full of marks": dataclasses.replace(
        ISSUE,
        subject='=?utf-8?q?x?= Small "money", 小錢 🪙',
        masthead=dataclasses.replace(MASTHEAD, desk_name='Noor "the coin" O\'Hara, desk <x@y.example>'),
    ),
}


@pytest.mark.parametrize("template", ["issue", "brief", "story"])
@pytest.mark.parametrize("case", UNUSUAL)
def test_an_unusual_issue_is_a_good_letter_too(case: str, template: str) -> None:
    """In each template, without empty remains of missing parts."""
    issue = UNUSUAL[case]
    email = render_issue(
        issue, templates=TEMPLATES, theme=Theme(), pictures=PICTURES, sent_at=SENT_AT, template=template
    )
    assert found(email, issue) == ()
    assert ("reads</a>" in email.html) == (bool(issue.reads) and template == "issue")


def test_a_short_label_with_an_umlaut_may_be_missing_in_the_text_part() -> None:
    """A German edition with five reads counts them in the HTML alone: “Fünf Lesetipps”."""
    issue = dataclasses.replace(ISSUE, language="de", reads=ISSUE.reads[:5])
    assert "text-content" not in {each.rule for each in found(rendered(issue), issue)}


@pytest.mark.parametrize("template", ["issue", "brief", "story"])
def test_a_feature_without_a_text_is_a_good_letter_with_a_warning(template: str) -> None:
    """A headline alone leaves no empty remains; the warning tells the editor what to do."""
    issue = with_feature(with_feature(ISSUE, 0, paragraphs=()), 2, paragraphs=())
    email = render_issue(
        issue, templates=TEMPLATES, theme=Theme(), pictures=PICTURES, sent_at=SENT_AT, template=template
    )
    findings = [(each.rule, each.severity, each.message, each.story) for each in found(email, issue)]
    assert findings == [("blurb", "warning", "no text: write a blurb", story) for story in ("a1", "c3")]
    assert not re.search(r'<div class="(?:body|tight|long)[^>]*>\s*</div>', email.html)


def test_characters_that_rendering_removes_are_not_missed() -> None:
    """Control characters and Arabic direction marks are in the issue but not in the HTML."""
    issue = with_feature(ISSUE, 0, headline="The\x07 last  mile\u202c", paragraphs=("\u202bOne.\u202c",))
    assert found(rendered(issue), issue) == ()


def test_a_name_in_another_script_is_not_a_fault() -> None:
    """A ticker in a Chinese headline, a Chinese name in an English paragraph."""
    issue = with_feature(ISSUE, 2, headline="台積電 TSMC 與 ASML")
    issue = with_feature(issue, 0, paragraphs=("The founder, 林書緯, keeps the shop in Keelung (基隆).",))
    assert found(rendered(issue), issue) == ()


@pytest.mark.parametrize(
    "host", ["почта.рф", "xn--80a1acny.xn--p1ai", "правда.example", "例え.example", "münchen.example"]
)
def test_a_host_wholly_in_its_own_script_is_no_look_alike(host: str) -> None:
    """Russian, Japanese and German names do not imitate a Latin one."""
    findings = found(edited("https://kontor.example/a", f"https://{host}/a"))
    assert "link-host" not in {each.rule for each in findings}


def test_a_template_may_stop_early_but_not_skip_a_paragraph() -> None:
    """A list of headlines is a letter; one whose parts disagree, or that lacks a paragraph in between, is not."""
    second = "Shopkeepers have answered"
    assert "text-content" in {each.rule for each in found(_text(second, "x"))}
    assert "block-language" in {each.rule for each in found(edited(second, "x"))}
    email = dataclasses.replace(edited(second, "x"), text=GOOD.text.replace(second, "x"))
    assert not {each.rule for each in found(email)} & {"block-language"}


def test_every_rule_has_its_own_name_and_a_reason() -> None:
    """The documentation shows this table."""
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.reason.endswith(".") for rule in RULES)
    watched = {rule for rule, _ in (*HTML_FAULTS.values(), *WIRE_FAULTS.values())}
    watched |= {"blurb", "text-content", "text-links", "text-only", "text-plain", "subject"} | {
        "sections"
    }  # in test_own_sections.py
    assert watched == {rule.name for rule in RULES}


def test_the_reason_of_every_rule_is_in_the_documentation() -> None:
    """docs/checks.md has a row for each rule, in order, with its docstring and reason."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "checks.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    expected = [f"| `{rule.name}` | {(rule.check.__doc__ or '').splitlines()[0]} | {rule.reason} |" for rule in RULES]
    assert rows[:-1] == expected
    assert rows[-1].startswith("| `link-online` |")


def test_a_picture_without_words_may_lead_to_its_story_if_the_headline_does_too() -> None:
    """Screen readers pass over the second link; without the first one nobody hears where it leads."""
    picture = ISSUE.features[1].picture
    assert picture
    issue = with_feature(ISSUE, 1, picture=dataclasses.replace(picture, alt=""))
    email = rendered(issue)
    assert found(email, issue) == ()
    alone = dataclasses.replace(
        email,
        html=email.html.replace(
            'href="https://kontor.example/automat" aria-hidden', 'href="https://b.example/" aria-hidden'
        ),
    )
    assert "link-words" in {each.rule for each in found(alone, issue)}
