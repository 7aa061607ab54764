"""How the HTML points at its pictures: a folder beside it, related parts of a message, or an address."""

import re
from collections.abc import Callable
from html import escape

from pipeline.records import stable_id

# Only inside a tag: text has no bare `<`, and an attribute no bare `"`.
_REFERENCE = re.compile(r'(<img\b[^>]*?\ssrc=")pictures/([^"/]+)(")')


def pictures_at(html: str, place: Callable[[str], str]) -> str:
    """The HTML with each pictures/NAME pointing to place(NAME)."""
    return _REFERENCE.sub(lambda found: found[1] + escape(place(found[2])) + found[3], html)


def pictures_of(html: str) -> tuple[str, ...]:
    """The names in pictures/ that the HTML shows, each once, in their order."""
    return tuple(dict.fromkeys(found[2] for found in _REFERENCE.finditer(html)))


def content_id(name: str, domain: str) -> str:
    """The Content-ID of a picture, without brackets."""
    return f"{stable_id(name)}@{domain}"
