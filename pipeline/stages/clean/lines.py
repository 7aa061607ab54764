"""Lines: the common form of all kinds of input, which the cleaning rules work on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from pipeline.records import Block, BlockKind
from pipeline.text.normalise import normalise
from pipeline.text.sentences import ends_sentence

_KINDS: dict[str, BlockKind] = {
    "p": "paragraph", "div": "paragraph", "row": "paragraph", "body": "paragraph", "html": "paragraph",
    "section": "paragraph", "article": "paragraph", "list": "item", "item": "item", "quote": "quote",
    "head": "heading", "code": "code", "table": "paragraph",
}  # fmt: skip
MAX_LINES = 10_000  # of a page or document
_MAX_LINKS = 100  # of one line
BREAK = "\u2028"
CELL = " | "


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, heading, item, quotation or piece of code, with the properties that the rules need."""

    kind: BlockKind
    text: str
    level: int = 0  # of a heading, 1 to 6
    linked: bool = False  # the whole line is a link
    links: tuple[tuple[str, str], ...] = ()  # text and address of each link, where known
    language: str | None = None  # declared by the element
    strong: bool = False  # the whole line is in bold
    lead: str = ""  # the words in bold that the line begins with, where it goes on

    def to_block(self) -> Block:
        """Convert the line to a block of a story."""
        return Block(self.kind, self.text, self.language)


def lines_from_body(body: Any) -> list[Line]:
    """Return the lines of trafilatura's body: p, head, list, item, quote, code, table, row, cell and lb elements."""
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
    yield from lines_of_block(text, kind, level)


def lines_of_block(
    text: str,
    kind: BlockKind,
    level: int = 0,
    links: tuple[tuple[str, str], ...] = (),
    *,
    language: str | None = None,
    bolds: tuple[str, ...] = (),
) -> Iterator[Line]:
    """Yield the lines of one block's text, more than one where line breaks separate paragraphs.

    `bolds`: the parts of the text that are in bold.
    """
    if kind == "code":
        code = text.replace(BREAK, "\n").strip("\n")
        if code.strip():
            yield Line("code", code)
        return
    for part in join_wrapped(text.split(BREAK)):
        clean = part.strip(" |")
        if not clean.strip(" |•·-–—*"):
            continue
        own = tuple((name, address) for name, address in links[:_MAX_LINKS] if name and name in clean)
        linked = _is_most(clean, [name for name, _ in own])
        strong = _is_most(clean, [bold for bold in bolds[:_MAX_LINKS] if bold in clean])
        lead = next((bold for bold in bolds[:_MAX_LINKS] if bold and clean.startswith(bold)), "")
        yield Line(kind, clean, level, linked, own, language, strong, "" if strong else lead)


def _is_most(text: str, parts: Sequence[str]) -> bool:
    """Whether the parts are nearly the whole text."""
    return bool(parts) and len("".join(parts)) >= 0.9 * len(text)


def join_wrapped(parts: Iterable[str]) -> list[str]:
    """Join lines that were wrapped: one that does not end a sentence and one that does not begin one."""
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
