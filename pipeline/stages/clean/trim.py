"""Remove the lines of a page or document that are not part of the story. Each removal names its rule."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from pipeline.stages.clean.credits import cut_credit, is_sentence_of_story
from pipeline.stages.clean.foreign import foreign_lines
from pipeline.stages.clean.head import head_lines
from pipeline.stages.clean.lines import Line
from pipeline.stages.clean.residue import Residue
from pipeline.stages.clean.text import count_words, is_cut_off, is_punctuated
from pipeline.text.normalise import fold
from pipeline.text.sentences import ends_sentence

# A rule that leaves less than this share of the words has mistaken the story for residue and is undone.
MIN_LEFT = 0.35
_CAPTION_WORDS = 45
_LINK_WORDS = range(6, 31)
_LABEL_WORDS = 8
_SHORT = 12
_END_WORDS = 12
_TAIL_LINKS = 2
_PROSE = 25
_SENTENCES = 3


@dataclass(frozen=True, slots=True)
class Removal:
    """A removed line and the rule that removed it."""

    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class StoryHints:
    """What is known about a story before its lines are trimmed."""

    titles: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    site: str = ""


@dataclass(frozen=True, slots=True)
class Trimmed:
    """The kept lines and the removed ones."""

    lines: tuple[Line, ...]
    removals: tuple[Removal, ...] = field(default=())


_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-][\d:]+)?")
_PLACEHOLDER = re.compile(r"[$%#{\[]{2}\s*[A-Z][A-Z0-9_ -]{1,30}\s*[$%#}\]]{2}")  # for an advertisement, by a template
_SHORTCODE = re.compile(r"\[/?[a-z_]{3,20}(?: [^\]]*)?\].*\[/[a-z_]{3,20}\]|\[/?[a-z_]{3,20} [a-z_]+=[^\]]*\]")

Marks = dict[int, str]
Rule = Callable[[Sequence[Line], StoryHints, Residue, frozenset[str]], Marks]


def trim(lines: Sequence[Line], hints: StoryHints, residue: Residue, learned: frozenset[str] = frozenset()) -> Trimmed:
    """Apply all rules in order, each to the lines that the previous ones left."""
    kept, removals = _cut_credits(lines, residue)
    total = sum(count_words(line.text) for line in lines)
    for rule in _RULES:
        marks = rule(kept, hints, residue, learned)
        if not marks:
            continue
        left = sum(count_words(line.text) for index, line in enumerate(kept) if index not in marks)
        if left < MIN_LEFT * total:
            continue
        removals.extend(Removal(marks[index], kept[index].text) for index in sorted(marks))
        kept = [line for index, line in enumerate(kept) if index not in marks]
    return Trimmed(tuple(kept), tuple(removals))


def _cut_credits(lines: Sequence[Line], residue: Residue) -> tuple[list[Line], list[Removal]]:
    """Cut the credits in brackets off the ends of paragraphs."""
    kept: list[Line] = []
    removals: list[Removal] = []
    for line in lines:
        cut = cut_credit(line, residue)
        if cut:
            removals.append(Removal("credit", cut[1]))
        kept.append(replace(line, text=cut[0]) if cut else line)
    return kept, removals


def _head(lines: Sequence[Line], hints: StoryHints, residue: Residue, learned: frozenset[str]) -> Marks:  # noqa: ARG001
    return head_lines(lines, hints.titles, hints.authors, hints.site, residue)


def _patterns(lines: Sequence[Line], hints: StoryHints, residue: Residue, learned: frozenset[str]) -> Marks:  # noqa: ARG001
    marks: Marks = {}
    for index, line in enumerate(lines):
        if line.kind == "code":
            continue
        rule = residue.find(line.text)
        if (
            not rule
            or is_sentence_of_story(lines, index, rule)
            or _is_prose_with_credit(lines, index, rule)
            or _heads_prose(lines, index, rule)
        ):
            continue
        marks[index] = rule
        if rule == "credit" and (caption := _caption_before(lines, index)) is not None:
            marks.setdefault(caption, "caption")
        if rule in {"related", "share"} and count_words(line.text) <= _LABEL_WORDS:
            marks |= dict.fromkeys(_list_after(lines, index), rule)
    return marks


def _list_after(lines: Sequence[Line], index: int) -> list[int]:
    """The items or linked lines directly under a label such as `Related stories`."""
    end = index + 1
    while end < len(lines) and (lines[end].kind == "item" or lines[end].linked):
        end += 1
    under = range(index + 1, end)
    return list(under) if all(count_words(lines[at].text) <= max(_LINK_WORDS) for at in under) else []


def _is_prose_with_credit(lines: Sequence[Line], index: int, rule: str) -> bool:
    """Whether a long line only mentions a credit, and so is a paragraph."""
    return rule == "credit" and is_punctuated(lines[index].text) and count_words(lines[index].text) > _CAPTION_WORDS


def _heads_prose(lines: Sequence[Line], index: int, rule: str) -> bool:
    """Whether a heading such as `More from the engineers` has prose under it, and so belongs to the story."""
    if rule not in {"related", "share", "label"} or lines[index].kind != "heading" or index + 1 == len(lines):
        return False
    after = lines[index + 1]
    return not after.linked and count_words(after.text) >= _PROSE and ends_sentence(after.text)


def _caption_before(lines: Sequence[Line], index: int) -> int | None:
    """The index of the unpunctuated line directly before a credit, which is its caption."""
    if index == 0:
        return None
    before = lines[index - 1]
    is_caption = before.kind == "paragraph" and not is_punctuated(before.text) and not is_cut_off(before.text)
    return index - 1 if is_caption and 2 <= count_words(before.text) <= _CAPTION_WORDS else None


def _all_link(lines: Sequence[Line], hints: StoryHints, residue: Residue, learned: frozenset[str]) -> Marks:  # noqa: ARG001
    """Remove linked paragraphs, which are teasers. Linked items and headings may belong to the story."""
    return {
        index: "link"
        for index, line in enumerate(lines)
        if line.linked and line.kind == "paragraph" and count_words(line.text) in _LINK_WORDS
    }


def _end(lines: Sequence[Line], hints: StoryHints, residue: Residue, learned: frozenset[str]) -> Marks:  # noqa: ARG001
    """Remove everything from an end marker in the second half on, unless much prose follows it."""
    weights = [count_words(line.text) for line in lines]
    total, before = sum(weights), 0
    for index in range(len(lines)):
        if before * 2 >= total and _is_end(lines, index, residue):
            return dict.fromkeys(range(index, len(lines)), "end")
        before += weights[index]
    return {}


def _is_end(lines: Sequence[Line], index: int, residue: Residue) -> bool:
    """Whether the line ends the story. Comments always do; after related stories, prose may follow."""
    text = lines[index].text
    if count_words(text) > _END_WORDS:
        return False
    if residue.find(text, ("comments",)):
        return True
    if not residue.find(text, ("end",)):
        return False
    after = pairwise(lines[index:])
    sentences = [(line, before) for before, line in after if not line.linked and ends_sentence(line.text)]
    return not any(count_words(line.text) >= _PROSE for line, _ in sentences) and (
        # A short sentence under a linked line belongs to that teaser.
        sum(count_words(line.text) >= _SHORT and not before.linked for line, before in sentences) < _SENTENCES
    )


def _foreign(lines: Sequence[Line], hints: StoryHints, residue: Residue, learned: frozenset[str]) -> Marks:  # noqa: ARG001
    return dict.fromkeys(foreign_lines(lines, residue), "language")


def _duplicates(lines: Sequence[Line], hints: StoryHints, residue: Residue, learned: frozenset[str]) -> Marks:  # noqa: ARG001
    """Remove the second of two equal lines in a row, and both if they are short like a caption or label."""
    marks: Marks = {}
    keys = [fold(line.text) if line.kind != "code" else "" for line in lines]
    for index in range(1, len(lines)):
        key = keys[index]
        # Rows of a table repeat their head, and three equal lines are intended.
        if (
            not key
            or " | " in lines[index].text
            or key != keys[index - 1]
            or key in (keys[index - 2 : index - 1] + keys[index + 1 : index + 2])
        ):
            continue
        marks[index] = "double"
        short = count_words(lines[index].text) <= _SHORT and not is_punctuated(lines[index].text)
        if short and lines[index].kind == "paragraph":
            marks[index - 1] = "double"
    return marks


def _slugs(lines: Sequence[Line], hints: StoryHints, residue: Residue, learned: frozenset[str]) -> Marks:  # noqa: ARG001
    """Remove machine tokens: `ttn-de-58`, `$$AD$$`, `IMG_2041.jpg`, timestamps, shortcodes."""
    return {index: "slug" for index, line in enumerate(lines) if line.kind == "paragraph" and _is_slug(line.text)}


def _is_slug(text: str) -> bool:
    if _SHORTCODE.fullmatch(text) or _PLACEHOLDER.fullmatch(text) or _TIMESTAMP.fullmatch(text):
        return True
    if " " in text or not text.isascii() or len(text) > 60 or is_punctuated(text):
        return False
    parts = text.replace("_", "-").replace(".", "-").split("-")
    mixed = any(part.isdigit() for part in parts) and any(part.isalpha() for part in parts)
    return len(parts) >= 3 and mixed and all(part.isalnum() for part in parts)


def _learned(lines: Sequence[Line], hints: StoryHints, residue: Residue, learned: frozenset[str]) -> Marks:  # noqa: ARG001
    if not learned:
        return {}
    return {index: "learned" for index, line in enumerate(lines) if fold(line.text) in learned}


def _tail(lines: Sequence[Line], hints: StoryHints, residue: Residue, learned: frozenset[str]) -> Marks:  # noqa: ARG001
    """Remove two or more linked lines at the end, and headings with nothing after them."""
    marks: Marks = {}
    end = len(lines)
    while end and lines[end - 1].linked and lines[end - 1].kind != "code":
        end -= 1
    if len(lines) - end >= _TAIL_LINKS:
        marks = dict.fromkeys(range(end, len(lines)), "teasers")
    else:
        end = len(lines)
    while end and lines[end - 1].kind == "heading":
        end -= 1
        marks[end] = "heading"
    return marks


_RULES: tuple[Rule, ...] = (_learned, _head, _end, _patterns, _all_link, _foreign, _duplicates, _slugs, _tail)
