"""Lists of feeds as other readers have them: OPML in and out."""

import io
import logging
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from pipeline.errors import UsageError
from pipeline.records import Source
from pipeline.text.normalise import printable_line

LARGEST_BYTES = 5_000_000
DEEPEST = 32
MOST_OUTLINES = 5_000
LONGEST_CATEGORY = 2_000

_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))

log = logging.getLogger(__name__)


def import_opml(body: bytes) -> list[Source]:
    """The feeds of a list, the groups they are in as sections; UsageError where it is none, or grown beyond reason."""
    import listparser

    if len(body) > LARGEST_BYTES:
        raise UsageError(f"the list is larger than {LARGEST_BYTES:,} bytes")
    # Character references come through whatever the parser takes for the encoding.
    plain = _decode(body).encode("ascii", "xmlcharrefreplace")
    _measure(plain)
    found = listparser.parse(plain)
    if not found["version"]:
        raise UsageError("this is no OPML: no <opml> element was found")
    sources = []
    for feed in found["feeds"]:
        source = _source(feed)
        if source:
            sources.append(source)
        else:
            log.warning("passed over %r: not an http or https address", feed["url"][:200])
    return sources


def export_opml(sources: Iterable[Source], title: str) -> bytes:
    """The feeds among the sources as OPML 2.0, a group a section; pages, folders and local files stay out."""
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


def _measure(body: bytes) -> None:
    """Refuse a list that would take listparser memory or time beyond all proportion to its size."""
    from lxml import etree

    gauge: Any = _Gauge()
    if body.strip():
        etree.parse(io.BytesIO(body), etree.HTMLParser(target=gauge, recover=True))


class _Gauge:
    """Counts as the parser goes along; listparser copies the way down to each feed, which is quadratic in the depth."""

    def __init__(self) -> None:
        self.depth = self.outlines = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.outlines += tag == "outline"
        if self.depth > DEEPEST:
            raise UsageError(f"the list is nested deeper than {DEEPEST} levels")
        if self.outlines > MOST_OUTLINES:
            raise UsageError(f"the list holds more than {MOST_OUTLINES:,} entries")
        if len(attributes.get("category", "")) > LONGEST_CATEGORY:
            raise UsageError(f"a category of the list is longer than {LONGEST_CATEGORY:,} characters")

    def end(self, _tag: str) -> None:
        self.depth -= 1

    def data(self, _text: str) -> None:
        """Text is of no interest."""

    def close(self) -> None:
        """Nothing is made."""


def _source(feed: dict[str, Any]) -> Source | None:
    url = feed["url"].strip()
    if not _is_web(url):
        return None
    # The groups a feed stands in come last, behind those its own category names.
    groups = [printable_line(group) for group in (feed["categories"] or [[]])[-1]]
    name = printable_line(feed["title"]) or urlsplit(url).hostname or url
    return Source(name, "feed", url, outlet=name, section=" / ".join(filter(None, groups)) or None)


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and url.isprintable() and " " not in url
