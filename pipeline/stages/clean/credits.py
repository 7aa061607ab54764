"""Tell credits and prompts apart from the prose that they are attached to or that begins as they do."""

import re
from collections.abc import Sequence

from pipeline.stages.clean.lines import Line
from pipeline.stages.clean.residue import Residue
from pipeline.stages.clean.text import count_words
from pipeline.text.sentences import ends_sentence

# A sentence, or its beginning, and a bracket at the very end of the paragraph.
_BRACKETED = re.compile(
    r"(?P<text>.*[.!?。！？…」』”\"])\s*(?P<credit>[(（\[【〔][^()（）\[\]【】〔〕]{2,60}[)）\]】〕])[.。]?\s*"
)
_CREDIT_RULES = ("credit", "reporting", "copyright")
_LEAST_TEXT = 6  # words before the bracket; with fewer, the line is a caption
_LEAST_PROSE = 8  # words of a paragraph beside a sentence
_FULL_STOPS = (".", "。", "؟", "।", "．")
# "… the lawyer advised.": a comma and a few words, or a narrative ending, close what somebody said or did.
_TOLD = re.compile(
    r"(?:,|，|、)\s*(?:[^\s,.!?]+\s+){1,4}[^\s,.!?]+\.$|[，,][^，。]{1,8}(?:说|說|道|表示|指出|写道|寫道)。$|(?:た|ていた|という|と(?:話|語|述べ|言)\S{1,6})。$"
)
# Sentences that begin as these rules' lines do are common in prose; other rules' patterns leave no doubt.
_DOUBTFUL = frozenset({"related", "share", "credit", "reporting", "label", "player"})
_ADDRESS = re.compile(r"https?:|www\.|@|[\w-]+\.(?:com|org|net|de|fr|nl|jp|cn)\b|[:：→»]")


def cut_credit(line: Line, residue: Residue) -> tuple[str, str] | None:
    """Return a paragraph's text and the credit in brackets at its end, or None where there is none."""
    if line.kind not in {"paragraph", "quote"} or not (found := _BRACKETED.fullmatch(line.text)):
        return None
    text, credit = found["text"], found["credit"]
    return (text, credit) if count_words(text) >= _LEAST_TEXT and residue.find(credit, _CREDIT_RULES) else None


def is_sentence_of_story(lines: Sequence[Line], index: int, rule: str) -> bool:
    """Whether a line that a residue pattern matches is a sentence of the story.

    It is where it reports what somebody said or did, or where it is a plain sentence between two paragraphs of prose.
    """
    line = lines[index]
    text = line.text.rstrip('"”»」』）)')
    if line.kind != "paragraph" or line.linked or not text.endswith(_FULL_STOPS) or _ADDRESS.search(text):
        return False
    between = 0 < index < len(lines) - 1 and _is_prose(lines[index - 1]) and _is_prose(lines[index + 1])
    if not between:
        return False
    return rule in _DOUBTFUL or (rule == "signup" and _TOLD.search(text) is not None)


def _is_prose(line: Line) -> bool:
    return not line.linked and count_words(line.text) >= _LEAST_PROSE and ends_sentence(line.text)
