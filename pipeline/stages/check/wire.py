"""Rules about the message: headers, structure and encoding, for servers, filters and mail programs."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from pipeline.stages.check.view import Fault, View

_REQUIRED_HEADERS = (
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
_MAX_LINE = 998
_WARN_BYTES = 8_000_000
_CID = re.compile(r'src="cid:([^"]*)"')
_SHOUTING = re.compile(r"[!?]{2,}|[$€£]{2,}|\b(?:FREE|ACT NOW|100% FREE|WINNER)\b")


def headers(view: View) -> Iterator[Fault]:
    """Each header that mailbox providers require of bulk mail is there once and valid."""
    message = view.message
    for name in _REQUIRED_HEADERS:
        found = message.get_all(name, [])
        if not found:
            yield Fault(f"the message has no {name} header")
        elif len(found) > 1:
            yield Fault(f"the message has {len(found)} {name} headers; the duplicates were injected")
    for name in ("Bcc", "Cc", "Sender", "Return-Path", "X-Mailer"):
        if message[name] is not None:
            yield Fault(f"unexpected header: {name}")
    if message["Date"] is not None and _is_invalid_date(str(message["Date"])):
        yield Fault(f"the Date {message['Date']} cannot be parsed")
    if message["Message-ID"] is not None and not re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", str(message["Message-ID"])):
        yield Fault(f"the Message-ID {message['Message-ID']} is not valid")


def one_click_unsubscribe(view: View) -> Iterator[Fault]:
    """RFC 8058: List-Unsubscribe has an https address, List-Unsubscribe-Post allows one click, neither is encoded."""
    raw = re.sub(rb"\r?\n[ \t]+", b" ", view.eml.split(b"\r\n\r\n", 1)[0]).decode("ascii", "replace")
    found = re.search(r"^List-Unsubscribe:\s*(.*)$", raw, re.MULTILINE | re.IGNORECASE)
    if found is None:
        return  # `headers` reports this
    if "=?" in found[1]:
        yield Fault("List-Unsubscribe is an encoded word, which programs cannot read")
    elif not re.match(r"<https://[^<>\s]+>", found[1]):
        yield Fault("List-Unsubscribe does not begin with an https address in < >, which one-click unsubscribing needs")
    if not re.search(r"^List-Unsubscribe-Post:\s*List-Unsubscribe=One-Click\s*$", raw, re.MULTILINE | re.IGNORECASE):
        yield Fault("the header List-Unsubscribe-Post: List-Unsubscribe=One-Click is missing")


def structure(view: View) -> Iterator[Fault]:
    """The parts are text, then HTML, as alternatives; every picture of the HTML is attached, and no other."""
    message = view.message
    kinds = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
    if message.get_content_type() != "multipart/alternative" or kinds[:2] != ["text/plain", "text/html"]:
        yield Fault(f"the parts are {', '.join(kinds[:4])}; expected text/plain, then text/html, as alternatives")
    shown = set(_CID.findall(_body(message, "html")))
    attached = {
        str(part["Content-ID"] or "").strip("<>") for part in message.walk() if part.get_content_maintype() == "image"
    }
    for name in sorted(shown - attached):
        yield Fault(f"the HTML shows cid:{name}, which is not attached")
    for name in sorted(attached - shown):
        yield Fault(f"the picture {name or 'without a Content-ID'} is attached, but the HTML does not show it")
    if len(view.eml) > _WARN_BYTES:
        yield Fault(f"the message has {len(view.eml):,} bytes; many servers refuse more than 10,000,000", "warning")


def round_trip(view: View) -> Iterator[Fault]:
    """Parsing the message gives the same subject, text and HTML."""
    message = view.message
    if str(message["Subject"] or "") != view.email.subject:
        yield Fault(f"the Subject is parsed as {str(message['Subject'])[:60]!r}")
    if _body(message, "plain") != view.email.text:
        yield Fault("the parsed text part differs from the original")
    picture_source = re.compile(r'src="(?:cid:|pictures/)[^"]*"')
    if picture_source.sub("", _body(message, "html")) != picture_source.sub("", view.email.html):
        yield Fault("the parsed HTML part differs from the original")
    for defect in (defect for part in message.walk() for defect in part.defects):
        yield Fault(f"the message is malformed: {type(defect).__name__}")


def lines(view: View) -> Iterator[Fault]:
    """Lines end in CRLF, are ASCII, and have at most 998 characters."""
    if b"\n" in view.eml.replace(b"\r\n", b""):
        yield Fault("the message has bare line feeds; SMTP requires CRLF")
    longest = max((len(line) for line in view.eml.split(b"\r\n")), default=0)
    if longest > _MAX_LINE:
        yield Fault(f"a line of the message has {longest:,} characters; servers refuse more than {_MAX_LINE}")
    if not view.eml.isascii():
        yield Fault("the message is not 7-bit; some servers cannot carry it")


def subject(view: View) -> Iterator[Fault]:
    """There is a subject; it is short enough for a phone and does not look like spam."""
    text = view.email.subject
    if not text.strip():
        yield Fault("the subject is empty")
    if len(text) > 120:
        yield Fault(
            f"the subject has {len(text)} characters; phones show about 40, and filters penalise long ones", "warning"
        )
    letters = [char for char in text if char.isalpha() and char.lower() != char.upper()]
    if len(letters) > 8 and all(char.isupper() for char in letters):
        yield Fault("the subject is in capitals, which filters penalise", "warning")
    shouting = _SHOUTING.search(text)
    if shouting:
        yield Fault(f"{shouting[0]!r} in the subject looks like spam", "warning")


def _is_invalid_date(value: str) -> bool:
    try:
        parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return True
    return False


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""
