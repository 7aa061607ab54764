"""Numbers, names and languages as they are compared across scripts."""

import dataclasses
import os
import subprocess
import sys

import pytest

from pipeline.errors import ConfigError
from pipeline.records import Block, Story
from pipeline.stages.dedupe.features import guess_language, primary_language
from pipeline.stages.dedupe.signs import (
    consonants,
    default_aliases,
    load_aliases,
    pinyin_names,
    read_signs,
    sound_names,
)
from pipeline.text.figures import figures
from pipeline.text.function_words import function_words


@pytest.mark.parametrize(
    ("language", "text", "key"),
    [
        ("en", "a loss of $1.2bn", "amount 1.2e+09"),
        ("en", "1,200 million dollars", "amount 1.2e+09"),
        ("en", "Rs 5,000 crore", "amount 5e+10"),
        ("en", "some 3 lakh phones", "amount 3e+05"),
        ("en", "half a billion users", "amount 5e+08"),
        ("de", "1,2 Milliarden Euro", "amount 1.2e+09"),
        ("de", "120 Mio. Euro", "amount 1.2e+08"),
        ("de", "zwei Billionen Won", "amount 2e+12"),
        ("nl", "1,2 miljard euro", "amount 1.2e+09"),
        ("nl", "2 biljoen won", "amount 2e+12"),
        ("fr", "1,2 milliard d'euros", "amount 1.2e+09"),
        ("fr", "3 000 postes", "number 3000"),
        ("fr", "le 1er novembre", "date 11-1"),
        ("es", "2.000 millones de euros", "amount 2e+09"),
        ("es", "5.000 empleados", "number 5000"),
        ("es", "el 3 de marzo", "date 3-3"),
        ("pt", "R$ 29 bilhões", "amount 2.9e+10"),
        ("pt", "alta de 0,18%", "percent 0.18"),
        ("it", "1,5 miliardi", "amount 1.5e+09"),
        ("en", "a magnitude 6.1 quake", "number 6.1"),
        ("zh", "淨虧損12億元", "amount 1.2e+09"),
        ("zh", "净亏损12亿元", "amount 1.2e+09"),
        ("zh", "三千億美元", "amount 3e+11"),
        ("zh", "售出15.5萬輛", "amount 1.55e+05"),
        ("ja", "1兆2000億円を投じる", "amount 1.2e+12"),
        ("ja", "約3億5000万円", "amount 3.5e+08"),
        ("ko", "1조 2000억원 규모", "amount 1.2e+12"),
        ("ko", "5천만 달러", "amount 5e+07"),
        ("en", "cut 3,000 jobs", "number 3000"),
        ("de", "3.000 Stellen", "number 3000"),
        ("zh", "裁員約3,000人", "number 3000"),
        ("en", "up 6.5 per cent", "percent 6.5"),
        ("de", "um 6,5 Prozent", "percent 6.5"),
        ("zh", "百分之十二", "percent 12"),
        ("zh", "市占三成", "percent 30"),
        ("en", "on Nov. 18", "date 11-18"),
        ("de", "am 18. November", "date 11-18"),
        ("nl", "op 3 maart", "date 3-3"),
        ("ja", "11月18日に", "date 11-18"),
        ("ko", "11월 18일", "date 11-18"),
        ("en", "a 2-nanometre process", "code 2nm"),
        ("zh", "2奈米製程", "code 2nm"),
        ("en", "the HBM4 chip", "code hbm4"),
    ],
)
def test_a_figure_is_the_same_in_every_language(language: str, text: str, key: str) -> None:
    assert key in figures(text, language)


@pytest.mark.parametrize("language", ["en", "de", "nl", "fr"])
def test_a_figure_is_found_anywhere_in_a_long_text(language: str) -> None:
    filler = " Words without any figures go on and on for a while here. " * 5
    texts = [
        "a hundred, 3.5 per\n cent,",
        "21 November,",
        "two billion,",
        "5  mrd.",
        "(HBM4)",
        "7-nanometre",
        "輝達 11月18日",
    ]
    alone = [figures(text, language) for text in texts]
    assert figures(filler.join(["", *texts, ""]), language) == {
        key: form for found in alone for key, form in found.items()
    }


@pytest.mark.parametrize(
    ("language", "text", "key"),
    [
        ("en", "1.234.567,89 euro", "amount 1.23e+06"),
        ("de", "1,234,567.89 Euro", "amount 1.23e+06"),
        ("de", "at 192.168.0.1", None),
        ("en", "5 mıllıon", "amount 5e+06"),
        ("en", "3 aprİl", "date 4-3"),
    ],
)
def test_figures_in_unusual_spellings_raise_no_error(language: str, text: str, key: str | None) -> None:
    found = figures(text, language)
    assert key is None or key in found


@pytest.mark.parametrize("text", ["in 2026", "12 people", "第三季", "成為", "百貨公司", "一月"])
def test_years_small_numbers_and_words_are_no_figures(text: str) -> None:
    assert figures(text, "zh" if not text.isascii() else "en") == {}


@pytest.mark.parametrize("form", ["輝達", "英偉達", "英伟达", "NVIDIA", "엔비디아는", "エヌビディアが"])
def test_a_company_is_found_by_each_of_its_forms(form: str) -> None:
    assert ("companies", "Nvidia") in default_aliases().find(f"{form} 2026")


def test_a_latin_form_is_a_whole_word() -> None:
    assert default_aliases().find("Grabbing an Armchair in Linen, Metaphors") == {}


def test_the_longest_of_overlapping_forms_counts() -> None:
    found = default_aliases().find("LG에너지솔루션 and LG Energy Solution")
    assert [name[1] for name in found] == ["LG Energy Solution"]


def test_an_editors_file_adds_names_and_forms() -> None:
    aliases = load_aliases("companies:\n  - [Nvidia, Team Green]\n  - [Kumori Robotics, くもりロボ]\n")
    assert ("companies", "Nvidia") in aliases.find("Team Green ships")
    assert ("companies", "Kumori Robotics") in aliases.find("くもりロボは")


@pytest.mark.parametrize("text", ["brands: []", "companies: Nvidia", "companies: [[1, 2]]", "companies: [", "- x"])
def test_a_wrong_alias_file_raises_a_config_error(text: str) -> None:
    with pytest.raises(ConfigError, match="aliases:"):
        load_aliases(text)


def test_there_are_many_built_in_names_and_no_form_names_two_things() -> None:
    forms = [form for group in default_aliases().forms.values() for form, _ in group]
    names = {name for group in default_aliases().forms.values() for _, name in group if name[0] != "concepts"}
    assert len(forms) == len(set(forms))
    assert len(names) >= 150


def test_kana_and_hangul_match_the_latin_spelling_by_consonants() -> None:
    assert consonants("Mistral") in sound_names("仏ミストラルは")
    assert consonants("Mistral") in sound_names("미스트랄이")
    assert consonants("Cerebras") in sound_names("セレブラス")


def test_a_chinese_name_matches_its_pinyin() -> None:
    assert "yangzhilin" in pinyin_names("創始人楊植麟表示")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("台積電宣布在高雄擴廠", "zh"),
        ("ソニーはゲーム機を値上げする", "ja"),
        ("삼성전자가 공장을 짓는다", "ko"),
        ("Der Konzern wird das Werk nicht vor dem Jahr 2028 eröffnen", "de"),
        ("De fabriek gaat niet voor 2028 open, zegt het bedrijf", "nl"),
        ("The company will not open the plant before 2028", "en"),
        ("El presidente de la empresa anuncia en Lima que no habrá despidos", "es"),
        ("O presidente da empresa anuncia em Lisboa que não haverá demissões", "pt"),
        ("Il presidente della società annuncia a Torino che non ci saranno tagli", "it"),
        ("Le président annonce que les usines ne seront pas fermées", "fr"),
        ("Trump, Putin, Alaska", "und"),
        ("日経平均、続伸 終値は350円高", "ja"),
        ("2028", "und"),
    ],
)
def test_the_language_of_an_untagged_text_is_guessed(text: str, language: str) -> None:
    assert guess_language(text) == language


def test_a_tag_takes_precedence_over_a_guess() -> None:
    blocks = (Block("paragraph", "Der Konzern wird das Werk nicht vor dem Jahr 2028 eröffnen"),)
    untagged = Story(id="a", entry="", source="", outlet="", title="", url=None, canonical_url=None, blocks=blocks)
    assert primary_language(untagged) == "de"
    assert primary_language(dataclasses.replace(untagged, language="zh-Hant")) == "zh"


def test_a_count_and_a_scale_are_two_words() -> None:
    """`I am` does not contain `a m`illion."""
    assert figures("I am the one billed for half a million", "en") == {"amount 5e+05": "half a million"}


def test_a_function_word_is_one_only_in_its_own_language() -> None:
    """`die` and `war` are content words in English and function words in German."""
    assert {"die", "war", "hat"} <= function_words("de")
    assert not {"die", "war", "hat"} & function_words("en")
    assert {"die", "the", "los"} <= function_words("cs")


def test_a_latin_name_ends_where_another_script_begins() -> None:
    blocks = (Block("paragraph", "据悉Kumori机器人获Teksta投资"),)
    story = Story(id="a", entry="", source="", outlet="", title="", url=None, canonical_url=None, blocks=blocks)
    signs = read_signs(story, "zh", default_aliases())
    assert {("name", "kumori"), ("name", "teksta")} <= signs.keys()


def test_features_are_the_same_in_every_process() -> None:
    code = (
        "import hashlib; from pipeline.records import Story; from pipeline.stages.dedupe import extract_features;"
        "title = 'Kumori and Halberd join Nvidia, Orbis, Tessera, Quill, Marlow, Vantage: 輝達 21 May 3.5bn';"
        "story = Story(id='a', entry='', source='', outlet='', title=title, url=None, canonical_url=None);"
        "print(hashlib.sha256(extract_features(story).data).hexdigest());"
        "from pipeline.stages.dedupe.features import _score, BY_LANGUAGE;"
        "print([_score(set(words), name) for name in BY_LANGUAGE for words in map(list, BY_LANGUAGE.values())])"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1


@pytest.mark.parametrize(
    ("language", "text"), [("es", "sube un 8 por ciento"), ("pt", "cai 8 por cento"), ("fr", "perd 8 pour cent")]
)
def test_a_percentage_in_words_is_a_percentage(language: str, text: str) -> None:
    assert figures(text, language).keys() == {"percent 8"}
