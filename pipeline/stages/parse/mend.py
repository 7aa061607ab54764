"""Find the feed in a text and parse it to an XML tree, repairing broken XML.

feedparser handles broken XML slowly and raises on hostile bytes; libxml2 does neither.
"""

import html
import re

from lxml import etree

from pipeline.errors import FeedError

MAX_SIGNS = {"<": 500_000, "&": 800_000, "=": 1_000_000}  # tags, references, attributes, including those in CDATA
ENTITY_CHARS = 1_000_000  # total length of a document's own entities when expanded

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
_NAMED = re.compile(r"&(?!(?:lt|gt|amp|quot|apos);)([A-Za-z][\w.-]{0,40});")
_BARE_AMPERSAND = re.compile(r"&(?!(?:lt|gt|amp|quot|apos|#\d+);)")
_ENTITY = re.compile(r"""<!ENTITY\s+([\w.-]{1,40})\s+(?:"([^"&%<]{0,64})"|'([^'&%<]{0,64})')\s*>""")
_PREFIX = re.compile(r"</?([A-Za-z_][\w.-]*):[A-Za-z_]|\s([A-Za-z_][\w.-]*):[\w.-]+\s*=")
_DECLARED = re.compile(r"\sxmlns:([\w.-]+)\s*=")
MEDIA = "http://search.yahoo.com/mrss/"
ITUNES = "http://www.itunes.com/DTDs/PodCast-1.0.dtd"
_SPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "itunes": ITUNES,
    "media": MEDIA,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "xlink": "http://www.w3.org/1999/xlink",
}


def find_root(text: str) -> int:
    """Return the position of the feed's root element. FeedError says what the text is if it is not a feed."""
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
    # Warnings or blank lines before the feed are skipped, but a page that shows a feed's source is a page.
    if found and not re.search(r"<!doctype\s+html|<html\b", text[: found.start()], re.IGNORECASE):
        return found.start()
    if markup:
        raise FeedError("html", "this is a web page, not a feed")
    raise FeedError("not a feed", "neither RSS, Atom, RDF nor JSON Feed")


def parse_tree(text: str, url: str) -> tuple[etree._Element, bool]:
    """Return the root of the feed in the text and whether it had to be repaired. Raises FeedError."""
    start = find_root(text)
    for sign, most in MAX_SIGNS.items():
        if text.count(sign, start) > most:
            raise FeedError("too large", f"the feed has more than {most:,} {sign!r} signs")
    own = {name: html.unescape(one or other) for name, one, other in _ENTITY.findall(text[:start])}
    text = _NUMBER.sub(_legal_reference, text[start:])
    for mended in (False, True):
        source = _declare_prefixes(_escape_ampersands(text, own)) if mended else _replace_entities(text, own)
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
    """Keep a character reference, or replace it with U+FFFD where XML has no such character."""
    digits = found[1] or found[2]
    number = int(digits, 16 if found[1] else 10) if len(digits) <= 8 else 0
    legal = number in (9, 10, 13) or 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0xFFFF < number < 0x110000
    if 0x7F <= number < 0xA0:
        return html.unescape(f"&#{number};")  # meant as Windows-1252 characters
    return f"&#{number};" if legal else "\ufffd"


def _replace_entities(text: str, own: dict[str, str]) -> str:
    """Replace HTML's and the document's own named references, since XML without a DTD knows only five."""
    if "&" not in text:
        return text

    left = ENTITY_CHARS

    def character(found: re.Match[str]) -> str:
        nonlocal left
        name = found[1]
        value = own.get(name)
        left -= len(value or "")
        if left < 0:
            raise FeedError("too large", "the document's own entities expand beyond the limit")
        value = value or html.unescape(f"&{name};")
        return html.escape(value, quote=False) if value != f"&{name};" else found[0]

    return _NAMED.sub(character, text)


def _escape_ampersands(text: str, own: dict[str, str]) -> str:
    """Escape bare ampersands outside CDATA sections, since libxml2 would drop the words after them."""
    text = _replace_entities(text, own)
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


def _declare_prefixes(text: str) -> str:
    """Declare the namespace prefixes that are used but not declared."""
    used = {one or other for one, other in _PREFIX.findall(text)} - {"xml", "xmlns"}
    missing = sorted(used - set(_DECLARED.findall(text)))[:50]
    declared = "".join(f' xmlns:{prefix}="{_SPACES.get(prefix.lower(), f"urn:{prefix}")}"' for prefix in missing)
    return re.sub(r"^<[\w:.-]+", lambda root: root[0] + declared, text, count=1)
