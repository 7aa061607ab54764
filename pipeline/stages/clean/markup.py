"""Convert HTML to lines without removing boilerplate: feed content, newsletters, parts of a listing."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from pipeline.records import BlockKind
from pipeline.stages.clean.lines import BREAK, CELL, Line, lines_of_block
from pipeline.text.languages import declared_language

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_KINDS: dict[str, BlockKind] = {
    **dict.fromkeys(
        [
            "p",
            "div",
            "section",
            "article",
            "main",
            "header",
            "footer",
            "table",
            "tr",
            "body",
            "html",
            "ul",
            "ol",
            "dl",
            "dd",
            "dt",
            "center",
            "address",
            "figure",
            "details",
            "summary",
            "td",
            "th",
            "tbody",
        ],
        "paragraph",
    ),
    **dict.fromkeys(_HEADINGS, "heading"),
    "li": "item",
    "blockquote": "quote",
    "pre": "code",
}
_SKIPPED = frozenset(
    [
        "script",
        "style",
        "head",
        "noscript",
        "template",
        "iframe",
        "object",
        "svg",
        "math",
        "button",
        "select",
        "form",
        "nav",
        "video",
        "audio",
        "figcaption",
    ]
)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|(?:max-height|opacity)\s*:\s*0(?:\.0+)?(?:px)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_SIZE = re.compile(
    r"font-size\s*:\s*(?:(?P<number>0(?:\.0+)?)(?![\d.])|(?P<relative>[\d.]+\s*(?:%|em)|smaller|larger|inherit)|\S)",
    re.IGNORECASE,
)
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_BLOCKS_IN_CELL = ("p", "div", "table", "h1", "h2", "h3", "h4", "ul", "ol", "br")


def lines_from_markup(root: Any) -> list[Line]:
    """Return the lines under an element in order, with their links."""
    return list(_MarkupWalker(root).lines())


class _MarkupWalker:
    """State of one walk: the text and links since the last block, and the kinds of the enclosing blocks."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.buffer: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.bolds: list[str] = []
        self.blocks: list[tuple[BlockKind, int, str | None]] = []
        self.anchors: list[str] = []  # addresses of open links that began with their line
        self.invisible: list[bool] = [False]  # whether the text in each open element has the size zero

    def lines(self) -> Iterator[Line]:
        skipping: Any = None
        for event, element in etree.iterwalk(self.root, events=("start", "end", "comment", "pi")):
            if skipping is not None:
                if event == "end" and element is skipping:
                    skipping = None
                    self.add(element.tail)
                continue
            if event == "start":
                if _is_skipped(element):
                    skipping = element
                    continue
                yield from self.open(element)
            else:
                if event == "end":
                    yield from self.close(element)
                if element is not self.root:
                    self.add(element.tail)
        yield from self.flush()

    def add(self, text: str | None) -> None:
        if text and not (self.invisible[-1] and text.strip()):
            self.buffer.append(text)

    def open(self, element: Any) -> Iterator[Line]:
        tag = element.tag
        self.invisible.append(has_no_size(element.get("style"), inherited=self.invisible[-1]))
        if tag == "a" and element.get("href") and not "".join(self.buffer).strip():
            self.anchors.append(element.get("href").strip())
        if tag == "br":
            self.buffer.append(BREAK)
        elif tag == "hr":
            yield from self.flush()
        elif _is_cell(element):
            if "".join(self.buffer).strip():
                self.buffer.append(CELL)
        elif tag in _KINDS:
            yield from self.flush()
            outer = self.blocks[-1] if self.blocks else ("paragraph", 0, None)
            kind = _KINDS[tag]
            language = declared_language(element.get("lang")) or outer[2]
            inherits = kind == "paragraph" and outer[0] != "paragraph"
            self.blocks.append(
                (outer[0] if inherits else kind, _HEADINGS.get(tag, outer[1] if inherits else 0), language)
            )
        self.add(element.text)

    def close(self, element: Any) -> Iterator[Line]:
        self.invisible.pop()
        if element.tag == "a" and element.get("href"):
            self.links.append((_text_of(element), element.get("href").strip()))
            if self.anchors and self.anchors[-1] == self.links[-1][1]:
                self.anchors.pop()
        elif element.tag in ("b", "strong") or (element.get("style") and _BOLD.search(element.get("style"))):
            self.bolds.append(_text_of(element))
        if element.tag in _KINDS and not _is_cell(element):
            yield from self.flush()
            if self.blocks:
                self.blocks.pop()

    def flush(self) -> Iterator[Line]:
        kind, level, language = self.blocks[-1] if self.blocks else ("paragraph", 0, None)
        text = "".join(self.buffer)
        if self.anchors and text.strip():  # blocks within a link, such as a card of title and text
            self.links.append((" ".join(text.split()), self.anchors[-1]))
        yield from lines_of_block(text, kind, level, tuple(self.links), language=language, bolds=tuple(self.bolds))
        self.buffer.clear()
        self.links.clear()
        self.bolds.clear()


def has_no_size(style: str | None, *, inherited: bool = False) -> bool:
    """Whether an element's own text has the size zero. A size in percent or em is relative to the inherited one."""
    found = _SIZE.search(style) if style and "font-size" in style.lower() else None
    if not found:
        return inherited
    return float(found["number"]) == 0 if found["number"] else inherited and bool(found["relative"])


def _text_of(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _is_skipped(element: Any) -> bool:
    return (
        element.tag in _SKIPPED or element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))
    )


def _is_cell(element: Any) -> bool:
    """Whether the element is a cell of a data table. Cells with blocks inside, or alone in a row, are layout."""
    if element.tag not in {"td", "th"} or len(element.getparent()) < 2:
        return False
    return next(element.iterdescendants(*_BLOCKS_IN_CELL), None) is None
