"""Choose a page's title among what its metadata and headings say, without the names of site and section."""

import html
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from pipeline.text.normalise import fold, normalise

_TAG = re.compile(r"<[^>]{1,200}>")
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-f]{1,5}|[a-z]{2,8}\d?);", re.IGNORECASE)
# A bar needs no spaces around it; the Hangul letter ㅣ stands for one.
_SEPARATOR = re.compile(r"\s+[|–—·»:‹›•-]\s+|\s*[|｜ㅣ_]\s*")
_TIGHT_SEPARATOR = re.compile(r"\s*[|｜ㅣ_：:–—·»›•-]\s*")
_PAGE_NUMBER = re.compile(
    r"\s*[(（\[]\s*(?:page\s*)?\d{1,2}\s*[/／]\s*\d{1,2}\s*(?:ページ|頁|页|page)?\s*[)）\]]\s*$", re.IGNORECASE
)
_DATE = re.compile(r"(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2})")
_ENTRY_TITLE = re.compile(r"(?:^|[\s_-])(?:entry|post|article|story)[-_]*(?:title|headline)(?:$|[\s_-])", re.IGNORECASE)
_LONGEST_TAIL = 60  # characters of a site's or a section's name
_MOST_HEADINGS = 12
_LONGEST = 400  # characters


def read_titles(tree: Any, stated: Sequence[str], head_title: str, site: str, url: str) -> tuple[str, ...]:
    """Return the title and its variants. `stated`: those in the metadata, in order of trust, og:title first."""
    site_keys = _site_keys(site, url)
    main = [text for h1 in tree.iter("h1") if (text := _heading(h1)) and not _is_logo(h1, text, site_keys)]
    named = [
        _heading(element) for element in tree.iter("h2", "div", "p") if _ENTRY_TITLE.search(element.get("class") or "")
    ]
    # Without a main heading, one of the next level may be the title; beside one, it may be the name of a section.
    others = [] if main else [_heading(element) for element in tree.iter("h2")][:_MOST_HEADINGS]
    first, *rest = [*map(_plain, stated), ""]
    candidates = [
        first,
        *(main[:1] if len(main) == 1 or not first else []),
        *rest,
        *main[:1],
        *named[:1],
        _plain(head_title),
    ]
    candidates = [text for text in candidates if text]
    peers = {fold(text) for text in (*candidates, *main, *others) if text}
    title = next((_cut(text, peers, site_keys) for text in candidates), "")
    variants = dict.fromkeys(text for text in (title, *candidates, *main[:5]) if text)
    return tuple(variants)


def _plain(text: str) -> str:
    """The text without tags and page number; entities that were escaped twice are resolved once more."""
    if _ENTITY.search(text):
        text = html.unescape(text)
    return normalise(_PAGE_NUMBER.sub("", normalise(_TAG.sub("", text))))


def _heading(element: Any) -> str:
    return normalise("".join(element.itertext())[:_LONGEST])


def _site_keys(site: str, url: str) -> frozenset[str]:
    """The site's name and its host's, in comparable form."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    labels = host.split(".")
    return frozenset(key for key in (fold(site), fold(host), *map(fold, labels[:-1])) if len(key) > 2)


def _is_logo(h1: Any, text: str, site_keys: Iterable[str]) -> bool:
    """Whether the heading is the site's name: it says so, or all of it links to the front page."""
    if fold(text) in site_keys:
        return True
    links = [link for link in h1.iter("a") if normalise("".join(link.itertext())) == text]
    outer = next(h1.iterancestors("a"), None)
    links += [outer] if outer is not None else []
    return any(
        urlsplit((link.get("href") or "#").strip()).path in ("", "/") and (link.get("href") or "#")[0] != "#"
        for link in links
    )


def _cut(title: str, peers: Iterable[str], site_keys: Iterable[str]) -> str:
    """Cut the names of the site and its section off the title's end.

    A tail goes where another title of the page is the rest, where it is the site's name, or a date; and what stands
    between the headline and such a tail goes with it only if the rest is another title.
    """
    for match in _TIGHT_SEPARATOR.finditer(title):
        head, tail = title[: match.start()], title[match.end() :]
        loose = _SEPARATOR.match(title, match.start()) is not None
        if fold(head) in peers and len(tail) <= (_LONGEST_TAIL if loose else len(head)):
            return head.rstrip()
    ends = [match for match in _SEPARATOR.finditer(title) if match.start() > 0]
    while ends:
        match = ends.pop()
        tail = title[match.end() :]
        if not (_is_site(tail, site_keys) or _DATE.fullmatch(tail.strip())):
            break
        title = title[: match.start()].rstrip()
    return title


def _is_site(tail: str, site_keys: Iterable[str]) -> bool:
    key = fold(tail)
    if len(key) < 2 or len(tail) > _LONGEST_TAIL:
        return False
    return any(key == site or (len(key) > 3 and key in site) or (len(site) > 3 and site in key) for site in site_keys)
