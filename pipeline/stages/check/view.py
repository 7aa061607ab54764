"""What the rules look at: the issue, its e-mail as rendered, and the message as a program reads it back."""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Literal

from lxml import html as lxml_html

from pipeline.records import Email, Feature, Issue

Severity = Literal["error", "warning"]
_STORY_CLASS = "story-"  # the templates mark what belongs to a story with its id
_HIDDEN = re.compile(r"display:\s*none", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
_STYLES = re.compile(r"([\w-]+)\s*:\s*([^;]+)")


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where a rule does not hold."""

    message: str
    severity: Severity = "error"
    story: str | None = None
    line: int | None = None


def said(text: str) -> str:
    """A text as it is rendered: without controls of terminals and of direction, white space as one space."""
    return " ".join(_CONTROLS.sub("", text).split())


def _squeezed(text: str) -> str:
    return "".join(said(text).split())


class View:
    """An e-mail in the forms that rules ask for, each made once."""

    def __init__(self, email: Email, issue: Issue, eml: bytes) -> None:
        self.email = email
        self.issue = issue
        self.eml = eml

    @functools.cached_property
    def root(self) -> Any:
        """The html element; lxml's, untyped since an XPath may give anything."""
        return lxml_html.document_fromstring(self.email.html or "<html></html>")

    @functools.cached_property
    def message(self) -> EmailMessage:
        """The message, read back by the standard library."""
        message = message_from_bytes(self.eml, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message

    @functools.cached_property
    def css(self) -> str:
        """The style elements outside conditional comments, as one sheet."""
        return "\n".join(each.text or "" for each in self.root.iter("style"))

    @functools.cached_property
    def visible(self) -> tuple[tuple[Any, str], ...]:
        """(element, text) for each run of text a reader sees, in order; the element is the one that styles it."""
        body = self.root.find("body")
        return tuple(_runs(body)) if body is not None else ()

    def told(self, feature: Feature) -> tuple[str, ...]:
        """The paragraphs of a feature that the letter has: all up to the last one that either part shows.

        A template may be a list of headlines, or stop after the first paragraph; it may not leave one out between.
        """
        parts = (self._page, _squeezed(self.email.text))
        shown = [
            number
            for number, words in enumerate(feature.paragraphs, 1)
            if any(_squeezed(words) in part for part in parts)
        ]
        return feature.paragraphs[: max(shown, default=0)]

    @functools.cached_property
    def _page(self) -> str:
        return _squeezed(" ".join(text for _, text in self.visible))

    def elements(self, path: str) -> list[Any]:
        """The elements of an XPath."""
        return list(self.root.xpath(path))

    def at(self, element: Any, message: str, severity: Severity = "error") -> Fault:
        """A fault at an element: its line, and the story it belongs to."""
        return Fault(message, severity, story_of(element), element.sourceline)


def story_of(element: Any) -> str | None:
    """The id of the story that an element is part of."""
    while element is not None:
        for name in (element.get("class") or "").split():
            if name.startswith(_STORY_CLASS) and not name.endswith("-outlook"):
                return str(name.removeprefix(_STORY_CLASS))
        element = element.getparent()
    return None


def styles(element: Any) -> dict[str, str]:
    """The declarations of an element's style attribute."""
    return {name.lower(): value.strip() for name, value in _STYLES.findall(element.get("style") or "")}


def is_hidden(element: Any) -> bool:
    """Whether an element is not shown."""
    return bool(_HIDDEN.search(element.get("style") or ""))


def _runs(element: Any) -> Iterator[tuple[Any, str]]:
    if not isinstance(element.tag, str) or element.tag in ("style", "script", "head") or is_hidden(element):
        return
    if (element.text or "").strip():
        yield element, element.text.strip()
    for child in element:
        yield from _runs(child)
        if (child.tail or "").strip():
            yield element, child.tail.strip()
