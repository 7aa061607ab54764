"""Sanitise the HTML of feeds: it cannot run code, track readers or break out of its place."""

import html
import re
from contextvars import ContextVar

import nh3

from pipeline.text.normalise import strip_illegal

from .text import absolute_url, drop_between

MARKUP_CHARS = 1_000_000
MAX_DEPTH = 100  # nh3 is quadratic in depth
MAX_OPEN_FORMATS = 10  # unclosed <b>, <font> … are copied into every paragraph that follows
UNCHECKED_TAGS = 400  # fewer tags are harmless however they nest


def _words(text: str) -> set[str]:
    return set(text.split())


TAGS = _words("""
    a abbr article aside b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn div dl dt em
    figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p picture pre q rp rt ruby s samp
    section small span strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr
""")
_DROPPED_WHOLE = _words("""
    script style template svg math title textarea select button object embed applet video audio canvas iframe frameset
    noframes noembed xmp plaintext head
""")
_ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href", "title", "hreflang"},
    "img": {"src", "alt", "title", "width", "height", "style"},
    "blockquote": {"cite"},
    "q": {"cite"},
    "ol": {"start", "reversed"},
    "time": {"datetime"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_FORMATS = _words("a b big code em font i nobr s small strike strong tt u")
_VOID = _words("area base br col embed hr img input link meta param source track wbr")
_SELF_CLOSING = _words("p li dt dd tr td th option")

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_IMAGE = re.compile(r'<img((?: [\w-]+="[^"]*")*)\s*/?>')
_ATTRIBUTE = re.compile(r' ([\w-]+)="([^"]*)"')
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|$)", re.IGNORECASE
)
_SCRIPT = re.compile(r"<(?:script|style)\b", re.IGNORECASE)
_SCRIPT_END = re.compile(r"</(?:script|style)\s*>", re.IGNORECASE)
_PARAGRAPHS = re.compile(r"\n\s*\n")

_base: ContextVar[str] = ContextVar("base")  # of the relative URLs in the markup at hand
_CLEANER = nh3.Cleaner(  # made once, since that takes longer than the cleaning of most texts
    tags=TAGS,
    clean_content_tags=_DROPPED_WHOLE,
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
    url_relative=lambda address: absolute_url(address, _base.get()),
)


def clean_markup(value: object, base: str) -> str:
    """Return sanitised HTML: known tags, absolute http, https or mailto URLs, no styles, no tracking pixels."""
    if not isinstance(value, str) or not value.strip():
        return ""
    text = strip_illegal(value[:MARKUP_CHARS])
    if "<" not in text and "&" not in text:
        return text.strip()
    if _is_costly(text):
        text = _without_tags(text)

    _base.set(base)
    cleaned = _CLEANER.clean(text).strip()
    return _IMAGE.sub(_visible_image, cleaned).strip() if "<img" in cleaned else cleaned


def text_to_markup(text: str) -> str:
    """Convert plain text to HTML. Blank lines separate paragraphs."""
    paragraphs = (part.strip() for part in _PARAGRAPHS.split(strip_illegal(text[:MARKUP_CHARS])))
    return "".join(f"<p>{html.escape(part, quote=False)}</p>" for part in paragraphs if part).replace("\n", "<br>")


def first_image(markup: str) -> tuple[str, str] | None:
    """Return the URL and alternative text of the first picture in sanitised HTML."""
    for found in _IMAGE.finditer(markup):
        attributes = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(found[1])}
        if attributes.get("src", "").startswith(("http://", "https://")):
            return attributes["src"], attributes.get("alt", "")
    return None


def _visible_image(found: re.Match[str]) -> str:
    attributes = dict(_ATTRIBUTE.findall(found[1]))
    sizes = [attributes.get(side, "").strip().removesuffix("px") for side in ("width", "height")]
    if "src" not in attributes or any(size in ("0", "1", "2") for size in sizes):
        return ""
    if _HIDDEN.search(attributes.pop("style", "")):
        return ""
    return "<img" + "".join(f' {name}="{value}"' for name, value in attributes.items()) + ">"


def _is_costly(text: str) -> bool:
    """Whether unclosed tags would take an HTML parser quadratic time."""
    if text.count("<") < UNCHECKED_TAGS:
        return False
    depth = formats = 0
    for close, name in _TAG.findall(text):
        tag = name.lower()
        if tag in _VOID or tag in _SELF_CLOSING:
            continue
        step = -1 if close else 1
        depth = max(0, depth + step)
        if tag in _FORMATS:
            formats = max(0, formats + step)
        if depth > MAX_DEPTH or formats > MAX_OPEN_FORMATS:
            return True
    return False


def _without_tags(text: str) -> str:
    """Reduce markup that is too costly to parse to the text of its blocks, one paragraph each."""
    text = drop_between(text, _SCRIPT, _SCRIPT_END)
    text = re.sub(r"</?(?:p|div|br|li|h[1-6]|tr|blockquote)\b[^<>]*>", "\n\n", text, flags=re.IGNORECASE)
    return text_to_markup(html.unescape(re.sub(r"<[^<>]*>", "", text)))
