"""The message as bytes, and its headers."""

import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Sequence
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
_SHORT = 60  # characters that fit on one line after the name of any header


def headers_of(issue: Issue, *, sent_at: datetime) -> tuple[tuple[str, str], ...]:
    """The headers of a scrubbed issue, in order; none contains a line break."""
    masthead = issue.masthead
    mailbox = str(_address(masthead.desk_name, masthead.desk_address))
    domain = masthead.desk_address.rpartition("@")[2]
    seed = stable_id(issue.key, issue.edition, masthead.list_id)
    list_id = masthead.list_id.strip("<> ")
    unsubscribe = [f"<{quote(masthead.unsubscribe_url, safe='/:?#@!$&+;=%~._-')}>"]
    unsubscribe.append(f"<mailto:{masthead.desk_address}?subject=unsubscribe>")
    one_click = masthead.unsubscribe_url.startswith("https://")
    return (
        ("From", mailbox),
        ("Reply-To", mailbox),
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
        mailbox = Address(display_name=name, addr_spec=address)
    except (ValueError, IndexError) as error:
        raise ConfigError(f"the address {address!r} is not an e-mail address") from error
    if not address.isascii() or not mailbox.domain:
        raise ConfigError(f"the address {address!r} is not accepted by every mail server")
    return mailbox


def eml_bytes(email: Email) -> bytes:
    """The message: multipart/alternative of text and HTML with its pictures; CRLF, quoted-printable.

    Pictures that the HTML takes from a web address are left out.
    """
    message_id = dict(email.headers)["Message-ID"]
    domain = message_id.strip("<>").rpartition("@")[2]
    seed = stable_id(message_id)
    related = frozenset(pictures_of(email.html))
    shown = _text_part("html", pictures_at(email.html, lambda name: f"cid:{content_id(name, domain)}"))
    pictures = [_picture_part(name, body, domain) for name, body in email.pictures if name in related]
    if pictures:
        shown = _multipart("related", [shown, *pictures], seed=f"1_{seed}", more='type="text/html"; ')
    whole = _multipart("alternative", [_text_part("plain", email.text), shown], seed=f"0_{seed}")
    head = b"".join(_field(name, value) for name, value in (*email.headers, ("MIME-Version", "1.0")))
    return head + whole


def _field(name: str, value: str) -> bytes:
    """A header line, folded so that other programs can read it. ValueError if the value contains a line break."""
    if "\r" in value or "\n" in value:
        raise ValueError(f"{name}: a header's value must be one line, not {value!r}")
    kind = name.lower()
    if kind in _ADDRESS_LISTS:  # the email package would encode long ones, and readers would not find the address
        folded = ",\r\n ".join(part.strip() for part in value.split(","))
    elif kind == "subject":  # the email package cannot parse the long subjects that it writes
        charset = "us-ascii" if value.isascii() and "=?" not in value else "utf-8"
        folded = Header(value, charset=charset, header_name=name, maxlinelen=76).encode(linesep="\r\n")
    elif kind in _MAILBOXES and (not value.isascii() or len(value) > _SHORT or "=?" in value):
        display_name, address = parseaddr(value)
        encoded = Header(display_name, charset="utf-8", header_name=name, maxlinelen=76).encode(linesep="\r\n")
        folded = f"{encoded}\r\n <{address}>" if display_name else address
    else:
        folded = value
    return f"{name}: {folded}\r\n".encode("ascii")


# The email package writes a message line by line and parses each header of each part. Joining parts with known headers
# takes a tenth of that time.
def _text_part(subtype: str, text: str) -> bytes:
    """A text part in quoted-printable, in lines of at most 76 characters."""
    lines = b"\n".join(text.encode().splitlines()) + b"\n"
    return (
        f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'.encode()
        + b2a_qp(lines).replace(b"\n", b"\r\n")
    )


def _picture_part(name: str, body: bytes, domain: str) -> bytes:
    """A picture in base64, with a Content-ID."""
    encoded = b2a_base64(body, newline=False)
    lines = [encoded[start : start + 76] for start in range(0, len(encoded), 76)]
    head = (
        f"Content-Type: {media_type(body)}\r\nContent-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: inline; filename="{name}"\r\nContent-ID: <{content_id(name, domain)}>\r\n\r\n'
    )
    return head.encode("ascii") + b"\r\n".join([*lines, b""])


def _multipart(subtype: str, parts: Sequence[bytes], *, seed: str, more: str = "") -> bytes:
    """Join parts with a boundary made from `seed`; `=_` occurs in neither quoted-printable nor base64."""
    boundary = f"\r\n--=_{seed}".encode()
    head = f'Content-Type: multipart/{subtype}; {more}\r\n boundary="=_{seed}"\r\n'.encode()
    return head + b"".join(boundary + b"\r\n" + part for part in parts) + boundary + b"--\r\n"


def readdress(eml: bytes, *, to: str, subject_prefix: str = "", message_id: str | None = None) -> bytes:
    """Replace To and, for a test, mark the Subject and replace the Message-ID; no other byte changes.

    ConfigError if `to` is not an address that every mail server accepts.
    """
    head, _, body = eml.partition(b"\r\n\r\n")
    headers = message_from_bytes(head, policy=policy.default)
    changed = {"to": ("To", str(_address("", to)))}
    if subject_prefix:
        changed["subject"] = ("Subject", f"{subject_prefix} {headers['Subject']}")
    if message_id is not None:
        changed["message-id"] = ("Message-ID", message_id)
    fields = []
    for field in re.split(rb"\r\n(?![ \t])", head):
        name = field.partition(b":")[0].decode("ascii", "replace").lower()
        fields.append(_field(*changed[name]).removesuffix(b"\r\n") if name in changed else field)
    return b"\r\n".join(fields) + b"\r\n\r\n" + body
