"""Language tags in their canonical form."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.text.languages import (
    RECOGNISED,
    declared_language,
    nearest_recognised,
    primary_language,
    script_of_language,
    story_language,
)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en", "en"),
        ("EN-gb", "en"),
        ("no", "nb"),
        ("nb", "nb"),
        ("no-NO", "nb"),
        ("nn", "nn"),
        ("fil", "fil"),
        ("tl", "fil"),
        ("tl-PH", "fil"),
        ("pt-BR", "pt"),
        ("pt-PT", "pt"),
        ("iw", "he"),
        ("in", "id"),
        ("ji", "yi"),
        ("mo", "ro"),
        ("sh", "sr"),
        ("sr-Latn-RS", "sr"),
        ("zh-TW", "zh-Hant"),
        ("zh-Hant-TW", "zh-Hant"),
        ("zh-Hans-HK", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("zh-MO", "zh-Hant"),
        ("zh-yue", "zh-Hant"),
        ("yue", "zh-Hant"),
        ("cmn-Hans", "zh-Hans"),
        ("zh", "zh"),
        ("eng", "en"),
        ("ger", "de"),
        ("und", None),
        ("mul", None),
        ("x-klingon", None),
        ("xx", None),
    ],
)
def test_a_tag_has_one_canonical_form(tag: str, expected: str | None) -> None:
    """Regions go, aliases become what CLDR calls the language, Chinese keeps its script, junk is no language."""
    assert story_language(tag) == expected


@pytest.mark.parametrize("tag", sorted(RECOGNISED))
def test_the_canonical_form_of_a_recognised_language_is_itself(tag: str) -> None:
    """So the tagger, the config and the feeds agree on it."""
    assert story_language(tag) == declared_language(tag) == tag


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("zh_HK", "zh-Hant"),
        ("zh_CN.GB2312", "zh-Hans"),
        ("zh-CHT", "zh-Hant"),
        ("cht", "zh-Hant"),
        ("en_US", "en"),
        ("ja, en", "ja"),
        ("fil-PH", "fil"),
        ("no", "nb"),
        ("jp", "ja"),
        ("kr", "ko"),
        ("cn", "zh-Hans"),
        ("English", "en"),
        ("Deutsch", "de"),
        ("Tagalog", "fil"),
        ("Filipino", "fil"),
        ("Traditional Chinese", "zh-Hant"),
        ("Norwegian", "nb"),
        ("hello", None),
        ("und", None),
        ("x-default", None),
        ("i-default", None),
        ("123", None),
        ("", None),
        (None, None),
    ],
)
def test_what_sources_declare_is_understood(text: str | None, expected: str | None) -> None:
    """Locales, lists, country codes and English names are no BCP 47, and are common."""
    assert declared_language(text) == expected


@pytest.mark.parametrize(
    ("tag", "expected"), [("nn", "nb"), ("jv", "id"), ("ceb", "fil"), ("gsw", "de"), ("jp", "ja"), ("eo", None)]
)
def test_the_nearest_recognised_language_is_one_of_the_same_territory(tag: str, expected: str | None) -> None:
    """It is what the config suggests instead of a language that no story is ever tagged with."""
    assert nearest_recognised(tag) == expected


@pytest.mark.parametrize(
    ("tag", "script"),
    [
        ("en", "Latn"),
        ("zh-HK", "Hant"),
        ("zh_CN", "Hans"),
        ("sr-Latn", "Latn"),
        ("ja", "Jpan"),
        ("und", "Latn"),
        ("xx", "Latn"),
    ],
)
def test_a_tag_states_or_implies_a_script(tag: str, script: str) -> None:
    """As CLDR has it likely."""
    assert script_of_language(tag) == script


def test_the_primary_language_is_the_first_subtag() -> None:
    """In lower case."""
    assert [primary_language(tag) for tag in ("zh-Hant", "PT-BR", "und")] == ["zh", "pt", "und"]


def test_common_tags_do_not_load_babel() -> None:
    """Short commands read a config full of language tags, and Babel takes longer than the rest of the config."""
    code = (
        "import sys; from pipeline.text.languages import declared_language, story_language;"
        "tags = [story_language(tag) for tag in ('en', 'pt-BR', 'zh-TW', 'no')];"
        "print(tags, declared_language('de_DE'), 'babel' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['en', 'pt', 'zh-Hant', 'nb'] de False"


def test_the_documentation_lists_the_recognised_languages() -> None:
    """The config's messages refer to that page."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
    assert {word for code in re.findall(r"`([^`\n]+)`", page) for word in code.split()} >= RECOGNISED
