"""References from the HTML to its pictures: a folder next to it, parts of the message, or a web address."""

import re
from collections.abc import Callable
from html import escape

from pipeline.records import stable_id

# Matches only inside a tag, because text contains no bare `<` and an attribute no bare `"`.
_REFERENCE = re.compile(r'(<img\b[^>]*?\ssrc=")pictures/([^"/]+)(")')


def pictures_at(html: str, address_of: Callable[[str], str]) -> str:
    """Replace each reference pictures/NAME by address_of(NAME)."""
    return _REFERENCE.sub(lambda found: found[1] + escape(address_of(found[2])) + found[3], html)


def pictures_of(html: str) -> tuple[str, ...]:
    """The distinct names of the pictures that the HTML shows, in order."""
    return tuple(dict.fromkeys(found[2] for found in _REFERENCE.finditer(html)))


def content_id(name: str, domain: str) -> str:
    """The Content-ID of a picture, without brackets."""
    return f"{stable_id(name)}@{domain}"
