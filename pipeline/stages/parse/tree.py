"""Text to a small, well-formed XML feed: found, mended and cut, so that feedparser can read it without harm.

feedparser's own ways with broken XML are slow to hanging and raise on hostile bytes. libxml2 mends here, and what its
regular expressions choke on (endless names, deep or wide trees) is cut before.
"""

import html
import re
from dataclasses import dataclass

from lxml import etree

from pipeline.errors import FeedError

from .decode import strip_illegal
from .text import shorten

MAX_ENTRIES = 1_000
MAX_SIGNS = {"<": 500_000, "&": 1_500_000, "=": 1_000_000}  # tags, references, attributes; in CDATA too
MAX_ELEMENTS = 100_000  # that feedparser is given, at some 20 µs each
MAX_CHILDREN = 300  # of one entry
MAX_DEPTH = 20
MAX_ATTRIBUTES = 30
MARKUP_CHARS = 1_000_000
TEXT_CHARS = 4_000
NAME_CHARS = 120  # feedparser looks for a mail address in them in quadratic time
MAX_NAMES = 20  # of one entry

_ROOTS = "rss|rdf|feed|channel|xml-cdf"
_ROOT = re.compile(rf"<(?:[\w.-]+:)?(?:{_ROOTS})(?=[\s>/])", re.IGNORECASE)
_OTHER_ROOTS = {
    "opml": "an OPML list of feeds: import it with `newsletter sources import`",
    "urlset": "a sitemap",
    "sitemapindex": "an index of sitemaps",
}
_PROLOGUE = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE(?:[^<>\[]|\[.*?\]\s*(?=>))*>", re.DOTALL | re.IGNORECASE)
_TAG_NAME = re.compile(r"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_HTML = re.compile(r"<!doctype\s+html|<(?:html|head|body|title|meta|div|p|br|table|script|b)\b", re.IGNORECASE)
_NUMBER = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|(\d+));?")
_NAMED = re.compile(r"&(?!#)(?:([A-Za-z][\w.-]{0,40});)?")
_ENTITY = re.compile(r"""<!ENTITY\s+([\w.-]{1,40})\s+(?:"([^"&%<]{0,64})"|'([^'&%<]{0,64})')\s*>""")
_PREFIX = re.compile(r"</?([A-Za-z_][\w.-]*):[A-Za-z_]|\s([A-Za-z_][\w.-]*):[\w.-]+\s*=")
_BARE_AMPERSAND = re.compile(r"&(?!(?:lt|gt|amp|quot|apos|#\d+);)")
_DECLARED = re.compile(r"\sxmlns:([\w.-]+)\s*=")
_XML_NAMES = {"lt", "gt", "amp", "quot", "apos"}

MEDIA = "http://search.yahoo.com/mrss/"
_ITUNES = "http://www.itunes.com/DTDs/PodCast-1.0.dtd"
_SPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "itunes": _ITUNES,
    "media": MEDIA,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "xlink": "http://www.w3.org/1999/xlink",
}
_ENTRIES = {"item", "entry"}
_MARKUP = {
    "abstract", "body", "content", "description", "encoded", "fullitem", "info", "subtitle", "summary", "tagline",
    "title",
}  # fmt: skip
_NAMES = {"author", "contributor", "creator", "email", "managingeditor", "name", "owner", "publisher", "webmaster"}


@dataclass(frozen=True, slots=True)
class Prepared:
    """UTF-8 XML that is well formed and bounded, and what had to be done to it."""

    xml: bytes
    notes: tuple[str, ...]


def find_root(text: str) -> int:
    """Where the feed's root element begins. FeedError names what the text is if it is no feed."""
    position = 0
    while (skipped := _PROLOGUE.match(text, position)) and skipped.end() > position:
        position = skipped.end()
    if _ROOT.match(text, position):
        return position
    other = _TAG_NAME.match(text, position)
    if other and (what := _OTHER_ROOTS.get(other[1].lower())):
        raise FeedError("not a feed", f"this is {what}")
    found = _ROOT.search(text, position, position + 200_000)
    markup = _HTML.search(text, 0, 20_000)
    # A warning or blank lines before the feed are skipped; a page that shows a feed's source is a page.
    if found and not re.search(r"<!doctype\s+html|<html\b", text[: found.start()], re.IGNORECASE):
        return found.start()
    if markup:
        raise FeedError("html", "this is a web page, not a feed")
    raise FeedError("not a feed", "neither RSS, Atom, RDF nor JSON Feed")


def prepare(text: str, url: str) -> Prepared:
    """Make the feed that begins somewhere in the text safe for feedparser: well formed, not deep, not endless."""
    start = find_root(text)
    for sign, most in MAX_SIGNS.items():
        if text.count(sign, start) > most:
            raise FeedError("too large", f"more than {most:,} times {sign!r}")
    root, mended = _parse(text, start, url)
    notes = ["XML mended"] if mended else []
    if _cut(root):
        notes.append(f"cut to {MAX_ENTRIES} entries or {MAX_ELEMENTS} elements")
    return Prepared(etree.tostring(root, encoding="utf-8", xml_declaration=True), tuple(notes))


def _parse(text: str, start: int, url: str) -> tuple[etree._Element, bool]:
    own = {name: html.unescape(one or other) for name, one, other in _ENTITY.findall(text[:start])}
    text = _NUMBER.sub(_legal_reference, text[start:])
    for mended in (False, True):
        source = _with_prefixes(_mend(text, own)) if mended else _with_entities(text, own)
        parser = etree.XMLParser(
            recover=mended,
            resolve_entities=False,
            no_network=True,
            remove_comments=True,
            remove_pis=True,
            encoding="utf-8",
        )
        try:
            root = etree.fromstring(source.encode("utf-8", "replace"), parser, base_url=url)
        except (etree.XMLSyntaxError, ValueError):
            continue
        if root is not None:
            return root, mended
    raise FeedError("broken", "the XML cannot be read, even leniently")


def _legal_reference(found: re.Match[str]) -> str:
    """A character reference as it is, or U+FFFD where XML has no such character."""
    digits = found[1] or found[2]
    number = int(digits, 16 if found[1] else 10) if len(digits) <= 8 else 0
    legal = number in (9, 10, 13) or 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0xFFFF < number < 0x110000
    if 0x7F <= number < 0xA0:
        return html.unescape(f"&#{number};")  # the Windows characters they were meant as
    return f"&#{number};" if legal else "\ufffd"


def _with_entities(text: str, own: dict[str, str]) -> str:
    """Without a DTD, XML knows five named references; HTML's and the document's own become characters."""
    if "&" not in text:
        return text

    left = MARKUP_CHARS  # that the document's own may grow to

    def character(found: re.Match[str]) -> str:
        nonlocal left
        name = found[1]
        if not name or name in _XML_NAMES:
            return found[0]
        value = own.get(name)
        left -= len(value or "")
        if left < 0:
            raise FeedError("too large", "its own entities grow without measure")
        value = value or html.unescape(f"&{name};")
        return html.escape(value, quote=False) if value != f"&{name};" else found[0]

    return _NAMED.sub(character, text)


def _mend(text: str, own: dict[str, str]) -> str:
    """Bare ampersands escaped, outside CDATA sections; libxml2 would drop the words that follow them."""
    text = _with_entities(text, own)
    pieces = []
    position = 0
    while position < len(text):
        start = text.find("<![CDATA[", position)
        start = len(text) if start < 0 else start
        end = text.find("]]>", start)
        end = len(text) if end < 0 else end + 3
        pieces += [_BARE_AMPERSAND.sub("&amp;", text[position:start]), text[start:end]]
        position = end
    return "".join(pieces)


def _with_prefixes(text: str) -> str:
    """Declare the namespace prefixes that are used and not declared."""
    used = {one or other for one, other in _PREFIX.findall(text)} - {"xml", "xmlns"}
    missing = sorted(used - set(_DECLARED.findall(text)))[:50]
    declared = "".join(f' xmlns:{prefix}="{_SPACES.get(prefix.lower(), f"urn:{prefix}")}"' for prefix in missing)
    return re.sub(r"^<[\w:.-]+", lambda root: root[0] + declared, text, count=1)


def _cut(root: etree._Element) -> bool:
    """Flatten markup, shorten names and texts, drop what is beyond the limits. True if entries were lost."""
    left = {"entries": MAX_ENTRIES, "elements": MAX_ELEMENTS}
    lost = False
    waiting = [(root, 0)]
    while waiting:
        parent, depth = waiting.pop()
        kept = []
        for child in list(parent.iterchildren()):
            child.tail = None
            entry = _local(child) in _ENTRIES
            left["elements"] -= 1
            left["entries"] -= entry
            if min(left.values()) < 0 or depth > MAX_DEPTH or not isinstance(child.tag, str):
                parent.remove(child)
                lost = lost or entry
                continue
            if entry:
                _tidy_entry(child)
            _bound(child)
            if len(child):
                kept.append((child, depth + 1))
        waiting.extend(reversed(kept))  # in the order of the document, so that the first entries are the ones kept
    return lost


def _tidy_entry(entry: etree._Element) -> None:
    """Cut an entry of very many parts, and tell captions and podcast summaries from the entry's own description."""
    for extra in list(entry)[MAX_CHILDREN:]:
        entry.remove(extra)
    people = [child for child in entry if _local(child) in _NAMES]
    for extra in people[MAX_NAMES:]:
        entry.remove(extra)
    described = {_local(child) for child in entry if not _is_in(child, MEDIA, _ITUNES)} & {
        "description",
        "encoded",
        "content",
    }
    for element in list(entry.iterdescendants(f"{{{MEDIA}}}description", f"{{{MEDIA[:-1]}}}description")):
        element.tag = f"{{{MEDIA}}}caption"  # feedparser takes a media:description for the entry's
        element.attrib.clear()
    for element in list(entry.iterchildren(f"{{{_ITUNES}}}summary", f"{{{_ITUNES}}}subtitle")):
        if described:
            entry.remove(element)


def _bound(element: etree._Element) -> None:
    name = _local(element)
    markup = name in _MARKUP and not _is_in(element, MEDIA)
    if markup and len(element):
        _flatten(element)
    limit = MARKUP_CHARS if markup and name != "title" else NAME_CHARS if name in _NAMES else TEXT_CHARS
    if element.text and len(element.text) > limit:
        element.text = shorten(element.text, limit)
    attributes = element.attrib
    if len(attributes) > MAX_ATTRIBUTES:
        attributes.clear()  # to look at very many is cubic in lxml
    for key, value in attributes.items():
        if len(value) > TEXT_CHARS or ":" in str(key).rpartition("}")[2]:
            del attributes[key]
    if ":" in str(element.tag).rpartition("}")[2]:
        element.tag = _plain_name(
            element
        )  # its prefix has no namespace; feedparser would take the whole feed for broken


def _flatten(element: etree._Element) -> None:
    """Turn markup that was written as XML into text that holds HTML."""
    inner = element
    if len(element) == 1 and _local(element[0]) == "div" and not (element.text or "").strip():
        inner = element[0]
    for part in inner.iterdescendants(tag=etree.Element):
        part.tag = _plain_name(part)
    pieces = [html.escape(inner.text or "", quote=False)]
    pieces += [etree.tostring(part, encoding="unicode", method="html") for part in inner]
    for part in list(element):
        element.remove(part)
    element.text = strip_illegal("".join(pieces))
    if element.get("type") not in (None, "html", "text/html"):
        element.set("type", "html")


def _local(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def _plain_name(element: etree._Element) -> str:
    name = _local(element)
    return name if re.fullmatch(r"[a-z][a-z0-9_.-]*", name) else "unknown"


def _is_in(element: etree._Element, *spaces: str) -> bool:
    tag = element.tag
    return (
        isinstance(tag, str) and tag.startswith("{") and any(tag[1:].startswith(space.rstrip("/")) for space in spaces)
    )
