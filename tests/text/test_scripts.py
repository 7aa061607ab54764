"""Scripts of characters."""

import re

import pytest

from pipeline.text.scripts import HANGUL, UNSPACED, script_of_character


@pytest.mark.parametrize(
    ("characters", "script"),
    [
        ("aÉß", "Latn"),
        ("漢𠀀", "Hani"),
        ("あア", "Kana"),
        ("한", "Hang"),
        ("ㄅ", "Bopo"),
        ("ก\u0e31", "Thai"),
        ("1 .・", ""),
    ],
)
def test_a_letter_has_a_script(characters: str, script: str) -> None:
    """Marks too; figures and punctuation have none."""
    assert {script_of_character(character) for character in characters} == {script}


def test_unspaced_scripts_are_those_without_spaces_between_words() -> None:
    """Korean has spaces."""
    assert re.findall(f"[{UNSPACED}]", "aก ກ က ក か カ 漢 한 д") == list("กກကកかカ漢")
    assert re.findall(f"[{HANGUL}]", "漢한") == ["한"]
