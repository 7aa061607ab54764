"""Which pages are refused as no story, with what reason, and which are not, however they look."""

import json

import pytest
from click.testing import CliRunner

from pipeline.cli import newsletter
from pipeline.records import Document
from pipeline.stages.clean import Cleaned, clean_document

TITLE = "Last ferry closes"
TEXTS = (
    "The council voted on Tuesday night to close the last ferry across the estuary, which has run since 1871.",
    "Its two boats will be sold to a museum, and the pilots have been offered work on the bridge, said the mayor.",
    "Nobody on the quay believed it on Wednesday morning, when the first boat left with four passengers and a dog.",
    "A petition with nine thousand names lies in the town hall, and the clerk has had to order a second shelf for it.",
)
STORY = "".join(f"<p>{text}</p>" for text in TEXTS)
CONSENT = (
    "<p>We and our 812 partners store and access information on a device, such as identifiers, for personal data.</p>"
    "<p>You may accept or manage your choices, including your right to object, on the privacy policy page.</p>"
    "<p>These choices will be signalled to our partners and will not affect browsing; we use geolocation data, too.</p>"
) * 2


def page(body: str, title: str = TITLE, head: str = "") -> bytes:
    """A page."""
    return f"<html lang='en'><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode()


def clean(body: str, title: str = TITLE, head: str = "") -> Cleaned:
    """A page, cleaned."""
    return clean_document(Document("https://estuary.example/news/ferry", page(body, title, head), "text/html"))


def script(data: object, kind: str = "application/json") -> str:
    """Data in a script."""
    return f"<script id='__NEXT_DATA__' type='{kind}'>{json.dumps(data)}</script>"


REFUSED = {
    "app shell": [
        "<div id='app'></div><p>You need to enable JavaScript to run this app.</p>",
        "<div id='app'></div><p>Bitte aktivieren Sie JavaScript in Ihrem Browser, um diese Seite anzuzeigen.</p>",
        "<div id='app'></div><p>您的浏览器不支持JavaScript，请启用后重试。</p>",
        "<h1>Last ferry closes</h1><p>Access to this page has been denied: we believe you use automation tools.</p>",
        "<h1>Last ferry closes</h1><p>请用微信扫码阅读全文</p>",
    ],
    "not found page": [
        "<h1>Sorry</h1><p>The article you requested has been removed from our website.</p>",
        "<h1>Page not found</h1><p>Try the search.</p>",
    ],
    "consent wall": [
        "<p>Nutzen Sie unser Angebot mit Werbung und Tracking oder entscheiden Sie sich für das Pur-Abo.</p>"
        "<p>Einwilligen und weiter</p>",
        f"<div class='cookie-wall'>{CONSENT}</div>",
    ],
    "paywall": [f"<h1>{TITLE}</h1><p>{TEXTS[0]}</p><p>Subscribe to continue reading.</p>"],
    "no text": [f"<div id='app'><h1>{TITLE}</h1></div>"],
}


@pytest.mark.parametrize(("reason", "body"), [(reason, body) for reason, bodies in REFUSED.items() for body in bodies])
def test_a_page_without_a_story_is_refused_by_name(reason: str, body: str) -> None:
    """An application's shell, a wall, an error and a title alone are no stories."""
    cleaned = clean(body)
    assert cleaned.stories == ()
    assert [rejected.reason for rejected in cleaned.rejected] == [reason]


@pytest.mark.parametrize(("reason", "body"), [(reason, bodies[0]) for reason, bodies in REFUSED.items()])
def test_the_command_says_why_a_page_is_refused(reason: str, body: str) -> None:
    """`clean --why` names the reason, with what the page says or has instead."""
    done = CliRunner().invoke(
        newsletter, ["clean", "-", "--url", "https://estuary.example/news/ferry", "--why"], input=page(body)
    )
    assert not done.stdout
    assert reason in f"{done.stderr} {done.exception}"


@pytest.mark.parametrize(
    "box",
    [
        "<div class='cookie-notice'>{}</div>",
        "<div role='dialog'><h2>Your privacy</h2>{}</div>",
        "<section id='onetrust-consent-sdk'>{}</section>",
    ],
)
def test_a_short_story_beside_a_long_demand_for_consent_is_read(box: str) -> None:
    """The demand is no text, even where it is longer than the story."""
    (story,) = clean(f"{box.format(CONSENT)}<article><h1>{TITLE}</h1>{STORY}</article>").stories
    assert [block.text for block in story.blocks] == list(TEXTS)


def test_a_story_about_cookies_is_read() -> None:
    """A container that is named after its subject stays."""
    text = (
        "Bakers in Oakham sold nine thousand cookies in a week, and the last tray of cookies went to the ferry's crew."
    )
    (story,) = clean(
        f"<div class='post category-cookies'><h2>{TITLE}</h2><p>{text}</p>{STORY}</div><div><p>{TEXTS[0]}</p></div>"
    ).stories
    assert text in [block.text for block in story.blocks]


@pytest.mark.parametrize(
    "data",
    [
        {"props": {"article": {"title": TITLE, "body": STORY}}},
        {"props": {"article": {"title": TITLE, "paragraphs": list(TEXTS)}}},
        {"props": {"article": {"content": [{"type": "paragraph", "text": text} for text in TEXTS]}}},
    ],
)
def test_a_story_in_the_pages_data_is_the_last_resort(data: object) -> None:
    """As HTML, as a list of paragraphs or of objects; only if it fits the title that the page shows."""
    shell = f"<div id='__next'><h1>{TITLE}</h1></div>{script(data)}"
    (story,) = clean(shell).stories
    assert [block.text for block in story.blocks] == list(TEXTS)
    other = f"<div id='__next'><h1>Weir comes down</h1></div>{script(data)}"
    assert clean(other, "Weir comes down").stories == ()


def test_a_short_wire_story_that_is_not_free_is_read() -> None:
    """Agencies declare that of all their stories."""
    head = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'
    (story,) = clean(f"<article><h1>{TITLE}</h1><p>{TEXTS[0]}</p><p>{TEXTS[1]}</p></article>", head=head).stories
    assert not story.truncated
