"""A Simplified story in a Traditional edition is set in Traditional, and its original is kept."""

from dataclasses import replace
from datetime import date

from pipeline.edges.templates import load_templates
from pipeline.records import Edits, Event, Issue, Original, Picture, Slot, StoryEdit, Tally, Theme
from pipeline.stages.render import render_issue
from pipeline.stages.select import Material, compose_issue, convert_material, picture_alt
from tests.factories import days_ago, story
from tests.stages.test_select_compose import WORDS

HANS = story(
    "hans",
    title="“海葵”登陆台湾",
    language="zh-Hans",
    outlet="海港报",
    authors=("余静",),
    url="https://harbour.example/hans",
    picture=Picture("https://harbour.example/a.jpg", alt="一艘货轮"),
)
READ = story("read", title="发现恐龙", language="zh-Hans", outlet="海港报", url="https://harbour.example/read")
OTHER = story("other", title="A pier", language="en", url="https://harbour.example/other")
STORIES = {each.id: each for each in (HANS, READ, OTHER)}
MATERIAL = Material(
    stories=STORIES,
    events={f"v-{name}": Event(f"v-{name}", name, (name,)) for name in STORIES},
    summaries={"hans": ("余静报道，台风登陆时风速为162公里。",), "other": ("A pier was built.",)},
)
SLOTS = (
    Slot("hans", "v-hans", "features", 0.9),
    Slot("other", "v-other", "features", 0.8),
    Slot("read", "v-read", "reads", 0.3),
)


def compose(edits: Edits | None = None, language: str = "zh-Hant") -> Issue:
    """The issue of a Chinese edition."""
    return compose_issue(
        SLOTS,
        key="2026-W47",
        number=12,
        edition="weekly",
        on=date(2026, 11, 20),
        words=replace(WORDS, language=language),
        material=convert_material(MATERIAL, STORIES, language, {"海葵": "海葵"}),
        edits=edits or Edits(),
        tally=Tally(40, 9, 4, 6, 8, 9),
        shorten=lambda text, _: text,
    )


def test_titles_and_summaries_are_converted_and_the_original_is_kept() -> None:
    """The words stay; authors keep their names, and other languages are left alone."""
    issue = compose()
    lead, other = issue.features
    assert (lead.headline, lead.language) == ("「海葵」登陸臺灣", "zh-Hant")
    assert lead.paragraphs == ("余静報道，颱風登陸時風速為162公里。",)
    assert (lead.outlet, lead.authors) == ("海港报", ("余静",))
    assert lead.original == Original("zh-Hans", HANS.title, MATERIAL.summaries["hans"])
    assert (other.headline, other.language, other.original) == ("A pier", "en", None)
    assert (issue.reads[0].title, issue.reads[0].original) == ("發現恐龍", Original("zh-Hans", "发现恐龙"))


def test_a_converted_headline_can_be_the_subject() -> None:
    """It is in the edition's language now."""
    assert compose().subject == "「海葵」登陸臺灣"


def test_the_text_of_a_picture_is_converted_with_its_story() -> None:
    """It stands in the same letter."""
    converted = convert_material(MATERIAL, STORIES, "zh-Hant-HK", {})
    assert picture_alt(converted.stories["hans"]) == "一艘貨輪"
    assert converted.stories["hans"].language == "zh-Hant"


def test_what_the_editor_wrote_is_not_converted() -> None:
    """A story whose texts are all the editor's is no conversion."""
    edit = StoryEdit(headline="台风", blurb="我写的。")
    lead = compose(Edits(stories={"hans": edit})).features[0]
    assert (lead.headline, lead.paragraphs, lead.original) == ("台风", ("我写的。",), None)


def test_an_edition_in_the_same_script_converts_nothing() -> None:
    """The material is the one that was given."""
    assert convert_material(MATERIAL, STORIES, "zh-Hans", {}) is MATERIAL
    assert convert_material(MATERIAL, STORIES, "en", {}) is MATERIAL


def test_the_letter_says_that_a_story_was_converted() -> None:
    """HTML and text name the script of the original, for features and reads."""
    email = render_issue(compose(), templates=load_templates(), theme=Theme(), pictures={}, sent_at=days_ago(0))
    assert email.html.count("由簡體中文轉換") == 2
    assert email.text.count("由簡體中文轉換") == 2
