"""Typographic quotation marks and apostrophes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text.languages import EDITION_LANGUAGES
from pipeline.text.quotes import with_quotes


@pytest.mark.parametrize(
    ("tag", "typed", "printed"),
    [
        ("en", "Penang's mayor: \"It isn't over\"", "Penang’s mayor: “It isn’t over”"),
        ("en", "'Battery' port won't open", "‘Battery’ port won’t open"),
        ("en", "The dockers' union", "The dockers’ union"),
        ("en", "O'Neill's '90s ferry", "O’Neill’s ’90s ferry"),
        ("en", "Rock 'n' roll at the port", "Rock ’n’ roll at the port"),
        ("en", "He said: \"She called it 'mad'.\"", "He said: “She called it ‘mad’.”"),
        ("en", '"Old" (and "new")—"both"', "“Old” (and “new”)—“both”"),
        ("de", 'Der "kleine" Hafen hat\'s geschafft', "Der „kleine“ Hafen hat’s geschafft"),
        ("fr", "L'île dit \"non\" aujourd'hui", "L’île dit «\u00a0non\u00a0» aujourd’hui"),
        ("nl", "'s Avonds in \"de haven\" van 's-Gravenzande", "’s Avonds in “de haven” van ’s-Gravenzande"),
        ("it", "Cos'è l'\"isola\"", "Cos’è l’«isola»"),
        ("sv", 'Hamnen är "klar"', "Hamnen är ”klar”"),
        ("pl", 'Port "gotowy"', "Port „gotowy”"),
        ("ru", 'Порт "готов"', "Порт «готов»"),
        ("uk", 'Комп\'ютер "готовий"', "Комп’ютер «готовий»"),
        ("da", 'Havnen er "klar"', "Havnen er »klar«"),
        ("ja", '港は"準備完了"と発表', "港は「準備完了」と発表"),
        ("zh-Hant", '港口稱"準備就緒"', "港口稱「準備就緒」"),
        ("zh-Hans", '港口称"准备就绪"', "港口称“准备就绪”"),
        ("ko", '항구 "준비 완료"', "항구 “준비 완료”"),
        ("en", 'A 13.3" "light" laptop', 'A 13.3" “light” laptop'),
    ],
)
def test_straight_marks_become_those_of_the_language(tag: str, typed: str, printed: str) -> None:
    """Pairs, apostrophes within words and at their ends."""
    assert with_quotes(typed, tag) == printed


@pytest.mark.parametrize(
    "text",
    [
        "He is 5'10\" tall",
        "5'10\" and 6'2\" tall",
        'A 13.3" screen',
        'Two sizes, 7" and 12"',
        "A board of 6' by 4'",
        "print('hello')",
        'The flag is name="quay"',
        '{"port": "open"}',
        "Type `don't` twice",
        'An " alone',
        "12\" remix of 'Tides",
        'צה"ל וארה"ב',
        "ג'ירפה בנמל",
        "''",
        "",
    ],
)
@pytest.mark.parametrize("tag", ["en", "he", "de"])
def test_marks_that_may_be_something_else_stay(text: str, tag: str) -> None:
    """Feet and inches, code, Hebrew abbreviations, a mark without its pair."""
    assert with_quotes(text, tag) == text


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="aé5 .,-()\"'“”’«港ж", max_size=40), st.sampled_from(sorted(EDITION_LANGUAGES)))
def test_only_marks_change_and_a_second_time_changes_nothing(text: str, tag: str) -> None:
    """Whatever the text: its words, spaces and figures are those of the outlet."""
    printed = with_quotes(text, tag)
    assert with_quotes(printed, tag) == printed
    strip = str.maketrans("", "", "\"'“”‘’«»„‚‹›「」『』\u00a0")
    assert printed.translate(strip) == text.translate(strip)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["5'10\"", '13.3"', "6'", "x='y'", 'f("z")', "ab", "cd."]), max_size=6))
def test_measures_and_code_are_never_touched(words: list[str]) -> None:
    """Also among words."""
    assert with_quotes(" ".join(words), "en") == " ".join(words)
