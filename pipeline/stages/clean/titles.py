"""Choose a page's title among what its metadata and headings say, without the names of site and section."""

import functools
import html
import itertools
import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from pipeline.stages.clean.opening import split_names
from pipeline.stages.clean.tails import Labels, cut_title, initials, site_keys, without_page_number
from pipeline.text.normalise import fold, normalise

_TAG = re.compile(r"<(?:br|wbr) ?/?>|<([a-z][a-z0-9]{0,10})(?: [^<>]{0,200})?>|</([a-z][a-z0-9]{0,10})>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-f]{1,5}|[a-z]{2,8}\d?);", re.IGNORECASE)
_ENTRY_TITLE = re.compile(r"(?:^|[\s_-])(?:entry|post|article|story)[-_]*(?:title|headline)(?:$|[\s_-])", re.IGNORECASE)
_LOGO = re.compile(r"(?<![a-z])(?:logo|brand(?:ing)?|site-?(?:title|name)|masthead|blog-?title)(?![a-z])")
# A line above the headline, or a mark of what it costs, within its heading.
_ABOVE = re.compile(
    r"(?<![a-z])(?:kicker|overline|roofline|topline|dachzeile|eyebrow|surtitle|surtitre|antetitulo|occhiello|badge"
    r"|premium|paywall)(?![a-z])"
)
_ELLIPSIS = re.compile(r"\s*(?:…|\.\.\.)\s*$")
_MOST_HEADINGS = 12
_MOST_LINKS = 400
_SECTION_DEPTH = 2  # of its address
_LONGEST_SECTION = 25  # characters
_LONGEST = 400  # characters
_LEAST_START = 10  # letters of a title that another one completes


def read_titles(
    tree: Any,
    stated: Sequence[str],
    head_title: str,
    site: str,
    url: str,
    *,
    sections: Iterable[str] = (),
    authors: Iterable[str] = (),
) -> tuple[str, ...]:
    """Return the title and its variants. `stated`: those in the metadata, in order of trust, og:title first."""
    labels = Labels(
        site_keys(site, url),
        initials(site, url),
        frozenset(key for name in authors if len(key := fold(name)) > 3),
        frozenset(key for name in sections if (key := fold(name))),
        functools.cache(lambda: _listed_sections(tree)),
    )
    main = [text for h1 in tree.iter("h1") if (text := _heading(h1)) and not _is_logo(h1, text, labels)]
    named = [
        _heading(element) for element in tree.iter("h2", "div", "p") if _ENTRY_TITLE.search(element.get("class") or "")
    ]
    # Without a main heading, one of the next level may be the title; beside one, it may be the name of a section.
    others = [] if main else [_heading(element) for element in tree.iter("h2")][:_MOST_HEADINGS]
    first, *rest = [*(_plain(text, main) for text in stated), ""]
    candidates = [
        first,
        *(main[:1] if len(main) == 1 or not first else []),
        *rest,
        *main[:1],
        *named[:1],
        _plain(head_title, main),
    ]
    candidates = [text for text in candidates if text]
    shown = set(map(fold, main))
    peers = {fold(text) for text in (*candidates, *main, *others) if text and not labels.is_own(text)}
    cut = [cut_title(text, peers, shown, labels) for text in candidates]
    of_story = (title for title, text in zip(cut, candidates, strict=True) if not _is_of_site(text, labels))
    title = _completed(next(of_story, cut[0] if cut else ""), main)
    return tuple(dict.fromkeys(text for text in (title, *candidates, *main[:5]) if text))


def _plain(text: str, shown: Collection[str]) -> str:
    """The text without tags and page number; entities that were escaped twice are resolved once more.

    A text that the page shows as it is stays so: it is about entities or tags.
    """
    if normalise(text) in shown:
        return normalise(text)
    if _ENTITY.search(text):
        text = html.unescape(text)
    closed = {match[2].lower() for match in _TAG.finditer(text) if match[2]}
    text = _TAG.sub(lambda tag: tag[0] if tag[1] and tag[1].lower() not in closed else "", text)
    return normalise(without_page_number(normalise(text)))


def _heading(element: Any) -> str:
    """The text of a heading, without a line above the headline that is marked as such."""
    above = [part for part in element.iterdescendants("span", "div", "small", "strong") if _is_above(part)]
    whole = normalise("".join(element.itertext())[:_LONGEST])
    if not above:
        return whole
    parts = {text for part in above for text in part.itertext()}
    rest = normalise("".join(text for text in element.itertext() if text not in parts)[:_LONGEST])
    return rest or whole


def _is_above(element: Any) -> bool:
    return _ABOVE.search(split_names(element.get("class") or "")) is not None


def _is_logo(h1: Any, text: str, labels: Labels) -> bool:
    """Whether the heading is the site's name: it says so, or all of it links to the front page."""
    if labels.is_own(text):
        return True
    around = (h1, *itertools.islice(h1.iterancestors(), 1))
    if any(_LOGO.search(split_names(f"{each.get('id') or ''} {each.get('class') or ''}")) for each in around):
        return True
    links = [link for link in h1.iter("a") if normalise("".join(link.itertext())) == text]
    outer = next(h1.iterancestors("a"), None)
    links += [outer] if outer is not None else []
    return any(
        urlsplit((link.get("href") or "#").strip()).path in ("", "/") and (link.get("href") or "#")[0] != "#"
        for link in links
    )


def _is_of_site(title: str, labels: Labels) -> bool:
    """Whether the title names the site instead of the story, with or without its motto."""
    head = re.split(r"\s*[|:]\s+|\s+[–—-]\s+", title, maxsplit=1)
    return labels.is_own(title) or (len(head) > 1 and labels.is_own(head[0]))


def _completed(title: str, main: Sequence[str]) -> str:
    """The main heading that goes on where the title was cut off: at an ellipsis, or at a quote within an attribute."""
    key = fold(title)
    for text in main[:1]:
        if len(key) < _LEAST_START or len(fold(text)) <= len(key) or not fold(text).startswith(key):
            continue
        if _ELLIPSIS.search(title) or text[len(title) :].lstrip()[:1] in ('"', "'"):
            return text
    return title


def _listed_sections(tree: Any) -> frozenset[str]:
    """The texts of the page's links to its sections, which have short addresses."""
    found = set()
    for link in itertools.islice(tree.iter("a"), _MOST_LINKS):
        path = (link.get("href") or "").partition("://")[2].partition("/")[2] or (link.get("href") or "")
        if 0 < len(path.strip("/").split("/")) <= _SECTION_DEPTH and not any(map(str.isdigit, path)):
            text = normalise("".join(link.itertext())[: 2 * _LONGEST_SECTION])
            if 1 < len(text) <= _LONGEST_SECTION:
                found.add(fold(text))
    return frozenset(found)
