"""Extract a page's body with trafilatura, and skip its fallback where that cannot change the result."""

import copy
import functools
from collections.abc import Callable
from typing import Any

from lxml import etree
from trafilatura import bare_extraction
from trafilatura.settings import Document as Extracted
from trafilatura.settings import Extractor

_LENGTH: Callable[[Any], Any] = etree.XPath("string-length(normalize-space(.))")
_PARAGRAPHS: Callable[[Any], Any] = etree.XPath(".//p//text()", smart_strings=False)
_UNREAD = ("script", "style", "fencedframe")
_VIDEO = len("VIDEO")  # readability's placeholder for a video
# trafilatura prefers the fallback's text only where that is twice as long. With half of the page's text in the
# first result, that is impossible.
_HALF = 2
# Below this share of the page's text in paragraphs, the first result seldom reaches half, so trying is not worth it.
_WORTH_TRYING = 0.6
# The tags that trafilatura itself writes. Any other tag makes it run the fallback.
_OWN_TAGS = frozenset(
    "body p head list item quote code table row cell lb hi ref del graphic ab div span title".split()  # noqa: SIM905
)


def extract_body(tree: Any, url: str, *, denser: int = 1) -> Any:
    """Return the body that trafilatura extracts from a parsed page, or None.

    `denser`: how many letters of an alphabet one character of the page's script is worth. trafilatura runs
    readability as a fallback on each page and prefers its text where that is more than twice as long. Where
    trafilatura's own text is at least half of the page's, the fallback cannot win and is skipped.
    """
    options = copy.copy(_options())
    options.url = options.source = url or None
    options.min_extracted_size //= denser
    most = _longest_text(tree)
    if sum(map(len, _PARAGRAPHS(tree))) >= _WORTH_TRYING * most:
        options.fast = True
        document = bare_extraction(tree, options=options)
        if isinstance(document, Extracted) and _is_final(document, most, options):
            return document.body
        options.fast = False
    document = bare_extraction(tree, options=options)
    return document.body if isinstance(document, Extracted) else None


@functools.cache
def _options() -> Extractor:
    """Options with XML output, which spares trafilatura the text. Copy them for each page; never change them."""
    return Extractor(output_format="xml", comments=False)


def _longest_text(tree: Any) -> float:
    """The largest number of characters that any extractor can find on the page."""
    unread = sum(_LENGTH(element) for element in tree.iter(*_UNREAD))
    videos = sum(1 for _ in tree.iter("iframe"))
    return float(_LENGTH(tree) - unread + _VIDEO * videos)


def _is_final(document: Extracted, most: float, options: Extractor) -> bool:
    """Whether trafilatura would keep this result over the fallback's. The conditions are those in its source code."""
    length = len(document.raw_text or "")
    body = document.body
    if length < options.min_extracted_size or length * _HALF < most:
        return False
    tags = [element.tag for element in body.iter() if isinstance(element.tag, str)]
    return tags.count("table") <= tags.count("p") and bool(_PARAGRAPHS(body)) and _OWN_TAGS.issuperset(tags)
