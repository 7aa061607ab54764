"""Rules on the message: what servers, filters and other programs make of it."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from pipeline.stages.check.view import Fault, View

_ONCE = (
    "From",
    "Reply-To",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "Content-Language",
    "List-Id",
    "List-Unsubscribe",
)
_LONGEST_LINE = 998
_LARGE = 8_000_000
_CID = re.compile(r'src="cid:([^"]*)"')
_SHOUTED = re.compile(r"[!?]{2,}|[$€£]{2,}|\b(?:FREE|ACT NOW|100% FREE|WINNER)\b")


def headers(view: View) -> Iterator[Fault]:
    """Each header that mailbox providers ask of bulk mail is there, once, and readable."""
    message = view.message
    for name in _ONCE:
        found = message.get_all(name, [])
        if not found:
            yield Fault(f"the message has no {name} header")
        elif len(found) > 1:
            yield Fault(f"the message has {len(found)} {name} headers; a second one was put in from outside")
    for name in ("Bcc", "Cc", "Sender", "Return-Path", "X-Mailer"):
        if message[name] is not None:
            yield Fault(f"a header that the issue does not make: {name}")
    if message["Date"] is not None and _date_is_wrong(str(message["Date"])):
        yield Fault(f"the Date {message['Date']} cannot be read")
    if message["Message-ID"] is not None and not re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", str(message["Message-ID"])):
        yield Fault(f"the Message-ID {message['Message-ID']} is none")


def unsubscribing(view: View) -> Iterator[Fault]:
    """RFC 8058: an https address and the header that says one click is enough, neither encoded."""
    raw = re.sub(rb"\r?\n[ \t]+", b" ", view.eml.split(b"\r\n\r\n", 1)[0]).decode("ascii", "replace")
    found = re.search(r"^List-Unsubscribe:\s*(.*)$", raw, re.MULTILINE | re.IGNORECASE)
    if found is None:
        return  # `headers` says so
    if "=?" in found[1]:
        yield Fault("List-Unsubscribe is an encoded word: programs cannot read it")
    elif not re.match(r"<https://[^<>\s]+>", found[1]):
        yield Fault("List-Unsubscribe does not begin with an https address in < >: one-click needs it")
    if not re.search(r"^List-Unsubscribe-Post:\s*List-Unsubscribe=One-Click\s*$", raw, re.MULTILINE | re.IGNORECASE):
        yield Fault("there is no List-Unsubscribe-Post: List-Unsubscribe=One-Click")


def structure(view: View) -> Iterator[Fault]:
    """Text, then HTML, as alternatives; pictures related to the HTML, all there and all shown."""
    message = view.message
    kinds = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
    if message.get_content_type() != "multipart/alternative" or kinds[:2] != ["text/plain", "text/html"]:
        yield Fault(f"the parts are {', '.join(kinds[:4])}; they should be text/plain, then text/html, as alternatives")
    shown = set(_CID.findall(_body(message, "html")))
    held = {
        str(part["Content-ID"] or "").strip("<>") for part in message.walk() if part.get_content_maintype() == "image"
    }
    for name in sorted(shown - held):
        yield Fault(f"the HTML shows cid:{name}, which is no part of the message")
    for name in sorted(held - shown):
        yield Fault(f"the picture {name or 'without a Content-ID'} is in the message, but nothing shows it")
    if len(view.eml) > _LARGE:
        yield Fault(f"the message has {len(view.eml):,} bytes; many servers refuse more than 10,000,000", "warning")


def round_trip(view: View) -> Iterator[Fault]:
    """What went in comes out: subject, text and HTML."""
    message = view.message
    if str(message["Subject"] or "") != view.email.subject:
        yield Fault(f"the Subject comes back as {str(message['Subject'])[:60]!r}")
    if _body(message, "plain") != view.email.text:
        yield Fault("the text part does not come back as it went in")
    neutral = re.compile(r'src="(?:cid:|pictures/)[^"]*"')
    if neutral.sub("", _body(message, "html")) != neutral.sub("", view.email.html):
        yield Fault("the HTML part does not come back as it went in")
    for defect in (defect for part in message.walk() for defect in part.defects):
        yield Fault(f"the message is not well formed: {type(defect).__name__}")


def lines(view: View) -> Iterator[Fault]:
    """CRLF, seven bits, no line over 998 characters."""
    if b"\n" in view.eml.replace(b"\r\n", b""):
        yield Fault("the message has bare line feeds; SMTP wants CRLF")
    longest = max((len(line) for line in view.eml.split(b"\r\n")), default=0)
    if longest > _LONGEST_LINE:
        yield Fault(f"a line of the message has {longest:,} characters; servers refuse more than {_LONGEST_LINE}")
    if not view.eml.isascii():
        yield Fault("the message is not seven-bit: not every server carries it")


def subject(view: View) -> Iterator[Fault]:
    """There is a subject, one that a phone shows and a filter does not count against the sender."""
    text = view.email.subject
    if not text.strip():
        yield Fault("the subject is empty")
    if len(text) > 120:
        yield Fault(f"the subject has {len(text)} characters; phones show about 40, filters dislike many", "warning")
    letters = [char for char in text if char.isalpha() and char.lower() != char.upper()]
    if len(letters) > 8 and all(char.isupper() for char in letters):
        yield Fault("the subject is in capitals: filters count that against it", "warning")
    shouted = _SHOUTED.search(text)
    if shouted:
        yield Fault(f"{shouted[0]!r} in the subject is what spam looks like", "warning")


def _date_is_wrong(value: str) -> bool:
    try:
        parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return True
    return False


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""
