"""Text made regular."""

import pytest

from pipeline.text.normalise import fold, normalise, one_line, printable_line, strip_illegal, truncate


def test_one_line_has_single_spaces() -> None:
    """Line ends, tabs and wide spaces become one space each; none is at an end."""
    assert one_line("  A\r\n ferry\t\u3000leaves ") == "A ferry leaves"


def test_a_printable_line_has_no_control_characters() -> None:
    """Neither escapes nor bidirectional overrides."""
    assert printable_line("A\x1b[1m\u202e ferry\nleaves\x00") == "A[1m ferry leaves"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A\u00adfer\u200bry\ufeff", "Aferry"),
        ("e\u0301te\u0301", "été"),
        ("a\u200db", "ab"),
        ("क\u094d\u200dष", "क\u094d\u200dष"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("\x00A\x7f", "A"),
    ],
)
def test_normalised_text_has_nothing_invisible_and_keeps_joiners_that_mean_something(text: str, expected: str) -> None:
    """Joiners shape Indic and Arabic words and emoji."""
    assert normalise(text) == expected


def test_folded_texts_compare_equal_whatever_their_dress() -> None:
    """Case, width and punctuation do not matter."""
    assert fold("Ｔｈｅ  “Ferry”, leaves!") == fold("the ferry leaves") == "theferryleaves"


def test_a_truncated_text_ends_in_an_ellipsis_within_the_limit() -> None:
    """A text that fits is unchanged."""
    assert truncate("A ferry leaves", 14) == "A ferry leaves"
    assert truncate("A ferry leaves", 9) == "A ferry…"


def test_illegal_characters_are_those_of_xml() -> None:
    """Tabs and line ends stay."""
    assert strip_illegal("a\x00\x0b\ud800\ufffe\tb\n") == "a\tb\n"
