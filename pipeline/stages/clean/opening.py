"""The opening of a page: its title element, and the blocks of text that readers see between it and the story."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from pipeline.stages.clean.text import count_words
from pipeline.text.normalise import fold, normalise
from pipeline.text.sentences import ends_sentence

_BLOCKS = (
    "p", "div", "section", "article", "header", "main", "ul", "ol", "li", "table", "h1", "h2", "h3", "h4", "h5", "h6",
    "blockquote", "figure", "aside", "dl", "dd", "dt", "address", "form", "nav", "footer", "pre", "tr", "td", "picture",
)  # fmt: skip
_SKIPPED = frozenset(
    [
        "aside",
        "nav",
        "footer",
        "form",
        "figure",
        "figcaption",
        "picture",
        "button",
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "iframe",
        "video",
        "audio",
        "select",
        "input",
        "img",
    ]
)
# Boxes that stand between a title and its story and belong to neither.
_BOXES = re.compile(
    r"(?<![a-z])(?:related|recirc|share|sharing|social|newsletter|sign-?up|promo|breadcrumbs?|comments?|captions?|credits?"
    r"|gallery|carousel|sr-only|visually-hidden|screen-reader-text|toolbar|player|advert(?:isement)?s?|ad-slot|cookie"
    r"|consent|message-bar|notification|banner|paywall|tooltip|popup|modal|most-read|read-next|menu)(?![a-z])"
)
_DIGITS = re.compile(r"\d+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NAMES = ("class", "id", "itemprop", "data-testid", "data-component", "rel")
_BOLD_CLASS = re.compile(r"(?<![a-z])(?:bold|semibold|font-medium|strong|fett)(?![a-z])")
_MOST_BLOCKS = 60
_MOST_ABOVE = 6
_PROSE_WORDS = 18
_PARAGRAPH_WORDS = 8
_MOST_PROSE = 4  # paragraphs of the story itself that are read, to compare with
_LONGEST_TITLE = 400  # characters


@dataclass(frozen=True, slots=True)
class Block:
    """A block of text with the names that its markup gives it."""

    element: Any
    text: str
    names: str  # of the element, in lower case with hyphens
    container: str  # the names of its ancestors below the title's
    linked: bool = False

    @property
    def tag(self) -> str:
        return str(self.element.tag)

    @property
    def is_heading(self) -> bool:
        return self.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}

    @property
    def is_prose(self) -> bool:
        return not self.is_heading and count_words(self.text) >= _PROSE_WORDS and ends_sentence(self.text)

    @property
    def is_paragraph(self) -> bool:
        return not self.is_heading and not self.linked and count_words(self.text) >= _PARAGRAPH_WORDS

    @property
    def is_bold(self) -> bool:
        if self.is_heading or _BOLD_CLASS.search(self.names):
            return True
        bold = sum(len(normalise("".join(part.itertext()))) for part in self.element.iter("strong", "b"))
        return bold >= 0.9 * len(self.text)

    def is_like(self, other: "Block") -> bool:
        """Whether the two look alike to readers: the same kind of element in the same kind of container."""
        same = self.tag == other.tag and self.is_bold == other.is_bold and self.is_in_same(other)
        return same and _DIGITS.sub("", self.names) == _DIGITS.sub("", other.names)

    def is_in_same(self, other: "Block") -> bool:
        """Whether the two are in the same kind of container."""
        return _DIGITS.sub("", self.container) == _DIGITS.sub("", other.container)


@dataclass(frozen=True, slots=True)
class Opening:
    """A page's title element, if it has one, and the blocks after it, as far as the first paragraphs of the story."""

    title: Any = None
    blocks: tuple[Block, ...] = ()
    above: tuple[Block, ...] = ()  # directly before the title

    @property
    def story(self) -> Block | None:
        """The first paragraph of the story: one that a later paragraph of prose looks like."""
        for at, block in enumerate(self.blocks):
            if block.is_paragraph and any(other.is_prose and block.is_like(other) for other in self.blocks[at + 1 :]):
                return block
        return None

    @property
    def head(self) -> tuple[Block, ...]:
        """The blocks before the story, and the first paragraph of prose if the story is not sure to begin with it."""
        story = self.story
        for at, block in enumerate(self.blocks):
            if block is story:
                return self.blocks[:at]
            if block.is_prose:
                return self.blocks[: at + 1]
        return self.blocks


def read_opening(tree: Any, titles: Sequence[str]) -> Opening:
    """Find the title element by the page's declared titles and collect the blocks after it."""
    title = _title_element(tree, titles)
    if title is None:
        return Opening()
    blocks: list[Block] = []
    prose = 0
    for block in blocks_after(title):
        blocks.append(block)
        prose += block.is_prose
        if prose >= _MOST_PROSE or len(blocks) >= _MOST_BLOCKS:
            break
    return Opening(title, tuple(blocks), tuple(_before(title)))


def element_names(element: Any) -> str:
    """Return the names that an element's attributes give it: lower case, with hyphens between words."""
    return split_names(" ".join(filter(None, map(element.get, _NAMES))))


def split_names(names: str) -> str:
    """Return the values of attributes in lower case, with hyphens between the words of each."""
    return (names if names.islower() else _CAMEL.sub("-", names).lower()).replace("_", "-")


def _title_element(tree: Any, titles: Sequence[str]) -> Any:
    """The heading that repeats one of the titles, or the page's only h1."""
    keys = [key for key in map(fold, titles) if len(key) > 3]
    found = [(element, fold(_text(element))) for element in tree.iter("h1", "h2", "h3")]
    for element, key in found:
        if key and key in keys:
            return element
    for element, key in found:
        if len(key) > 12 and any(key in title or (title in key and 2 * len(title) > len(key)) for title in keys):
            return element
    main = [element for element, _ in found if element.tag == "h1"]
    return main[0] if len(main) == 1 else None


def _text(element: Any) -> str:
    return normalise("".join(_visible_text(element)))[:_LONGEST_TITLE]


def blocks_after(title: Any) -> Iterator[Block]:
    """Yield the blocks of text after the title element, in the order of the page."""
    element = title
    while element is not None and element.tag != "body":
        for sibling in element.itersiblings():
            yield from _blocks(sibling, "")
        element = element.getparent()


def _before(title: Any) -> Iterator[Block]:
    """The blocks in the title's container before it."""
    siblings = list(itertools.islice(title.itersiblings(preceding=True), _MOST_ABOVE))
    for sibling in reversed(siblings):
        yield from itertools.islice(_blocks(sibling, ""), _MOST_ABOVE)


def _blocks(element: Any, outer: str, depth: int = 0) -> Iterator[Block]:
    if not isinstance(element.tag, str) or element.tag in _SKIPPED or element.get("hidden") is not None:
        return
    own = element_names(element)
    if depth > 60 or (own and _BOXES.search(own)):
        return
    if next(element.iterdescendants(*_BLOCKS), None) is not None:
        names = f"{element.tag} {own} {outer}".strip()
        for child in element:
            yield from _blocks(child, names, depth + 1)
        return
    text = normalise("".join(_visible_text(element)))
    if text:
        links = sum(len(normalise("".join(link.itertext()))) for link in element.iter("a"))
        yield Block(element, text, own, outer, links >= 0.8 * len(text))


def _visible_text(element: Any) -> Iterator[str]:
    """The pieces of the element's text; a line break separates two words."""
    for event, part in etree.iterwalk(element, events=("start", "end")):
        if event == "start" and part.tag not in _SKIPPED:
            yield " " if part.tag == "br" else part.text or ""
        elif event == "end" and part is not element:
            yield part.tail or ""
