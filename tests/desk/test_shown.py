"""The preview's HTML and the differences between two texts."""

import pytest

from pipeline.desk.differences import differences
from pipeline.desk.preview_html import preview_html

LETTER = (
    '<!DOCTYPE html><html><head><meta name="color-scheme" content="light dark">'
    "<style>:root { color-scheme: light dark } @media (prefers-color-scheme: dark) { a { color: #fff } }</style></head>"
    '<body><img class="wide" src="pictures/a.png" alt="A quay"><img src="https://cdn.example/w/b.png" alt="">'
    '<a href="https://paper.example/">Read</a></body></html>'
)


def shown(*, dark: bool = False, pictures: bool = True) -> str:
    """Return the HTML for the preview frame."""
    return preview_html(
        LETTER,
        dark=dark,
        pictures=pictures,
        address_of=lambda name: f"/preview/{name}",
        base_url="https://cdn.example/w",
    )


@pytest.mark.parametrize(
    ("dark", "query", "scheme"), [(True, "@media all", "dark"), (False, "@media not all", "light")]
)
def test_the_appearance_does_not_depend_on_the_system(dark: bool, query: str, scheme: str) -> None:
    """The media query and both declarations of the colour scheme are resolved."""
    html = shown(dark=dark)
    assert query in html
    assert f"color-scheme: {scheme} }}" in html
    assert f'content="{scheme}"' in html
    assert "prefers-color-scheme" not in html


def test_pictures_are_loaded_from_the_desk_or_not_at_all() -> None:
    """Local and hosted pictures get the desk's address; without pictures only the alt texts remain."""
    html = shown()
    assert 'src="/preview/a.png"' in html
    assert 'src="/preview/b.png"' in html
    assert "cdn.example" not in html
    bare = shown(pictures=False)
    assert "src=" not in bare
    assert 'alt="A quay"' in bare


def test_links_ask_for_a_window_that_the_sandbox_blocks() -> None:
    """No link navigates the frame."""
    assert '<head><base target="_blank">' in shown()


def test_a_changed_word_is_shown_within_its_line() -> None:
    """Equal text stays in one piece; lines far from a difference are counted, not shown."""
    old = "\n".join(["one", *"abcdefgh", "The ferry runs on diesel today.", "end"])
    new = old.replace("diesel", "batteries") + "\nmore"
    hunks = differences(old, new)
    assert hunks[0] == {"kind": "skipped", "lines": 7}
    changed = next(hunk for hunk in hunks if hunk["kind"] == "changed")
    assert ["removed", "diesel"] in changed["pieces"]
    assert ["added", "batteries"] in changed["pieces"]
    assert hunks[-1] == {"kind": "added", "text": "more"}


def test_nothing_differs_between_equals() -> None:
    """Equal texts are one skipped hunk."""
    assert differences("a\nb\nc", "a\nb\nc") == [{"kind": "skipped", "lines": 3}]
    assert differences("", "") == []


def test_lines_with_little_in_common_are_not_mixed() -> None:
    """A replaced paragraph is shown as removed and added, not word by word."""
    kinds = [
        hunk["kind"]
        for hunk in differences("Rain fell on every pier in town.", "Robots carry noodles at night, she says")
    ]
    assert kinds == ["removed", "added"]
