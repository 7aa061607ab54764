"""Split newsletters: a host's letter, features that credit their outlets, and a reading list."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.records import Link
from pipeline.stages.clean.authors import author_names
from pipeline.stages.clean.documents import ParsedDocument, mark_headings, split_han_paragraphs
from pipeline.stages.clean.lines import Line
from pipeline.stages.clean.residue import Residue
from pipeline.stages.clean.split import DocumentPart, count_paragraphs, extract_head, group_by_heading
from pipeline.stages.clean.text import count_words, is_han
from pipeline.text.normalise import normalise

_GREETING_DEPTH = 12  # lines
_CLOSING_LINES = 6
_READ_WORDS = range(2, 45)
_OUTLET_BEHIND = re.compile(r"^(?P<title>.{4,}?)\s*[(（\[【](?P<outlet>[^()（）\[\]【】]{2,40})[)）\]】]\s*[.。]?$")
_OUTLET_AFTER_DASH = re.compile(r"^(?P<title>.{8,}?)\s+[–—|·-]\s+(?P<outlet>[^–—|·]{2,40})$")
_OUTLET_BEFORE = re.compile(r"^(?P<outlet>[^:：]{2,30})[:：]\s+(?P<title>.{8,})$")


def split_newsletter(parsed: ParsedDocument, residue: Residue, *, greeted: bool = False) -> tuple[DocumentPart, ...]:
    """Return the parts of a newsletter, or none where the document is not one.

    `greeted`: require a greeting, since any web page may have a sign-up line and a list of links.
    """
    broken = split_han_paragraphs(parsed.lines)
    lines, closing = _split_closing(mark_headings(broken, residue) if parsed.loose else broken, residue)
    greeting = next(
        (i for i, line in enumerate(lines[:_GREETING_DEPTH]) if residue.groups("greeting", line.text)), None
    )
    if greeted and greeting is None:
        return ()
    body = lines[greeting + 1 :] if greeting is not None else lines
    features, letter, reads = _sections_of(body, residue)
    credited = sum(bool(part.outlet) for part in features)
    signals = (greeting is not None) + bool(closing) + bool(reads) + (credited >= 2)
    if signals < 2 or len(features) + bool(letter) < 2:
        return ()
    dropped = [("coordination", line.text) for line in closing]
    parts: list[DocumentPart] = []
    if letter and (greeting is not None or count_paragraphs(letter)):
        fields = residue.groups("greeting", lines[greeting].text) if greeting is not None else None
        if greeting is not None:
            dropped = [("greeting", line.text) for line in lines[: greeting + 1]] + dropped
        host, city = (fields.get("host", ""), fields.get("city", "")) if fields else ("", "")
        parts.append(DocumentPart("", tuple(letter), role="letter", host=host, city=city))
    parts += features
    parts[0] = replace(parts[0], dropped=(*parts[0].dropped, *dropped))
    return (*parts, *reads)


def _split_closing(lines: Sequence[Line], residue: Residue) -> tuple[list[Line], list[Line]]:
    """Separate the lines about coordinators and subscriptions from the others."""
    last = len(lines) - _CLOSING_LINES
    closing = [
        line
        for index, line in enumerate(lines)
        if residue.find(line.text, ("coordination",) if index < last else ("coordination", "signup", "copyright"))
    ]
    return [line for line in lines if line not in closing], closing


def _sections_of(lines: Sequence[Line], residue: Residue) -> tuple[list[DocumentPart], list[Line], list[DocumentPart]]:
    """The features under headings, the letter before them, and the reading list."""
    level = section_level(lines)
    lines = [
        replace(line, kind="heading", level=level) if residue.find(line.text, ("reading_list",)) else line
        for line in lines
    ]
    letter: list[Line] = []
    features: list[DocumentPart] = []
    reads: list[DocumentPart] = []
    for group in group_by_heading(lines, level):
        head, rest = group[0] if group else None, group[1:]
        if head is None or head.kind != "heading" or head.level != level:
            letter.extend(group)
        elif residue.find(head.text, ("reading_list",)) or _is_list(rest):
            reads.extend(reading_list(rest))
        elif rest:
            features.append(parse_feature(head, rest, residue))
    if not reads:
        letter, reads = _trailing_reading_list(letter, residue)
    return features, letter, reads


def section_level(lines: Sequence[Line]) -> int:
    """The heading level with prose under most of its headings."""
    levels = sorted({line.level for line in lines if line.kind == "heading"})
    return max(
        levels,
        key=lambda level: sum(count_paragraphs(part[1:]) > 0 for part in group_by_heading(lines, level)),
        default=0,
    )


def _is_list(lines: Sequence[Line]) -> bool:
    """Whether all lines are items with a link or a title with its outlet."""
    return len(lines) >= 3 and all(
        line.kind == "item" and (line.links or _OUTLET_BEHIND.match(line.text)) for line in lines
    )


def _trailing_reading_list(letter: list[Line], residue: Residue) -> tuple[list[Line], list[DocumentPart]]:
    at = next((index for index, line in enumerate(letter) if residue.find(line.text, ("reading_list",))), None)
    return (letter[:at], reading_list(letter[at + 1 :])) if at is not None else (letter, [])


def reading_list(lines: Sequence[Line]) -> list[DocumentPart]:
    """Return the stories that the lines name, each with its outlet."""
    return [read for line in lines if count_words(line.text) in _READ_WORDS and (read := _parse_read(line))]


def _parse_read(line: Line) -> DocumentPart | None:
    """Parse a line of the reading list: a title, its outlet in brackets or after a dash, and an optional link."""
    if line.kind == "paragraph" and not line.links and not _OUTLET_BEHIND.match(line.text):
        return None
    found = _OUTLET_BEHIND.match(line.text) or (_OUTLET_AFTER_DASH.match(line.text) if line.links else None)
    found = found or (_OUTLET_BEFORE.match(line.text) if line.links and not line.linked else None)
    title, outlet = (found["title"], found["outlet"]) if found else (line.text, "")
    address = next((target for _, target in line.links if target.startswith(("http://", "https://"))), None)
    link = Link(normalise(title), normalise(outlet), address)
    return DocumentPart(link.title, (), role="read", outlet=link.outlet, url=address, links=(link,) if address else ())


def parse_feature(head: Line, rest: Sequence[Line], residue: Residue) -> DocumentPart:
    """Parse a story in the newsletter's own words, with the outlet and authors credited in a paragraph."""
    address = head.links[0][1] if head.links else None
    part = extract_head(DocumentPart(head.text, tuple(rest), role="feature", url=address), residue)
    for line in rest:
        credit = residue.groups("told", line.text)
        if credit and (outlet := normalise(credit.get("outlet", ""))):
            authors = author_names([credit.get("authors", "")], outlet)
            link = next((target for name, target in line.links if _is_link_text(name, line.text)), None)
            if authors and all(map(_is_full_name, authors)) and not outlet[:1].islower():
                return replace(part, outlet=outlet, authors=part.authors or authors, url=part.url or link)
    return part


def _is_full_name(name: str) -> bool:
    """Whether the words are a person's whole name: a single word in running prose is more often a firm."""
    words = name.split()
    return is_han(name) or (len(words) > 1 and not words[0][:1].islower() and not words[-1][:1].islower())


def _is_link_text(name: str, text: str) -> bool:
    """Whether the text contains the link's words and they are more than a mark."""
    return len(name) > 2 and name in text
