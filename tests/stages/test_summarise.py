"""Summaries of stories, through the stage's public names."""

from dataclasses import replace

import pytest

from pipeline.records import Block
from pipeline.stages.summarise import summarise
from pipeline.text.width import display_width
from tests.factories import story

LONG = (
    "The harbour has waited for this day since the old cranes were sold, and nobody quite believed that it would come."
)


def numbered(count: int) -> list[str]:
    """Paragraphs of two sentences each."""
    return [f"Crane {n} was sold in May to a yard up the river. It left the harbour on a barge." for n in range(count)]


def test_a_normal_story_gives_a_few_paragraphs_within_the_length() -> None:
    """Two to four, the first sentences first, all of them whole."""
    made = summarise(story("s1", *numbered(20)), paragraphs=3, length=400)
    assert 2 <= len(made) <= 3
    assert sum(map(display_width, made)) <= 400
    assert made[0].startswith("Crane 0 was sold")
    assert all(paragraph.endswith(".") for paragraph in made)


@pytest.mark.parametrize("paragraphs", [1, 2, 4])
def test_there_are_never_more_paragraphs_than_asked_for(paragraphs: int) -> None:
    """And as many as asked for where the text suffices."""
    assert len(summarise(story("s1", *numbered(20)), paragraphs=paragraphs, length=600)) == paragraphs


def test_the_standfirst_comes_first_and_stands_alone() -> None:
    """It says what the story is, and often has no full stop."""
    made = summarise(story("s1", "The cranes were sold.", standfirst="A harbour without cranes"))
    assert made == ("A harbour without cranes", "The cranes were sold.")


def test_a_standfirst_that_repeats_the_headline_is_left_out() -> None:
    """Whatever its punctuation and capitals."""
    made = summarise(
        story("s1", "The cranes were sold.", title="A harbour without cranes", standfirst="A Harbour, Without Cranes.")
    )
    assert made == ("The cranes were sold.",)


def test_nothing_is_said_twice() -> None:
    """A standfirst is often the first sentence too, and a first sentence the headline."""
    made = summarise(
        story(
            "s1",
            "Cranes sold",
            "The cranes were sold.",
            "They left.",
            title="Cranes sold",
            standfirst="The cranes were sold.",
        )
    )
    assert made == ("The cranes were sold.", "They left.")


def test_headings_key_points_captions_and_code_are_no_summary() -> None:
    """Only prose carries a story."""
    blocks = (
        Block("heading", "What happened?"),
        Block("paragraph", "Photo: The Harbour Post"),
        Block("code", "cranes = 0."),
        Block("item", "Three cranes were sold."),
        Block("paragraph", "The cranes were sold."),
        Block("paragraph", "The yard paid in advance."),
    )
    changed = replace(story("s1", *blocks), key_points=("The yard paid in advance",))
    assert summarise(changed) == ("The cranes were sold.",)


def test_a_story_that_is_only_a_list_is_summarised_by_its_items() -> None:
    """Better than nothing."""
    made = summarise(
        story(
            "s1", Block("heading", "This week"), Block("item", "Three cranes were sold."), Block("item", "One stays.")
        )
    )
    assert made == ("Three cranes were sold. One stays.",)


@pytest.mark.parametrize(
    ("text", "language"), [("Three went wrong:", "en"), ("有三個問題：", "zh-Hant"), ("Es gab drei Gründe:", "de")]
)
def test_no_paragraph_ends_in_a_colon(text: str, language: str) -> None:
    """What it announces is not there."""
    made = summarise(
        story("s1", "First." if language != "zh-Hant" else "第一句。", text, Block("item", "One"), language=language)
    )
    assert made
    assert not any(paragraph.endswith((":", "：")) for paragraph in made)


def test_a_quotation_stays_whole_or_away() -> None:
    """Half a quotation is another one."""
    words = (
        "We waited. We waited longer. Then we sold them, one by one, to the yard up the river, and nobody said a word."
    )
    quote = Block("quote", words)
    assert summarise(story("s1", "The cranes were sold.", quote, "The yard paid well."), length=300) == (
        "The cranes were sold.",
        words,
        "The yard paid well.",
    )
    assert summarise(story("s1", "The cranes were sold.", quote, "The yard paid well."), length=60) == (
        "The cranes were sold.",
        "The yard paid well.",
    )
    inside = summarise(story("s1", f"The harbour master said: “{words}” He left.", language="en"), length=60)
    assert all(paragraph.count("“") == paragraph.count("”") for paragraph in inside)


def test_blocks_in_another_language_are_left_out() -> None:
    """A summary is in the story's language."""
    foreign = Block("paragraph", "Die Kräne sind verkauft.", language="de")
    assert summarise(story("s1", foreign, "The cranes were sold.")) == ("The cranes were sold.",)


def test_a_story_cut_off_at_its_source_ends_with_its_last_whole_sentence() -> None:
    """The half sentence before the ellipsis is not shown, unless there is no other."""
    cut = "The cranes were sold. They left the harb…"
    changed = replace(story("s1", cut), truncated=True)
    assert summarise(changed) == ("The cranes were sold.",)


def test_a_single_sentence_longer_than_the_length_is_cut_between_words() -> None:
    """There is nothing shorter to show."""
    (made,) = summarise(story("s1", LONG), length=50)
    assert display_width(made) <= 50
    assert made == "The harbour has waited for this day since the old…"


def test_a_sentence_that_does_not_fit_is_passed_over_while_the_summary_is_short() -> None:
    """The next block's first sentence may."""
    assert summarise(story("s1", "The cranes were sold.", LONG, "The yard paid well."), length=60) == (
        "The cranes were sold.",
        "The yard paid well.",
    )


def test_a_story_without_text_has_no_summary() -> None:
    """Not even an empty one."""
    assert summarise(story(blocks=())) == ()
    assert summarise(story("s1", Block("heading", "Cranes"), title="Cranes sold")) == ()


def test_chinese_and_japanese_count_two_columns_and_take_no_space_between_sentences() -> None:
    """Half as many characters for the same length."""
    text = "起重機上個月全部賣給了河邊的船廠。買主已經付清全部款項。" * 10
    made = summarise(story("s1", text, language="zh-Hant"), length=120)
    assert 0 < sum(map(display_width, made)) <= 120
    assert not any(" " in paragraph for paragraph in made)
    assert summarise(story("s1", "クレーンは売れた。", "港は静かだ。", language="ja")) == (
        "クレーンは売れた。港は静かだ。",
    )


def test_thai_is_cut_at_spaces_and_nowhere_else() -> None:
    """It has no full stops: sentences end at a space."""
    text = "ท่าเรือขายเครนทั้งหมดให้อู่ต่อเรือริมแม่น้ำเมื่อเดือนที่แล้ว อย่างไรก็ตาม ผู้ซื้อยังไม่ได้จ่ายเงินครบ"
    (made,) = summarise(story("s1", text, language="th"), length=70)
    assert made == "ท่าเรือขายเครนทั้งหมดให้อู่ต่อเรือริมแม่น้ำเมื่อเดือนที่แล้ว"


def test_a_wires_dateline_is_no_part_of_the_summary() -> None:
    """Place, date and agency before the first dash go; a dash inside the first sentence stays."""
    for dateline in ("BATU KAWAN — ", "HANOI, Nov 17 – ", "OLONGAPO (Fernost-Dienst) — "):
        summary = summarise(story("s1", f"{dateline}The order is for panels of glass. It is the largest so far."))
        assert summary[0].startswith("The order is for panels")
    kept = summarise(story("s1", "Nothing — not even the price — was said about the order for panels."))
    assert kept[0].startswith("Nothing — not even")


def test_a_summary_does_not_lean_on_what_it_leaves_out() -> None:
    """A pronoun or a surname whose sentence did not fit ends the summary, or moves its beginning."""
    long = f"Mayor Ada Quist, who sold the cranes and {'much else that stood on the quay ' * 6}, left on Monday."
    for leaning in ("She keeps one.", "This was the last one.", "Quist keeps one."):
        assert summarise(story("s1", "The cranes were sold.", long, leaning), length=80) == ("The cranes were sold.",)
    assert summarise(story("s1", long, "She keeps one.", "The yard paid well."), length=80) == ("The yard paid well.",)


def test_notes_on_the_text_are_left_out() -> None:
    """Updates, offers and announcements tell no news, in any of the letter's languages."""
    for note in ("This article was updated at noon.", "Lesen Sie den Liveblog.", "Cet article a été corrigé."):
        assert summarise(story("s1", note, "The cranes were sold.")) == ("The cranes were sold.",)


def test_a_scene_gives_way_to_the_news() -> None:
    """Where a later paragraph has the words of the title and can stand alone, the summary starts there."""
    made = story(
        "s1",
        "Fog lay on the water.",
        "The harbour sold both cranes to a yard up the river on Monday.",
        title="Harbour sells its cranes to a yard",
    )
    assert summarise(made) == ("The harbour sold both cranes to a yard up the river on Monday.",)
    leaning = replace(made, blocks=(made.blocks[0], Block("paragraph", "It sold the harbour's cranes to a yard.")))
    assert summarise(leaning)[0].startswith("Fog lay on the water.")


def test_a_quotation_keeps_its_speaker() -> None:
    """The sentence after a quotation says whose it is; both stand or neither does."""
    quoted = "“It is over and nobody will miss them.” Quist said that she keeps the smallest crane."
    assert summarise(story("s1", "The cranes were sold.", quoted), length=120) == ("The cranes were sold.", quoted)
    assert summarise(story("s1", "The cranes were sold.", quoted), length=70) == ("The cranes were sold.",)
