"""Details of a page's text: what readers do not see goes, what carries sense stays."""

import pytest

from pipeline.records import Document
from pipeline.stages.clean import clean_document

TEXTS = (
    "The council voted on Tuesday night to close the last ferry across the estuary, which has run since 1871.",
    "Its two boats will be sold to a museum, and the pilots have been offered work on the bridge, said the mayor.",
    "Nobody on the quay believed it on Wednesday morning, when the first boat left with four passengers and a dog.",
)
SECRET = "Words that nobody sees, though they stand in the middle of the story, as some systems plant them."


def text(part: str, around: str = "<div>{}</div>") -> str:
    """The text of a story with this after its first paragraph."""
    first, *rest = (f"<p>{each}</p>" for each in TEXTS)
    body = around.format(f"<h1>Last ferry closes</h1>{first}{part}{''.join(rest)}")
    page = f"<html lang='en'><head><title>Last ferry closes</title></head><body>{body}</body></html>"
    (story,) = clean_document(Document("https://estuary.example/ferry", page.encode(), "text/html")).stories
    assert all(each in story.text for each in TEXTS)
    return story.text


@pytest.mark.parametrize(
    "part",
    [
        f"<p hidden>{SECRET}</p>",
        f"<p style='color: #fff'>{SECRET}</p>",
        f"<p style='background: white; color: rgb(255, 255, 255);'>{SECRET}</p>",
        f"<p style='position: absolute; left: -9999px'>{SECRET}</p>",
        f"<div class='login-prompt'><p>{SECRET}</p></div>",
        f"<aside class='factbox'><p>{SECRET}</p></aside>",
        "<p>$$ARTICLEAD$$</p>",
    ],
)
def test_what_readers_do_not_see_is_not_read(part: str) -> None:
    """Hidden words, white words on white, words off the screen, prompts, boxes and placeholders."""
    found = text(part)
    assert SECRET not in found
    assert "ARTICLEAD" not in found


def test_white_words_on_a_colour_are_read() -> None:
    """The colour behind them makes them visible."""
    assert SECRET in text(f"<p style='color: #fff; background: #036'>{SECRET}</p>")
    assert SECRET in text(f"<p style='color: white'>{SECRET}</p>", "<div style='background-color: navy'>{}</div>")


@pytest.mark.parametrize(
    ("part", "right"),
    [
        (
            "<p>The estuary is 10 km<sup>2</sup> wide, and its water has less CO<sub>2</sub> in it than the sea.</p>",
            "10 km2",
        ),
        (
            "<p>The toll was a penny a head<a href='#cite-1'>[1]</a> for a hundred years and more, it says.</p>",
            "head for",
        ),
        ("<p>The toll was a penny a head<sup><a href='#n1'>1</a></sup> for a hundred years, it says.</p>", "head for"),
        (
            "<p>See the <a href='#map'>map of the town</a> for the way to the landing stage and the bridge.</p>",
            "the map of",
        ),
    ],
)
def test_raised_and_lowered_characters_keep_their_sense(part: str, right: str) -> None:
    """Exponents and formulas stay; numbers of footnotes go, links within the page do not."""
    assert right in text(part)
