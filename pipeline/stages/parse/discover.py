"""Find the feeds a page links to."""

import html
import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

from .decode import decode_text
from .text import COMMENT, COMMENT_END, absolute_url, drop_between

PAGE_CHARS = 500_000
MAX_FEEDS = 20

FEED_TYPES = {
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
    "application/json",
    "application/xml",
    "text/xml",
}
_SCRIPT, _SCRIPT_END = re.compile(r"<script\b", re.IGNORECASE), re.compile("</script", re.IGNORECASE)
_TAG = re.compile(r"<(?:link|a|base)\s[^<>]{1,3000}>", re.IGNORECASE)
_LIKELY = re.compile(r"(?:^|[/.?=_-])(?:feeds?|rss2?|atom|index\.rdf)(?:$|[/.?&_-])|\.(?:rss|atom|rdf)$", re.IGNORECASE)


def discover_feeds(body: bytes, url: str) -> list[str]:
    """Return the feeds that a page declares in <link> elements, or else its links that look like feeds."""
    links = _FeedLinkParser(url)
    text = drop_between(decode_text(body).text[:PAGE_CHARS], COMMENT, COMMENT_END)
    text = drop_between(text, _SCRIPT, _SCRIPT_END)
    for tag in _TAG.findall(text):
        links.feed(tag)
    return list(dict.fromkeys(links.declared or links.likely))[:MAX_FEEDS]


class _FeedLinkParser(HTMLParser):
    """Parses single tags, since the whole page may be too broken or too large for a document parser."""

    def __init__(self, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.base = url
        self.declared: list[str] = []
        self.likely: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: html.unescape(value or "") for name, value in attrs}
        address = absolute_url(values.get("href", ""), self.base)
        if address is None:
            return
        if tag == "base":
            self.base = address
        elif tag == "link":
            rels = values.get("rel", "").lower().split()
            kind = values.get("type", "").split(";")[0].strip().lower()
            if "alternate" in rels and kind in FEED_TYPES and _is_feed(kind, address):
                self.declared.append(address)
        elif tag == "a" and _LIKELY.search(urlsplit(address).path):
            self.likely.append(address)


def _is_feed(kind: str, address: str) -> bool:
    # Plain JSON is more often the response of an API than a feed.
    return kind != "application/json" or "feed" in address.lower()
