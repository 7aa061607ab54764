"""Titles for stories that have none: their first words."""

import re

from pipeline.records import UNKNOWN_LANGUAGE, Story
from pipeline.text.normalise import one_line
from pipeline.text.sentences import split_sentences
from pipeline.text.shorten import shorten
from pipeline.text.width import display_width

TITLE_WIDTH = 90  # columns: a longer first sentence is shortened
SHORTEST_WIDTH = 20  # columns: a shorter first sentence takes the next one along
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")


def has_words(text: str) -> bool:
    """Whether a text has a letter or a digit."""
    return any(map(str.isalnum, text))


def first_words(story: Story) -> str:
    """The first sentences of the story's text as a title, without addresses; empty where it has no words."""
    texts = (one_line(_ADDRESS.sub("", text)) for text in (story.standfirst, *(block.text for block in story.blocks)))
    text = next(filter(has_words, texts), "").strip()[: TITLE_WIDTH * 10]
    end = 0
    for sentence in split_sentences(text, story.declared_language or UNKNOWN_LANGUAGE):
        end = text.find(sentence, end) + len(sentence)
        if display_width(text[:end]) >= SHORTEST_WIDTH:
            break
    return shorten(text[:end], TITLE_WIDTH)
