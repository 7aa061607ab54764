"""Which containers of a page are its story: parts of one body are joined, cards and boxes of other stories are not."""

from collections.abc import Sequence

import pytest

from pipeline.records import Document
from pipeline.stages.clean import clean_document

URL = "https://estuary.example/ferry"
TEXTS = (
    "The council voted on Tuesday night to close the last ferry across the estuary, which has run since 1871.",
    "Its two boats will be sold to a museum, and the pilots have been offered work on the bridge, said the mayor.",
    "Nobody on the quay believed it on Wednesday morning, when the first boat left with four passengers and a dog.",
    "The bridge upstream was opened in spring, and lorries that used to queue for an hour now cross in a minute.",
    "A petition with nine thousand names lies in the town hall, and the clerk has had to order a second shelf for it.",
    "From January on, the landing stage will be let to a restaurant, whose owner wants to keep the old bell in place.",
)
OTHER = "A bakery in the upper town has sold its last loaf after ninety years, and its oven will go to a school."


def paragraphs(*texts: str) -> str:
    """Texts as paragraphs."""
    return "".join(f"<p>{text}</p>" for text in texts)


def body(*texts: str, before: str = "", names: str = "article-body") -> str:
    """A container of the story's text."""
    return f"<div class='{names}'>{before}{paragraphs(*texts)}</div>"


def blocks(html: str, head: str = "<meta property='og:type' content='article'>") -> Sequence[str]:
    """The texts of the one story on a page, with its standfirst."""
    page = (
        f"<html lang='en'><head><title>Last ferry closes</title>{head}</head><body><h1>Last ferry closes</h1>"
        f"{html}</body></html>"
    )
    (story,) = clean_document(Document(URL, page.encode(), "text/html")).stories
    return [*filter(None, [story.standfirst]), *(block.text for block in story.blocks)]


def test_the_parts_of_a_split_body_are_joined() -> None:
    """An advertisement between them belongs to nobody."""
    advert = "<div class='ad'>Visit Oakham</div>"
    assert blocks(f"<main>{body(*TEXTS[:2])}{advert}{body(*TEXTS[2:4])}{advert}{body(*TEXTS[4:])}</main>") == list(
        TEXTS
    )


@pytest.mark.parametrize(
    "other",
    [
        f"<div class='related'>{body(OTHER)}</div>",
        f"<div id='read-next'><div>{body(OTHER)}</div></div>",
        f"<div>{body(OTHER, before='<h2><a href=/bakery>Bakery closes</a></h2>')}</div>",
        f"<div><a href='/bakery'>{body(OTHER, before='<h3>Bakery closes</h3>')}</a></div>",
        f"<div hidden>{body(OTHER)}</div>",
    ],
)
def test_bodies_of_other_stories_are_not_joined(other: str) -> None:
    """A container that is named as related, or begins with a link to its story, is none of this one."""
    assert blocks(f"<main>{body(*TEXTS[:3])}{other}{body(*TEXTS[3:])}</main>") == list(TEXTS)


def test_what_stands_between_two_bodies_is_not_lost() -> None:
    """The joined text is taken only if it is not shorter than what is found without joining."""
    between = paragraphs(*TEXTS[1:5])
    assert blocks(f"<article>{body(TEXTS[0])}{between}{body(TEXTS[5])}</article>") == list(TEXTS)


def test_a_body_within_a_body_stays_in_its_place() -> None:
    """Nested containers of one name keep their order."""
    inner = body(*TEXTS[1:4])
    page = f"<article><div class='article-body'><p>{TEXTS[0]}</p>{inner}{paragraphs(*TEXTS[4:])}</div></article>"
    assert blocks(page) == list(TEXTS)


def card(number: int, text: str = OTHER, site: str = "") -> str:
    """A card with a linked heading."""
    return f"<div class='card'><h3><a href='{site}/story-{number}'>Story number {number}</a></h3><p>{text}</p></div>"


def test_cards_of_other_stories_are_no_text() -> None:
    """Several alike, each with a heading that leads to another page of the site."""
    cards = "".join(card(at, f"{OTHER} It was number {at}.") for at in range(3))
    assert blocks(f"<article>{paragraphs(*TEXTS)}{cards}</article>") == list(TEXTS)


def test_a_list_of_recommendations_stays() -> None:
    """Linked headings with a text each are the story where they hold most of its words, or lead to other sites."""
    items = [f"{text} It is number {at} of our list." for at, text in enumerate(TEXTS)]
    own = "".join(card(at, text) for at, text in enumerate(items))
    assert set(items) <= set(blocks(f"<article><p>{OTHER}</p>{own}</article>"))
    abroad = "".join(card(at, text, "https://elsewhere.example") for at, text in enumerate(items[:3]))
    assert set(items[:3]) <= set(blocks(f"<article>{paragraphs(*TEXTS)}{abroad}</article>"))
