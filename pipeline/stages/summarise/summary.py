"""The first sentences that carry a story, as a few short paragraphs."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from pipeline.records import Block, Story
from pipeline.stages.summarise.sentences import split_sentences
from pipeline.stages.summarise.shorten import display_width, shorten

_QUOTATIONS = (("“", "”"), ("„", "“"), ("«", "»"), ("»", "«"), ("「", "」"), ("『", "』"))
_LEADING = " ,，:：、"
_UNSPACED = frozenset({"zh", "ja", "yue"})
_ENDS = tuple(".!?…。！？．؟。।॥။។։۔፧።")
_CLOSING = "”“\"'’‘」』）)»«›‹】》〉]*"
_FEWEST = 2  # paragraphs below which a long sentence does not end the summary
_COLONS = (":", "：", "︰", "፦")
_NO_FULL_STOP = frozenset({"th", "lo", "km", "bo", "my"})


# Where and when a wire wrote: "HANOI, Nov 17 –", "BATU KAWAN (Reuters) —". A place in capitals, then a dash.
_DATELINE = re.compile(
    r"^[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’. -]{2,30}(?:[,/] ?[^—–]{2,25}?)?(?: \([^()]{2,24}\))? ?[—–] ?(?=[\"“„»«]?[A-ZÀ-ÖØ-Þ\d])"
)


def summarise(story: Story, *, paragraphs: int = 3, length: int = 600) -> tuple[str, ...]:
    """The story's first sentences as plain text: at most `paragraphs` paragraphs of `length` columns in all.

    Empty for a story without text. Columns count as in a fixed grid: a CJK character is two.
    """
    sentences = list(_carrying(story))
    if not sentences:
        return ()
    made = _filled(sentences, paragraphs, length, _base(story.language))
    return made or (_cut(sentences[0][1], length),)


def _carrying(story: Story) -> Iterator[tuple[int, str]]:
    """Each sentence worth carrying, with the number of its block; the standfirst's is -1, and a quotation is one."""
    said = {_bare(story.title), *map(_bare, story.key_points), ""}
    for number, text, whole in _texts(story, frozenset(said)):
        for sentence in [text] if whole else split_sentences(text, story.language):
            if _bare(sentence) not in said and not _opens_a_list(sentence):
                said.add(_bare(sentence))
                yield number, sentence


def _texts(story: Story, said: frozenset[str]) -> Iterator[tuple[int, str, bool]]:
    """The standfirst and the blocks that are prose: number, text, whether it stays in one piece."""
    if _bare(story.standfirst) not in said:
        yield -1, story.standfirst, False
    prose = [block for block in story.blocks if block.kind in ("paragraph", "quote")]
    items = [block for block in story.blocks if block.kind == "item"]
    chosen = [block for block in prose if _is_prose(block, story)] or items or prose
    for number, block in enumerate(chosen):
        if _bare(block.text) not in said:
            cut_off = story.truncated and number == len(chosen) - 1
            text = _without_the_rest(block.text, story) if cut_off else block.text
            yield number, _DATELINE.sub("", text) if number == 0 else text, block.kind == "quote"


def _is_prose(block: Block, story: Story) -> bool:
    """Whether a paragraph is running text of the story, not a caption, a byline or another language."""
    if block.language not in (None, story.language):
        return False
    return _ends_a_sentence(block.text) or _base(story.language) in _NO_FULL_STOP or display_width(block.text) >= 120


def _without_the_rest(text: str, story: Story) -> str:
    """A text cut off at its source, without the sentence it broke off in, where others are left."""
    sentences = split_sentences(text, story.language)
    if len(sentences) > 1 and (sentences[-1].endswith(("…", "...")) or not _ends_a_sentence(sentences[-1])):
        return "\n".join(sentences[:-1])
    return text


def _filled(sentences: Sequence[tuple[int, str]], paragraphs: int, length: int, base: str) -> tuple[str, ...]:
    """Sentences as paragraphs of about equal size; one that is too long is passed over with the rest of its block."""
    share = max(1, length // paragraphs)
    made: list[str] = []
    used, block, passed = 0, -2, -2
    for number, sentence in sentences:
        if number == passed:
            continue
        room = length - used
        if display_width(sentence) > room:
            if len(made) >= _FEWEST:
                break
            passed = number
            continue
        joined = made[-1] + _between(made[-1], base) + sentence if made else ""
        if not made or _parts(made[-1], joined, share, block, number):
            if len(made) == paragraphs:
                break
            made.append(sentence)
        else:
            made[-1] = joined
        used, block = sum(map(display_width, made)), number
    return tuple(made)


def _cut(sentence: str, length: int) -> str:
    """A sentence longer than the whole summary: cut between words, before a quotation rather than in it."""
    cut = shorten(sentence, length)
    kept = cut.rstrip("…")
    for opener, closer in _QUOTATIONS[1:] if "„" in kept else _QUOTATIONS:
        before = kept[: kept.rfind(opener)].rstrip(_LEADING)
        if kept.count(opener) > kept.count(closer) and before:
            return before + cut[len(kept) :]
    return cut


def _parts(before: str, joined: str, share: int, block: int, number: int) -> bool:
    """Whether a sentence opens a paragraph: the one before is full, a standfirst, or of another block and not short."""
    if block == -1 != number or not _ends_a_sentence(before):
        return True
    return display_width(joined) > share * 1.25 or (number != block and display_width(before) * 2 >= share)


def _between(before: str, base: str) -> str:
    return "" if base in _UNSPACED and not before[-1:].isascii() else " "


def _opens_a_list(sentence: str) -> bool:
    return sentence.rstrip(_CLOSING + " ").endswith(_COLONS)


def _ends_a_sentence(text: str) -> bool:
    return text.rstrip(_CLOSING + " ").endswith(_ENDS)


def _base(language: str) -> str:
    return language.partition("-")[0]


def _bare(text: str) -> str:
    """Letters and digits alone, for comparing."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))
