"""The message as it goes over the wire."""

import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import Header
from email.headerregistry import Address
from email.utils import format_datetime, parseaddr
from urllib.parse import quote

from pipeline.errors import ConfigError
from pipeline.records import Email, Issue, stable_id
from pipeline.stages.render.pictures import media_type
from pipeline.stages.render.references import content_id, pictures_at, pictures_of

_MAILBOXES = frozenset({"from", "reply-to", "to"})
_ADDRESS_LISTS = frozenset({"list-unsubscribe", "list-id", "list-archive", "message-id"})
_SHORT = 60  # with any header's name, a line


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the message is from, where that is not the desk of the masthead."""

    name: str
    address: str
    reply_to: str | None = None


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
        ("Content-Language", issue.language),
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
    shown = _text_part("html", pictures_at(email.html, lambda name: f"cid:{content_id(name, domain)}"))
    pictures = [_picture_part(name, body, domain) for name, body in email.pictures if name in related]
    if pictures:
        shown = _multipart("related", [shown, *pictures], seed=f"1_{seed}", more='type="text/html"; ')
    whole = _multipart("alternative", [_text_part("plain", email.text), shown], seed=f"0_{seed}")
    fields = [(name, to if name == "To" and to is not None else value) for name, value in email.headers]
    head = b"".join(_field(name, value) for name, value in (*fields, ("MIME-Version", "1.0")))
    return head + whole


def _field(name: str, value: str) -> bytes:
    """A header, folded as other programs read it. ValueError where a line end would begin another header."""
    if "\r" in value or "\n" in value:
        raise ValueError(f"{name}: a header's value is one line, not {value!r}")
    kind = name.lower()
    if kind in _ADDRESS_LISTS:  # as encoded words, which the package makes of long ones, nobody finds the address
        folded = ",\r\n ".join(part.strip() for part in value.split(","))
    elif kind == "subject":  # the package does not read back long ones that it wrote itself
        charset = "us-ascii" if value.isascii() and "=?" not in value else "utf-8"
        folded = Header(value, charset=charset, header_name=name, maxlinelen=76).encode(linesep="\r\n")
    elif kind in _MAILBOXES and (not value.isascii() or len(value) > _SHORT or "=?" in value):
        said, address = parseaddr(value)
        encoded = Header(said, charset="utf-8", header_name=name, maxlinelen=76).encode(linesep="\r\n")
        folded = f"{encoded}\r\n <{address}>" if said else address
    else:
        folded = value
    return f"{name}: {folded}\r\n".encode("ascii")


# The package writes a message line by line and parses each header of each part: for a letter with its pictures, ten
# times the work of joining parts whose headers are known.
def _text_part(subtype: str, text: str) -> bytes:
    """A text in quoted-printable, in lines of at most 76."""
    lines = b"\n".join(text.encode().splitlines()) + b"\n"
    return (
        f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'.encode()
        + b2a_qp(lines).replace(b"\n", b"\r\n")
    )


def _picture_part(name: str, body: bytes, domain: str) -> bytes:
    """A picture that cid: finds, in base64."""
    encoded = b2a_base64(body, newline=False)
    lines = [encoded[start : start + 76] for start in range(0, len(encoded), 76)]
    head = (
        f"Content-Type: {media_type(body)}\r\nContent-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: inline; filename="{name}"\r\nContent-ID: <{content_id(name, domain)}>\r\n\r\n'
    )
    return head.encode("ascii") + b"\r\n".join([*lines, b""])


def _multipart(subtype: str, parts: Sequence[bytes], *, seed: str, more: str = "") -> bytes:
    """Parts behind their boundary, which hangs on the issue; `=_` occurs in neither quoted-printable nor base64."""
    between = f"\r\n--=_{seed}".encode()
    head = f'Content-Type: multipart/{subtype}; {more}\r\n boundary="=_{seed}"\r\n'.encode()
    return head + b"".join(between + b"\r\n" + part for part in parts) + between + b"--\r\n"


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
        fields.append(_field(*changed[name]).removesuffix(b"\r\n") if name in changed else field)
    return b"\r\n".join(fields) + b"\r\n\r\n" + body
