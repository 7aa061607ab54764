"""The message as it goes over the wire."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote

from pipeline.errors import ConfigError
from pipeline.records import Email, Issue, stable_id
from pipeline.stages.render.pictures import media_type
from pipeline.stages.render.references import content_id, pictures_at, pictures_of

_ADDRESS_LISTS = frozenset({"list-unsubscribe", "list-id", "list-archive", "message-id"})
_LAST = "Content-Language"  # set_content and add_alternative drop it


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the message is from, where that is not the desk of the masthead."""

    name: str
    address: str
    reply_to: str | None = None


class _Wire(EmailPolicy):
    """SMTP's policy, with the two kinds of header that it folds so that other programs cannot read them."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        stored, parsed = super().header_store_parse(name, value)  # refuses line ends
        # The parsed form has decoded what looks like an encoded word; a subject means what it says.
        return stored, value if name.lower() == "subject" else parsed

    def fold(self, name: str, value: Any) -> str:
        if name.lower() in _ADDRESS_LISTS:
            return f"{name}: " + f",{self.linesep} ".join(part.strip() for part in str(value).split(",")) + self.linesep
        if name.lower() == "subject":
            text = str(value)
            charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
            folded = Header(text, charset=charset, header_name=name, maxlinelen=76).encode(linesep=self.linesep)
            return f"{name}: {folded}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii", "surrogateescape")


_POLICY = _Wire(linesep="\r\n", cte_type="7bit")


def headers_of(issue: Issue, *, sent_at: datetime, sender: Sender | None) -> tuple[tuple[str, str], ...]:
    """The headers of an issue, in their order; the issue is scrubbed, so that none holds a line break."""
    masthead = issue.masthead
    sender = sender or Sender(masthead.desk_name, masthead.desk_address)
    mailbox = str(_address(sender.name, sender.address))
    reply_to = str(_address(masthead.desk_name, sender.reply_to or masthead.desk_address))
    domain = sender.address.rpartition("@")[2]
    seed = stable_id(issue.key, issue.edition, masthead.list_id)
    list_id = masthead.list_id.strip("<> ")
    unsubscribe = [f"<{quote(masthead.unsubscribe_url, safe='/:?#@!$&+;=%~._-')}>"]
    unsubscribe.append(f"<mailto:{masthead.desk_address}?subject=unsubscribe>")
    one_click = masthead.unsubscribe_url.startswith("https://")
    return (
        ("From", mailbox),
        ("Reply-To", reply_to),
        ("To", mailbox),
        ("Subject", issue.subject),
        ("Date", format_datetime(sent_at.astimezone(UTC))),
        ("Message-ID", f"<{quote(issue.key)}.{seed}@{domain}>"),
        ("List-Id", f"<{list_id}>"),
        ("List-Unsubscribe", ", ".join(unsubscribe if one_click else unsubscribe[1:])),
        *([("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")] if one_click else []),
        (_LAST, issue.language),
    )


def _address(name: str, address: str) -> Address:
    try:
        made = Address(display_name=name, addr_spec=address)
    except (ValueError, IndexError) as error:
        raise ConfigError(f"the address {address!r} is not an e-mail address") from error
    if not address.isascii() or not made.domain:
        raise ConfigError(f"the address {address!r} is not one that every mail server takes")
    return made


def eml_bytes(email: Email, *, to: str | None = None) -> bytes:
    """The message: multipart/alternative of text and HTML, the pictures related to it; CRLF, quoted-printable.

    Pictures that the HTML has under an address of their own are not put in. `to` replaces the To header.
    """
    headers = dict(email.headers)
    domain = headers["Message-ID"].strip("<>").rpartition("@")[2]
    seed = stable_id(headers["Message-ID"])
    related = frozenset(pictures_of(email.html))
    html = pictures_at(email.html, lambda name: f"cid:{content_id(name, domain)}")

    message = EmailMessage(policy=_POLICY)
    for name, value in email.headers:
        if name != _LAST:
            message[name] = to if name == "To" and to is not None else value
    message.set_content(email.text, charset="utf-8", cte="quoted-printable")
    message.add_alternative(html, subtype="html", charset="utf-8", cte="quoted-printable")
    _relate(message, ((name, body) for name, body in email.pictures if name in related), domain)
    _fix_boundaries(message, seed)
    message[_LAST] = headers[_LAST]
    return message.as_bytes()


def readdress(eml: bytes, *, to: str, subject_prefix: str = "", message_id: str | None = None) -> bytes:
    """The message with another To and, for a test, a mark before its Subject and a Message-ID of its own.

    Every other byte stays what was approved. ConfigError where `to` is no address that every server takes.
    """
    head, _, body = eml.partition(b"\r\n\r\n")
    given = message_from_bytes(head, policy=policy.default)
    changed = {"to": ("To", str(_address("", to)))}
    if subject_prefix:
        changed["subject"] = ("Subject", f"{subject_prefix} {given['Subject']}")
    if message_id is not None:
        changed["message-id"] = ("Message-ID", message_id)
    fields = []
    for field in re.split(rb"\r\n(?![ \t])", head):
        name = field.partition(b":")[0].decode("ascii", "replace").lower()
        made = _POLICY.fold_binary(*changed[name]).removesuffix(b"\r\n") if name in changed else field
        fields.append(made)
    return b"\r\n".join(fields) + b"\r\n\r\n" + body


def _relate(message: EmailMessage, pictures: Iterable[tuple[str, bytes]], domain: str) -> None:
    """Puts the pictures beside the HTML part, where cid: finds them."""
    part = message.get_payload(1)
    assert isinstance(part, MIMEPart)
    for name, body in pictures:
        maintype, _, subtype = media_type(body).partition("/")
        part.add_related(
            body, maintype, subtype, cid=f"<{content_id(name, domain)}>", disposition="inline", filename=name
        )


def _fix_boundaries(message: EmailMessage, seed: str) -> None:
    """Boundaries that depend on the issue; `=_` cannot occur in quoted-printable or base64."""
    multiparts = [part for part in message.walk() if part.is_multipart()]
    for index, part in enumerate(multiparts):
        part.set_boundary(f"=_{index}_{seed}")
