"""The extractor's body of a page, without a second opinion where that could change nothing."""

import copy
import functools
from collections.abc import Callable
from typing import Any

from lxml import etree
from trafilatura import bare_extraction
from trafilatura.settings import Document as Extracted
from trafilatura.settings import Extractor

_LENGTH: Callable[[Any], Any] = etree.XPath("string-length(normalize-space(.))")
_PARAGRAPHS: Callable[[Any], Any] = etree.XPath(".//p//text()")
_UNREAD = ("script", "style", "fencedframe")
_VIDEO = len("VIDEO")  # what readability writes in the place of one
# Of a text this much of the page's nothing else can be twice as long, which is when trafilatura prefers another's.
_HALF = 2
# Where paragraphs are less of the page than this, what is extracted seldom is half of it, and trying costs more.
_WORTH_TRYING = 0.6
# The tags of trafilatura's own output: with any other it has its result looked over again.
_OWN_TAGS = frozenset(
    "body p head list item quote code table row cell lb hi ref del graphic ab div span title".split()  # noqa: SIM905
)


def extract_body(tree: Any, url: str, *, denser: int = 1) -> Any:
    """The body of a parsed page as trafilatura reads it, or None where it finds none.

    `denser` says how many times more a letter tells than one of an alphabet. trafilatura has each page read a second
    time by readability, and takes that where it is more than twice as long. Where its own text is half of the page's or
    more, that cannot be: the answer is the same without asking.
    """
    options = copy.copy(_options())
    options.url = options.source = url or None
    options.min_extracted_size //= denser
    most = _most_text(tree)
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
    """As XML, since the body is read here and its text need not be made; copied for each page, never changed."""
    return Extractor(output_format="xml", comments=False)


def _most_text(tree: Any) -> float:
    """The most characters that any reader can find on the page."""
    unread = sum(_LENGTH(element) for element in tree.iter(*_UNREAD))
    videos = sum(1 for _ in tree.iter("iframe"))
    return float(_LENGTH(tree) - unread + _VIDEO * videos)


def _is_final(document: Extracted, most: float, options: Extractor) -> bool:
    """Whether trafilatura, asked for a second opinion, would keep its own: the conditions are those of its source."""
    length = len(document.raw_text or "")
    body = document.body
    if length < options.min_extracted_size or length * _HALF < most:
        return False
    tags = [element.tag for element in body.iter() if isinstance(element.tag, str)]
    return tags.count("table") <= tags.count("p") and bool(_PARAGRAPHS(body)) and _OWN_TAGS.issuperset(tags)
