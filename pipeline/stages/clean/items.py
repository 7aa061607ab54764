"""Find the items of a list of links: a linked title with its source, and the lines about it that follow."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from pipeline.records import Link
from pipeline.stages.clean.authors import author_names
from pipeline.stages.clean.lines import Line
from pipeline.stages.clean.residue import Residue
from pipeline.stages.clean.split import DocumentPart
from pipeline.stages.clean.text import count_words, is_punctuated
from pipeline.text.normalise import normalise
from pipeline.text.sentences import ends_sentence

_BUTTON_RULES = ("read_on", "mail", "mail_button", "related", "share", "signup", "comments")
_BUTTON_WORDS = 6
_TITLE_WORDS = 2  # of a linked title in a paragraph
_MOST_TITLE_WORDS = 40
_SENTENCE_WORDS = 12  # a longer linked sentence is a text
_OUTLET_WORDS = 5
_CITE_WORDS = 12
_LEAD_WORDS = range(3, 21)  # of a title in bold at the head of its text
_LEAST_OTHERS = 2  # items that show how long the last one is
# What may stand before a title: a number, a bullet or other mark, and whoever reports it.
_LEAD = re.compile(
    r"(?:\d{1,3}[.)、:：]|[一二三四五六七八九十]{1,3}[、.])?\s*(?:[\[【(（][^\[\]【】()（）]{1,14}[\]】)）])?[^\w\"“‘„«「『《{(\[<@#]*(?P<cite>[^:：]{2,40}[:：]\s*)?$"
)
_SEPARATOR = re.compile(r"\s*(?P<mark>//|[—–|·:：/]|-(?=\s))\s*")
_BRACKETED = re.compile(r"\s*[(（\[【](?P<text>[^()（）\[\]【】]{2,40})[)）\]】]\s*[.。,]?\s*")
_READING_TIME = re.compile(
    r"\s*[(（\[]\s*\d+\s?-?(?:min(?:ute)?s?\b\.?|分钟|分鐘|分間?|분|мин)[^()（）\[\]]{0,20}[)）\]]", re.IGNORECASE
)
# What brackets behind a title say of its form, not of its outlet.
_FORM = re.compile(
    r".*(?:\d|\b(?:read|website|repo|video|pdf|podcast|audio|paper|thread|tool|free|paywall|english|via|slides|pdf)$)"
    r"|.{0,3}(?:英文|中文|日文|法文|德文|英語|日語|英语|日语|视频|影片|播客|图片)",
    re.IGNORECASE,
)
_PIECES = re.compile(r"\s*[|·•]\s*")


@dataclass(frozen=True, slots=True)
class Items:
    """The items of a section, the lines before the first one, and the titles of advertisements."""

    parts: tuple[DocumentPart, ...] = ()
    before: tuple[Line, ...] = ()
    sponsored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Opening:
    """The line that opens an item: its title and address, who reports it, and what the line says next."""

    title: str
    url: str
    outlet: str = ""
    text: str = ""


def split_items(lines: Sequence[Line], residue: Residue) -> Items:
    """Return the items that open with a linked title; none where hardly any line does."""
    openings = {at: opening for at, line in enumerate(lines) if (opening := _opening(line, residue))}
    openings = {at: opening for at, opening in openings.items() if not _names_outlet(at, openings, lines)}
    last = len(lines) - 1
    is_onward = list(openings) == [last] and any(ends_sentence(line.text) for line in lines[:last])
    if not openings or is_onward or (min(openings) > 2 and len(openings) < 3):
        openings = {}
        if len(lines) > 1 and all(line.kind == "item" and line.links for line in lines):
            openings = {at: _Opening(line.text, _address(line)) for at, line in enumerate(lines)}
    openings = _with_unlinked(openings, lines) if openings else _leads(lines)
    if not openings:
        return Items((), tuple(lines))
    starts = [at - 1 if at and _is_cite(lines[at - 1]) and at - 1 not in openings else at for at in openings]
    ends = _ends_of(list(openings), [*starts[1:], len(lines)], lines)
    parts, sponsored = [], []
    for at, start, end in zip(openings, starts, ends, strict=True):
        opening, cite = openings[at], lines[start].text if start < at else ""
        if residue.find(lines[at].text, ("sponsor",)) or residue.find(opening.title, ("sponsor",)):
            sponsored.append(opening.title)
        else:
            parts.append(_item(opening, cite, lines[at], lines[at + 1 : end], residue))
    return Items(tuple(parts), tuple(lines[: starts[0]]), tuple(sponsored))


def _leads(lines: Sequence[Line]) -> dict[int, _Opening]:
    """The items that open with a title in bold and have a link in their text."""
    found = {
        at: _Opening(line.lead.rstrip(" .:：。"), line.links[-1][1], text=normalise(line.text.removeprefix(line.lead)))
        for at, line in enumerate(lines)
        if line.lead and line.links and count_words(line.lead) in _LEAD_WORDS
    }
    return found if len(found) > _LEAST_OTHERS and 2 * len(found) > len(lines) else {}


def _names_outlet(at: int, openings: Mapping[int, _Opening], lines: Sequence[Line]) -> bool:
    """Whether a short link under a title leads nowhere or to a front page, and so names the outlet."""
    if at - 1 not in openings or lines[at].kind == "item" or count_words(lines[at].text) > _OUTLET_WORDS:
        return False
    above, url = openings[at - 1].url, openings[at].url
    return bool(above) and not urlsplit(url).path.strip("/")


def _with_unlinked(openings: dict[int, _Opening], lines: Sequence[Line]) -> dict[int, _Opening]:
    """Add the titles without a link, in a list of titles that each have their outlet below."""
    pairs = [at for at in openings if at + 1 < len(lines) and at + 1 not in openings and _is_label(lines[at + 1])]
    if len(pairs) < _LEAST_OTHERS or len(pairs) < len(openings):
        return openings
    found: dict[int, _Opening] = {}
    at = 0
    while at < len(lines):
        labelled = at + 1 < len(lines) and at + 1 not in openings and _is_label(lines[at + 1])
        if at in openings:
            found[at] = openings[at]
        elif labelled and not is_punctuated(lines[at].text) and lines[at].kind != "heading":
            found[at] = _Opening(lines[at].text, "")
        at += 2 if labelled else 1
    return found


def _ends_of(openings: Sequence[int], ends: Sequence[int], lines: Sequence[Line]) -> list[int]:
    """Where each item ends: that of a list at the next paragraph, and the last one where the others would have."""
    cut = [
        next((index for index in range(at + 1, end) if lines[at].kind == "item" and lines[index].kind != "item"), end)
        for at, end in zip(openings, ends, strict=True)
    ]
    if len(cut) > _LEAST_OTHERS:
        longest = max(end - at for at, end in zip(openings[:-1], cut[:-1], strict=True))
        cut[-1] = min(cut[-1], openings[-1] + longest)
    return cut


def opens_item(line: Line, residue: Residue) -> bool:
    """Whether the line begins with a linked title."""
    return _opening(line, residue) is not None


def without_reading_time(title: str) -> str:
    """The title without a reading time such as `(3 minute read)`."""
    return _READING_TIME.sub("", title).strip()


def is_button(line: Line, residue: Residue) -> bool:
    """Whether the line is a short link that leads to the story above it, such as `Read more`."""
    return (
        line.linked and count_words(line.text) <= _BUTTON_WORDS and residue.find(line.text, _BUTTON_RULES) is not None
    )


def _opening(line: Line, residue: Residue) -> _Opening | None:
    if not line.links or line.kind in {"heading", "quote", "code"}:
        return None
    name, url = line.links[0]
    before, _, rest = line.text.partition(name)
    lead = _LEAD.fullmatch(before)
    words = count_words(name)
    if not lead or words > _MOST_TITLE_WORDS or not any(map(str.isalnum, name)):
        return None
    if words <= _BUTTON_WORDS and residue.find(name, _BUTTON_RULES):
        return None
    if words > _SENTENCE_WORDS and line.kind != "item" and ends_sentence(name):
        return None
    title = without_reading_time(name)
    rest = _READING_TIME.sub("", rest, count=1)
    if not _is_apart(title, rest, words, line) or not title:
        return None
    cited = normalise(lead["cite"] or "").rstrip(" :：")
    for button, _ in line.links[1:]:
        if count_words(button) <= _TITLE_WORDS and residue.find(button.strip(" →"), _BUTTON_RULES):
            rest = rest.replace(button, "")
    outlet, text = _source_of(rest)
    return _Opening(normalise(title), url, outlet or cited, text)


def _is_apart(title: str, rest: str, words: int, line: Line) -> bool:
    """Whether the linked words are a title: what follows is apart from them, and no sentence goes on."""
    if not rest.strip(" .。"):
        return words >= _TITLE_WORDS or line.kind == "item"
    if _SEPARATOR.match(rest) or _BRACKETED.match(rest):
        return words >= _TITLE_WORDS or line.kind == "item"
    if title[-1:] in ".!?。！？":
        return words > _TITLE_WORDS
    if rest.startswith(","):
        return line.kind == "item" and words > _TITLE_WORDS
    return line.kind == "item" and rest[0].isspace() and rest.lstrip()[:1].isupper()


def _source_of(rest: str) -> tuple[str, str]:
    """Split what follows a title into its outlet, in brackets or behind a dash, and text."""
    outlet = ""
    if (found := _BRACKETED.match(rest)) and found["text"][:1].isalnum():
        outlet, rest = "" if _FORM.match(found["text"]) else found["text"], rest[found.end() :]
    if found := _SEPARATOR.match(rest):
        behind = rest[found.end() :]
        short = count_words(behind) <= _OUTLET_WORDS and not is_punctuated(behind) and found["mark"] not in ":："
        if not outlet and short:
            return normalise(_PIECES.split(behind)[0]), ""
        rest = behind
    return normalise(outlet), normalise(rest.lstrip(" ,，.。"))


def _item(opening: _Opening, cite: str, line: Line, about: Sequence[Line], residue: Residue) -> DocumentPart:
    outlet, url = opening.outlet, opening.url
    authors: tuple[str, ...] = ()
    kept = [replace(line, text=opening.text, linked=False, links=line.links[1:])] if opening.text else []
    if cite:
        names, _, outlet = cite.rstrip(" :：").rpartition(" / ")
        authors = author_names([names], outlet) if names else ()
    for at, each in enumerate(about):
        source = residue.groups("source", each.text)
        if source and source.get("outlet") and not source["outlet"][:1].islower():
            outlet = outlet or normalise(source["outlet"])
            authors = authors or author_names([source.get("authors", "")], outlet)
        elif is_button(each, residue):
            url = url or _address(each)
        elif _is_label(each):
            outlet = outlet or ("" if at or opening.text else normalise(_PIECES.split(each.text)[0]))
        elif not _is_links_alone(each):
            kept.append(each)
    links = (Link(opening.title, outlet, url),) if url.startswith(("http://", "https://")) else ()
    url = url if links else ""
    return DocumentPart(
        opening.title, tuple(kept), role="read", authors=authors, outlet=outlet, url=url or None, links=links
    )


def _is_cite(line: Line) -> bool:
    """Whether the line says who reports what follows: `Ana Reyes / Harbour Post:`."""
    return line.text.endswith((":", "：")) and count_words(line.text) <= _CITE_WORDS and line.kind != "heading"


def _is_label(line: Line) -> bool:
    """Whether the line is a few words that are no sentence: the outlet, directly under the title."""
    short = count_words(_PIECES.split(line.text)[0]) <= _OUTLET_WORDS and count_words(line.text) <= 2 * _OUTLET_WORDS
    leads = any(urlsplit(url).path.strip("/") for _, url in line.links)
    return line.kind in {"paragraph", "item"} and not leads and short and not is_punctuated(line.text)


def _is_links_alone(line: Line) -> bool:
    """Whether the line is a row of short links, such as other outlets that report the same."""
    linked = sum(len(name) for name, _ in line.links)
    return len(line.links) > 1 and linked * 10 >= 6 * len(line.text)


def _address(line: Line) -> str:
    return next((url for _, url in line.links if url.startswith(("http://", "https://"))), "")
