"""Parse e-mails: the newsletter's text as lines, its sender, subject and date, also where somebody forwarded it."""

import email
import email.policy
import quopri
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any

from pipeline.errors import CleanError
from pipeline.records import Document
from pipeline.stages.clean.decode import decode_document
from pipeline.stages.clean.documents import ParsedDocument, text_lines
from pipeline.stages.clean.forwarded import Forwarded, find_forwarded, sender_name
from pipeline.stages.clean.lines import MAX_LINES, Line
from pipeline.stages.clean.metadata import Metadata
from pipeline.stages.clean.text import count_words, is_han
from pipeline.text.date_parsing import parse_date
from pipeline.text.dates import as_utc
from pipeline.text.languages import declared_language
from pipeline.text.normalise import normalise
from pipeline.text.sentences import ends_sentence
from pipeline.text.tracked import readable_address

_MAX_BYTES = 10_000_000
_FORWARD = re.compile(
    r"^(?:\s*(?:fwd?|fw|re|wg|aw|tr|rv|enc|doorst|antw|vs|vb|i|r|rif|odp|pd|转发|轉寄|轉發|回复|回覆|転送|返信|전달)\s*[:：]\s*)+",
    re.IGNORECASE,
)
_QUOTED_ROW = re.compile(r"^\s*>+ ?")
_MOSTLY = 0.8  # of the rows
# Text that was encoded as quoted-printable by a program that did not say so.
_ENCODED = re.compile(rb"=3D[\"']|=[0-9A-F]{2}=[0-9A-F]{2}|=\r?\n")
_LEAST_ENCODED = 5
_OUTLOOK = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_ENCRYPTED = {"application/pkcs7-mime": "encrypted mail", "multipart/encrypted": "encrypted mail"}
# An address in plain text that belongs to the words before it: in brackets, or at the end of the line.
_URL = re.compile(
    r"[<\[(（]\s*(?P<url>https?://[^\s<>\[\]（）]+?)\s*[>\])）]|(?:^|(?<=[\s:：]))(?P<bare>https?://[^\s<>\[\]（）]+)$"
)
_INNER_URL = re.compile(r"https?://[^\s<>\[\]（）]+")
_NOTE_LINK = re.compile(r"^\[(?P<number>\d{1,3})\][:.]?\s*(?P<url>https?://\S+)$")
_NOTE = re.compile(r"\s*\[(\d{1,3})\]")
_TITLE_WORDS = 30
_WRAP_WIDTH = range(40, 101)
_BEGINS = re.compile(r"\s*(?:[-*•·‣▪●○–—]\s|\(?\d{1,2}[.)、]|[=_*~#-]{3,}|>)")


@dataclass(frozen=True, slots=True)
class _Text:
    """One of a mail's two texts, below the header block of whoever forwarded it."""

    lines: tuple[Line, ...]
    forwarded: Forwarded | None = None


def parse_email(document: Document) -> ParsedDocument:
    """Parse an e-mail. Its text part is used only where the HTML part has less than half as many words.

    Raises CleanError where it has no text.
    """
    message: Any = email.message_from_bytes(document.body[:_MAX_BYTES], policy=email.policy.default)
    if not isinstance(message, EmailMessage) or not message.keys():
        raise CleanError("not an e-mail", f"{document.url} has no mail headers")
    inner = _forwarded_message(message)
    subject = normalise(str(inner.get("Subject", "")))
    announced = bool(_FORWARD.match(subject))
    rich = _html_text(_text_of(inner, "html"), announced=announced)
    plain = _plain_text(_text_of(inner, "plain"), announced=announced)
    if not rich.lines and not plain.lines:
        raise _unreadable(inner, document.url)
    shell = sum(count_words(line.text) for line in rich.lines) * 2 < sum(count_words(line.text) for line in plain.lines)
    text = plain if shell else rich
    lines, lost = _with_readable_links(text.lines)
    metadata = _metadata_of(inner, _FORWARD.sub("", subject), text.forwarded)
    dropped = [("tracked link", name) for name in lost]
    if text.forwarded:
        dropped.append(("forwarded", f"{text.forwarded.sender}: {text.forwarded.subject}"))
    return ParsedDocument(lines, metadata, loose=shell, mail=True, dropped=tuple(dropped))


def is_mail_page(html: str) -> bool:
    """Whether a page is a mail that was saved: only mails have comments for Outlook."""
    return "[if mso" in html or "x-apple-disable-message-reformatting" in html


def parse_mail_page(html: str) -> ParsedDocument:
    """Parse a mail that was saved as a page."""
    from trafilatura import load_html

    tree = load_html(html)
    title = normalise(tree.findtext(".//title") or "") if tree is not None else ""
    lines, lost = _with_readable_links(_html_text(html, announced=False).lines)
    language = declared_language(tree.get("lang")) if tree is not None else None
    dropped = tuple(("tracked link", name) for name in lost)
    return ParsedDocument(lines, Metadata(title=title, language=language), loose=False, mail=True, dropped=dropped)


def _forwarded_message(message: EmailMessage) -> EmailMessage:
    """The message that an editor forwarded as an attachment, or the message itself."""
    for part in message.walk():
        if part.get_content_type() == "message/rfc822":
            payload = part.get_payload()
            if isinstance(payload, list) and payload and isinstance(payload[0], EmailMessage):
                return payload[0]
    return message


def _unreadable(message: EmailMessage, url: str) -> CleanError:
    """The error for a mail without a text, which names the format that its text may be in."""
    for part in message.walk():
        kind = part.get_content_type()
        if kind in _OUTLOOK or (part.get_filename() or "").lower() == "winmail.dat":
            return CleanError("winmail.dat", f"{url} has its text in winmail.dat, which only Outlook reads")
        if kind in _ENCRYPTED:
            return CleanError(_ENCRYPTED[kind], f"{url} is encrypted")
    return CleanError("empty", f"{url} has neither a text nor an HTML part")


def _text_of(message: EmailMessage, subtype: str) -> str:
    texts: list[str] = []
    for part in message.walk():
        if part.get_content_type() != f"text/{subtype}" or part.get_content_disposition() == "attachment":
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and payload.strip():
            if len(_ENCODED.findall(payload)) >= _LEAST_ENCODED:
                payload = quopri.decodestring(payload)
            texts.append(decode_document(payload, part.get_content_charset()))
    return "\n\n".join(texts)


def _html_text(markup: str, *, announced: bool) -> _Text:
    from trafilatura import load_html

    from pipeline.stages.clean.markup import lines_from_markup

    if not markup:
        return _Text(())
    tree = load_html(markup if "<html" in markup[:2000].lower() else f"<html><body>{markup}</body></html>")
    if tree is None:
        return _Text(())
    for quotation in tree.iter("blockquote"):
        if quotation.get("type") == "cite" or "gmail_quote" in (quotation.get("class") or ""):
            quotation.tag = "div"  # a mail program's frame around the mail, not a quotation in it
    lines = tuple(islice(lines_from_markup(tree), MAX_LINES))
    forwarded = find_forwarded([line.text for line in lines], is_announced=announced)
    return _Text(lines[forwarded.end :] if forwarded else lines, forwarded)


def _plain_text(text: str, *, announced: bool) -> _Text:
    rows = text.splitlines()
    forwarded = find_forwarded(rows, is_announced=announced)
    if forwarded:
        rows = rows[forwarded.end :]
        filled = [row for row in rows if row.strip()]
        if sum(map(bool, map(_QUOTED_ROW.match, filled))) >= _MOSTLY * len(filled):
            rows = [_QUOTED_ROW.sub("", row) for row in rows]
    return _Text(tuple(islice(_linked(tuple(text_lines("\n\n".join(_unwrapped(rows))))), MAX_LINES)), forwarded)


def _unwrapped(rows: Sequence[str]) -> list[str]:
    """Join the rows that a mail program broke: those that had no room for the next word."""
    width = max((len(row) for row in rows if not _INNER_URL.search(row)), default=0)
    if width not in _WRAP_WIDTH:
        return list(rows)
    joined: list[str] = []
    last, broken = "", False
    for row in rows:
        word = row.strip()[:1] if is_han(row[:1]) else row.split(maxsplit=1)[0] if row.strip() else ""
        begins = not word or _BEGINS.match(row) or _INNER_URL.match(word)
        if broken and not begins and _runs_on(last, word, width):
            joined[-1] += row.strip() if is_han(last[-1:] + word[:1]) else f" {row.strip()}"
        else:
            joined.append(row)
        last, broken = row.rstrip(), bool(word) and not _INNER_URL.search(row)
    return joined


def _runs_on(row: str, word: str, width: int) -> bool:
    """Whether a row had no room for the next word, or the word does not begin a sentence."""
    if is_han(word):
        return len(row) + 1 >= width and not ends_sentence(row)
    return len(row) + len(word) >= width or word[0].islower()


def _linked(lines: Sequence[Line]) -> list[Line]:
    """Turn the addresses in lines of plain text into links: of the line, or of the one above an address alone."""
    notes = {found["number"]: found["url"] for line in lines if (found := _NOTE_LINK.match(line.text))}
    kept: list[Line] = []
    for line in lines:
        if _NOTE_LINK.match(line.text):
            continue
        urls = [match["url"] or match["bare"] for match in _URL.finditer(line.text)]
        urls += [notes[number] for number in _NOTE.findall(line.text) if number in notes]
        text = normalise(_NOTE.sub("", _URL.sub(" ", line.text)) if urls else line.text)
        text = _INNER_URL.sub(lambda match: readable_address(match[0]) or "", text)
        if any(map(str.isalnum, text)):
            kept.append(_link(replace(line, text=text), urls))
        elif urls and kept and not kept[-1].links:
            kept[-1] = _link(kept[-1], urls)
    return kept


def _link(line: Line, urls: Sequence[str]) -> Line:
    is_title = bool(urls) and not ends_sentence(line.text) and count_words(line.text) <= _TITLE_WORDS
    return replace(line, links=tuple((line.text, url) for url in urls), linked=is_title)


def _with_readable_links(lines: Sequence[Line]) -> tuple[tuple[Line, ...], list[str]]:
    """Replace the addresses that count clicks by their targets; an unknown target leaves an empty address.

    Also return the texts of the links whose targets are unknown.
    """
    readable: list[Line] = []
    lost: list[str] = []
    for line in lines:
        links = []
        for name, url in line.links:
            address = (readable_address(url) or "") if url.startswith(("http://", "https://")) else ""
            if not address and url.startswith("http"):
                lost.append(name)
            links.append((name, address))
        readable.append(replace(line, links=tuple(links)) if links else line)
    return tuple(readable), lost


def _metadata_of(message: EmailMessage, subject: str, forwarded: Forwarded | None) -> Metadata:
    language = declared_language(str(message.get("Content-Language", "")))
    if not forwarded:
        return Metadata(
            title=subject,
            published_at=_mail_date(message),
            site=sender_name(str(message.get("From", ""))),
            language=language,
        )
    return Metadata(
        title=_FORWARD.sub("", forwarded.subject) or subject,
        published_at=parse_date(forwarded.date),
        site=forwarded.sender,
        language=language,
    )


def _mail_date(message: EmailMessage) -> datetime | None:
    try:
        return as_utc(parsedate_to_datetime(str(message.get("Date", ""))))
    except (ValueError, TypeError, OverflowError):
        return None
