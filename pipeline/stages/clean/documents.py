"""Documents: plain text, Markdown, HTML and e-mail brought to lines, with what they say of themselves."""

import email
import email.policy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from itertools import islice
from statistics import median
from typing import Any

from pipeline.errors import CleanError
from pipeline.records import BlockKind, Document
from pipeline.stages.clean.authors import author_names
from pipeline.stages.clean.decode import decode
from pipeline.stages.clean.facts import Facts
from pipeline.stages.clean.lines import MOST_LINES, Line
from pipeline.stages.clean.residue import Residue
from pipeline.stages.clean.text import count_words, ends_sentence, is_han, is_punctuated
from pipeline.text.languages import declared_language
from pipeline.text.normalise import normalise

_BULLET = re.compile(r"^\s*(?:[-*•·‣▪●○–—]\s+|[-*•·‣▪●○–—]$)")
_NUMBER = re.compile(r"^\s*\(?\d{1,2}[.)、]\s+\S")
_QUOTED = re.compile(r"^\s*>+\s?")
_RULE = re.compile(r"^\s*(?:[-=_*~#]\s?){3,}\s*$")
_WRAP_WIDTH = range(40, 101)
_TITLE_WORDS = 40
# Where Chinese is set without line breaks, a paragraph ends with a sentence and a space.
_HAN_PARAGRAPH = re.compile(r"(?<=[。！？…；」』”])\s+(?=\S)")
_HAN_GAP = re.compile(r"(?<=[\u3400-\u9fff\u3000-\u303f\uff00-\uffef])\s+(?=[\u3400-\u9fff\u300c\u300e\u300a\u201c])")
_LONG_LINE = 120  # characters
_SUBHEAD = 20  # characters


@dataclass(frozen=True, slots=True)
class Draft:
    """A document as lines, before it is taken apart."""

    lines: tuple[Line, ...]
    facts: Facts = field(default_factory=Facts)
    loose: bool = True  # its headings are guessed: plain text has none


def read_text(document: Document) -> Draft:
    """A plain text: one line a paragraph, or paragraphs wrapped at a width with blank lines between."""
    text = decode(document.body, document.charset)
    return Draft(tuple(islice(text_lines(text), MOST_LINES)))


def text_lines(text: str) -> Iterator[Line]:
    """The lines of plain text."""
    paragraphs = _paragraphs(text.splitlines())
    wrapped = _is_wrapped(paragraphs)
    item = False
    for paragraph in paragraphs:
        for raw in _unwrapped(paragraph) if wrapped else paragraph:
            if _RULE.match(raw):
                item = bool(_BULLET.fullmatch(raw))
                continue
            if _BULLET.fullmatch(raw):
                item = True  # the mark stands on a line of its own
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
    """Whether most rows inside paragraphs break mid-sentence at one width."""
    inner = [row for paragraph in paragraphs for row in paragraph[:-1]]
    if len(inner) < 4 or len(paragraphs) < 2:
        return False
    broken = sum(len(row) in _WRAP_WIDTH and not ends_sentence(row) for row in inner)
    return broken >= 0.6 * len(inner) and median(map(len, inner)) in _WRAP_WIDTH


def _unwrapped(paragraph: Sequence[str]) -> list[str]:
    joined: list[str] = []
    for row in paragraph:
        starts = _BULLET.match(row) or _NUMBER.match(row) or _QUOTED.match(row) or not joined
        gap = "" if joined and is_han(joined[-1][-1:] + row[:1]) else " "
        if starts:
            joined.append(row)
        else:
            joined[-1] = f"{joined[-1]}{gap}{row.strip()}"
    return joined


def with_han_breaks(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines, with Chinese that was set without line breaks taken apart where sentences end."""
    made: list[Line] = []
    for line in lines:
        if line.kind != "paragraph" or len(line.text) <= _LONG_LINE or not is_han(line.text):
            made.append(line)
            continue
        for part in _HAN_PARAGRAPH.split(line.text):
            made.extend(_subheads(part))
    return tuple(made)


def _subheads(text: str) -> Iterator[Line]:
    """A paragraph, or the short unpunctuated words before it and then the paragraph."""
    segments = _HAN_GAP.split(text)
    cut = 0
    while cut < len(segments) - 1 and len(segments[cut]) <= _SUBHEAD and not is_punctuated(segments[cut]):
        cut += 1
    head, rest = " ".join(segments[:cut]), " ".join(segments[cut:])
    if head and len(rest) > 2 * len(head) and len(head) <= 2 * _SUBHEAD and "," not in head and "，" not in head:
        yield Line("heading", head, 2)
        yield Line("paragraph", rest)
    else:
        yield Line("paragraph", text)


def is_title(line: Line, others: Sequence[Line]) -> bool:
    """Whether a document's first line is its title: short, and not how its paragraphs look."""
    words = count_words(line.text)
    if words > _TITLE_WORDS or not others or line.kind in {"item", "quote", "code"}:
        return False
    typical = median(count_words(other.text) for other in others)
    if ends_sentence(line.text) and line.text.rstrip(" \"'”’»」』")[-1] in ".。":
        return False
    return words <= 20 or words * 1.5 <= typical


def is_byline(line: Line, residue: Residue) -> bool:
    """Whether a line names who wrote the story, and no more."""
    short = line.kind != "item" and count_words(line.text) <= 16 and not is_punctuated(line.text)
    return short and residue.find(line.text, ("byline",)) is not None and bool(author_names([line.text]))


def with_headings(lines: Sequence[Line], residue: Residue) -> tuple[Line, ...]:
    """Plain text's short unpunctuated lines before longer paragraphs, told to be headings."""
    bylines = [is_byline(line, residue) for line in lines]
    made: list[Line] = []
    for index, line in enumerate(lines):
        ahead = index + 1
        while ahead < len(lines) and bylines[ahead]:
            ahead += 1
        heads = not bylines[index] and ahead < len(lines) and _is_heading(line, lines[ahead])
        made.append(replace(line, kind="heading", level=2) if heads else line)
    return tuple(made)


def _is_heading(line: Line, after: Line) -> bool:
    text = line.text
    if line.kind != "paragraph" or (is_punctuated(text) and text[-1] not in "?!？！"):
        return False
    if text[0] in "\"“„«「『‘'(" or count_words(text) > 12 or len(text) > 90:
        return False
    longer = count_words(after.text) >= max(12, 2.5 * count_words(text))
    return longer or (after.kind == "item" and text[-1] in "?:？：")


def read_markdown(document: Document) -> Draft:
    """A Markdown file; its first top heading, or `title:` of its front matter, is the title."""
    from lxml import html as lxml_html
    from markdown_it import MarkdownIt

    from pipeline.stages.clean.markup import lines_from_markup

    text = decode(document.body, document.charset)
    front, text = _front_matter(text)
    markup = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    if not markup.strip():
        return Draft(())
    lines = lines_from_markup(lxml_html.fromstring(f"<div>{markup}</div>"))
    authors = front.get("author") or front.get("authors") or ""
    facts = Facts(
        title=front.get("title", ""),
        authors=(authors,) if authors else (),
        published_at=_moment(front.get("date", "")),
        language=declared_language(front.get("lang") or front.get("language")),
    )
    return Draft(tuple(lines[:MOST_LINES]), facts, loose=False)


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """The simple `key: value` lines between two rules at the very top, and the rest."""
    found = re.match(r"\s*---[ \t]*\r?\n(.*?)\r?\n---[ \t]*\r?\n", text, re.DOTALL)
    if not found:
        return {}, text
    pairs = (row.partition(":") for row in found[1].splitlines() if ":" in row and not row.startswith((" ", "#", "-")))
    return {key.strip().lower(): value.strip().strip("\"'[]") for key, _, value in pairs}, text[found.end() :]


def _moment(value: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def read_email(document: Document) -> Draft:
    """An e-mail: the HTML part, unless it is only a shell around the text part.

    Raises CleanError where it has no text at all.
    """
    message: Any = email.message_from_bytes(document.body[:10_000_000], policy=email.policy.default)
    if not isinstance(message, EmailMessage) or not message.keys():
        raise CleanError("not an e-mail", f"{document.url} has no mail headers")
    inner = _forwarded(message)
    rich = _html_lines(_part(inner, "html"))
    plain = tuple(islice(text_lines(_part(inner, "plain")), MOST_LINES))
    if not rich and not plain:
        raise CleanError("empty", f"{document.url} has neither a text nor an HTML part")
    shell = sum(count_words(line.text) for line in rich) * 2 < sum(count_words(line.text) for line in plain)
    facts = Facts(
        title=_FORWARD.sub("", normalise(str(inner.get("Subject", "")))),
        published_at=_mail_date(inner),
        site=_sender(inner),
        language=declared_language(str(inner.get("Content-Language", ""))),
    )
    return Draft(plain if shell else rich, facts, loose=shell)


_FORWARD = re.compile(
    r"^(?:\s*(?:fwd?|re|wg|tr|rv|enc|doorst|vs|vb|i|转发|轉寄|轉發|転送|전달)\s*[:：]\s*)+", re.IGNORECASE
)


def _forwarded(message: EmailMessage) -> EmailMessage:
    """The message an editor forwarded as an attachment, or the message itself."""
    for part in message.walk():
        if part.get_content_type() == "message/rfc822":
            payload = part.get_payload()
            if isinstance(payload, list) and payload and isinstance(payload[0], EmailMessage):
                return payload[0]
    return message


def _part(message: EmailMessage, subtype: str) -> str:
    texts: list[str] = []
    for part in message.walk():
        if part.get_content_type() != f"text/{subtype}" or part.get_content_disposition() == "attachment":
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and payload.strip():
            texts.append(decode(payload, part.get_content_charset()))
    return "\n\n".join(texts)


def _html_lines(markup: str) -> tuple[Line, ...]:
    from trafilatura import load_html

    from pipeline.stages.clean.markup import lines_from_markup

    tree = (
        load_html(f"<html><body>{markup}</body></html>" if "<html" not in markup[:2000].lower() else markup)
        if markup
        else None
    )
    return tuple(lines_from_markup(tree)) if tree is not None else ()


def _mail_date(message: EmailMessage) -> datetime | None:
    try:
        moment = parsedate_to_datetime(str(message.get("Date", "")))
    except (ValueError, TypeError):
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def _sender(message: EmailMessage) -> str:
    name = str(message.get("From", "")).partition("<")[0]
    return normalise(name.strip(' "'))
