"""A web page, read once: the tree gives the facts, the body and the links."""

import itertools
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import trafilatura
from htmldate import find_date
from lxml.etree import ElementDefaultClassLookup
from lxml.html import HtmlComment, HtmlElement, HtmlEntity, HtmlProcessingInstruction
from trafilatura import load_html
from trafilatura.utils import HTML_PARSER

from pipeline.errors import CleanError
from pipeline.stages.clean.body import extract_body
from pipeline.stages.clean.facts import Facts, read_facts
from pipeline.stages.clean.lines import MOST_LINES, Line, lines_from_body
from pipeline.stages.clean.markup import lines_from_markup
from pipeline.stages.clean.text import is_unspaced

LARGEST_PAGE = 5_000_000  # characters
_BODY_CLASS = re.compile(
    r"(?:^|[\s_-])(?:article|story|post|entry|news)[-_]*(?:body|content|text)\b|articleBody|\bbody__|\brichtext\b|\brich-text\b",
    re.IGNORECASE,
)
_LONG = 20_000  # characters
_LONG_TAG = re.compile(rf"<([A-Za-z][A-Za-z0-9]*)\s[^<>]{{{_LONG},}}>")
_APART = ("aside", "footer", "nav", "li", "form")
_DENSER = 3
_LEAST_SECTIONS = 3  # stories that a page without article elements must have to be a listing
_BYLINE_CLASS = re.compile(r"(?i)(?:^|[\s_-])(?:byline|authors?|writer)(?:$|[\s_-])")
_CLASSES = ".//@class | .//@itemprop | .//@rel"
_MOST_PARTS = 40
_LEVELS = 3
_LINK_CHARACTERS = range(4, 400)
# trafilatura reports every page it cannot read on the root logger's handlers; a page's failure is a record here.
logging.getLogger(trafilatura.__name__).setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)
# lxml asks a function in Python for the class of each element that is touched, for forms' sake; here all are of one.
HTML_PARSER.set_element_class_lookup(
    ElementDefaultClassLookup(element=HtmlElement, comment=HtmlComment, pi=HtmlProcessingInstruction, entity=HtmlEntity)
)


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds: its facts, and its lines as extracted, still with residue."""

    facts: Facts
    lines: tuple[Line, ...]
    guessed_at: datetime | None = None  # a date read off the page's looks
    articles: tuple[tuple[tuple[Line, ...], str | None], ...] = ()  # the lines and language of each article element
    body: tuple[Line, ...] = ()  # every line of the page, nothing judged


def read_fragment(html: str) -> tuple[Line, ...]:
    """The lines of a piece of HTML that is all content: what a feed carries."""
    if not html.strip():
        return ()
    tree = load_html(f"<html><body><div>{html[:LARGEST_PAGE]}</div></body></html>")
    return tuple(lines_from_markup(tree)) if tree is not None else ()


def read_page(html: str, url: str, *, apart: bool = False) -> Page:
    """Parse and extract a page; with `apart` also what it takes to see whether it holds several stories.

    Raises CleanError where it is no HTML.
    """
    html, tags = _bounded(html)
    tree = load_html(html)
    if tree is None:
        raise CleanError("not HTML", f"{url or 'the page'} cannot be read as HTML")
    if 2 * tags > MOST_LINES:  # to each the parser adds a paragraph at most
        _cut(tree)
    facts = read_facts(tree, url)
    links = _links(tree)
    join_bodies(tree)
    guessed = None if facts.published_at else _guessed_day(tree, url)
    articles, body = (_articles(tree), tuple(lines_from_markup(tree))) if apart else ((), ())
    # The length below which extraction distrusts itself is counted in letters; unspaced scripts say more in each.
    denser = _DENSER if any(is_unspaced(title) for title in facts.titles[:2]) else 1
    extracted = extract_body(tree, url, denser=denser)
    lines = () if extracted is None else _with_links(lines_from_body(extracted), links)
    return Page(facts, lines, guessed, articles, body)


def _bounded(html: str) -> tuple[str, int]:
    """A page without what takes the parser time that grows with its square, and how many tags it has at most.

    That is the attributes of a tag: no honest one is so long.
    """
    html = html[:LARGEST_PAGE]
    lengths = [len(piece) for piece in html.split("<")]
    return _LONG_TAG.sub(r"<\1>", html) if max(lengths) > _LONG else html, len(lengths)


def _cut(tree: Any) -> None:
    """Take away what follows the paragraph or link that is one too many: extraction's time grows with their square."""
    for tags in (("p", "li", "tr", "br"), ("a", "span", "td", "img")):
        for element in list(itertools.islice(tree.iter(*tags), MOST_LINES, None)):
            if (parent := element.getparent()) is not None:
                parent.remove(element)


def _articles(tree: Any) -> tuple[tuple[tuple[Line, ...], str | None], ...]:
    outermost = [element for element in tree.iter("article") if next(element.iterancestors("article"), None) is None]
    if len(outermost) < _LEAST_SECTIONS:
        outermost = _signed_sections(tree) or outermost
    return tuple((tuple(lines_from_markup(element)), element.get("lang")) for element in outermost[:_MOST_PARTS])


def _signed_sections(tree: Any) -> list[Any]:
    """Containers of one kind side by side, each with a heading and an author of its own: stories, not subheads."""
    kinds: dict[tuple[Any, str, str], list[Any]] = {}
    for element in tree.iter("section", "div", "li"):
        if any(child.tag in ("h1", "h2", "h3") for child in element.iterchildren("h1", "h2", "h3", "header")):
            kinds.setdefault((element.getparent(), element.tag, element.get("class") or ""), []).append(element)
    for elements in kinds.values():
        signed = [
            element for element in elements if any(_BYLINE_CLASS.search(each) for each in element.xpath(_CLASSES))
        ]
        if len(signed) >= _LEAST_SECTIONS and len(signed) * 3 >= len(elements) * 2:
            return elements
    return []


def join_bodies(tree: Any) -> None:
    """Bodies that a template splits around advertisements, joined in the first: extraction takes one container."""
    parts: dict[tuple[str, str], list[Any]] = {}
    for element in tree.iter("div", "section"):
        css = element.get("class")
        if css and _BODY_CLASS.search(css):
            parts.setdefault((element.tag, css), []).append(element)
    for elements in parts.values():
        bodies = [element for element in elements if len(element) and element.find(".//p") is not None]
        if not 2 <= len(bodies) <= _MOST_PARTS or not _are_one_story(bodies):
            continue
        for body in bodies[1:]:
            bodies[0].extend(list(body))


def _are_one_story(bodies: Sequence[Any]) -> bool:
    """Whether containers stand side by side, within three levels, in one article and none with a title of its own."""
    if any(body.find(".//h1") is not None or next(body.iterancestors(*_APART), None) is not None for body in bodies):
        return False
    if len({next(body.iterancestors("article"), None) for body in bodies}) > 1:
        return False
    ancestors = [list(itertools.islice(body.iterancestors(), _LEVELS)) for body in bodies]
    return any(all(parent in others for others in ancestors[1:]) for parent in ancestors[0])


def _links(tree: Any) -> dict[str, str]:
    """The page's link texts, without their spaces, and where they lead."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    for element in tree.iter("a"):
        text = "".join(element.itertext()) if len(element) else element.text or ""
        if text in seen:
            continue
        seen.add(text)
        if len(key := _unspaced(text)) in _LINK_CHARACTERS:
            found.setdefault(key, element.get("href") or "")
    return found


def _with_links(lines: Sequence[Line], links: dict[str, str]) -> tuple[Line, ...]:
    return tuple(
        replace(line, linked=True, links=((line.text, links[key]),)) if (key := _unspaced(line.text)) in links else line
        for line in lines
    )


def _unspaced(text: str) -> str:
    return "".join(text.split())


def _guessed_day(tree: Any, url: str) -> datetime | None:
    """The day that the page's looks or its address tell; nothing that has to be searched for in its text."""
    try:
        value = find_date(tree, extensive_search=False, original_date=True, url=url or None, max_date="2200-01-01")
        return datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC) if value else None
    except (ValueError, TypeError):
        return None
