"""Split roundups: letters of several items, each a title with its text, or a link with a line or two about it.

Headings open sections. A section is a list of linked titles, or a story under its heading. Headings alone do not make a
roundup, since essays have them too: something has to show that the sections are separate stories.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from pipeline.stages.clean.authors import author_names
from pipeline.stages.clean.documents import ParsedDocument, is_byline, mark_headings, split_han_paragraphs
from pipeline.stages.clean.items import Items, is_button, opens_item, split_items, without_reading_time
from pipeline.stages.clean.lines import Line
from pipeline.stages.clean.newsletter import parse_feature, reading_list, section_level
from pipeline.stages.clean.residue import Residue
from pipeline.stages.clean.split import DocumentPart, count_paragraphs
from pipeline.stages.clean.text import count_words, is_punctuated
from pipeline.text.normalise import fold, normalise

_TITLE_WORDS = 20
_KICKER_WORDS = 6
_LEAST_ITEMS = 3
_LEAST_IN_LISTS = 4  # items, where there are several lists
_LEAST_SECTIONS = 2
_MOSTLY = 0.5  # of the words
_GOOD_PART = 0.2
_SIGNATURE_WORDS = 10
_SALUTATION_WORDS = 6
_LETTER_WORDS = 8  # of a line of the letter that says something
_LABEL_WORDS = 6
_ABOVE_MASTHEAD = 3  # lines
_GREETING_DEPTH = 12  # lines
_SALUTATION_DEPTH = 6  # lines
_GUESSED_LEVEL = 6  # of a heading that is only bold
_NUMBERED = re.compile(
    r"\s*[(（]?(?P<number>\d{1,2}|[一二三四五六七八九十]{1,3})(?:[.)）．](?=\D)|[、:：])\s*(?P<title>\S.*)$"
)
_HAN_NUMBERS = {character: number for number, character in enumerate("一二三四五六七八九十", 1)}
_BRACKETED = re.compile(r"【[^【】]{2,60}】")
_TAG = re.compile(r"^【[^【】]{1,8}】\s*(?=\S)")
_BARE_NUMBER = re.compile(r"\W*\d{0,3}\W*")
# "Your editor" before the name, in the languages of the letters.
_OFFICE_ALONE = re.compile(
    r"\s*(?:your|ihre?|eue?re?|uw|jullie|votre|su|tu|la sua|il suo|o seu|a sua)\s", re.IGNORECASE
)
_OFFICE = re.compile(rf"{_OFFICE_ALONE.pattern}(?:[\w-]+\s+)?(?=\S+\s+\S)", re.IGNORECASE)
_OFFICE_BEHIND = re.compile(r"\s*[,，、|·]\s*")
_DASHES = ("—", "–", "-")


@dataclass(frozen=True, slots=True)
class _Section:
    """The lines under a heading, and the kicker above it. The first section has no heading."""

    heading: Line | None = None
    lines: list[Line] = field(default_factory=list)
    kicker: str = ""


@dataclass(frozen=True, slots=True)
class _Feature:
    """A story under its heading. `is_separate`: something shows that it is a story of its own."""

    part: DocumentPart
    is_separate: bool


def split_roundup(parsed: ParsedDocument, residue: Residue) -> tuple[DocumentPart, ...]:
    """Return the letter, features and reads of a roundup, or nothing where the document is not one."""
    lines, numbered = _with_headings(parsed, residue)
    greeting, lines = _split_greeting(lines, residue) if parsed.mail else (None, lines)
    lines, closing = _split_closing(lines, residue)
    sections = _sections(lines, _letters_of((parsed.metadata.site, parsed.metadata.title)), residue)
    items = [_items(section, residue) for section in sections]
    contents = {fold(line.text) for line in items[0].before}
    features = {
        at: feature
        for at, section in enumerate(sections)
        if section.heading and not (items[at].parts or items[at].sponsored)
        if (feature := _feature(section, contents, residue)).part.lines
    }
    words = sum(count_words(line.text) for line in lines)
    is_made = any(not is_byline(line, residue) for line in closing)  # says who coordinates it
    is_greeted = greeting is not None and (is_made or any(each.parts for each in items))
    is_signed = is_greeted or _signature(items[0].before) is not None
    if not (numbered or _are_separate(list(features.values()), is_signed=is_signed) or _are_lists(items, words)):
        return ()
    titles = {fold(section.heading.text) for section in sections if section.heading}
    letter = _letter(items[0].before, titles, _authors_of(closing, residue) or parsed.metadata.authors)
    dropped = [*(greeting.dropped if greeting else ()), *(("coordination", line.text) for line in closing)]
    parts = _parts(letter and _greeted(letter, greeting), sections, items, features, residue)
    return (replace(parts[0], dropped=(*dropped, *parts[0].dropped)), *parts[1:]) if parts else ()


def _split_greeting(lines: list[Line], residue: Residue) -> tuple[DocumentPart | None, list[Line]]:
    """Take the greeting and what stands above it off a letter. Host and city are in the part that is returned."""
    for at, line in enumerate(lines[:_GREETING_DEPTH]):
        if (fields := residue.groups("greeting", line.text)) is not None:
            dropped = tuple(("greeting", each.text) for each in lines[: at + 1])
            host = fields.get("host", "")
            if not host and at + 1 < len(lines) and not is_punctuated(lines[at + 1].text):
                host = next(iter(author_names([_OFFICE_BEHIND.split(lines[at + 1].text)[0]])), "")
            return DocumentPart("", (), host=host, city=fields.get("city", ""), dropped=dropped), lines[at + 1 :]
    return None, lines


def _greeted(letter: DocumentPart, greeting: DocumentPart | None) -> DocumentPart:
    return replace(letter, host=greeting.host or letter.host, city=greeting.city) if greeting else letter


def _items(section: _Section, residue: Residue) -> Items:
    """The items of a section: linked titles, or what a reading list names."""
    items = split_items(section.lines, residue)
    if not items.parts and section.heading and residue.find(section.heading.text, ("reading_list",)):
        return Items(tuple(reading_list(section.lines)))
    return items


def _are_separate(features: Sequence[_Feature], *, is_signed: bool) -> bool:
    """Whether the sections are stories of their own: most of them show it, or the letter ends above them."""
    with_text = [each for each in features if count_paragraphs(each.part.lines)]
    separate = sum(each.is_separate for each in with_text)
    return (
        (separate >= _LEAST_SECTIONS or (is_signed and separate == len(with_text) == 1))
        and separate * 2 >= len(with_text)
    ) or (is_signed and len(with_text) >= _LEAST_SECTIONS)


def _are_lists(items: Sequence[Items], words: int) -> bool:
    """Whether lists of items are most of the document, or several lists are a good part of it."""
    parts = [part for each in items for part in each.parts]
    lists = sum(bool(each.parts) for each in items)
    listed = sum(count_words(part.title) + sum(count_words(line.text) for line in part.lines) for part in parts)
    if lists >= _LEAST_SECTIONS and len(parts) >= _LEAST_IN_LISTS:
        return listed >= _GOOD_PART * words
    return len(parts) >= _LEAST_ITEMS and listed >= _MOSTLY * words


def _parts(
    letter: DocumentPart | None,
    sections: Sequence[_Section],
    items: Sequence[Items],
    features: dict[int, _Feature],
    residue: Residue,
) -> tuple[DocumentPart, ...]:
    parts = [letter] if letter else []
    dropped: list[tuple[str, str]] = []
    seen: set[str] = set()
    for at, section in enumerate(sections):
        heading = section.heading.text if section.heading else ""
        if any(residue.find(text, ("sponsor",)) for text in (section.kicker, heading) if text):
            dropped.append(("sponsor", heading))
            continue
        dropped += [("sponsor", title) for title in items[at].sponsored]
        if section.heading and items[at].parts:
            dropped += [("introduction", line.text) for line in items[at].before]
        for part in (features[at].part,) if at in features else items[at].parts:
            if fold(part.title) not in seen:
                seen.add(fold(part.title))
                parts.append(part)
    if not parts:
        return ()
    return (replace(parts[0], dropped=(*parts[0].dropped, *dropped)), *parts[1:])


def _letter(lines: Sequence[Line], titles: set[str], authors: tuple[str, ...]) -> DocumentPart | None:
    """The words to the readers before the first section, without the contents, the labels and the signature."""
    kept = [line for line in lines if fold(line.text) not in titles]
    signature = _signature(kept) or ""
    if signature:
        kept = kept[:-1]
    kept = [line for line in kept if is_punctuated(line.text) or count_words(line.text) > _SIGNATURE_WORDS]
    while kept and kept[-1].text.endswith((":", "：")):
        kept.pop()
    if not any(count_words(line.text) >= _LETTER_WORDS for line in kept):
        return None
    names = authors or _signed(signature)
    return DocumentPart("", tuple(kept), role="letter", authors=names, host=names[0] if names else "")


def _signed(signature: str) -> tuple[str, ...]:
    """The names in a signature, without an office such as "your editor"."""
    names = _OFFICE.sub("", signature.lstrip("".join(_DASHES)))
    return () if _OFFICE_ALONE.match(names) else author_names([names])


def _signature(letter: Sequence[Line]) -> str | None:
    """The last line of a letter, where it is signed: behind a dash, or below a salutation."""
    if len(letter) < 2 or not count_paragraphs(letter):
        return None
    last = letter[-1].text
    if count_words(last) > _SIGNATURE_WORDS or is_punctuated(last) or letter[-1].linked:
        return None
    saluted = any(
        count_words(line.text) <= _SALUTATION_WORDS and line.text.endswith((",", "!", "，", "！", ":", "："))
        for line in letter[:_SALUTATION_DEPTH]
    )
    return last if saluted or last.startswith(_DASHES) else None


def _feature(section: _Section, contents: set[str], residue: Residue) -> _Feature:
    heading = section.heading or Line("heading", "")
    credit, lines = _split_credit(section.lines, residue)
    buttons = [line for line in lines if is_button(line, residue)]
    if not buttons and len(lines) > 1 and _leads_on(lines[-1]):
        buttons = [lines.pop()]
    lines = [line for line in lines if not (is_button(line, residue) or _is_no_text(line, residue))]
    part = parse_feature(heading, lines, residue)
    onward = [url for line in lines for name, url in line.links if residue.find(name.strip("()[] "), ("read_on",))]
    below = _only_link(lines)
    urls = (part.url, credit.url, *(line.links[-1][1] for line in buttons), *onward, below)
    shown = (heading.links, buttons, onward, below, credit.outlet, part.outlet, section.kicker)
    part = replace(
        part,
        title=_TAG.sub("", _title_of(part.title)),
        url=next(filter(None, urls), None),
        outlet=credit.outlet or part.outlet,
        authors=credit.authors or part.authors,
    )
    return _Feature(part, any(shown) or fold(part.title) in contents)


def _is_no_text(line: Line, residue: Residue) -> bool:
    return bool(_BARE_NUMBER.fullmatch(line.text)) or residue.find(line.text, ("sponsor",)) is not None


def _title_of(heading: str) -> str:
    """The title in a heading, without its number and the time that it takes to read."""
    found = _NUMBERED.fullmatch(heading)
    return without_reading_time(found["title"] if found else heading)


def _leads_on(line: Line) -> bool:
    """Whether a line below a story is a link, perhaps behind a label: `Go deeper: The whole report`."""
    ends = bool(line.links) and line.text.endswith(line.links[-1][0])
    return line.linked or (ends and count_words(line.text) <= _LABEL_WORDS and not is_punctuated(line.text))


def _split_credit(lines: Sequence[Line], residue: Residue) -> tuple[DocumentPart, list[Line]]:
    """Take the line that credits a story off it: outlet, authors and address are in the part that is returned."""
    for at, line in enumerate(lines):
        name, url = line.links[-1] if line.links else ("", "")
        leads_on = name and line.text.endswith(name) and residue.find(name, ("read_on",))
        text = line.text.removesuffix(name).strip() if leads_on else line.text
        source = residue.groups("source", text) if line.kind != "heading" else None
        outlet = normalise(source.get("outlet", "")) if source else ""
        authors = author_names([source.get("authors", "")], outlet) if source else ()
        if outlet and not any(name[:1].islower() for name in (outlet, *authors)):
            part = DocumentPart("", (), authors=authors, outlet=outlet, url=url if leads_on else None)
            return part, [*lines[:at], *lines[at + 1 :]]
    return DocumentPart("", ()), list(lines)


def _only_link(lines: Sequence[Line]) -> str | None:
    """The address that plain text gives below a story."""
    links = {url for line in lines for name, url in line.links if name == line.text}
    return links.pop() if len(links) == 1 else None


def _split_closing(lines: Sequence[Line], residue: Residue) -> tuple[list[Line], list[Line]]:
    """Take the bylines and the line about the makers at the very end apart from the other lines."""
    end = len(lines)
    while end and not lines[end - 1].links and _names_makers(lines[end - 1], residue):
        end -= 1
    return list(lines[:end]), list(lines[end:])


def _names_makers(line: Line, residue: Residue) -> bool:
    return is_byline(line, residue) or residue.find(line.text, ("coordination",)) is not None


def _authors_of(lines: Sequence[Line], residue: Residue) -> tuple[str, ...]:
    return author_names([line.text for line in lines if is_byline(line, residue)])


def _with_headings(parsed: ParsedDocument, residue: Residue) -> tuple[list[Line], bool]:
    """The lines with all headings marked as such, and whether the titles of the stories are numbered."""
    lines = list(split_han_paragraphs(parsed.lines))
    numbers = _numbered_titles(lines) if parsed.loose or parsed.mail else {}
    lines = [replace(line, kind="heading", level=2, text=numbers.get(at, line.text)) if at in numbers else line
             for at, line in enumerate(lines)]  # fmt: skip
    if parsed.loose:
        lines = list(mark_headings(_with_bulleted_titles(lines), residue))
    bold = [at for at, (line, after) in enumerate(pairwise(lines)) if _is_bold_title(line, after)]
    if len(bold) >= _LEAST_SECTIONS:
        for at in bold:
            lines[at] = replace(lines[at], kind="heading", level=_GUESSED_LEVEL)
    lists = [at for at in range(len(lines) - 2) if _labels_list(lines[at : at + 3])]
    for at in lists:
        lines[at] = replace(lines[at], kind="heading", level=_GUESSED_LEVEL, text=lines[at].text.rstrip(" :："))
    return lines, bool(numbers) and parsed.loose


def _with_bulleted_titles(lines: list[Line]) -> list[Line]:
    """Mark the bulleted lines of plain text that each have a paragraph below as headings."""
    titles = {
        at
        for at, (line, after) in enumerate(pairwise(lines))
        if line.kind == "item" and after.kind == "paragraph" and not is_punctuated(line.text) and not line.links
        if count_words(after.text) > count_words(line.text)
    }
    if len(titles) < _LEAST_ITEMS:
        return lines
    return [replace(line, kind="heading", level=2) if at in titles else line for at, line in enumerate(lines)]


def _labels_list(lines: Sequence[Line]) -> bool:
    """Whether the first of three lines labels a list of links."""
    label = lines[0]
    short = label.kind == "paragraph" and not label.links and count_words(label.text) <= _LABEL_WORDS
    named = short and (label.text.endswith((":", "：")) or not is_punctuated(label.text))
    return named and all(line.kind == "item" and line.links for line in lines[1:])


def _is_bold_title(line: Line, after: Line) -> bool:
    is_title = (line.strong and not line.links) or _BRACKETED.fullmatch(line.text)
    short = count_words(line.text) <= _TITLE_WORDS and (not is_punctuated(line.text) or line.text[-1] in "?!？！】")
    return bool(is_title) and line.kind == "paragraph" and short and after.kind != "heading" and not after.strong


def _numbered_titles(lines: Sequence[Line]) -> dict[int, str]:
    """The titles, by line, of stories that are numbered from 1 and each have a text."""
    titles: dict[int, str] = {}
    for at, (line, after) in enumerate(pairwise(lines)):
        found = _NUMBERED.match(line.text) if line.kind in {"item", "paragraph"} else None
        if not found or line.links or _number_of(found["number"]) != len(titles) + 1 or _NUMBERED.match(after.text):
            continue
        title = found["title"]
        if count_words(title) <= _TITLE_WORDS and (not is_punctuated(title) or title[-1] in "?!？！"):
            titles[at] = title
    return titles if len(titles) >= _LEAST_ITEMS else {}


def _number_of(text: str) -> int:
    return int(text) if text.isdigit() else _HAN_NUMBERS.get(text, 0)


def _sections(lines: Sequence[Line], names: Sequence[str], residue: Residue) -> list[_Section]:
    """The document at its headings: of the level of most stories, above it, and over lists.

    `names`: the letters of the newsletter's name and of the subject.
    """
    level = section_level(lines)
    kickers = _kickers(lines)
    sections = [_Section()]
    kicker = ""
    for at, line in enumerate(lines):
        after = lines[at + 1] if at + 1 < len(lines) else None
        if at in kickers:
            kicker = line.text
        elif line.kind == "heading" and (line.level <= level or (after and _opens_list(after, residue))):
            above = len(sections) == 1 and len(sections[0].lines) <= _ABOVE_MASTHEAD and not line.links
            if above and _is_masthead(line, lines, names):
                continue
            sections.append(_Section(line, kicker=kicker))
            kicker = ""
        else:
            sections[-1].lines.append(line)
    return sections


def _is_masthead(line: Line, lines: Sequence[Line], names: Sequence[str]) -> bool:
    """Whether a heading before all sections is the letter's own title: its name, or alone above all others."""
    letters = _letters_of((line.text,))
    if letters and any(letters[0] in name or name in letters[0] for name in names):
        return True
    return sum(other.kind == "heading" and other.level <= line.level for other in lines) == 1


def _letters_of(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(letters for text in texts if (letters := "".join(filter(str.isalpha, fold(text)))))


def _opens_list(line: Line, residue: Residue) -> bool:
    return (line.kind == "item" and bool(line.links)) or opens_item(line, residue)


def _kickers(lines: Sequence[Line]) -> set[int]:
    """The short lines directly above headings, where most headings have one."""
    headings = {at for at, line in enumerate(lines) if line.kind == "heading"}
    titles = sorted(at for at in headings if at + 1 not in headings)
    above = {at - 1 for at in titles if at and lines[at - 1].kind == "heading"}
    plain = {
        at - 1
        for at in titles
        if at and lines[at - 1].kind == "paragraph" and not lines[at - 1].links and _is_kicker(lines[at - 1].text)
    }
    return above | (plain if len(plain) >= _LEAST_SECTIONS and len(plain) * 2 >= len(titles) else set())


def _is_kicker(text: str) -> bool:
    return count_words(text) <= _KICKER_WORDS and not is_punctuated(text)
