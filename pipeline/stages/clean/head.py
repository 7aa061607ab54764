"""Find the title, kicker, byline and date that extraction leaves before the story."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.stages.clean.lines import Line
from pipeline.stages.clean.residue import Residue
from pipeline.stages.clean.text import count_words, is_punctuated
from pipeline.text.normalise import fold
from pipeline.text.sentences import ends_sentence

_TITLE_WORDS = 4  # of a title that a text may begin with, and of the text after it
_DEPTH = 12  # lines
_PROSE_WORDS = 18
_KICKER_WORDS = 8
_BYLINE_WORDS = 22
_YEAR = re.compile(r"\b(?:19|20|25)\d\d\b|(?:19|20|25)\d\d(?=[年년])|令和|平成")
_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d\d\b")
_DAY = re.compile(r"(?<!\d)\d{1,2}(?!\d)")


def head_lines(
    lines: Sequence[Line], titles: Sequence[str], authors: Sequence[str], site: str, residue: Residue
) -> dict[int, str]:
    """Map the index of each line before the story that repeats the record's fields to its rule."""
    folded = [key for key in map(fold, titles) if key]
    names = [key for key in map(fold, authors) if len(key) > 2]
    marks: dict[int, str] = {}
    title_index = _title_index(lines, folded)
    if title_index is not None:
        marks[title_index] = "title"
        marks |= {
            index: "kicker"
            for index in range(title_index)
            if count_words(lines[index].text) <= _KICKER_WORDS or lines[index].linked
        }
    for index, line in enumerate(lines[:_DEPTH]):
        if index in marks:
            continue
        rule = _head_rule(line, folded, names, site, residue)
        if rule:
            marks[index] = rule
        elif count_words(line.text) >= _PROSE_WORDS and (title_index is None or index > title_index):
            break
    return marks


def _title_index(lines: Sequence[Line], titles: Sequence[str]) -> int | None:
    """The index of the line that repeats the title, before the second paragraph of prose."""
    prose = 0
    for index, line in enumerate(lines[:_DEPTH]):
        if _is_title(fold(line.text), titles):
            return index
        prose += count_words(line.text) >= 2 * _PROSE_WORDS and ends_sentence(line.text)
        if prose > 1:
            break
    return None


def _is_title(key: str, titles: Sequence[str]) -> bool:
    if len(key) < 4:
        return False
    # Only the page's title element has the site's name around it, and either title may be shortened.
    return any(key == title or _is_most_of(key, title) or _is_most_of(title, key) for title in titles)


def _is_most_of(part: str, whole: str) -> bool:
    """Whether `whole` begins or ends with `part` and `part` is at least half of it."""
    return len(part) > 12 and len(part) >= 0.5 * len(whole) and (whole.startswith(part) or whole.endswith(part))


def _head_rule(line: Line, titles: Sequence[str], names: Sequence[str], site: str, residue: Residue) -> str | None:
    words = count_words(line.text)
    key = fold(line.text)
    if not key:
        return "punctuation"
    if _is_title(key, titles):
        return "title"
    if site and key == fold(site):
        return "site"
    sentence = ends_sentence(line.text) and words > 6
    if words <= _BYLINE_WORDS and not sentence:
        if any(name in key for name in names) and len(key) <= 4 * max(len(name) for name in names) + 30:
            return "byline"
        if residue.find(line.text, ("byline",)) and words <= 9 and line.kind != "heading":
            return "byline"
        if _is_date(line.text, words, residue):
            return "date"
    return None


def _is_date(text: str, words: int, residue: Residue) -> bool:
    """Whether the line is mostly a date: digits with a year or a clock time, and few words."""
    if words > 14 or is_punctuated(text.rstrip(".")):
        return False
    digits = sum(ch.isdigit() for ch in text)
    dated = bool(_YEAR.search(text)) and len(_DAY.findall(_YEAR.sub(" ", text))) > 0
    if residue.find(text, ("published",)):
        return digits >= 3
    return (dated or bool(_CLOCK.search(text) and digits >= 5)) and digits * 6 >= len(text.replace(" ", ""))


def without_title_before(lines: Sequence[Line], titles: Sequence[str]) -> Sequence[Line]:
    """The lines without the title that a feed's summary begins with, followed by a text without any mark between."""
    if not lines:
        return lines
    first = lines[0]
    text = first.text
    for title in filter(None, titles):
        rest = text[len(title) :]
        # A letter in lower case continues the title's words: they are a sentence of the text.
        is_apart = text.startswith(title) and rest[:1].isspace() and not rest.lstrip()[:1].islower()
        if is_apart and min(count_words(title), count_words(rest)) >= _TITLE_WORDS:
            return (replace(first, text=rest.lstrip(), linked=False, lead=""), *lines[1:])
    return lines
