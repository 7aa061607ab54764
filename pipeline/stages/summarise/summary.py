"""A story in short: its first sentences as a few paragraphs."""

import re
from collections.abc import Iterator, Sequence

from pipeline.records import Block, Story
from pipeline.text.languages import primary_language
from pipeline.text.normalise import fold
from pipeline.text.sentences import CLOSERS, ends_sentence, has_full_stops, split_sentences
from pipeline.text.shorten import shorten
from pipeline.text.width import display_width

_QUOTATION_MARKS = (("“", "”"), ("„", "“"), ("«", "»"), ("»", "«"), ("「", "」"), ("『", "』"))
_BEFORE_QUOTATION = " ,，:：、"
_NO_SENTENCE_SPACES = frozenset({"zh", "ja", "yue"})
_COLONS = (":", "：", "︰", "፦")
_FEWEST = 2  # paragraphs; with fewer, a sentence that is too long does not end the summary
_LONG_LINE = 120  # columns from which a line without a full stop counts as prose
_STANDFIRST = -1  # in place of a block's number
# Place, date and agency before the first sentence: "HANOI, Nov 17 –", "BATU KAWAN (Reuters) —".
_DATELINE = re.compile(
    r"^[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’. -]{2,30}(?:[,/] ?[^—–]{2,25}?)?(?: \([^()]{2,24}\))? ?[—–] ?(?=[\"“„»«]?[A-ZÀ-ÖØ-Þ\d])"
)


def summarise(story: Story, *, paragraphs: int = 3, length: int = 600) -> tuple[str, ...]:
    """The first sentences of the story as plain text, in at most `paragraphs` paragraphs of `length` columns in all.

    Empty for a story without text. A CJK character takes two columns.
    """
    sentences = list(_usable_sentences(story))
    if not sentences:
        return ()
    summary = _fill_paragraphs(sentences, paragraphs, length, primary_language(story.language))
    return summary or (_cut_sentence(sentences[0][1], length),)


def _usable_sentences(story: Story) -> Iterator[tuple[int, str]]:
    """The sentences that may be shown, with the numbers of their blocks. A quotation counts as one sentence."""
    seen = {fold(story.title), *map(fold, story.key_points), ""}
    for number, text, is_quote in _usable_texts(story, frozenset(seen)):
        for sentence in [text] if is_quote else split_sentences(text, story.language):
            if fold(sentence) not in seen and not _announces_list(sentence):
                seen.add(fold(sentence))
                yield number, sentence


def _usable_texts(story: Story, seen: frozenset[str]) -> Iterator[tuple[int, str, bool]]:
    """The standfirst and the blocks of prose: number, text, whether it is a quotation."""
    if fold(story.standfirst) not in seen:
        yield _STANDFIRST, story.standfirst, False
    prose = [block for block in story.blocks if block.kind in ("paragraph", "quote")]
    items = [block for block in story.blocks if block.kind == "item"]
    usable = [block for block in prose if _is_prose(block, story)] or items or prose
    for number, block in enumerate(usable):
        if fold(block.text) not in seen:
            is_cut_off = story.truncated and number == len(usable) - 1
            text = _without_half_sentence(block.text, story) if is_cut_off else block.text
            yield number, _DATELINE.sub("", text) if number == 0 else text, block.kind == "quote"


def _is_prose(block: Block, story: Story) -> bool:
    """Whether a paragraph is running text in the story's language, and not a caption or a byline."""
    if block.language not in (None, story.language):
        return False
    if ends_sentence(block.text) or not has_full_stops(story.language):
        return True
    return display_width(block.text) >= _LONG_LINE


def _without_half_sentence(text: str, story: Story) -> str:
    """A text that its source cut off, without its last, broken sentence; unchanged where that is the only one."""
    sentences = split_sentences(text, story.language)
    if len(sentences) > 1 and (sentences[-1].endswith(("…", "...")) or not ends_sentence(sentences[-1])):
        return "\n".join(sentences[:-1])
    return text


def _fill_paragraphs(
    sentences: Sequence[tuple[int, str]], paragraphs: int, length: int, language: str
) -> tuple[str, ...]:
    """Paragraphs of about equal size. A sentence that is too long is left out with the rest of its block."""
    share = max(1, length // paragraphs)
    filled: list[str] = []
    used = 0
    block: int | None = None
    skipped: int | None = None
    for number, sentence in sentences:
        if number == skipped:
            continue
        if display_width(sentence) > length - used:
            if len(filled) >= _FEWEST:
                break
            skipped = number
            continue
        joined = filled[-1] + _separator(filled[-1], language) + sentence if filled else ""
        if not filled or _opens_paragraph(filled[-1], joined, share, block, number):
            if len(filled) == paragraphs:
                break
            filled.append(sentence)
        else:
            filled[-1] = joined
        used, block = sum(map(display_width, filled)), number
    return tuple(filled)


def _opens_paragraph(before: str, joined: str, share: int, block: int | None, number: int) -> bool:
    """Whether a sentence opens a paragraph.

    It does after the standfirst, after a full paragraph, and at the start of a block if the paragraph is not short.
    """
    if block == _STANDFIRST != number or not ends_sentence(before):
        return True
    return display_width(joined) > share * 1.25 or (number != block and display_width(before) * 2 >= share)


def _cut_sentence(sentence: str, length: int) -> str:
    """A sentence longer than the whole summary, cut between words and not inside a quotation."""
    cut = shorten(sentence, length)
    kept = cut.rstrip("…")
    for opener, closer in _QUOTATION_MARKS[1:] if "„" in kept else _QUOTATION_MARKS:
        before = kept[: kept.rfind(opener)].rstrip(_BEFORE_QUOTATION)
        if kept.count(opener) > kept.count(closer) and before:
            return before + cut[len(kept) :]
    return cut


def _separator(before: str, language: str) -> str:
    return "" if language in _NO_SENTENCE_SPACES and not before[-1:].isascii() else " "


def _announces_list(sentence: str) -> bool:
    return sentence.rstrip(CLOSERS + " ").endswith(_COLONS)
