"""A feed's tree to small, well-formed XML that feedparser can read without harm.

What its regular expressions and its guesses go wrong on (endless names, addresses among names, captions taken for
descriptions, deep or wide trees) is cut or set right before.
"""

import functools
import html
import re
from dataclasses import dataclass

from lxml import etree

from pipeline.text.normalise import strip_illegal, truncate

from .mend import ITUNES, MEDIA, parse_tree
from .text import absolute_url, person

MAX_ENTRIES = 1_000
MAX_ELEMENTS = 100_000  # that feedparser is given, at some 20 µs each
MAX_CHILDREN = 300  # of one entry
MAX_DEPTH = 20
MAX_ATTRIBUTES = 30
MARKUP_CHARS = 1_000_000
TEXT_CHARS = 4_000
NAME_CHARS = 120  # feedparser looks for a mail address in them in quadratic time
MAX_NAMES = 20  # of one entry

_ENTRIES = {"item", "entry"}
_MARKUP = {
    "abstract", "body", "content", "description", "encoded", "fullitem", "info", "subtitle", "summary", "tagline",
    "title",
}  # fmt: skip
_NAMES = {"author", "contributor", "creator", "email", "managingeditor", "name", "owner", "publisher", "webmaster"}
# Of an entry; what else there is costs feedparser time, and some of it its composure.
_READ = {
    *_ENTRIES, *_MARKUP, *_NAMES, "caption", "category", "created", "credit", "date", "enclosure", "group", "guid",
    "href", "id", "image", "issued", "keywords", "language", "link", "modified", "pubdate", "published", "source",
    "subject", "tags", "thumbnail", "updated", "uri", "url",
}  # fmt: skip
# Places are not read, and one outside of an entry makes feedparser raise.
_PLACES = {"box", "exterior", "line", "linearring", "linestring", "point", "polygon", "pos", "poslist", "where"}
_UNREAD = {"", "cloud", "textinput", *_PLACES}
_XML = "{http://www.w3.org/XML/1998/namespace}"


@dataclass(frozen=True, slots=True)
class Prepared:
    """UTF-8 XML that is well formed and bounded, and what was seen while making it so."""

    xml: bytes
    base: str  # what relative addresses are relative to, where no xml:base says so
    language: str | None  # xml:lang of the root
    notes: tuple[str, ...]


def prepare(text: str, url: str) -> Prepared:
    """Make the feed that begins somewhere in the text safe for feedparser. Raises FeedError."""
    root, mended = parse_tree(text, url)
    notes = ["XML mended"] if mended else []
    if _cut(root):
        notes.append(f"cut to {MAX_ENTRIES} entries or {MAX_ELEMENTS} elements")
    xml = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return Prepared(xml, _base(root, url), root.get(f"{_XML}lang"), tuple(notes))


def _base(root: etree._Element, url: str) -> str:
    """RSS has no rule for relative addresses; its publishers mean the site. Atom's are the feed's own."""
    if _local(root) == "feed":
        return url
    links = (link.text for link in root.iterdescendants("{*}link") if _local(link.getparent()) == "channel")
    return next((home for link in links if (home := absolute_url(link, url))), url)


def _cut(root: etree._Element) -> bool:
    """Flatten markup, shorten texts, drop what is beyond the limits. True if any of that was dropped."""
    left = {"entries": MAX_ENTRIES, "elements": MAX_ELEMENTS}
    lost = False
    waiting = [(root, 0, False)]
    while waiting:
        parent, depth, inside = waiting.pop()
        kept = []
        for child in list(parent.iterchildren()):
            child.tail = None
            name = _local(child)
            entry = name in _ENTRIES
            left["elements"] -= 1
            left["entries"] -= entry
            spent = left["elements"] < 0 or (entry and left["entries"] < 0)
            if spent or depth > MAX_DEPTH or name in _UNREAD or (inside and name not in _READ):
                parent.remove(child)
                lost = lost or spent
                continue
            if entry:
                _tidy_entry(child)
            _bound(child)
            if len(child):
                kept.append((child, depth + 1, inside or entry))
        waiting.extend(reversed(kept))  # in the order of the document, so that the first entries are the ones kept
    return lost


def _tidy_entry(entry: etree._Element) -> None:
    """Cut an entry of very many parts, and tell captions and podcast summaries from the entry's own description."""
    people = [child for child in entry if _local(child) in _NAMES]
    for extra in [*list(entry)[MAX_CHILDREN:], *people[MAX_NAMES:]]:
        if extra.getparent() is entry:
            entry.remove(extra)
    own = {_local(child) for child in entry if not _is_in(child, MEDIA, ITUNES)}
    for element in list(entry.iterdescendants(tag=etree.Element)):
        name = _local(element)
        if name == "description" and _is_in(element, MEDIA):
            element.tag = f"{{{MEDIA}}}caption"  # feedparser takes a media:description for the entry's
            element.attrib.clear()
        elif name in ("summary", "subtitle") and _is_in(element, ITUNES) and own & {"description", "encoded"}:
            element.tag = "unread"  # nor is this the entry's, where it has one
        elif name == "guid" and not (element.text or "").strip().lower().startswith(("http:", "https:")):
            element.set("isPermaLink", "false")  # the default is true, and hardly anyone means it


def _bound(element: etree._Element) -> None:
    name = _local(element)
    markup = name in _MARKUP and not _is_in(element, MEDIA)
    if markup and len(element):
        _flatten(element)
    if name in _NAMES and element.text:
        element.text = person(element.text[:TEXT_CHARS])  # feedparser's search for mail addresses cuts names in two
    elif name == "link" and (address := (element.text or "").strip()).lower().startswith("www."):
        element.text = f"https://{address}"
    limit = MARKUP_CHARS if markup and name != "title" else NAME_CHARS if name in _NAMES else TEXT_CHARS
    if element.text and len(element.text) > limit:
        element.text = "" if name in ("link", "url") else truncate(element.text, limit)  # half an address leads nowhere
    if markup and element.text and ("<" in element.text or "&" in element.text) and "]]>" not in element.text:
        element.text = etree.CDATA(element.text)  # each escaped sign would be a call of feedparser's
    attributes = element.attrib
    if len(attributes) > MAX_ATTRIBUTES:
        attributes.clear()  # to look at very many is cubic in lxml
    for key, value in attributes.items():
        if len(value) > TEXT_CHARS or ":" in str(key).rpartition("}")[2]:
            del attributes[key]
    if ":" in str(element.tag).rpartition("}")[2]:
        # Its prefix has no namespace; feedparser would take the whole feed for broken.
        element.tag = _plain_name(element)


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


def _local(element: etree._Element | None) -> str:
    tag = element.tag if element is not None else None
    return _split(tag)[1] if isinstance(tag, str) else ""


@functools.lru_cache(maxsize=1024)
def _split(tag: str) -> tuple[str, str]:
    """(namespace without its last slash, local name without a prefix), in lower case: a feed has few tags."""
    space, _, name = tag.rpartition("}")
    return space.lstrip("{").rstrip("/").lower(), name.rpartition(":")[2].lower()


def _plain_name(element: etree._Element) -> str:
    name = _local(element)
    return name if re.fullmatch(r"[a-z][a-z0-9_.-]*", name) else "unknown"


def _is_in(element: etree._Element, *spaces: str) -> bool:
    """Whether an element is of a namespace, in whatever case and with or without its last slash."""
    own = _split(str(element.tag))[0]
    return any(own == _split(f"{{{space}}}")[0] for space in spaces) if own else False
