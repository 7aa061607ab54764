"""Take the furniture off a mail: buttons, prompts, small print and addresses, by their words and where they stand."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.stages.clean.authors import author_names
from pipeline.stages.clean.documents import ParsedDocument
from pipeline.stages.clean.lines import Line
from pipeline.stages.clean.residue import Residue
from pipeline.stages.clean.text import count_words, is_punctuated
from pipeline.text.date_parsing import parse_date
from pipeline.text.months import month_number
from pipeline.text.normalise import fold
from pipeline.text.sentences import ends_sentence

_PIECES = re.compile(r"\s*[|•·∙⋅/]\s*|\s+[–—-]\s+|\s{2,}")
_SENTENCES = re.compile(r"(?<=[.!?。！？])\s*")
_BUTTON_RULES = ("mail", "mail_button", "share", "signup", "comments", "copyright")
_SMALL_PRINT = ("mail", "copyright", "signup")
_PROSE = 12  # words
_TITLE = 4  # words of a linked line that may be a title
_BUTTON = 4  # words
_SMALLEST_SHARE = 0.12  # of the words, below the last line of small print
_LONGEST_FOOTER = 120  # words
_HEAD = 12  # lines, in which the writer's name stands next to the date
_NAME_WORDS = range(2, 5)
_DAY_WORDS = 8
_SUBTITLE_WORDS = 45
_WEEKDAY_LETTERS = 12
_NUMBER = re.compile(r"(?:issue|no\.?|nr\.?|#|ausgabe|n°|第)?\s*#?\d{1,4}\s*[期号號回]?", re.IGNORECASE)
_COPYRIGHT = re.compile(r"©|\(c\)\s*\d{4}|copyright", re.IGNORECASE)


def without_furniture(parsed: ParsedDocument, residue: Residue) -> ParsedDocument:
    """Return the mail without its furniture; a line of writer and date becomes the author."""
    lines = parsed.lines
    marks = {index for index, line in enumerate(lines) if _is_furniture(line, parsed.metadata.site, residue)}
    marks |= _last_prompts(lines, residue)
    end = _footer_at(lines, marks)
    if end is not None:
        marks |= set(range(end, len(lines)))
    authors = parsed.metadata.authors or _writer(lines, parsed.metadata.site, marks, residue)
    marks |= {index for index, line in enumerate(lines[:_HEAD]) if line.kind == "paragraph" and _is_day(line.text)}
    subtitle = _subtitle_at(lines, parsed.metadata.title, marks)
    dropped = tuple(("mail", lines[index].text) for index in sorted(marks))
    return replace(
        parsed,
        lines=tuple(line for index, line in enumerate(lines) if index not in {*marks, subtitle}),
        standfirst="" if subtitle is None else lines[subtitle].text,
        metadata=replace(parsed.metadata, authors=authors),
        dropped=(*parsed.dropped, *dropped),
    )


def without_teasers(lines: Sequence[Line], residue: Residue) -> tuple[Line, ...]:
    """Return the lines of a mail of one story without links to the whole of it and a list of other stories."""
    kept = [line for line in lines if not (line.linked and residue.find(line.text, ("read_on",)))]
    end = len(kept)
    while end and kept[end - 1].linked:
        end -= 1
    if end < len(kept) and end and kept[end - 1].kind == "heading":
        kept = kept[: end - 1]
    return tuple(kept)


def _is_furniture(line: Line, site: str, residue: Residue) -> bool:
    """Whether a line, all its pieces or all its sentences are furniture."""
    text = line.text.rstrip(" :：")
    if residue.find(text, ("mail",)):
        return True
    if line.kind == "heading" or count_words(text) > 2 * _PROSE:
        return False
    if (line.linked or count_words(text) > 1) and count_words(text) <= _BUTTON and residue.find(text, ("mail_button",)):
        return True
    if site and site in text and residue.find(text.replace(site, " ").strip(" :"), ("mail_button", "share")):
        return True
    pieces = _PIECES.split(text)
    if len(pieces) > 1 and _all_furniture([each for each in pieces if any(map(str.isalnum, each))], site, residue):
        return True
    sentences = [sentence for sentence in _SENTENCES.split(text) if sentence]
    return (
        len(sentences) > 1
        and any(residue.find(sentence, ("mail",)) for sentence in sentences)
        and _all_furniture(sentences, site, residue)
    )


def _all_furniture(pieces: Sequence[str], site: str, residue: Residue) -> bool:
    """Whether at least one piece is a button or small print, and the others are those, dates, numbers or names."""
    sure = [piece for piece in pieces if residue.find(piece, _BUTTON_RULES)]
    owner = fold(site)
    return bool(sure) and all(
        piece in sure
        or _is_day(piece)
        or _NUMBER.fullmatch(piece)
        or _COPYRIGHT.search(piece)
        or (owner and fold(piece) in owner)
        for piece in pieces
    )


def _last_prompts(lines: Sequence[Line], residue: Residue) -> set[int]:
    """The short lines at the end that have a link of small print for their last sentence."""
    marks: set[int] = set()
    for index in range(len(lines) - 1, max(len(lines) - _HEAD, 0), -1):
        line = lines[index]
        last = _SENTENCES.split(line.text.rstrip(" .!。"))[-1]
        if line.links and count_words(line.text) <= 2 * _PROSE and residue.find(last, ("mail",)):
            marks.add(index)
    return marks


def _footer_at(lines: Sequence[Line], marks: set[int]) -> int | None:
    """The line with which the small print at the end begins: the first furniture below the last content."""
    content = max((index for index, line in enumerate(lines) if index not in marks and _is_content(line)), default=-1)
    total = sum(count_words(line.text) for line in lines)
    footer, below = None, 0
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        titles = line.kind == "heading" or (line.linked and count_words(line.text) >= _TITLE)
        is_short = below <= min(_LONGEST_FOOTER, _SMALLEST_SHARE * total) and index * 2 > len(lines)
        if index <= content and (titles or not is_short):
            break
        if index in marks:
            footer = index
        else:
            below += count_words(line.text)
    return footer


def _is_content(line: Line) -> bool:
    """Whether the line is prose, a heading, an item or a linked title."""
    words = count_words(line.text)
    if line.linked:
        return words >= _TITLE
    return line.kind in {"heading", "item", "quote"} or (words >= _PROSE and ends_sentence(line.text))


def _writer(lines: Sequence[Line], site: str, marks: set[int], residue: Residue) -> tuple[str, ...]:
    """The name next to the date above the text: on a line of its own, or a piece of the date's line."""
    for index, line in enumerate(lines[:_HEAD]):
        if index not in marks and count_words(line.text) >= 2 * _PROSE:
            break
        pieces = [piece for piece in _PIECES.split(line.text) if piece]
        dated = any(map(_is_day, pieces))
        names = [piece for piece in pieces if dated and (_is_name(piece) or residue.find(piece, ("byline",)))]
        around = (*lines[max(index - 1, 0) : index], *lines[index + 1 : index + 2])
        if line.kind == "paragraph" and _is_name(line.text) and any(_is_day(other.text) for other in around):
            names = [line.text]
        if names and (authors := author_names(names, site)):
            return authors
    return ()


def _subtitle_at(lines: Sequence[Line], title: str, marks: set[int]) -> int | None:
    """The line between the title and the writer's name or the date."""
    for index, line in enumerate(lines[:_HEAD]):
        if fold(line.text) != fold(title) or index + 2 >= len(lines):
            continue
        below, after = lines[index + 1], lines[index + 2]
        is_line = index + 1 not in marks and not below.linked and count_words(below.text) <= _SUBTITLE_WORDS
        return index + 1 if is_line and not _is_head(below.text) and _is_head(after.text) else None
    return None


def _is_head(text: str) -> bool:
    return _is_name(text) or any(map(_is_day, _PIECES.split(text)))


def _is_day(text: str) -> bool:
    """Whether the text is a date, perhaps without its year, and hardly more."""
    if count_words(text) > _DAY_WORDS or not any(map(str.isdigit, text)):
        return False
    words = re.findall(r"[^\W\d_]{3,}", text)
    others = [word for word in words if not month_number(word)]
    if sum(map(len, others)) > _WEEKDAY_LETTERS:
        return False
    return len(others) < len(words) or bool(parse_date(text) or re.search(r"\d\s?[月월]\s?\d", text))


def _is_name(text: str) -> bool:
    words = text.split()
    if is_punctuated(text) or any(map(str.isdigit, text)):
        return False
    return len(words) in _NAME_WORDS and all(
        word[:1].isupper() or word in {"de", "van", "von", "der"} for word in words
    )
