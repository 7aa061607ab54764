"""Newsletters: the letter of a host, features that credit their outlets, and a list of reads."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.records import Link
from pipeline.stages.clean.authors import author_names
from pipeline.stages.clean.documents import Draft, with_han_breaks, with_headings
from pipeline.stages.clean.lines import Line
from pipeline.stages.clean.residue import Residue
from pipeline.stages.clean.split import Part, cut_at, paragraphs, with_head
from pipeline.stages.clean.text import count_words
from pipeline.text.normalise import normalise

_GREETING_DEPTH = 12  # lines
_CLOSING_LINES = 6
_READ_WORDS = range(2, 45)
_OUTLET_BEHIND = re.compile(r"^(?P<title>.{4,}?)\s*[(（\[【](?P<outlet>[^()（）\[\]【】]{2,40})[)）\]】]\s*[.。]?$")
_OUTLET_AFTER_DASH = re.compile(r"^(?P<title>.{8,}?)\s+[–—|·-]\s+(?P<outlet>[^–—|·]{2,40})$")
_OUTLET_BEFORE = re.compile(r"^(?P<outlet>[^:：]{2,30})[:：]\s+(?P<title>.{8,})$")


def read_newsletter(draft: Draft, residue: Residue, *, greeted: bool = False) -> tuple[Part, ...]:
    """The parts of a newsletter, or none where the document is not one.

    With `greeted` only a greeting makes one: any web page has a sign-up line and a list of links.
    """
    broken = with_han_breaks(draft.lines)
    lines, closing = _without_closing(with_headings(broken, residue) if draft.loose else broken, residue)
    greeting = next((i for i, line in enumerate(lines[:_GREETING_DEPTH]) if residue.read("greeting", line.text)), None)
    if greeted and greeting is None:
        return ()
    body = lines[greeting + 1 :] if greeting is not None else lines
    features, letter, reads = _taken_apart(body, residue)
    told = sum(bool(part.outlet) for part in features)
    signals = (greeting is not None) + bool(closing) + bool(reads) + (told >= 2)
    if signals < 2 or len(features) + bool(letter) < 2:
        return ()
    dropped = [("coordination", line.text) for line in closing]
    parts: list[Part] = []
    if letter and (greeting is not None or paragraphs(letter)):
        said = residue.read("greeting", lines[greeting].text) if greeting is not None else None
        if greeting is not None:
            dropped = [("greeting", line.text) for line in lines[: greeting + 1]] + dropped
        host, city = (said.get("host", ""), said.get("city", "")) if said else ("", "")
        parts.append(Part("", tuple(letter), role="letter", host=host, city=city))
    parts += features
    parts[0] = replace(parts[0], dropped=(*parts[0].dropped, *dropped))
    return (*parts, *reads)


def _without_closing(lines: Sequence[Line], residue: Residue) -> tuple[list[Line], list[Line]]:
    """The lines without who coordinated it and how to subscribe, wherever those stand."""
    last = len(lines) - _CLOSING_LINES
    closing = [
        line
        for index, line in enumerate(lines)
        if residue.find(line.text, ("coordination",) if index < last else ("coordination", "signup", "copyright"))
    ]
    return [line for line in lines if line not in closing], closing


def _taken_apart(lines: Sequence[Line], residue: Residue) -> tuple[list[Part], list[Line], list[Part]]:
    """Features under headings, what stands before them, and the reading list."""
    level = _level(lines)
    lines = [
        replace(line, kind="heading", level=level) if residue.find(line.text, ("reading_list",)) else line
        for line in lines
    ]
    letter: list[Line] = []
    features: list[Part] = []
    reads: list[Part] = []
    for group in cut_at(lines, level):
        head, rest = group[0] if group else None, group[1:]
        if head is None or head.kind != "heading" or head.level != level:
            letter.extend(group)
        elif residue.find(head.text, ("reading_list",)) or _is_list(rest):
            reads.extend(_reads(rest))
        elif rest:
            features.append(_feature(head, rest, residue))
    if not reads:
        letter, reads = _reads_at_end(letter, residue)
    return features, letter, reads


def _level(lines: Sequence[Line]) -> int:
    """The level whose headings most often have prose under them."""
    levels = sorted({line.level for line in lines if line.kind == "heading"})
    return max(levels, key=lambda level: sum(paragraphs(part[1:]) > 0 for part in cut_at(lines, level)), default=0)


def _is_list(lines: Sequence[Line]) -> bool:
    """Whether there are only items, each an address or a title with its outlet."""
    return len(lines) >= 3 and all(
        line.kind == "item" and (line.links or _OUTLET_BEHIND.match(line.text)) for line in lines
    )


def _reads_at_end(letter: list[Line], residue: Residue) -> tuple[list[Line], list[Part]]:
    at = next((index for index, line in enumerate(letter) if residue.find(line.text, ("reading_list",))), None)
    return (letter[:at], _reads(letter[at + 1 :])) if at is not None else (letter, [])


def _reads(lines: Sequence[Line]) -> list[Part]:
    return [read for line in lines if count_words(line.text) in _READ_WORDS and (read := _read(line))]


def _read(line: Line) -> Part | None:
    """A line of the list: a title, with its outlet behind it in brackets or after a dash, and maybe its address."""
    if line.kind == "paragraph" and not line.links and not _OUTLET_BEHIND.match(line.text):
        return None
    found = _OUTLET_BEHIND.match(line.text) or (_OUTLET_AFTER_DASH.match(line.text) if line.links else None)
    found = found or (_OUTLET_BEFORE.match(line.text) if line.links and not line.linked else None)
    title, outlet = (found["title"], found["outlet"]) if found else (line.text, "")
    address = next((target for _, target in line.links if target.startswith(("http://", "https://"))), None)
    link = Link(normalise(title), normalise(outlet), address)
    return Part(link.title, (), role="read", outlet=link.outlet, url=address, links=(link,) if address else ())


def _feature(head: Line, rest: Sequence[Line], residue: Residue) -> Part:
    """A story of the newsletter's own words; the outlet and its writers are named in a paragraph."""
    address = head.links[0][1] if head.links else None
    part = with_head(Part(head.text, tuple(rest), role="feature", url=address), residue)
    for line in rest:
        said = residue.read("told", line.text)
        if said and (outlet := normalise(said.get("outlet", ""))):
            authors = author_names([said.get("authors", "")], outlet)
            link = next((target for name, target in line.links if fold_in(name, line.text)), None)
            if authors and all(name[:1].isupper() or not name[:1].islower() for name in authors):
                return replace(part, outlet=outlet, authors=part.authors or authors, url=part.url or link)
    return part


def fold_in(name: str, text: str) -> bool:
    """Whether a link's words are part of the text, and more than a mark."""
    return len(name) > 2 and name in text
