"""Parse a web page once, for its metadata, body and links."""

import itertools
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import trafilatura
from htmldate import find_date
from lxml.etree import ElementDefaultClassLookup
from lxml.html import HtmlComment, HtmlElement, HtmlEntity, HtmlProcessingInstruction
from trafilatura import load_html
from trafilatura.utils import HTML_PARSER

from pipeline.errors import CleanError
from pipeline.stages.clean.authors import author_names
from pipeline.stages.clean.bodies import extract_joined
from pipeline.stages.clean.jsonld import accounts
from pipeline.stages.clean.lede import restore_lede
from pipeline.stages.clean.lines import MAX_LINES, Line, lines_from_body
from pipeline.stages.clean.markup import lines_from_markup
from pipeline.stages.clean.metadata import Metadata, read_metadata
from pipeline.stages.clean.opening import Opening, read_opening
from pipeline.stages.clean.pager import Pager, read_pager, remove_pagers
from pipeline.stages.clean.pictures import find_picture
from pipeline.stages.clean.prune import remove_marks, remove_other_stories, remove_teasers, remove_unread, uncover_story
from pipeline.stages.clean.residue import Residue, default_residue
from pipeline.stages.clean.scripted import drop_data, read_scripted
from pipeline.stages.clean.standfirst import find_standfirst
from pipeline.stages.clean.text import is_unspaced
from pipeline.stages.clean.visible import bold_authors, labelled_authors, visible_authors, visible_date
from pipeline.text.normalise import fold

MAX_PAGE_CHARACTERS = 5_000_000
_LONG = 20_000  # characters
_LONG_TAG = re.compile(rf"<([A-Za-z][A-Za-z0-9]*)\s[^<>]{{{_LONG},}}>")
_DENSER = 3
_SHORTER = 5  # how much shorter the last page of a story may be than a story
_MIN_SECTIONS = 3  # stories that make a page without article elements a listing
_BYLINE_CLASS = re.compile(r"(?i)(?:^|[\s_-])(?:byline|authors?|writer)(?:$|[\s_-])")
_CLASSES = ".//@class | .//@itemprop | .//@rel"
_MAX_PARTS = 40
_LEAST_TEXT = 200  # characters in paragraphs; a page with fewer may show its story by script
_LINK_CHARACTERS = range(4, 400)
# trafilatura logs every page it cannot read; here such a page becomes a Rejected record instead.
logging.getLogger(trafilatura.__name__).setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)
# lxml calls a Python function for the class of every element, to support forms; one class for all is faster.
HTML_PARSER.set_element_class_lookup(
    ElementDefaultClassLookup(element=HtmlElement, comment=HtmlComment, pi=HtmlProcessingInstruction, entity=HtmlEntity)
)


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """A page's metadata and its extracted lines, with residue."""

    metadata: Metadata
    lines: tuple[Line, ...]
    guessed_at: datetime | None = None  # a date found in the page's markup or URL
    articles: tuple[tuple[tuple[Line, ...], str | None], ...] = ()  # lines and language of each article element
    body: tuple[Line, ...] = ()  # all lines of the page, including boilerplate
    standfirst: str = ""
    links: int = 0  # how many different links the page has
    pager: Pager = field(default_factory=Pager)  # the links to the story's later pages


def parse_fragment(html: str) -> tuple[Line, ...]:
    """Return the lines of a feed's HTML, which is all content."""
    if not html.strip():
        return ()
    tree = load_html(f"<html><body><div>{html[:MAX_PAGE_CHARACTERS]}</div></body></html>")
    return tuple(lines_from_markup(tree)) if tree is not None else ()


def parse_page(
    html: str,
    url: str,
    *,
    residue: Residue | None = None,
    splittable: bool = False,
    opened: str = "",
    first: str = "",
    number: int = 1,
) -> ParsedPage:
    """Parse a page and extract its text. Raises CleanError where it is not HTML.

    `splittable`: also collect the lines that are needed to split a page with several stories.
    `opened`: the address that it was read from, where that is another one. `number`: which page of its story it is, if
    not the only one; `first`: the address of the first.
    """
    tree = load_tree(html, url)
    remove_marks(tree)
    metadata = read_metadata(tree, url)
    pagers = remove_unread(tree)
    pager = read_pager(tree, pagers, opened or url, first=first, number=number)
    remove_pagers(pagers)
    opening = read_opening(tree, metadata.titles)
    uncover_story(opening.title)
    metadata, unclear = _with_visible(tree, metadata, opening, url)
    known = (*metadata.titles, *metadata.authors, metadata.site)
    standfirst = find_standfirst(opening, metadata.descriptions, known, residue or default_residue())
    if not splittable or metadata.is_article:
        remove_other_stories(opening.title)
        remove_teasers(tree, opening.title, url)
    links = _link_targets(tree)
    guessed = None if metadata.published_at or unclear else _find_date(tree, url)
    articles, body = (_articles(tree), tuple(lines_from_markup(tree))) if splittable else ((), ())
    shown = sum(len("".join(element.itertext()).strip()) for element in itertools.islice(tree.iter("p"), _LEAST_TEXT))
    scripted = () if shown >= _LEAST_TEXT else read_scripted(tree, metadata.article, metadata.titles)
    # trafilatura's minimum length is in characters, and characters of unspaced scripts carry more text.
    denser = _DENSER if any(is_unspaced(title) for title in metadata.titles[:2]) else 1
    denser *= _SHORTER if number > 1 else 1
    drop_data(tree)
    extracted = extract_joined(tree, url, denser=denser)
    lines = () if extracted is None else _mark_linked(lines_from_body(extracted), links)
    lines = scripted if len(scripted) > len(lines) else restore_lede(opening, lines)
    return ParsedPage(metadata, lines, guessed, articles, body, standfirst, len(links), pager)


def load_tree(html: str, url: str) -> Any:
    """Return a page's tree without what would take extraction too long. Raises CleanError where it is not HTML."""
    html, tags = _drop_long_tags(html)
    tree = load_html(html)
    if tree is None:
        raise CleanError("not HTML", f"{url or 'the page'} cannot be read as HTML")
    if 2 * tags > MAX_LINES:  # the parser adds at most one paragraph to each
        _limit_elements(tree)
    return tree


def _with_visible(tree: Any, metadata: Metadata, opening: Opening, url: str) -> tuple[Metadata, bool]:
    """Add the authors, picture and date that the page shows, and return whether it shows a date that is unclear."""
    stated = author_names(metadata.authors, metadata.site)
    nobodies = set(map(fold, accounts(metadata.article.get("author"))))
    linked, lines = (
        tuple(name for name in author_names(names, metadata.site) if fold(name) not in nobodies)
        for names in visible_authors(opening)
    )
    if set(map(fold, stated)) <= set(map(fold, linked)):
        metadata = replace(metadata, authors=linked)
    elif lines and not _are_shown(stated, opening):
        metadata = replace(metadata, authors=lines)
    if not stated and not linked:
        seen = lines or labelled_authors(tree) or author_names(bold_authors(opening), metadata.site)
        metadata = replace(metadata, authors=seen)
    if not metadata.picture:
        metadata = replace(metadata, picture=find_picture(opening.title, url))
    if metadata.published_at:
        return metadata, False
    date = visible_date(opening, metadata.locales)
    return replace(metadata, published_at=date.moment), date.is_unclear


def _are_shown(names: Sequence[str], opening: Opening) -> bool:
    """Whether readers see one of the names around the title."""
    shown = fold(" ".join(block.text for block in (*opening.above, *opening.blocks)))
    return any(fold(name) in shown for name in names)


def _drop_long_tags(html: str) -> tuple[str, int]:
    """Drop the attributes of very long tags, which take the parser quadratic time. Also return the number of `<`."""
    html = html[:MAX_PAGE_CHARACTERS]
    is_long = any(_LONG_TAG.match(html, at) for at in _before_gaps(html))
    return _LONG_TAG.sub(r"<\1>", html) if is_long else html, html.count("<")


def _before_gaps(html: str) -> Iterator[int]:
    """Yield the places of each `<` that is followed by so many other characters that its tag may be very long."""
    at = html.find("<")
    while 0 <= at < len(html) - _LONG:
        nearest = html.rfind("<", at + 1, at + _LONG + 1)
        if nearest < 0:
            yield at
            nearest = html.find("<", at + 1)
        at = nearest


def _limit_elements(tree: Any) -> None:
    """Remove the paragraphs and links beyond the limit, since extraction takes quadratic time."""
    for tags in (("p", "li", "tr", "br"), ("a", "span", "td", "img")):
        for element in list(itertools.islice(tree.iter(*tags), MAX_LINES, None)):
            if (parent := element.getparent()) is not None:
                parent.remove(element)


def _articles(tree: Any) -> tuple[tuple[tuple[Line, ...], str | None], ...]:
    outermost = [element for element in tree.iter("article") if next(element.iterancestors("article"), None) is None]
    if len(outermost) < _MIN_SECTIONS:
        outermost = _signed_sections(tree) or outermost
    return tuple((tuple(lines_from_markup(element)), element.get("lang")) for element in outermost[:_MAX_PARTS])


def _signed_sections(tree: Any) -> list[Any]:
    """Sibling containers of one kind that mostly have a heading and a byline each, and so are stories."""
    kinds: dict[tuple[Any, str, str], list[Any]] = {}
    for element in tree.iter("section", "div", "li"):
        if any(child.tag in ("h1", "h2", "h3") for child in element.iterchildren("h1", "h2", "h3", "header")):
            kinds.setdefault((element.getparent(), element.tag, element.get("class") or ""), []).append(element)
    for elements in kinds.values():
        signed = [
            element for element in elements if any(_BYLINE_CLASS.search(each) for each in element.xpath(_CLASSES))
        ]
        if len(signed) >= _MIN_SECTIONS and len(signed) * 3 >= len(elements) * 2:
            return elements
    return []


def _link_targets(tree: Any) -> dict[str, str]:
    """Map the page's link texts, without spaces, to their addresses."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    for element in tree.iter("a"):
        text = "".join(element.itertext()) if len(element) else element.text or ""
        if text in seen:
            continue
        seen.add(text)
        if len(key := _without_spaces(text)) in _LINK_CHARACTERS:
            found.setdefault(key, element.get("href") or "")
    return found


def _mark_linked(lines: Sequence[Line], links: dict[str, str]) -> tuple[Line, ...]:
    return tuple(
        replace(line, linked=True, links=((line.text, links[key]),))
        if (key := _without_spaces(line.text)) in links
        else line
        for line in lines
    )


def _without_spaces(text: str) -> str:
    return "".join(text.split())


def _find_date(tree: Any, url: str) -> datetime | None:
    """Find the date in the page's markup or URL, without searching its text."""
    try:
        value = find_date(tree, extensive_search=False, original_date=True, url=url or None, max_date="2200-01-01")
        return datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC) if value else None
    except (ValueError, TypeError):
        return None
