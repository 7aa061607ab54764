"""Markdown as editors write it: emphasis, strong and links within a paragraph; everything else is text."""

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_MARKS = re.compile(r"([\\*_\[\]<>&])")


@functools.cache
def markdown_parser() -> "MarkdownIt":
    """The parser, which is loaded for the first text."""
    from markdown_it import MarkdownIt

    return MarkdownIt("zero").enable(["emphasis", "link", "autolink", "entity", "escape"])


def words_of(text: str) -> str:
    """The words of a paragraph, as readers see them, without its marks and addresses."""
    return "".join(token.content for token in markdown_parser().parseInline(text)[0].children or [])


def addresses_of(text: str) -> list[str]:
    """The addresses that a paragraph links to, in order."""
    tokens = markdown_parser().parseInline(text)[0].children or []
    return [str(token.attrGet("href")) for token in tokens if token.type == "link_open"]


def as_markdown(text: str) -> str:
    """Plain text as Markdown that shows it: marks are escaped where they would be read as such."""
    return text if words_of(text) == text else _MARKS.sub(r"\\\1", text)
