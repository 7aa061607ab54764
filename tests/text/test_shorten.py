"""Lines cut to a display width."""

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.shorten import shorten
from pipeline.text.width import display_width


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("Ferry operator switches to hydrogen", 40, "Ferry operator switches to hydrogen"),
        ("Ferry operator switches to hydrogen", 35, "Ferry operator switches to hydrogen"),
        ("Ferry operator switches to hydrogen", 34, "Ferry operator switches to…"),
        ("Ferry operator, say its owners, is late", 17, "Ferry operator…"),
        ("  Ferry \n operator ", 40, "Ferry operator"),
        ("Was „die Neuen“ bedeuten", 9, "Was…"),
        ("Donaudampfschifffahrtsgesellschaft", 10, "Donaudamp…"),
        ("渡輪業者改用氫燃料", 18, "渡輪業者改用氫燃料"),
        ("政府は半導体産業への支援を強化する方針を発表した", 30, "政府は半導体産業への支援を……"),
        ("英偉達芯片獨領風騷之際，國產芯片正急起直追", 28, "英偉達芯片獨領風騷之際……"),
        ("تعلن الشركة عن مصنع جديد في المدينة", 20, "تعلن الشركة عن مصنع…"),
        ("חברת הספנות עוברת למימן כבר השנה", 18, "חברת הספנות עוברת…"),
        ("कंपनी ने हाइड्रोजन अपनाया", 13, "कंपनी ने…"),
    ],
)
def test_lines_are_cut_between_words_with_the_ellipsis_of_their_script(text: str, width: int, expected: str) -> None:
    """No comma, opening mark or half word before the ellipsis."""
    cut = shorten(text, width)
    assert cut == expected
    assert display_width(cut) <= width


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("abc", 3),
        ("電池", 4),
        ("ｶﾅ", 2),
        ("カナ", 4),
        ("e\u0301", 1),
        ("👩‍👩‍👧‍👦", 2),
        ("🇹🇼", 2),
        ("กำ", 2),
        ("한글", 4),
    ],
)
def test_width_is_that_of_a_fixed_grid(text: str, columns: int) -> None:
    """CJK and emoji take two columns, combining marks none."""
    assert display_width(text) == columns


@pytest.mark.parametrize("width", range(2, 44))
def test_cjk_lines_never_break_a_punctuation_rule(width: int) -> None:
    """Nothing that may not end a line comes before the ellipsis, no figure is cut from its unit, no name in two."""
    cut = shorten("港口公司（Harbour Works）投資「專用碼頭」4.12億美元，可放2,300只貨櫃。", width)
    kept = cut.rstrip("…")
    assert display_width(cut) <= width
    assert not kept or kept[-1] not in "（「『【《，、。：；"
    if kept and cut != kept:
        rest = "港口公司（Harbour Works）投資「專用碼頭」4.12億美元，可放2,300只貨櫃。"[len(kept) :]
        assert not (kept[-1].isdigit() and (rest[0].isdigit() or rest[0] in ".,億只"))
        if width >= 24:
            assert not (kept[-1].isascii() and kept[-1].isalpha() and rest[0].isascii() and rest[0].isalpha())


@given(st.text(max_size=120), st.integers(min_value=0, max_value=60))
def test_a_cut_line_fits_and_is_a_whole_number_of_graphemes_of_the_text(text: str, width: int) -> None:
    """Whatever the script: no surrogate, combining mark or emoji is split, and nothing is added but the ellipsis."""
    line = " ".join(text.split())
    cut = shorten(text, width)
    assert display_width(cut) <= width or cut == line
    if cut != line:
        graphemes = regex.findall(r"\X", cut.rstrip("…"))
        assert regex.findall(r"\X", line)[: len(graphemes)] == graphemes


def test_a_subject_with_emoji_and_cjk_is_cut_between_them() -> None:
    """The mixture that subjects are made of."""
    assert shorten("🔋 電池だけが着く埠頭 and what it means", 20) == "🔋 電池だけが……"
