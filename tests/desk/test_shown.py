"""What the page is given to show: the letter for its frame, differences, and where another program's file stands."""

import pytest

from pipeline.desk.differences import differences
from pipeline.desk.preview_html import frame_html

LETTER = (
    '<!DOCTYPE html><html><head><meta name="color-scheme" content="light dark">'
    "<style>:root { color-scheme: light dark } @media (prefers-color-scheme: dark) { a { color: #fff } }</style></head>"
    '<body><img class="wide" src="pictures/a.png" alt="A quay"><img src="https://cdn.example/w/b.png" alt="">'
    '<a href="https://paper.example/">Read</a></body></html>'
)


def shown(*, dark: bool = False, pictures: bool = True) -> str:
    """The letter for the frame."""
    return frame_html(
        LETTER, dark=dark, pictures=pictures, address_of=lambda name: f"/proof/{name}", base_url="https://cdn.example/w"
    )


@pytest.mark.parametrize(
    ("dark", "query", "scheme"), [(True, "@media all", "dark"), (False, "@media not all", "light")]
)
def test_the_appearance_is_settled_whatever_the_machine_prefers(dark: bool, query: str, scheme: str) -> None:
    """A frame cannot be told to prefer dark: its media query, and both words on the scheme, say which it is."""
    html = shown(dark=dark)
    assert query in html
    assert f"color-scheme: {scheme} }}" in html
    assert f'content="{scheme}"' in html
    assert "prefers-color-scheme" not in html


def test_pictures_come_from_the_desk_alone_or_not_at_all() -> None:
    """Those beside the letter and those of its host are the desk's; without pictures no source is left, each alt is."""
    html = shown()
    assert 'src="/proof/a.png"' in html
    assert 'src="/proof/b.png"' in html
    assert "cdn.example" not in html
    bare = shown(pictures=False)
    assert "src=" not in bare
    assert 'alt="A quay"' in bare


def test_links_ask_for_a_window_that_the_sandbox_never_gives() -> None:
    """Nothing in the frame leads the frame away."""
    assert '<head><base target="_blank">' in shown()


def test_a_changed_word_is_shown_within_its_line() -> None:
    """What is the same stays in one piece; far lines are counted, not shown."""
    old = "\n".join(["one", *"abcdefgh", "The ferry runs on diesel today.", "end"])
    new = old.replace("diesel", "batteries") + "\nmore"
    hunks = differences(old, new)
    assert hunks[0] == {"kind": "skipped", "lines": 7}
    changed = next(hunk for hunk in hunks if hunk["kind"] == "changed")
    assert ["gone", "diesel"] in changed["pieces"]
    assert ["new", "batteries"] in changed["pieces"]
    assert hunks[-1] == {"kind": "new", "text": "more"}


def test_nothing_differs_between_equals() -> None:
    """Equal texts are one skipped piece."""
    assert differences("a\nb\nc", "a\nb\nc") == [{"kind": "skipped", "lines": 3}]
    assert differences("", "") == []


def test_lines_with_little_in_common_are_not_mixed() -> None:
    """A paragraph that was replaced is shown as gone and new, not as a riddle of letters."""
    kinds = [
        hunk["kind"]
        for hunk in differences("Rain fell on every pier in town.", "Robots carry noodles at night, she says")
    ]
    assert kinds == ["gone", "new"]
