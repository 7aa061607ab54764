"""A document taken apart: records of two lines, sections under headings, or one story."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.records import Link, Role
from pipeline.stages.clean.authors import author_names
from pipeline.stages.clean.documents import Draft, is_byline, is_title, with_han_breaks, with_headings
from pipeline.stages.clean.lines import Line
from pipeline.stages.clean.residue import Residue
from pipeline.stages.clean.text import count_words, is_cut_off, is_han, is_punctuated
from pipeline.text.normalise import fold

_TITLE_WORDS = 30
_RATIO = 6  # a record's text is as many times as long as its title
_PAIRED = 0.8
_SURE_PAIRS = 4
_RECORD_WORDS = 120
_REPEATED = 3
_HAN_NAME = range(2, 5)  # characters


@dataclass(frozen=True, slots=True)
class Part:
    """A story as a document has it, not yet trimmed."""

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
    dropped: tuple[tuple[str, str], ...] = ()  # rule and line, of what was taken away in splitting


def split(draft: Draft, residue: Residue) -> tuple[Part, ...]:
    """The stories of a document. One part, if it is one story."""
    records = _records(draft.lines, residue) if draft.loose else ()
    if records:
        return records
    broken = tuple(footer_apart(with_han_breaks(draft.lines), residue))
    lines = with_headings(broken, residue) if draft.loose else broken
    sections = _sections(draft, lines, residue)
    return sections or (_single(draft, broken, residue),)


def _single(draft: Draft, lines: Sequence[Line], residue: Residue) -> Part:
    title, rest = draft.facts.title, list(lines)
    if draft.loose and lines and is_title(lines[0], lines[1:]) and not residue.read("greeting", lines[0].text):
        title, rest = title or lines[0].text, rest[1:]
    elif not draft.loose and not title:
        at = next((index for index, line in enumerate(lines[:6]) if line.kind == "heading"), None)
        if at is not None:
            title = lines[at].text
            rest.pop(at)
    return with_head(Part(title, tuple(rest), authors=author_names(draft.facts.authors, draft.facts.site)), residue)


def _records(lines: Sequence[Line], residue: Residue) -> tuple[Part, ...]:
    """Listings that give each story two lines: its title, and all its text."""
    lines = [line for line in lines if line.kind != "code"]
    pairs = list(zip(lines[::2], lines[1::2], strict=False))
    fitting = sum(_is_record(*pair) for pair in pairs)
    if len(pairs) < 3 or fitting < _PAIRED * len(pairs) or len(lines) % 2:
        return ()
    long = sorted(count_words(text.text) for _, text in pairs)[len(pairs) // 2] >= _RECORD_WORDS
    labelled = sum("：" in text.text[:200] or ":" in text.text[:200] for _, text in pairs) * 2 >= len(pairs)
    if len(pairs) < _SURE_PAIRS and not (long or labelled):
        return ()
    bodies = [footer_apart(with_han_breaks([text]), residue) for _, text in pairs]
    endings = Counter(fold(body[-1].text) for body in bodies)
    return tuple(
        _record(title.text, text.text, body, endings, residue)
        for (title, text), body in zip(pairs, bodies, strict=True)
    )


def _is_record(title: Line, text: Line) -> bool:
    short = count_words(title.text) <= _TITLE_WORDS and not title.text.rstrip().endswith((".", "。"))
    return short and len(text.text) >= _RATIO * len(title.text)


def _record(title: str, text: str, body: list[Line], endings: Counter[str], residue: Residue) -> Part:
    """A record's text is its standfirst, key points and byline, its body, and a footer that others share."""
    dropped: list[tuple[str, str]] = []
    while body and endings[fold(body[-1].text)] >= _REPEATED:
        dropped.append(("repeated", body.pop().text))
    authors: tuple[str, ...] = ()
    tail: list[Line] = []
    # A byline may also come last, and then before what closes the record.
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
    standfirst, points, names, rest = _han_head(body[0].text, residue) if body else ("", (), (), "")
    if rest and rest != body[0].text:
        body = [*with_han_breaks([replace(body[0], text=rest)]), *body[1:]]
    return Part(
        title,
        (*body, *tail),
        authors=author_names(names or authors),
        standfirst=standfirst,
        key_points=points,
        truncated=is_cut_off(text),
        dropped=tuple(dropped),
    )


def footer_apart(lines: Sequence[Line], residue: Residue) -> list[Line]:
    """The lines, with the last one's words behind a space on a line of their own where they are residue."""
    if lines and is_han(lines[-1].text):
        body, _, footer = lines[-1].text.rpartition(" ")
        if body and residue.find(footer):
            return [*lines[:-1], replace(lines[-1], text=body), replace(lines[-1], text=footer)]
    return list(lines)


def is_footer(text: str, residue: Residue) -> bool:
    """Whether what follows the first word is residue: a byline and a footer on one line."""
    return residue.find(text.partition(" ")[2]) is not None


def _han_head(text: str, residue: Residue) -> tuple[str, tuple[str, ...], tuple[str, ...], str]:
    """Standfirst, key points, byline and the rest of a Chinese record's first paragraph, which spaces part."""
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
    points = _joined_han(words[label:at]) if label < at else []
    if points and points[0][-1] in ":：":
        points = points[1:]
    elif points:
        points[0] = points[0].split("：" if "：" in points[0] else ":", 1)[-1]
    return standfirst, tuple(points), (words[at],), " ".join(words[at + 1 :])


def _joined_han(words: Sequence[str]) -> list[str]:
    """Points parted by spaces; a space beside a Latin word is none that parts."""
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


def _sections(draft: Draft, lines: Sequence[Line], residue: Residue) -> tuple[Part, ...]:
    """Stories under headings of one level: where nothing is over them all, or each has its own byline."""
    levels = Counter(line.level for line in lines if line.kind == "heading")
    titled = bool(draft.facts.title) or (
        bool(lines) and lines[0].kind == "heading" and (draft.loose or levels[lines[0].level] == 1)
    )
    for level in sorted(levels):
        parts = [part for part in cut_at(lines, level) if part[0].kind == "heading" and part[0].level == level]
        full = [part for part in parts if paragraphs(part[1:]) >= 2]
        if len(full) < 2 or len(full) * 3 < len(parts) * 2:
            continue
        headed = [with_head(Part(part[0].text, tuple(part[1:]), url=_address(part[0])), residue) for part in parts]
        named = with_names(headed)
        signed = len(full) if named != headed else sum(_is_signed(part, residue) for part in full)
        if (not titled and len(full) >= 3) or signed * 2 > len(full):
            return tuple(named)
    return ()


def with_names(parts: Sequence[Part]) -> list[Part]:
    """The parts with their authors, where most begin with a Chinese name alone on its line.

    One name over them all is no author but a column's label.
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


def _opens_with_name(part: Part) -> bool:
    line = part.lines[0] if part.lines and not part.authors else None
    return line is not None and line.kind == "paragraph" and _is_han_name(line.text)


def _address(heading: Line) -> str | None:
    return heading.links[0][1] if heading.linked and heading.links else None


def cut_at(lines: Sequence[Line], level: int) -> list[list[Line]]:
    """The lines in groups that each begin with a heading of that level; the first may not."""
    groups: list[list[Line]] = [[]]
    for line in lines:
        if line.kind == "heading" and line.level == level and groups[-1]:
            groups.append([])
        groups[-1].append(line)
    return groups


def paragraphs(lines: Sequence[Line]) -> int:
    """How many of the lines are paragraphs of prose."""
    return sum(line.kind in {"paragraph", "quote"} and count_words(line.text) >= 12 for line in lines)


def _is_signed(part: Sequence[Line], residue: Residue) -> bool:
    return any(is_byline(line, residue) for line in part[1:4])


def with_head(part: Part, residue: Residue) -> Part:
    """The part with its byline, standfirst and key points taken out of its first lines."""
    points, lines, behind = _key_points(list(part.lines), residue)
    authors, dropped = part.authors, list(part.dropped)
    at = next((index for index, line in enumerate(lines[:4]) if is_byline(line, residue)), None)
    if at is None and behind is not None and _is_bare_name(lines[behind : behind + 1]):
        at = behind  # a listing has the name alone between its key points and the story
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
    """Whether a line is a name and nothing else: two to four words in capitals, or a few Han characters."""
    if not lines or lines[0].kind != "paragraph" or is_punctuated(lines[0].text):
        return False
    words = lines[0].text.split()
    if any("\u4e00" <= character <= "\u9fff" for character in lines[0].text):
        return len(lines[0].text) <= 12
    return 2 <= len(words) <= 4 and all(word[:1].isupper() for word in words)


def _key_points(lines: list[Line], residue: Residue) -> tuple[tuple[str, ...], list[Line], int | None]:
    """The items under a label such as `Key points:` in the head of a story, the other lines, and where they stood."""
    for index, line in enumerate(lines[:6]):
        if not residue.find(f"{line.text.rstrip(':：')}:", ("key_points",)) or count_words(line.text) > 6:
            continue
        end = index + 1
        while end < len(lines) and lines[end].kind == "item":
            end += 1
        if end > index + 1:
            return tuple(item.text for item in lines[index + 1 : end]), [*lines[:index], *lines[end:]], index
    return (), lines, None
