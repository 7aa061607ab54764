"""The extractor's body of a page: the same as with a second opinion, on pages of every shape."""

from typing import Any, cast

import pytest
from lxml import etree
from trafilatura import bare_extraction, load_html
from trafilatura.settings import Extractor

from pipeline.stages.clean.body import extract_body

_SAID = "The crane at the old pier lifts nothing heavier than a bicycle, and still three people watch it all day."
_PARAGRAPH = f"<p>{_SAID} {_SAID}</p>"
_CARD = f"<div class='x'><span>{_SAID}</span> <a href='/1'>{_SAID}</a></div>"
_STORY = f"<article><h1>A crane</h1>{_PARAGRAPH * 8}</article>"
_ROW = "<tr><td>Crane</td><td>Four tonnes a day in a good week, none in a bad one</td></tr>"


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(_STORY, id="the page is its story"),
        pytest.param(f"{_STORY}<script>{'var a = 1; ' * 3000}</script>", id="a long script is no text"),
        pytest.param(f"<main>{_CARD * 20}</main>{_STORY}", id="more around the story than in it"),
        pytest.param(f"<article>{_PARAGRAPH}</article>", id="a story too short to be sure of"),
        pytest.param(
            f"<article><p>{_SAID * 4}</p><table>{_ROW * 9}</table><table>{_ROW}</table></article>", id="tables"
        ),
        pytest.param(f"<div>{_SAID}<br>{_SAID}<br>{_SAID}<br>{_SAID}</div>", id="no paragraph"),
        pytest.param(f"<div class='comments'>{_PARAGRAPH * 9}</div><p>{_SAID}</p>", id="most paragraphs are comments"),
        pytest.param(f"<div>{_PARAGRAPH * 4}</div><div>{_PARAGRAPH * 9}</div>", id="a story in two containers"),
        pytest.param(f"{_STORY}<iframe src='https://www.youtube.com/embed/1'></iframe>" * 3, id="films"),
        pytest.param("<p></p>", id="nothing"),
    ],
)
def test_the_body_is_the_same_as_with_the_fallback(page: str) -> None:
    tree = load_html(f"<html><body><header><a href='/'>Pier</a></header>{page}</body></html>")
    found = extract_body(tree, "")
    whole = bare_extraction(tree, options=Extractor(output_format="xml", comments=False))
    assert _serialise(found) == _serialise(whole and cast(Any, whole).body)


def _serialise(body: Any) -> bytes | None:
    return None if body is None else etree.tostring(body)
