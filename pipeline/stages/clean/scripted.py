"""Read a story from the data of a page that shows it by script.

It is JSON-LD's articleBody, HTML in a script's strings, or a list of paragraphs in JSON such as `__NEXT_DATA__`.

A last resort, for pages whose markup has no text. The data also hold other stories, so the text has to fit the title.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trafilatura import load_html

from pipeline.stages.clean.lines import Line
from pipeline.stages.clean.markup import lines_from_markup
from pipeline.stages.clean.text import count_words, words_of
from pipeline.text.normalise import fold, normalise
from pipeline.text.sentences import ends_sentence

_LARGEST_SCRIPT = 2_000_000  # characters
_STRING = re.compile(r'"((?:[^"\\]|\\.){200,400000})"', re.DOTALL)
_PARAGRAPH = re.compile(r"<p\b|\\u003cp\b", re.IGNORECASE)
_TAG = re.compile(r"<[^>]{1,200}>")
_TEXT_KEYS = ("text", "content", "html", "value", "body", "data")
_MOST_VALUES = 200_000
_LEAST_PARAGRAPHS = 3
_LEAST_WORDS = 50
_IN_TEXT = 0.5  # of the title's words, or of its letters' pairs where words have no spaces


def read_scripted(tree: Any, article: Mapping[str, Any], titles: Sequence[str]) -> tuple[Line, ...]:
    """Return the lines of the longest text in the page's data that fits a title, or none."""
    found = [lines for html in _texts(tree, article) if (lines := _lines(html)) and _fits(lines, titles)]
    return max(found, key=_count, default=())


def drop_data(tree: Any) -> None:
    """Empty scripts and styles, which extraction copies; it would read JSON-LD without comparing it with the title."""
    for element in tree.iter("script", "style"):
        element.text = None


def _texts(tree: Any, article: Mapping[str, Any]) -> Iterator[str]:
    body = article.get("articleBody")
    if isinstance(body, str):
        yield body if _PARAGRAPH.search(body) else "".join(f"<p>{line}</p>" for line in body.splitlines())
    for script in tree.iter("script"):
        text = script.text or ""
        if len(text) > _LARGEST_SCRIPT:
            continue
        if "json" in (script.get("type") or "") and "ld+json" not in script.get("type"):
            yield from _paragraph_lists(_parsed(text))
        if len(_PARAGRAPH.findall(text)) < _LEAST_PARAGRAPHS:
            continue
        for string in _STRING.findall(text):
            if len(_PARAGRAPH.findall(string)) >= _LEAST_PARAGRAPHS and (html := _unescaped(string)):
                yield html


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _paragraph_lists(data: Any) -> Iterator[str]:
    """Yield the lists of paragraphs in JSON data as HTML: lists of sentences, or of objects that have one each."""
    waiting = [data]
    for _ in range(_MOST_VALUES):
        if not waiting:
            return
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            texts = [text for item in value if (text := _paragraph_of(item))]
            if len(texts) >= _LEAST_PARAGRAPHS and 2 * len(texts) >= len(value):
                yield "".join(f"<p>{text}</p>" for text in texts)
            else:
                waiting.extend(value)


def _paragraph_of(item: Any) -> str:
    """The sentence that an item of a list is, or has under one of the usual names."""
    values = [item.get(key) for key in _TEXT_KEYS] if isinstance(item, dict) else [item]
    return next((text for text in values if isinstance(text, str) and ends_sentence(_TAG.sub("", text))), "")


def _unescaped(string: str) -> str:
    try:
        return str(json.loads(f'"{string}"', strict=False))
    except ValueError:
        return ""


def _lines(html: str) -> tuple[Line, ...]:
    tree = load_html(f"<html><body><div>{html}</div></body></html>")
    lines = tuple(lines_from_markup(tree)) if tree is not None else ()
    return lines if _count(lines) >= _LEAST_WORDS else ()


def _count(lines: Sequence[Line]) -> int:
    return sum(count_words(line.text) for line in lines)


def _fits(lines: Sequence[Line], titles: Sequence[str]) -> bool:
    text = " ".join(line.text for line in lines)
    known, letters = set(words_of(text)), fold(text)
    for title in titles:
        units = [word for word in words_of(normalise(title)) if len(word) > 3]
        pairs = [fold(title)[at : at + 2] for at in range(len(fold(title)) - 1)]
        shared = sum(unit in known for unit in units) if units else sum(pair in letters for pair in pairs)
        if shared >= _IN_TEXT * max(1, len(units or pairs)):
            return True
    return False
