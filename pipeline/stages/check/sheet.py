"""The rules of a style sheet, and the elements that they apply to."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.etree import XPathError

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_DECLARATION = re.compile(r"([\w-]+)\s*:\s*([^;]+)")
_CLASSES = re.compile(r"\.([\w-]+)")
_MARKS = re.compile(r"^\[data-[\w-]+\](?= )")  # what a client puts around a letter, such as [data-ogsc]
_PLAIN = re.compile(r"\.([\w-]+)(?: ([a-z][a-z\d]*))?")  # a class, or the elements of one name in it
_NAME = re.compile(r"\.[\w-]+|\[[^\]]*\]|(?<!:):[\w-]+")
_TAG = re.compile(r"(?:^|[\s>+~])[a-z][\w-]*")

Declarations = dict[str, str]
ElementsByClass = Mapping[str, list[Any]]


@dataclass(frozen=True, slots=True)
class SheetRule:
    """One selector with its declarations and the media query around it, "" where there is none."""

    media: str
    selector: str
    declarations: tuple[tuple[str, str], ...]
    specificity: tuple[int, int, int]

    def elements(self, root: Any, by_class: ElementsByClass) -> list[Any]:
        """Return the elements that the rule applies to; none for a selector that cannot be read."""
        if not all(name in by_class for name in _needed(self.selector)):
            return []  # most rules end here: their class, or the mark of a client, does not occur
        if plain := _PLAIN.fullmatch(self.selector):  # ten times as fast as an XPath
            name, inner = plain.groups()
            if inner is None:
                return by_class[name]
            return list(dict.fromkeys(one for each in by_class[name] for one in each.iterdescendants(inner)))
        matching = _matcher(self.selector)
        return list(matching(root)) if matching is not None else []


@lru_cache(maxsize=512)
def _needed(selector: str) -> tuple[str, ...]:
    """The names in `elements_by_class` without which no element can match."""
    return tuple(_CLASSES.findall(selector) + _MARKS.findall(selector))


@lru_cache(maxsize=512)
def _matcher(selector: str) -> Any:
    try:
        return CSSSelector(selector, translator="html")
    except (SelectorError, XPathError):  # :hover and the like have no elements here
        return None


@lru_cache(maxsize=32)
def sheet_rules(css: str) -> tuple[SheetRule, ...]:
    """Return the rules of a style sheet in order; those in at-rules other than @media are left out."""
    return tuple(_rules(_COMMENT.sub("", css), ""))


def _rules(css: str, media: str) -> Iterator[SheetRule]:
    for head, body in _blocks(css):
        if head.startswith("@media"):
            yield from _rules(body, head.removeprefix("@media").strip().lower())
        elif head.startswith("@supports"):
            yield from _rules(body, media)
        elif not head.startswith("@"):
            declared = tuple((name.lower(), value.strip()) for name, value in _DECLARATION.findall(body))
            for selector in head.split(",") if declared else ():
                yield SheetRule(media, selector.strip(), declared, _specificity(selector))


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """Yield (what stands before a brace, what the braces hold) for each outermost block."""
    depth, start, head = 0, 0, ""
    for found in re.finditer(r"[{};]", css):
        if found[0] == "{":
            if depth == 0:
                head, start = css[start : found.start()].strip(), found.end()
            depth += 1
        elif found[0] == "}" and depth:
            depth -= 1
            if depth == 0:
                yield head, css[start : found.start()]
                start = found.end()
        elif depth == 0:  # the end of an @import, or a stray brace
            start = found.end()


def _specificity(selector: str) -> tuple[int, int, int]:
    return selector.count("#"), len(_NAME.findall(selector)), len(_TAG.findall(selector.strip()))


def declared_for(
    root: Any, by_class: ElementsByClass, rules: Iterable[SheetRule], names: Container[str]
) -> dict[Any, Declarations]:
    """Map elements to what rules declare for `names`: important values win, then the more specific, then the later."""
    applied = [
        ((important, rule.specificity), element, name, value.replace("!important", "").strip())
        for rule in rules
        if any(name in names for name, _ in rule.declarations)
        for element in rule.elements(root, by_class)
        for name, value in rule.declarations
        if name in names
        for important in ("!important" in value,)
    ]
    declared: dict[Any, Declarations] = {}
    for _, element, name, value in sorted(applied, key=lambda each: each[0]):
        declared.setdefault(element, {})[name] = value
    return declared


def elements_by_class(root: Any) -> ElementsByClass:
    """Map each class, and each attribute as [data-name], to the elements that have it."""
    found: dict[str, list[Any]] = {}
    for element in root.iter(etree.Element):
        for name in element.get("class", "").split():
            found.setdefault(name, []).append(element)
        for name in element.attrib:
            if name.startswith("data-"):
                found.setdefault(f"[{name}]", []).append(element)
    return found
