"""Chinese is set in the other script without changing its words."""

from pathlib import Path

import pytest

from pipeline.text.chinese import convert_chinese, needs_conversion

SENTENCES = (Path(__file__).parent / "sentences-zh-Hans.txt").read_text(encoding="utf-8").splitlines()
NAMES = {name: name for name in ("陈光明", "余静", "范冰", "海葵", "松花江", "西安")}


@pytest.mark.parametrize("region", ["", "-HK"])
def test_two_hundred_sentences_come_back_as_they_were(region: str) -> None:
    """Names, quotations and numbers survive the way there and back."""
    assert len(SENTENCES) >= 200
    for sentence in SENTENCES:
        there = convert_chinese(sentence, f"zh-Hant{region}", NAMES)
        assert convert_chinese(there, f"zh-Hans{region}", NAMES) == sentence
        assert [name for name in NAMES if name in sentence] == [name for name in NAMES if name in there]
        assert [character for character in there if character.isdigit()] == [
            character for character in sentence if character.isdigit()
        ]
        assert len(there) == len(sentence)


@pytest.mark.parametrize(
    ("text", "to", "converted"),
    [
        ("皇后在后面说头发发现了。", "zh-Hant", "皇后在後面說頭髮發現了。"),
        ("里面着火了", "zh-Hant", "裡面著火了"),
        ("里面着火了", "zh-Hant-HK", "裏面着火了"),
        ("支持率和进程", "zh-Hant", "支持率和進程"),
        ("被发明和垂直发射的历史", "zh-Hant", "被發明和垂直發射的歷史"),
        ("新聞報導說", "zh-Hans", "新闻报导说"),
    ],
)
def test_characters_follow_the_region_and_words_stay(text: str, to: str, converted: str) -> None:
    """No word of one region is exchanged for that of another."""
    assert convert_chinese(text, to) == converted


@pytest.mark.parametrize(
    ("text", "to", "converted"),
    [
        ("他说：“‘好’是什么意思？”", "zh-Hant", "他說：「『好』是什麼意思？」"),
        ("他說：「『好』是什麼意思？」", "zh-Hans", "他说：“‘好’是什么意思？”"),
        ("‘好’", "zh-Hant", "「好」"),
        ("“I don’t”", "zh-Hant", "「I don’t」"),
        ("没有”开头", "zh-Hant", "沒有”開頭"),
    ],
)
def test_quotation_marks_follow_their_depth(text: str, to: str, converted: str) -> None:
    """The outer marks of one script become the outer marks of the other; apostrophes are no marks."""
    assert convert_chinese(text, to) == converted


def test_a_name_gets_the_form_that_is_wanted() -> None:
    """The longest name counts, and its form is not converted."""
    names = {"采青": "采青", "采青社": "采青社（北京）", "英伟达": "輝達"}
    assert convert_chinese("采青社和采青买了英伟达", "zh-Hant", names) == "采青社（北京）和采青買了輝達"


@pytest.mark.parametrize(
    ("language", "to", "needed"),
    [
        ("zh-Hans", "zh-Hant-HK", True),
        ("zh-Hant", "zh-Hans", True),
        ("zh-Hant", "zh-Hant-TW", False),
        ("zh", "zh-Hant", False),
        ("ja", "zh-Hant", False),
        ("zh-Hans", "en", False),
    ],
)
def test_only_the_other_script_of_chinese_is_converted(language: str, to: str, needed: bool) -> None:
    """A text whose script is not known stays as it is."""
    assert needs_conversion(language, to) is needed
