"""Lines: what every kind of input is brought to, and what the rules read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from pipeline.records import Block, BlockKind
from pipeline.stages.clean.text import ends_sentence
from pipeline.text.normalise import normalise

_KINDS: dict[str, BlockKind] = {
    "p": "paragraph", "div": "paragraph", "row": "paragraph", "body": "paragraph", "html": "paragraph",
    "section": "paragraph", "article": "paragraph", "list": "item", "item": "item", "quote": "quote",
    "head": "heading", "code": "code", "table": "paragraph",
}  # fmt: skip
MOST_LINES = 10_000  # of a page or document; what follows is no story that a letter could tell of
_MOST_LINKS = 100  # of one line
BREAK = "\u2028"
CELL = " | "


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, heading, item, quotation or piece of code, with what the rules need to know of it."""

    kind: BlockKind
    text: str
    level: int = 0  # of a heading, 1 to 6
    linked: bool = False  # all of it is one link
    links: tuple[tuple[str, str], ...] = ()  # text and address of each link in it, where they are known
    language: str | None = None  # as its element declares

    def block(self) -> Block:
        """The line as a story keeps it."""
        return Block(self.kind, self.text, self.language)


def lines_from_body(body: Any) -> list[Line]:
    """The lines of an extractor's body: TEI-like tags (p, head, list, item, quote, code, table, row, cell, lb)."""
    return list(_walk(body))


def _walk(body: Any) -> Iterator[Line]:
    buffer: list[str] = []
    kinds: list[BlockKind] = []
    level = 0
    for event, element in etree.iterwalk(body, events=("start", "end", "comment", "pi")):
        tag = element.tag
        kind = _KINDS.get(tag) if isinstance(tag, str) else None
        if event == "start":
            if kind:
                yield from _flush(buffer, kinds[-1] if kinds else "paragraph", level)
                # A paragraph inside a quotation or an item is that quotation or item.
                inherits = kind == "paragraph" and kinds and kinds[-1] in {"quote", "item", "code"}
                kinds.append(kinds[-1] if inherits else kind)
                level = int((element.get("rend") or "h2")[1:2] or 2) if kind == "heading" else 0
            elif tag == "lb":
                buffer.append(BREAK)
            elif tag == "cell" and "".join(buffer).strip():
                buffer.append(CELL)
            buffer.append(element.text or "")
            continue
        if event == "end" and kind:
            yield from _flush(buffer, kinds.pop(), level)
            level = 0
        if element is not body:
            buffer.append(element.tail or "")
    yield from _flush(buffer, "paragraph", 0)


def _flush(buffer: list[str], kind: BlockKind, level: int) -> Iterator[Line]:
    text = "".join(buffer)
    buffer.clear()
    yield from joined_lines(text, kind, level)


def joined_lines(
    text: str, kind: BlockKind, level: int = 0, links: tuple[tuple[str, str], ...] = (), language: str | None = None
) -> Iterator[Line]:
    """The lines of one block's text: more than one where breaks in it separate paragraphs."""
    if kind == "code":
        code = text.replace(BREAK, "\n").strip("\n")
        if code.strip():
            yield Line("code", code)
        return
    for part in join_wrapped(text.split(BREAK)):
        clean = part.strip(" |")
        if not clean.strip(" |•·-–—*"):
            continue
        own = tuple((name, address) for name, address in links[:_MOST_LINKS] if name and name in clean)
        linked = bool(own) and len("".join(name for name, _ in own)) >= 0.9 * len(clean)
        yield Line(kind, clean, level, linked, own, language)


def join_wrapped(parts: Iterable[str]) -> list[str]:
    """Lines that were broken only for their width, joined: the one does not end, the next does not begin."""
    joined: list[str] = []
    blank = True
    for part in map(normalise, parts):
        if not part:
            blank = True
        elif not blank and joined and part[0].islower() and not ends_sentence(joined[-1]):
            joined[-1] = f"{joined[-1]} {part}"
        else:
            joined.append(part)
            blank = False
    return joined
