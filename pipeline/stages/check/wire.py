"""Rules about the message: headers, structure and encoding, for servers, filters and mail programs."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import getaddresses, parseaddr, parsedate_to_datetime

from pipeline.stages.check.addresses import malformed, unreachable
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
_KNOWN_HEADERS = frozenset(name.lower() for name in _REQUIRED_HEADERS) | {"list-unsubscribe-post", "list-archive"}
_UNWANTED_HEADERS = {
    "x-priority": "filters count a priority against bulk mail",
    "x-msmail-priority": "filters count a priority against bulk mail",
    "importance": "filters count a priority against bulk mail",
    "priority": "filters count a priority against bulk mail",
    "disposition-notification-to": "a receipt follows readers",
    "return-receipt-to": "a receipt follows readers",
    "x-confirm-reading-to": "a receipt follows readers",
}
_MAX_DAYS = 400  # between the issue's date and the message's: a reprint, but no 1970
_MAX_LINE = 998
_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
_REPLY = re.compile(
    r"(?:re|fwd?|aw|wg|antw(?:oord)?|doorst|sv|vs|vl|tr|rv|res|enc|odp|ynt|ilt|回复|回覆|答复|答覆|转发|轉寄|返信|転送|답장|전달)"
    r"(?:\[\d+\])?\s*[:：]\s?",
    re.IGNORECASE,
)
_WARN_BYTES = 8_000_000
_CID = re.compile(r'src="cid:([^"]*)"')
_SHOUTING = re.compile(r"[!?]{2,}|[$€£]{2,}|\b(?:FREE|ACT NOW|100% FREE|WINNER)\b")


def headers(view: View) -> Iterator[Fault]:
    """Each header that mailbox providers require of bulk mail is there once, valid, and as the config says."""
    found: dict[str, list[str]] = {}
    for name, value in view.headers:
        found.setdefault(name.lower(), []).append(value)
    for name in _REQUIRED_HEADERS:
        count = len(found.get(name.lower(), ()))
        if not count:
            yield Fault(f"the message has no {name} header")
        elif count > 1:
            yield Fault(f"the message has {count} {name} headers; the duplicates were injected")
    for name in sorted(set(found) - _KNOWN_HEADERS):
        reason = _UNWANTED_HEADERS.get(name, "the letter does not have it")
        yield Fault(f"unexpected header {name.title()}: {reason}")
    yield from _values(view, {name: values[0] for name, values in found.items()})


def _values(view: View, values: Mapping[str, str]) -> Iterator[Fault]:
    masthead = view.issue.masthead
    for name in ("From", "Reply-To"):
        display_name, address = parseaddr(values.get(name.lower(), ""))
        if address and address.lower() != masthead.desk_address.lower():
            yield Fault(f"{name} is {address}, not the config's {masthead.desk_address}")
        elif address and "".join(display_name.split()) != "".join(masthead.desk_name.split()):
            yield Fault(f"{name} is called {display_name[:60]!r}, not {masthead.desk_name[:60]!r} as in the config")
    recipients = getaddresses([values.get("to", "")])
    if len(recipients) > 1:
        yield Fault(f"To has {len(recipients)} addresses: each reader would see the others'")
    if values.get("mime-version", "1.0") != "1.0":
        yield Fault(f"MIME-Version is {values['mime-version']}; there is only 1.0")
    sent_at = _date(values["date"]) if "date" in values else None
    if "date" in values and sent_at is None:
        yield Fault(f"the Date {values['date']} cannot be parsed")
    elif sent_at and abs((sent_at.date() - view.issue.date).days) > _MAX_DAYS:
        yield Fault(f"the Date {values['date']} is not that of an issue of {view.issue.date}")
    if "message-id" in values and not re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", values["message-id"]):
        yield Fault(f"the Message-ID {values['message-id']} is not valid")
    language = values.get("content-language")
    if language and language != view.issue.language:
        yield Fault(f"Content-Language is {language}, but the edition is in {view.issue.language}")
    if values.get("list-id") and masthead.list_id.strip("<> ") not in values["list-id"]:
        yield Fault(f"List-Id is {values['list-id'][:60]}, not the config's {masthead.list_id}")


def one_click_unsubscribe(view: View) -> Iterator[Fault]:
    """RFC 8058: List-Unsubscribe has an https address, List-Unsubscribe-Post allows one click, neither is encoded."""
    raw = re.sub(rb"\r?\n[ \t]+", b" ", view.eml.split(b"\r\n\r\n", 1)[0]).decode("ascii", "replace")
    found = re.search(r"^List-Unsubscribe:\s*(.*)$", raw, re.MULTILINE | re.IGNORECASE)
    if found is None:
        return  # `headers` reports this
    if "=?" in found[1]:
        yield Fault("List-Unsubscribe is an encoded word, which programs cannot read")
    elif not (address := re.match(r"<(https://[^<>\s]+)>", found[1])):
        yield Fault("List-Unsubscribe does not begin with an https address in < >, which one-click unsubscribing needs")
    elif reason := malformed(address[1]) or unreachable(address[1]):
        yield Fault(f"List-Unsubscribe: {address[1][:80]}: {reason}")
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
    """There is a subject, in characters that every inbox shows; it fits a phone and does not look like spam."""
    text = view.email.subject
    if not any(unicodedata.category(char)[0] in "LNPS" for char in text):
        yield Fault("the subject is empty" if not text.strip() else "the subject has no character that can be seen")
    if _OVERRIDES.search(view.issue.subject):
        yield Fault("the subject has direction overrides, which fraud uses to turn words round")
    if len(text) > 120:
        yield Fault(
            f"the subject has {len(text)} characters; phones show about 40, and filters penalise long ones", "warning"
        )
    reply = _REPLY.match(text)
    if reply:
        yield Fault(f"the subject begins with {reply[0]!r}, but the letter is no reply", "warning")
    letters = [char for char in text if char.isalpha() and char.lower() != char.upper()]
    if len(letters) > 8 and all(char.isupper() for char in letters):
        yield Fault("the subject is in capitals, which filters penalise", "warning")
    shouting = _SHOUTING.search(text)
    if shouting:
        yield Fault(f"{shouting[0]!r} in the subject looks like spam", "warning")


def _date(value: str) -> datetime | None:
    try:
        return parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""
