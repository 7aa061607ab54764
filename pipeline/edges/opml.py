"""Import and export lists of feeds in OPML, the format that feed readers exchange."""

import io
import logging
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from pipeline.errors import UsageError
from pipeline.records import Source
from pipeline.text.links import login_header, login_variable, split_login
from pipeline.text.normalise import printable_line

LARGEST_BYTES = 5_000_000
DEEPEST = 32
MOST_OUTLINES = 5_000

_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_FEED_SCHEME = re.compile(r"^feed:(?://)?(?=(https?:))?", re.IGNORECASE)  # feed://host, and feed:https://host
_LOGIN = re.compile(r"//[^/?#]*@")
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))

log = logging.getLogger(__name__)


def import_opml(body: bytes) -> list[Source]:
    """The feeds of a list, with the groups around them as sections. UsageError where it is not OPML, or too large."""
    from lxml import etree

    if len(body) > LARGEST_BYTES:
        raise UsageError(f"the list is larger than {LARGEST_BYTES:,} bytes")
    # The HTML parser mends what is broken, and expands no entities that a document declares. As ASCII with character
    # references the text does not depend on the encoding that the parser assumes.
    text = _decode(body).encode("ascii", "xmlcharrefreplace")
    target: Any = _Outlines()
    if text.strip():
        etree.parse(io.BytesIO(text), etree.HTMLParser(target=target, recover=True))
    if not target.is_opml:
        raise UsageError("the file is not OPML: it has no <opml> element")
    feeds: list[Source] = target.feeds
    return feeds


class _Outlines:
    """Collects the feeds of a list while lxml parses it."""

    def __init__(self) -> None:
        self.is_opml = False
        self.feeds: list[Source] = []
        self._outlines = 0
        self._logins: dict[str, str] = {}  # variable → user and password
        self._groups: list[str] = []  # of the elements that are open: names of outlines without an address, else ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take note of an element."""
        self.is_opml |= tag == "opml"
        name, url = printable_line(attributes.get("title") or attributes.get("text") or ""), attributes.get("xmlurl")
        if tag == "outline":
            self._outlines += 1
            if url is not None:
                self._add(name, url.strip())
        self._groups.append(name if tag == "outline" and url is None else "")
        if len(self._groups) > DEEPEST:
            raise UsageError(f"the list is nested more than {DEEPEST} levels deep")
        if self._outlines > MOST_OUTLINES:
            raise UsageError(f"the list has more than {MOST_OUTLINES:,} entries")

    def end(self, _tag: str) -> None:
        """Leave an element."""
        self._groups.pop()

    def data(self, text: str) -> None:
        """Ignore text."""

    def close(self) -> None:
        """Part of lxml's protocol."""

    def _add(self, name: str, url: str) -> None:
        url = _FEED_SCHEME.sub(lambda found: "" if found[1] else "http://", url)
        if not _is_web(url):
            log.warning("ignored %r: not an http or https address", _LOGIN.sub("//", url)[:200])
            return
        url, login = split_login(url)
        name = name or urlsplit(url).hostname or url
        section = " / ".join(filter(None, self._groups)) or None
        self.feeds.append(Source(name, "feed", url, outlet=name, section=section, headers=self._headers(url, login)))

    def _headers(self, url: str, login: str) -> dict[str, str]:
        """The header of a source with a login, whose value is a variable without a secret."""
        if not login:
            return {}
        name, number = login_variable(url), 1
        while self._logins.setdefault(variable := name if number == 1 else f"{name}_{number}", login) != login:
            number += 1
        return login_header(url, login, variable)


def export_opml(sources: Iterable[Source], title: str) -> bytes:
    """The feeds of the sources as OPML 2.0, grouped by section; other kinds and local files are left out."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = printable_line(title)
    body = ET.SubElement(root, "body")
    groups: dict[str, ET.Element] = {}
    for source in sources:
        if source.kind != "feed" or not _is_web(source.location):
            continue
        parent, section = body, printable_line(source.section or "")
        if section:
            if section not in groups:
                groups[section] = ET.SubElement(body, "outline", text=section)
            parent = groups[section]
        name = printable_line(source.name)
        known = {"type": "rss", "text": name, "title": name, "xmlUrl": source.location}
        ET.SubElement(parent, "outline", known | ({"language": source.language} if source.language else {}))
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _decode(body: bytes) -> str:
    declared = _DECLARED.search(body[:400])
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if body.startswith(mark)), None)
    encoding = encoding or (declared[1].decode("ascii") if declared else "utf-8")
    try:
        return body.decode(encoding, "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and url.isprintable() and " " not in url
