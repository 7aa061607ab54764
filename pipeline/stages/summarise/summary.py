"""The first sentences that carry a story, as a few short paragraphs."""

import unicodedata
from collections.abc import Iterator

from pipeline.records import Block, Story
from pipeline.stages.summarise.sentences import split_sentences
from pipeline.stages.summarise.shorten import display_width, shorten

_UNSPACED = frozenset({"zh", "ja", "yue"})
_ENDS = tuple(".!?…。！？．؟。।॥။។։۔፧።")
_CLOSING = "”“\"'’‘」』）)»«›‹】》〉]*"
_COLONS = (":", "：", "︰", "፦")
_NO_FULL_STOP = frozenset({"th", "lo", "km", "bo", "my"})


def summarise(story: Story, *, paragraphs: int = 3, length: int = 600) -> tuple[str, ...]:
    """The story's first sentences as plain text: at most `paragraphs` paragraphs of `length` columns in all.

    Empty for a story without text. Columns count as in a fixed grid: a CJK character is two.
    """
    sentences = list(_carrying(story))
    if not sentences:
        return ()
    made = _filled(sentences, paragraphs, length, _base(story.language))
    return made or (shorten(sentences[0][1], length),)


def _carrying(story: Story) -> Iterator[tuple[int, str]]:
    """Each sentence worth carrying, with the number of its block."""
    said = {_bare(story.title), *map(_bare, story.key_points), ""}
    for number, text in enumerate(_texts(story, said)):
        for sentence in split_sentences(text, story.language):
            if _bare(sentence) not in said and not _opens_a_list(sentence):
                said.add(_bare(sentence))
                yield number, sentence


def _texts(story: Story, said: set[str]) -> Iterator[str]:
    if _bare(story.standfirst) not in said:
        yield story.standfirst
    prose = [block for block in story.blocks if block.kind in ("paragraph", "quote")]
    chosen = (
        [block for block in prose if _is_prose(block, story)]
        or [block for block in story.blocks if block.kind == "item"]
        or prose
    )
    last = len(chosen) - 1
    for place, block in enumerate(chosen):
        if _bare(block.text) not in said:
            yield _whole(block.text, story) if story.truncated and place == last else block.text


def _is_prose(block: Block, story: Story) -> bool:
    """Whether a paragraph is running text of the story, not a caption, a byline or another language."""
    if block.language not in (None, story.language):
        return False
    return _ends_a_sentence(block.text) or _base(story.language) in _NO_FULL_STOP or display_width(block.text) >= 120


def _whole(text: str, story: Story) -> str:
    """A text cut off at its source, without the sentence it broke off in, where others are left."""
    sentences = split_sentences(text, story.language)
    if len(sentences) > 1 and (sentences[-1].endswith(("…", "...")) or not _ends_a_sentence(sentences[-1])):
        return "\n".join(sentences[:-1])
    return text


def _filled(sentences: list[tuple[int, str]], paragraphs: int, length: int, base: str) -> tuple[str, ...]:
    space = "" if base in _UNSPACED else " "
    share = max(1, length // paragraphs)
    made: list[str] = []
    block, used = -1, 0
    for number, sentence in sentences:
        width = display_width(sentence)
        if used + width > length:
            break
        current = display_width(made[-1]) if made else 0
        new = not made or current + width > share * 1.25 or (number != block and current * 2 >= share)
        if new and len(made) == paragraphs:
            break
        if new:
            made.append(sentence)
        else:
            made[-1] += _between(made[-1], space) + sentence
        block, used = number, used + width
    return tuple(made)


def _between(before: str, space: str) -> str:
    return space or (" " if before[-1:].isascii() else "")


def _opens_a_list(sentence: str) -> bool:
    return sentence.rstrip(_CLOSING + " ").endswith(_COLONS)


def _ends_a_sentence(text: str) -> bool:
    return text.rstrip(_CLOSING + " ").endswith(_ENDS)


def _base(language: str) -> str:
    return language.partition("-")[0]


def _bare(text: str) -> str:
    """Letters and digits alone, for comparing."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))
