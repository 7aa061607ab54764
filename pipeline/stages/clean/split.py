"""Split a document into stories: records of two lines, sections under headings, or a single story."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.records import Link, Role
from pipeline.stages.clean.authors import author_names
from pipeline.stages.clean.documents import ParsedDocument, is_byline, is_title, mark_headings, split_han_paragraphs
from pipeline.stages.clean.lines import Line
from pipeline.stages.clean.residue import Residue
from pipeline.stages.clean.text import count_words, is_cut_off, is_han, is_punctuated
from pipeline.text.normalise import fold

_TITLE_WORDS = 30
_RATIO = 6  # a record's text is this many times as long as its title
_PAIRED = 0.8
_SURE_PAIRS = 4
_RECORD_WORDS = 120
_REPEATED = 3
_HAN_NAME = range(2, 5)  # characters


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """The part of a document that is one story, before trimming."""

    title: str
    lines: tuple[Line, ...]
    role: Role = "article"
    authors: tuple[str, ...] = ()
    outlet: str = ""
    url: str | None = None
    standfirst: str = ""
    key_points: tuple[str, ...] = ()
    truncated: bool = False
    links: tuple[Link, ...] = ()
    host: str = ""
    city: str = ""
    language: str | None = None
    dropped: tuple[tuple[str, str], ...] = ()  # rule and text of the lines removed in splitting


def split_document(parsed: ParsedDocument, residue: Residue) -> tuple[DocumentPart, ...]:
    """Return the stories of a document, at least one."""
    records = _records(parsed.lines, residue) if parsed.loose else ()
    if records:
        return records
    broken = tuple(split_footer(split_han_paragraphs(parsed.lines), residue))
    lines = mark_headings(broken, residue) if parsed.loose else broken
    sections = _sections(parsed, lines, residue)
    return sections or (_single_story(parsed, broken, residue),)


def _single_story(parsed: ParsedDocument, lines: Sequence[Line], residue: Residue) -> DocumentPart:
    title, rest = parsed.metadata.title, list(lines)
    if parsed.loose and lines and is_title(lines[0], lines[1:]) and not residue.groups("greeting", lines[0].text):
        title, rest = title or lines[0].text, rest[1:]
    elif not parsed.loose and not title:
        at = next((index for index, line in enumerate(lines[:6]) if line.kind == "heading"), None)
        if at is not None:
            title = lines[at].text
            rest.pop(at)
    authors = author_names(parsed.metadata.authors, parsed.metadata.site)
    return extract_head(DocumentPart(title, tuple(rest), authors=authors, standfirst=parsed.standfirst), residue)


def _records(lines: Sequence[Line], residue: Residue) -> tuple[DocumentPart, ...]:
    """The stories of a listing with two lines for each: title and text."""
    lines = [line for line in lines if line.kind != "code"]
    pairs = list(zip(lines[::2], lines[1::2], strict=False))
    fitting = sum(_is_record(*pair) for pair in pairs)
    if len(pairs) < 3 or fitting < _PAIRED * len(pairs) or len(lines) % 2:
        return ()
    long = sorted(count_words(text.text) for _, text in pairs)[len(pairs) // 2] >= _RECORD_WORDS
    labelled = sum("：" in text.text[:200] or ":" in text.text[:200] for _, text in pairs) * 2 >= len(pairs)
    if len(pairs) < _SURE_PAIRS and not (long or labelled):
        return ()
    bodies = [split_footer(split_han_paragraphs([text]), residue) for _, text in pairs]
    endings = Counter(fold(body[-1].text) for body in bodies)
    return tuple(
        _record(title.text, text.text, body, endings, residue)
        for (title, text), body in zip(pairs, bodies, strict=True)
    )


def _is_record(title: Line, text: Line) -> bool:
    short = count_words(title.text) <= _TITLE_WORDS and not title.text.rstrip().endswith((".", "。"))
    return short and len(text.text) >= _RATIO * len(title.text)


def _record(title: str, text: str, body: list[Line], endings: Counter[str], residue: Residue) -> DocumentPart:
    """Parse a record's text: standfirst, key points, byline, body, and a footer shared with other records."""
    dropped: list[tuple[str, str]] = []
    while body and endings[fold(body[-1].text)] >= _REPEATED:
        dropped.append(("repeated", body.pop().text))
    authors: tuple[str, ...] = ()
    tail: list[Line] = []
    # A byline may also come last, before the closing residue.
    while len(body) > 1 and residue.find(body[-1].text):
        tail.insert(0, body.pop())
    if len(body) > 1 and _is_han_name(body[-1].text):
        authors = (body.pop().text,)
    elif (
        len(body) > 1
        and body[-1].text.split()
        and _is_han_name(body[-1].text.split()[0])
        and is_footer(body[-1].text, residue)
    ):
        name, _, footer = body.pop().text.partition(" ")
        authors = (name,)
        dropped.append(("footer", footer))
    standfirst, points, names, rest = _parse_han_head(body[0].text, residue) if body else ("", (), (), "")
    if rest and rest != body[0].text:
        body = [*split_han_paragraphs([replace(body[0], text=rest)]), *body[1:]]
    return DocumentPart(
        title,
        (*body, *tail),
        authors=author_names(names or authors),
        standfirst=standfirst,
        key_points=points,
        truncated=is_cut_off(text),
        dropped=tuple(dropped),
    )


def split_footer(lines: Sequence[Line], residue: Residue) -> list[Line]:
    """Put the last words of the last line on a line of their own if they are residue."""
    if lines and is_han(lines[-1].text):
        body, _, footer = lines[-1].text.rpartition(" ")
        if body and residue.find(footer):
            return [*lines[:-1], replace(lines[-1], text=body), replace(lines[-1], text=footer)]
    return list(lines)


def is_footer(text: str, residue: Residue) -> bool:
    """Whether everything after the first word is residue, as in a line of byline and footer."""
    return residue.find(text.partition(" ")[2]) is not None


def _parse_han_head(text: str, residue: Residue) -> tuple[str, tuple[str, ...], tuple[str, ...], str]:
    """Split a Chinese record's first paragraph at spaces into standfirst, key points, byline and the rest."""
    words = text.split(" ")
    if not is_han(text):
        return "", (), (), text
    at = next((index for index, word in enumerate(words[:40]) if index and _is_han_byline(word)), None)
    if at is None or at >= len(words) - 1:
        return "", (), (), text
    label = next((index for index, word in enumerate(words[:at]) if residue.find(word, ("key_points",))), at)
    standfirst = " ".join(words[:label])
    if is_punctuated(standfirst) and label == at:
        return "", (), (), text
    points = _join_han_words(words[label:at]) if label < at else []
    if points and points[0][-1] in ":：":
        points = points[1:]
    elif points:
        points[0] = points[0].split("：" if "：" in points[0] else ":", 1)[-1]
    return standfirst, tuple(points), (words[at],), " ".join(words[at + 1 :])


def _join_han_words(words: Sequence[str]) -> list[str]:
    """Join the words of each key point: a space next to a Latin word does not separate points."""
    points: list[str] = []
    for word in words:
        if points and (word[0].isascii() or points[-1][-1].isascii()) and points[-1][-1] not in ":：":
            points[-1] = f"{points[-1]} {word}"
        else:
            points.append(word)
    return points


def _is_han_name(text: str) -> bool:
    return len(text) in _HAN_NAME and text.isalpha() and is_han(text)


def _is_han_byline(text: str) -> bool:
    return _is_han_name(text) or (
        is_han(text) and len(text) <= 16 and text.startswith(("記者", "记者", "文／", "文/", "撰文"))
    )


def _sections(parsed: ParsedDocument, lines: Sequence[Line], residue: Residue) -> tuple[DocumentPart, ...]:
    """The stories under headings of one level, where the document has no title or most have a byline."""
    levels = Counter(line.level for line in lines if line.kind == "heading")
    titled = bool(parsed.metadata.title) or (
        bool(lines) and lines[0].kind == "heading" and (parsed.loose or levels[lines[0].level] == 1)
    )
    for level in sorted(levels):
        parts = headed_groups(lines, level)
        full = [part for part in parts if count_paragraphs(part[1:]) >= 2]
        if len(full) < 2 or len(full) * 3 < len(parts) * 2:
            continue
        headed = [
            extract_head(DocumentPart(part[0].text, tuple(part[1:]), url=_link_target(part[0])), residue)
            for part in parts
        ]
        named = extract_names(headed)
        signed = len(full) if named != headed else sum(_is_signed(part, residue) for part in full)
        if (not titled and len(full) >= 3) or signed * 2 > len(full):
            return tuple(named)
    return ()


def extract_names(parts: Sequence[DocumentPart]) -> list[DocumentPart]:
    """Move Chinese names from the parts' first lines to their authors, where most parts begin with one.

    A name that all parts begin with is a column's label, not an author.
    """
    names = {index: part.lines[0].text for index, part in enumerate(parts) if _opens_with_name(part)}
    if len(names) * 2 <= len(parts) or len(set(names.values())) == 1:
        return list(parts)
    return [
        replace(part, lines=part.lines[1:], authors=(names[at],), dropped=(*part.dropped, ("byline", names[at])))
        if at in names
        else part
        for at, part in enumerate(parts)
    ]


def _opens_with_name(part: DocumentPart) -> bool:
    line = part.lines[0] if part.lines and not part.authors else None
    return line is not None and line.kind == "paragraph" and _is_han_name(line.text)


def _link_target(heading: Line) -> str | None:
    return heading.links[0][1] if heading.linked and heading.links else None


def group_by_heading(lines: Sequence[Line], level: int) -> list[list[Line]]:
    """Group the lines by headings of that level. The first group may lack a heading."""
    groups: list[list[Line]] = [[]]
    for line in lines:
        if line.kind == "heading" and line.level == level and groups[-1]:
            groups.append([])
        groups[-1].append(line)
    return groups


def headed_groups(lines: Sequence[Line], level: int) -> list[list[Line]]:
    """The groups of `group_by_heading` that begin with a heading."""
    return [group for group in group_by_heading(lines, level) if group[0].kind == "heading" and group[0].level == level]


def count_paragraphs(lines: Sequence[Line]) -> int:
    """Count the lines that are paragraphs of prose."""
    return sum(line.kind in {"paragraph", "quote"} and count_words(line.text) >= 12 for line in lines)


def _is_signed(part: Sequence[Line], residue: Residue) -> bool:
    return any(is_byline(line, residue) for line in part[1:4])


def extract_head(part: DocumentPart, residue: Residue) -> DocumentPart:
    """Move the byline, standfirst and key points from the part's first lines to its fields."""
    points, lines, points_at = _key_points(list(part.lines), residue)
    authors, dropped = part.authors, list(part.dropped)
    at = next((index for index, line in enumerate(lines[:4]) if is_byline(line, residue)), None)
    if at is None and points_at is not None and _is_bare_name(lines[points_at : points_at + 1]):
        at = points_at  # listings have the name alone between the key points and the story
    if at is not None and (found := author_names([lines[at].text])):
        authors = authors or found
        dropped.append(("byline", lines.pop(at).text))
    standfirst = part.standfirst
    opens = bool(lines) and lines[0].kind in {"paragraph", "heading"} and not is_punctuated(lines[0].text)
    if not standfirst and at is not None and opens and at > 0 and 6 <= count_words(lines[0].text) <= 45:
        standfirst = lines.pop(0).text
    return replace(
        part,
        lines=tuple(lines),
        authors=authors,
        standfirst=standfirst,
        key_points=points or part.key_points,
        dropped=tuple(dropped),
    )


def _is_bare_name(lines: Sequence[Line]) -> bool:
    """Whether the line is only a name: two to four capitalised words, or a few Han characters."""
    if not lines or lines[0].kind != "paragraph" or is_punctuated(lines[0].text):
        return False
    words = lines[0].text.split()
    if any("\u4e00" <= character <= "\u9fff" for character in lines[0].text):
        return len(lines[0].text) <= 12
    return 2 <= len(words) <= 4 and all(word[:1].isupper() for word in words)


def _key_points(lines: list[Line], residue: Residue) -> tuple[tuple[str, ...], list[Line], int | None]:
    """Separate the items under a label such as `Key points:` from the other lines; also return their index."""
    for index, line in enumerate(lines[:6]):
        if not residue.find(f"{line.text.rstrip(':：')}:", ("key_points",)) or count_words(line.text) > 6:
            continue
        end = index + 1
        while end < len(lines) and lines[end].kind == "item":
            end += 1
        if end > index + 1:
            return tuple(item.text for item in lines[index + 1 : end]), [*lines[:index], *lines[end:]], index
    return (), lines, None
