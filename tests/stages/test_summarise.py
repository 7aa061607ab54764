"""Sentences, summaries and cut lines, through the stage's public names."""

from pipeline.records import Block, Story
from pipeline.stages.summarise import display_width, shorten, split_sentences, summarise


def story(*blocks: Block | str, title: str = "", language: str = "en", standfirst: str = "") -> Story:
    """A story of blocks, a string being a paragraph."""
    made = tuple(Block("paragraph", block) if isinstance(block, str) else block for block in blocks)
    return Story(
        id="s1",
        entry="e1",
        source="s",
        outlet="o",
        title=title,
        url=None,
        canonical_url=None,
        blocks=made,
        language=language,
        standfirst=standfirst,
    )


def test_german_ordinals_and_abbreviations_end_no_sentence() -> None:
    """A date, a doctor and 'z. B.' are inside their sentence."""
    text = "Am 3. Oktober kam Dr. Adler z. B. nach Bonn. Er sagte: „Das ist gut. Wir bleiben.“ Danach ging er."
    assert split_sentences(text, "de") == [
        "Am 3. Oktober kam Dr. Adler z. B. nach Bonn.",
        "Er sagte: „Das ist gut. Wir bleiben.“",
        "Danach ging er.",
    ]


def test_a_heading_and_a_line_that_announces_a_list_are_no_summary() -> None:
    """Summaries are made of whole sentences of the story's prose."""
    made = summarise(story(Block("heading", "What changed"), "The plant closed in May.", "Three things went wrong:"))
    assert made == ("The plant closed in May.",)


def test_lines_are_cut_between_words_within_the_width() -> None:
    """The width is counted in columns, the ellipsis in it."""
    line = shorten("The ferry operator switches to hydrogen", 24)
    assert line == "The ferry operator…"
    assert display_width(line) <= 24
