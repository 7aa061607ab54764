"""Tags of texts and stories, through the stage's public names."""

import pickle

import pytest

from pipeline.records import Block, Kept, Story
from pipeline.stages.language import declared, detect, tag_story, tag_text


def story(*texts: str, title: str = "", declared_language: str | None = None) -> Story:
    """A story of paragraphs."""
    blocks = tuple(Block("paragraph", text) for text in texts)
    return Story(
        id="s1",
        entry="e1",
        source="s",
        outlet="o",
        title=title,
        url=None,
        canonical_url=None,
        blocks=blocks,
        declared_language=declared_language,
    )


GERMAN = "Das Werk am Fluss steht still, weil die Zulieferer seit drei Wochen keine Batterien mehr schicken."
ENGLISH = "We have told every customer that the batteries will come before the end of the month, and not a day later."


def test_a_story_is_tagged_by_its_body_and_says_which_layer_decided() -> None:
    """The headline's language does not matter where there is a body."""
    tagged, decisions = tag_story(story(GERMAN, title="The plant by the river"))
    assert tagged.language == "de"
    assert tagged.language_layer
    assert 0.5 < tagged.language_confidence <= 1
    assert [(decision.stage, decision.outcome, decision.story) for decision in decisions] == [("tag", Kept.KEPT, "s1")]


def test_a_quotation_in_another_language_is_marked_and_nothing_else() -> None:
    """Only blocks in another language than the story's carry one."""
    tagged, _ = tag_story(story(GERMAN, ENGLISH, GERMAN))
    assert [block.language for block in tagged.blocks] == [None, "en", None]


def test_a_title_alone_is_enough_for_a_tag() -> None:
    """Without a body the headline decides."""
    tagged, _ = tag_story(story(title="Warum die Fähre zur Insel im Winter nicht mehr fährt"))
    assert tagged.language == "de"


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("zh-TW", "zh-Hant"),
        ("zh_HK", "zh-Hant"),
        ("zh-Hant-TW", "zh-Hant"),
        ("zh-CN", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("zh", "zh"),
        ("en_US", "en"),
        ("EN-gb", "en"),
        ("iw", "he"),
        ("in", "id"),
        ("jp", "ja"),
        ("fil-PH", "tl"),
        ("no", "nb"),
        ("ja, en", "ja"),
        ("English", "en"),
        ("hello", None),
        ("und", None),
        ("x-default", None),
        ("i-default", None),
        ("123", None),
        ("", None),
        (None, None),
    ],
)
def test_declared_tags_are_brought_to_one_form(tag: str | None, expected: str | None) -> None:
    """Regions go, Chinese gets its script, withdrawn codes and country codes are put right, junk is nothing."""
    assert declared(tag) == expected


def test_texts_without_letters_are_und() -> None:
    """langdetect raises on these; the tagger does not."""
    assert {
        tag_text(text) for text in ("", " ", "2024", "12:30 – 14:00", "€ 3,50", "🎉🎉", "https://example.com/a")
    } == {"und"}


def test_a_detection_survives_a_process_boundary() -> None:
    """Workers send it back by pickle."""
    found = detect("Der Zug nach Hamburg hat zwanzig Minuten Verspätung.")
    assert pickle.loads(pickle.dumps(found)) == found
    assert pickle.loads(pickle.dumps(tag_story)) is tag_story
