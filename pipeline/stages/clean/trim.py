"""Trimming: the lines of a page or document without what is not the story. Each removal names its rule."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.stages.clean.foreign import foreign_lines
from pipeline.stages.clean.head import head_lines
from pipeline.stages.clean.lines import Line
from pipeline.stages.clean.residue import Residue
from pipeline.stages.clean.text import count_words, ends_sentence, is_cut_off, is_punctuated
from pipeline.text.normalise import fold

# A cleaning that leaves less than this of the words has taken the story for residue.
LEAST_LEFT = 0.35
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
    """A line that was taken away, and by which rule."""

    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a story before its lines are read: the head is trimmed against it."""

    titles: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    site: str = ""


@dataclass(frozen=True, slots=True)
class Trimmed:
    """The lines that stay, and those that went."""

    lines: tuple[Line, ...]
    removals: tuple[Removal, ...] = field(default=())


_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-][\d:]+)?")
_SHORTCODE = re.compile(r"\[/?[a-z_]{3,20}(?: [^\]]*)?\].*\[/[a-z_]{3,20}\]|\[/?[a-z_]{3,20} [a-z_]+=[^\]]*\]")

Marks = dict[int, str]
Rule = Callable[[Sequence[Line], About, Residue, frozenset[str]], Marks]


def trim(lines: Sequence[Line], about: About, residue: Residue, learned: frozenset[str] = frozenset()) -> Trimmed:
    """The story's own lines. Each rule sees what the ones before it left."""
    kept = list(lines)
    removals: list[Removal] = []
    total = sum(count_words(line.text) for line in lines)
    for rule in _RULES:
        marks = rule(kept, about, residue, learned)
        if not marks:
            continue
        left = sum(count_words(line.text) for index, line in enumerate(kept) if index not in marks)
        if left < LEAST_LEFT * total:
            continue
        removals.extend(Removal(marks[index], kept[index].text) for index in sorted(marks))
        kept = [line for index, line in enumerate(kept) if index not in marks]
    return Trimmed(tuple(kept), tuple(removals))


def _head(lines: Sequence[Line], about: About, residue: Residue, learned: frozenset[str]) -> Marks:  # noqa: ARG001
    return head_lines(lines, about.titles, about.authors, about.site, residue)


def _patterns(lines: Sequence[Line], about: About, residue: Residue, learned: frozenset[str]) -> Marks:  # noqa: ARG001
    marks: Marks = {}
    for index, line in enumerate(lines):
        if line.kind == "code":
            continue
        rule = residue.find(line.text)
        if not rule or _is_kept_credit(lines, index, rule) or _heads_prose(lines, index, rule):
            continue
        marks[index] = rule
        if rule == "credit" and (caption := _caption_before(lines, index)) is not None:
            marks.setdefault(caption, "caption")
        if rule in {"related", "share"} and count_words(line.text) <= _LABEL_WORDS:
            marks |= dict.fromkeys(_list_after(lines, index), rule)
    return marks


def _list_after(lines: Sequence[Line], index: int) -> list[int]:
    """The items, or lines that are links, right under a label such as `Related stories`."""
    end = index + 1
    while end < len(lines) and (lines[end].kind == "item" or lines[end].linked):
        end += 1
    under = range(index + 1, end)
    return list(under) if all(count_words(lines[at].text) <= max(_LINK_WORDS) for at in under) else []


def _is_kept_credit(lines: Sequence[Line], index: int, rule: str) -> bool:
    """A long line that only mentions a credit is a paragraph of its own."""
    return rule == "credit" and is_punctuated(lines[index].text) and count_words(lines[index].text) > _CAPTION_WORDS


def _heads_prose(lines: Sequence[Line], index: int, rule: str) -> bool:
    """A heading such as `More from the engineers` with prose under it is the story's own."""
    if rule not in {"related", "share", "label"} or lines[index].kind != "heading" or index + 1 == len(lines):
        return False
    after = lines[index + 1]
    return not after.linked and count_words(after.text) >= _PROSE and ends_sentence(after.text)


def _caption_before(lines: Sequence[Line], index: int) -> int | None:
    """The unpunctuated line right before a credit is the caption it belongs to."""
    if index == 0:
        return None
    before = lines[index - 1]
    is_caption = before.kind == "paragraph" and not is_punctuated(before.text) and not is_cut_off(before.text)
    return index - 1 if is_caption and 2 <= count_words(before.text) <= _CAPTION_WORDS else None


def _all_link(lines: Sequence[Line], about: About, residue: Residue, learned: frozenset[str]) -> Marks:  # noqa: ARG001
    """Paragraphs that are one link are teasers for other stories; items and headings may be the story's own."""
    return {
        index: "link"
        for index, line in enumerate(lines)
        if line.linked and line.kind == "paragraph" and count_words(line.text) in _LINK_WORDS
    }


def _end(lines: Sequence[Line], about: About, residue: Residue, learned: frozenset[str]) -> Marks:  # noqa: ARG001
    """From an end marker in the second half on, nothing is the story's; unless prose follows it at length."""
    weights = [count_words(line.text) for line in lines]
    total, before = sum(weights), 0
    for index in range(len(lines)):
        if before * 2 >= total and _is_end(lines, index, residue):
            return dict.fromkeys(range(index, len(lines)), "end")
        before += weights[index]
    return {}


def _is_end(lines: Sequence[Line], index: int, residue: Residue) -> bool:
    """Comments end a story whatever they say; before related stories it may go on, and then prose comes again."""
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
        # A short sentence under a linked line is that teaser's.
        sum(count_words(line.text) >= _SHORT and not before.linked for line, before in sentences) < _SENTENCES
    )


def _foreign(lines: Sequence[Line], about: About, residue: Residue, learned: frozenset[str]) -> Marks:  # noqa: ARG001
    return dict.fromkeys(foreign_lines(lines, residue), "language")


def _doubles(lines: Sequence[Line], about: About, residue: Residue, learned: frozenset[str]) -> Marks:  # noqa: ARG001
    """Of a line said twice running neither is a sentence when it is short: a caption or a label. Else one stays."""
    marks: Marks = {}
    keys = [fold(line.text) if line.kind != "code" else "" for line in lines]
    for index in range(1, len(lines)):
        key = keys[index]
        # Rows of a table repeat their head, and three of a kind are a pattern of the story's own.
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


def _slugs(lines: Sequence[Line], about: About, residue: Residue, learned: frozenset[str]) -> Marks:  # noqa: ARG001
    """A lone token of the machine: `ttn-de-58`, `IMG_2041.jpg`, a timestamp, an address, a shortcode."""
    return {index: "slug" for index, line in enumerate(lines) if line.kind == "paragraph" and _is_slug(line.text)}


def _is_slug(text: str) -> bool:
    if _SHORTCODE.fullmatch(text) or _TIMESTAMP.fullmatch(text):
        return True
    if " " in text or not text.isascii() or len(text) > 60 or is_punctuated(text):
        return False
    parts = text.replace("_", "-").replace(".", "-").split("-")
    mixed = any(part.isdigit() for part in parts) and any(part.isalpha() for part in parts)
    return len(parts) >= 3 and mixed and all(part.isalnum() for part in parts)


def _learned(lines: Sequence[Line], about: About, residue: Residue, learned: frozenset[str]) -> Marks:  # noqa: ARG001
    if not learned:
        return {}
    return {index: "learned" for index, line in enumerate(lines) if fold(line.text) in learned}


def _tail(lines: Sequence[Line], about: About, residue: Residue, learned: frozenset[str]) -> Marks:  # noqa: ARG001
    """Two links or more that nothing follows are teasers; a heading that nothing follows headed such."""
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


_RULES: tuple[Rule, ...] = (_learned, _head, _end, _patterns, _all_link, _foreign, _doubles, _slugs, _tail)
