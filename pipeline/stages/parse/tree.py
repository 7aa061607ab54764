"""Reduce a feed's tree to small, well-formed XML that feedparser reads quickly and correctly.

Input that its regular expressions and guesses handle badly (very long names, mail addresses in names, captions
mistaken for descriptions, deep or wide trees) is cut or corrected first.
"""

import functools
import html
import re
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from pipeline.text.date_parsing import parse_date
from pipeline.text.normalise import strip_illegal, truncate

from .mend import ITUNES, MEDIA, parse_tree
from .text import absolute_url, person_name

MAX_ENTRIES = 1_000
MAX_ELEMENTS = 100_000  # feedparser takes some 20 µs for each
MAX_CHILDREN = 300  # of an entry
MAX_DEPTH = 20
MAX_ATTRIBUTES = 30
MARKUP_CHARS = 1_000_000
TEXT_CHARS = 4_000
NAME_CHARS = 120  # feedparser searches names for a mail address in quadratic time
MAX_NAMES = 20  # of an entry

_ENTRIES = {"item", "entry"}
_MARKUP = {
    "abstract", "body", "content", "description", "encoded", "fullitem", "info", "subtitle", "summary", "tagline",
    "title",
}  # fmt: skip
_NAMES = {"author", "contributor", "creator", "email", "managingeditor", "name", "owner", "publisher", "webmaster"}
# The elements of an entry that are read; others cost feedparser time, and some make it raise.
_READ_TAGS = {
    *_ENTRIES, *_MARKUP, *_NAMES, "caption", "category", "created", "credit", "date", "duration", "enclosure", "group",
    "guid", "href", "id", "image", "issued", "keywords", "language", "link", "modified", "origlink", "pubdate",
    "published", "source", "subject", "tags", "thumbnail", "updated", "uri", "url",
}  # fmt: skip
# Geographic elements are not read, and feedparser raises on some that are outside an entry.
_PLACES = {"box", "exterior", "line", "linearring", "linestring", "point", "polygon", "pos", "poslist", "where"}
_DROPPED = {"", "cloud", "textinput", *_PLACES}
_XML = "{http://www.w3.org/XML/1998/namespace}"


@dataclass(frozen=True, slots=True)
class FeedXml:
    """Well-formed, bounded XML in UTF-8, with notes on how the feed was changed."""

    xml: bytes
    base: str  # base of relative URLs without an xml:base
    language: str | None  # xml:lang of the root
    notes: tuple[str, ...]


def prepare(text: str, url: str) -> FeedXml:
    """Make the feed in the text safe for feedparser. Raises FeedError."""
    root, mended = parse_tree(text, url)
    notes = ["XML mended"] if mended else []
    if _prune(root):
        notes.append(f"cut to {MAX_ENTRIES} entries or {MAX_ELEMENTS} elements")
    xml = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return FeedXml(xml, _base_url(root, url), root.get(f"{_XML}lang"), tuple(notes))


def _base_url(root: etree._Element, url: str) -> str:
    """The base of relative URLs: the feed's URL in Atom. RSS has no rule, and publishers mean their site.

    A file of this machine has no URL that means anything to readers: the feed's links to itself and its site do.
    """
    own = [link for link in root.iterdescendants("{*}link") if _local_name(link.getparent()) in ("channel", "feed")]
    if _local_name(root) == "feed":
        if url.startswith(("http:", "https:")):
            return url
        own.sort(key=lambda link: link.get("rel") != "self")
    return next((home for link in own if (home := absolute_url(link.text or link.get("href"), url))), url)


def _prune(root: etree._Element) -> bool:
    """Flatten markup, shorten texts and drop elements beyond the limits. Return whether any were dropped."""
    left = {"entries": MAX_ENTRIES, "elements": MAX_ELEMENTS}
    lost = _drop_oldest(root)
    waiting = [(root, 0, False)]
    while waiting:
        parent, depth, inside = waiting.pop()
        kept = []
        for child in list(parent.iterchildren()):
            child.tail = None
            name = _local_name(child)
            entry = name in _ENTRIES
            left["elements"] -= 1
            left["entries"] -= entry
            spent = left["elements"] < 0 or (entry and left["entries"] < 0)
            if spent or depth > MAX_DEPTH or name in _DROPPED or (inside and name not in _READ_TAGS):
                parent.remove(child)
                lost = lost or spent
                continue
            if entry:
                _tidy_entry(child)
            _limit_element(child, name)
            if len(child):
                kept.append((child, depth + 1, inside or entry))
        waiting.extend(reversed(kept))  # in document order, so that the first entries are kept
    return lost


def _drop_oldest(root: etree._Element) -> bool:
    """Drop the first entries of a feed with too many that begins with its oldest ones. Return whether any were."""
    if sum(1 for _ in root.iter()) <= MAX_ENTRIES:
        return False
    entries = [element for element in root.iter(tag=etree.Element) if _local_name(element) in _ENTRIES]
    if len(entries) <= MAX_ENTRIES:
        return False
    first, last = (_date(entries[place]) for place in (0, -1))
    if first is None or last is None or first >= last:
        return False
    for entry in entries[:-MAX_ENTRIES]:
        if (parent := entry.getparent()) is not None:
            parent.remove(entry)
    return True


def _date(entry: etree._Element) -> datetime | None:
    texts = (child.text for child in entry if _local_name(child) in ("pubdate", "date", "published", "updated"))
    return next((moment for text in texts if (moment := parse_date(text))), None)


def _tidy_entry(entry: etree._Element) -> None:
    """Drop excess elements, and rename captions and podcast summaries that are not the entry's description."""
    if len(entry) > MAX_NAMES:
        people = [child for child in entry if _local_name(child) in _NAMES]
        for extra in [*list(entry)[MAX_CHILDREN:], *people[MAX_NAMES:]]:
            if extra.getparent() is entry:
                entry.remove(extra)
    for element in list(entry.iterdescendants(tag=etree.Element)):
        name = _local_name(element)
        if name == "link" and not element.keys() and not (element.text or "").strip():
            element.tag = "unread"  # feedparser would prefer an empty link to the guid
        elif name == "description" and _in_namespace(element, MEDIA):
            element.tag = f"{{{MEDIA}}}caption"  # feedparser would mistake a media:description for the entry's
            element.attrib.clear()
        elif name in ("summary", "subtitle") and _in_namespace(element, ITUNES) and _is_described(entry):
            element.tag = "unread"  # not the entry's own, where it has a description
        elif name == "guid" and not (element.text or "").strip().lower().startswith(("http:", "https:")):
            element.set("isPermaLink", "false")  # the default is true, but publishers rarely mean that


def _is_described(entry: etree._Element) -> bool:
    """Whether the entry has a description of its own, apart from those of its sound or pictures."""
    return any(
        _local_name(child) in ("description", "encoded") and not _in_namespace(child, MEDIA, ITUNES) for child in entry
    )


def _limit_element(element: etree._Element, name: str) -> None:
    markup = name in _MARKUP and not _in_namespace(element, MEDIA)
    if markup and len(element):
        _flatten(element)
    if text := element.text:
        _limit_text(element, name, text, markup=markup)
    if element.keys():
        _limit_attributes(element.attrib)
    if ":" in str(element.tag).rpartition("}")[2]:
        # Its prefix has no namespace, so feedparser would consider the whole feed broken.
        element.tag = _plain_name(element)


def _limit_attributes(attributes: etree._Attrib) -> None:
    if len(attributes) > MAX_ATTRIBUTES:
        attributes.clear()  # lxml takes cubic time for very many attributes
    for key, value in attributes.items():
        if len(value) > TEXT_CHARS or ":" in str(key).rpartition("}")[2]:
            del attributes[key]


def _limit_text(element: etree._Element, name: str, text: str, *, markup: bool) -> None:
    """Shorten the element's text, and write it so that feedparser reads it quickly and whole."""
    limit, new = TEXT_CHARS, text
    if name in _NAMES:
        limit, new = NAME_CHARS, person_name(text[:TEXT_CHARS])  # feedparser's search for mail addresses splits names
    elif name == "link" and (address := text.strip()).lower().startswith("www."):
        new = f"https://{address}"
    elif markup and name != "title":
        limit = MARKUP_CHARS
    if len(new) > limit:
        new = "" if name in ("link", "url") else truncate(new, limit)  # a truncated URL is useless
    if markup and ("<" in new or "&" in new) and "]]>" not in new:
        element.text = etree.CDATA(new)  # feedparser calls a method for each escaped sign
    elif new != text:
        element.text = new


def _flatten(element: etree._Element) -> None:
    """Convert markup that was written as XML to a text of HTML."""
    inner = element
    if len(element) == 1 and _local_name(element[0]) == "div" and not (element.text or "").strip():
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


def _local_name(element: etree._Element | None) -> str:
    tag = element.tag if element is not None else None
    return _split_tag(tag)[1] if isinstance(tag, str) else ""


@functools.lru_cache(maxsize=1024)
def _split_tag(tag: str) -> tuple[str, str]:
    """Return namespace (without its last slash) and local name (without prefix), in lower case."""
    space, _, name = tag.rpartition("}")
    return space.lstrip("{").rstrip("/").lower(), name.rpartition(":")[2].lower()


def _plain_name(element: etree._Element) -> str:
    name = _local_name(element)
    return name if re.fullmatch(r"[a-z][a-z0-9_.-]*", name) else "unknown"


def _in_namespace(element: etree._Element, *spaces: str) -> bool:
    """Whether an element is in a namespace, ignoring case and a final slash."""
    own = _split_tag(str(element.tag))[0]
    return any(own == _split_tag(f"{{{space}}}")[0] for space in spaces) if own else False
