"""A story in short: its first sentences as a few paragraphs."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.records import Block, Story
from pipeline.stages.summarise.leaning import names_unseen, points_back
from pipeline.stages.summarise.notes import is_note, without_blanks, without_dateline
from pipeline.text.languages import primary_language
from pipeline.text.likeness import repeats, share, units
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
_OPENING = 6  # blocks in which the news is looked for
_SCENE = 0.2  # of the title's words: a block with no more of them sets the scene …
_NEWS = 0.4  # … and one with that many tells the news
_LEAST_SHARED = 2  # words


def summarise(story: Story, *, paragraphs: int = 3, length: int = 600) -> tuple[str, ...]:
    """The first sentences of the story as plain text, in at most `paragraphs` paragraphs of `length` columns in all.

    Empty for a story without text. A CJK character takes two columns.
    """
    sentences = list(_usable_sentences(story))
    if not sentences:
        return ()
    opened = _open_with_news(sentences, story)
    summary = _fill_paragraphs(opened, paragraphs, length, story)
    first = next((each for each in opened if each.is_usable), opened[0])
    return summary or (_cut_sentence(first.text, length),)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence or a quotation, with the number of its block. One that is not usable is left out."""

    block: int
    text: str
    is_usable: bool = True


def _usable_sentences(story: Story) -> Iterator[_Sentence]:
    """Yield the story's sentences in order, among them those that are left out because of what they say.

    A quotation counts as one sentence, and one without its speaker as a part of the sentence after it.
    """
    seen = {fold(story.title), *map(fold, story.key_points), ""}
    before = [story.title]
    for number, text, is_quote in _usable_texts(story, frozenset(seen)):
        for sentence in [text] if is_quote else _with_speakers(split_sentences(text, story.language)):
            if fold(sentence) in seen or _announces_list(sentence):
                continue
            seen.add(fold(sentence))
            usable = not is_note(sentence) and not any(repeats(sentence, other) for other in before)
            if usable:
                before.append(sentence)
            yield _Sentence(number, sentence, usable)


def _with_speakers(sentences: Sequence[str]) -> Iterator[str]:
    """Join sentences that are quotations with the ones after them, which say whose they are."""
    quoted = ""
    for sentence in sentences:
        whole = f"{quoted} {sentence}".strip()
        if _is_quotation(sentence) and sentence is not sentences[-1]:
            quoted = whole
        else:
            yield whole
            quoted = ""


def _is_quotation(sentence: str) -> bool:
    ends = sentence.rstrip(".,;!? ")
    return any(
        ends.startswith(opener) and ends.endswith(closer) and ends.count(closer) <= 1 + (opener == closer)
        for opener, closer in (*_QUOTATION_MARKS, ('"', '"'))
    )


def _open_with_news(sentences: Sequence[_Sentence], story: Story) -> Sequence[_Sentence]:
    """Leave out the scene at the beginning where a later block has the words of the title and can stand alone."""
    if sentences[0].block == _STANDFIRST:
        return sentences
    blocks = list(dict.fromkeys(each.block for each in sentences))[:_OPENING]
    texts = {block: " ".join(each.text for each in sentences if each.block == block) for block in blocks}
    if share(texts[blocks[0]], story.title) > _SCENE:
        return sentences
    for at, block in enumerate(blocks[1:], start=1):
        first = next(each for each in sentences if each.block == block)
        has_news = (
            share(texts[block], story.title) >= _NEWS and len(units(texts[block]) & units(story.title)) >= _LEAST_SHARED
        )
        before = [texts[earlier] for earlier in blocks[:at]]
        if has_news and first.is_usable and not _leans(first.text, before, story.title, story.language):
            return [each if each.block not in blocks[:at] else replace(each, is_usable=False) for each in sentences]
    return sentences


def _leans(sentence: str, unseen: Sequence[str], seen: str, language: str) -> bool:
    return points_back(sentence, language) or names_unseen(sentence, unseen, seen)


def _usable_texts(story: Story, seen: frozenset[str]) -> Iterator[tuple[int, str, bool]]:
    """The standfirst and the blocks of prose: number, text, whether it is a quotation."""
    language = primary_language(story.language)
    if fold(story.standfirst) not in seen and not _only_asks(story.standfirst):
        yield _STANDFIRST, without_dateline(without_blanks(story.standfirst, language)), False
    prose = [block for block in story.blocks if block.kind in ("paragraph", "quote")]
    items = [block for block in story.blocks if block.kind == "item"]
    usable = [block for block in prose if _is_prose(block, story)] or items or prose
    for number, block in enumerate(usable):
        if fold(block.text) not in seen:
            is_cut_off = story.truncated and number == len(usable) - 1
            text = _without_half_sentence(block.text, story) if is_cut_off else block.text
            text = without_blanks(text, language)
            yield number, without_dateline(text) if number == 0 else text, block.kind == "quote"


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


def _fill_paragraphs(sentences: Sequence[_Sentence], paragraphs: int, length: int, story: Story) -> tuple[str, ...]:
    """Paragraphs of about equal size. A sentence that is too long is left out with the rest of its block.

    No sentence follows that leans on one that is left out: the summary ends before it, or begins after it.
    """
    share_of_length = max(1, length // paragraphs)
    language = primary_language(story.language)
    filled: list[str] = []
    unseen: list[str] = []
    used = 0
    block: int | None = None
    skipped: int | None = None
    follows_gap = False
    for each in sentences:
        if each.block == skipped or not each.is_usable:
            unseen.append(each.text)
            follows_gap = True
            continue
        seen = " ".join((story.title, *filled))
        if follows_gap and _leans(each.text, unseen, seen, story.language):
            if filled:
                break
            unseen.append(each.text)
            continue
        if display_width(each.text) > length - used:
            if len(filled) >= _FEWEST:
                break
            skipped, follows_gap = each.block, True
            unseen.append(each.text)
            continue
        follows_gap = False
        joined = filled[-1] + _separator(filled[-1], language) + each.text if filled else ""
        if not filled or _opens_paragraph(filled[-1], joined, share_of_length, block, each.block):
            if len(filled) == paragraphs:
                break
            filled.append(each.text)
        else:
            filled[-1] = joined
        used, block = sum(map(display_width, filled)), each.block
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


def _only_asks(standfirst: str) -> bool:
    """Whether the standfirst is a question, which tells nothing."""
    return (
        standfirst.rstrip(CLOSERS + " ").endswith(("?", "？", "؟")) and len(re.findall(r"[.!?。！？]", standfirst)) == 1
    )
