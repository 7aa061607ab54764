"""Convert plain text and Markdown to lines and metadata."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from statistics import median

from pipeline.records import BlockKind, Document
from pipeline.stages.clean.authors import author_names
from pipeline.stages.clean.decode import decode_document
from pipeline.stages.clean.lines import MAX_LINES, Line
from pipeline.stages.clean.metadata import Metadata
from pipeline.stages.clean.residue import Residue
from pipeline.stages.clean.text import count_words, is_han, is_punctuated
from pipeline.text.dates import parse_iso_time
from pipeline.text.languages import declared_language
from pipeline.text.normalise import normalise
from pipeline.text.sentences import ends_sentence

_BULLET = re.compile(r"^\s*(?:[-*•·‣▪●○–—]\s+|[-*•·‣▪●○–—]$)")
_NUMBER = re.compile(r"^\s*\(?\d{1,2}[.)、]\s+\S")
_QUOTED = re.compile(r"^\s*>+\s?")
_SEPARATOR_ROW = re.compile(r"^\s*(?:[-=_*~#]\s?){3,}\s*$")
_WRAP_WIDTH = range(40, 101)
_TITLE_WORDS = 40
# In Chinese text without line breaks, a space after a sentence ends a paragraph.
_HAN_PARAGRAPH = re.compile(r"(?<=[。！？…；」』”])\s+(?=\S)")
_HAN_GAP = re.compile(r"(?<=[\u3400-\u9fff\u3000-\u303f\uff00-\uffef])\s+(?=[\u3400-\u9fff\u300c\u300e\u300a\u201c])")
_LONG_LINE = 120  # characters
_MAX_SUBHEAD = 20  # characters


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A document as lines, before it is split into stories."""

    lines: tuple[Line, ...]
    metadata: Metadata = field(default_factory=Metadata)
    loose: bool = True  # plain text, whose headings have to be guessed
    standfirst: str = ""  # of a document with one story
    mail: bool = False  # a newsletter as it was sent, with the buttons and small print of mails
    dropped: tuple[tuple[str, str], ...] = ()  # rule and text of the lines and links left out so far


def parse_text(document: Document) -> ParsedDocument:
    """Parse plain text: a paragraph on each line, or wrapped paragraphs with blank lines between them."""
    text = decode_document(document.body, document.charset)
    return ParsedDocument(tuple(islice(text_lines(text), MAX_LINES)))


def text_lines(text: str) -> Iterator[Line]:
    """Yield the lines of plain text."""
    paragraphs = _paragraphs(text.splitlines())
    wrapped = _is_wrapped(paragraphs)
    item = False
    for paragraph in paragraphs:
        for raw in _join_rows(paragraph) if wrapped else paragraph:
            if _SEPARATOR_ROW.match(raw):
                item = bool(_BULLET.fullmatch(raw))
                continue
            if _BULLET.fullmatch(raw):
                item = True  # the bullet is on a line of its own
                continue
            bullet = bool(_BULLET.match(raw))
            kind: BlockKind = (
                "item" if item or bullet or _NUMBER.match(raw) else "quote" if _QUOTED.match(raw) else "paragraph"
            )
            content = normalise(_QUOTED.sub("", _BULLET.sub("", raw) if bullet else raw))
            item = False
            if content:
                yield Line(kind, content)


def _paragraphs(rows: Sequence[str]) -> list[list[str]]:
    paragraphs: list[list[str]] = [[]]
    for row in rows:
        if row.strip():
            paragraphs[-1].append(row)
        elif paragraphs[-1]:
            paragraphs.append([])
    return [paragraph for paragraph in paragraphs if paragraph]


def _is_wrapped(paragraphs: Sequence[Sequence[str]]) -> bool:
    """Whether most rows inside paragraphs break in mid-sentence at a similar width."""
    inner = [row for paragraph in paragraphs for row in paragraph[:-1]]
    if len(inner) < 4 or len(paragraphs) < 2:
        return False
    broken = sum(len(row) in _WRAP_WIDTH and not ends_sentence(row) for row in inner)
    return broken >= 0.6 * len(inner) and median(map(len, inner)) in _WRAP_WIDTH


def _join_rows(paragraph: Sequence[str]) -> list[str]:
    joined: list[str] = []
    for row in paragraph:
        starts = _BULLET.match(row) or _NUMBER.match(row) or _QUOTED.match(row) or not joined
        gap = "" if joined and is_han(joined[-1][-1:] + row[:1]) else " "
        if starts:
            joined.append(row)
        else:
            joined[-1] = f"{joined[-1]}{gap}{row.strip()}"
    return joined


def split_han_paragraphs(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Split long lines of Chinese text without line breaks into paragraphs."""
    split: list[Line] = []
    for line in lines:
        if line.kind != "paragraph" or len(line.text) <= _LONG_LINE or not is_han(line.text):
            split.append(line)
            continue
        for part in _HAN_PARAGRAPH.split(line.text):
            split.extend(_split_subhead(part))
    return tuple(split)


def _split_subhead(text: str) -> Iterator[Line]:
    """Yield a paragraph, preceded by its short unpunctuated subhead if it has one."""
    segments = _HAN_GAP.split(text)
    cut = 0
    while cut < len(segments) - 1 and len(segments[cut]) <= _MAX_SUBHEAD and not is_punctuated(segments[cut]):
        cut += 1
    head, rest = " ".join(segments[:cut]), " ".join(segments[cut:])
    if head and len(rest) > 2 * len(head) and len(head) <= 2 * _MAX_SUBHEAD and "," not in head and "，" not in head:
        yield Line("heading", head, 2)
        yield Line("paragraph", rest)
    else:
        yield Line("paragraph", text)


def is_title(line: Line, others: Sequence[Line]) -> bool:
    """Whether a document's first line is its title: short, and unlike the document's paragraphs."""
    words = count_words(line.text)
    if words > _TITLE_WORDS or not others or line.kind in {"item", "quote", "code"}:
        return False
    typical = median(count_words(other.text) for other in others)
    if ends_sentence(line.text) and line.text.rstrip(" \"'”’»」』")[-1] in ".。":
        return False
    return words <= 20 or words * 1.5 <= typical


def is_byline(line: Line, residue: Residue) -> bool:
    """Whether a line names the authors and nothing else."""
    short = line.kind != "item" and count_words(line.text) <= 16 and not is_punctuated(line.text)
    return short and residue.find(line.text, ("byline",)) is not None and bool(author_names([line.text]))


def mark_headings(lines: Sequence[Line], residue: Residue) -> tuple[Line, ...]:
    """Mark the short unpunctuated lines before longer paragraphs of plain text as headings."""
    bylines = [is_byline(line, residue) for line in lines]
    marked: list[Line] = []
    for index, line in enumerate(lines):
        ahead = index + 1
        while ahead < len(lines) and bylines[ahead]:
            ahead += 1
        heads = not bylines[index] and ahead < len(lines) and _is_heading(line, lines[ahead])
        marked.append(replace(line, kind="heading", level=2) if heads else line)
    return tuple(marked)


def _is_heading(line: Line, after: Line) -> bool:
    text = line.text
    if line.kind != "paragraph" or (is_punctuated(text) and text[-1] not in "?!？！"):
        return False
    if text[0] in "\"“„«「『‘'(" or count_words(text) > 12 or len(text) > 90:
        return False
    longer = count_words(after.text) >= max(12, 2.5 * count_words(text))
    return longer or (after.kind == "item" and text[-1] in "?:？：")


def parse_markdown(document: Document) -> ParsedDocument:
    """Parse a Markdown file. Its title is the `title:` of its front matter, or its first heading."""
    from lxml import html as lxml_html
    from markdown_it import MarkdownIt

    from pipeline.stages.clean.markup import lines_from_markup

    text = decode_document(document.body, document.charset)
    front, text = _front_matter(text)
    markup = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    if not markup.strip():
        return ParsedDocument(())
    lines = lines_from_markup(lxml_html.fromstring(f"<div>{markup}</div>"))
    authors = front.get("author") or front.get("authors") or ""
    metadata = Metadata(
        title=front.get("title", ""),
        authors=(authors,) if authors else (),
        published_at=parse_iso_time(front.get("date", "")),
        language=declared_language(front.get("lang") or front.get("language")),
    )
    return ParsedDocument(tuple(lines[:MAX_LINES]), metadata, loose=False)


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """Split off the `key: value` lines of the front matter."""
    found = re.match(r"\s*---[ \t]*\r?\n(.*?)\r?\n---[ \t]*\r?\n", text, re.DOTALL)
    if not found:
        return {}, text
    pairs = (row.partition(":") for row in found[1].splitlines() if ":" in row and not row.startswith((" ", "#", "-")))
    return {key.strip().lower(): value.strip().strip("\"'[]") for key, _, value in pairs}, text[found.end() :]
