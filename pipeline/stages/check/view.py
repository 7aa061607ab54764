"""The input of the rules: the issue, its rendered e-mail, and the message as a mail program parses it."""

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
_STORY_CLASS = "story-"  # the templates put this class, with the story's id, on each story's elements
_HIDDEN = re.compile(r"display:\s*none", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
_STYLES = re.compile(r"([\w-]+)\s*:\s*([^;]+)")


@dataclass(frozen=True, slots=True)
class Fault:
    """One violation of a rule."""

    message: str
    severity: Severity = "error"
    story: str | None = None
    line: int | None = None


def as_rendered(text: str) -> str:
    """Remove control and direction characters and collapse white space, as rendering does."""
    return " ".join(_CONTROLS.sub("", text).split())


def _squeezed(text: str) -> str:
    return "".join(as_rendered(text).split())


class View:
    """An e-mail in the forms that rules need, each computed once."""

    def __init__(self, email: Email, issue: Issue, eml: bytes) -> None:
        self.email = email
        self.issue = issue
        self.eml = eml

    @functools.cached_property
    def root(self) -> Any:
        """The html element. lxml has no precise types: an XPath may return anything."""
        return lxml_html.document_fromstring(self.email.html or "<html></html>")

    @functools.cached_property
    def message(self) -> EmailMessage:
        """The message as the standard library parses it."""
        message = message_from_bytes(self.eml, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message

    @functools.cached_property
    def css(self) -> str:
        """The style elements outside conditional comments, joined."""
        return "\n".join(each.text or "" for each in self.root.iter("style"))

    @functools.cached_property
    def visible(self) -> tuple[tuple[Any, str], ...]:
        """(element, text) for each run of visible text, in order; the element is the one that styles the text."""
        body = self.root.find("body")
        return tuple(_text_runs(body)) if body is not None else ()

    def shown_paragraphs(self, feature: Feature) -> tuple[str, ...]:
        """Return a feature's paragraphs up to the last one that the HTML or the text part shows.

        A template may show headlines alone or stop after the first paragraph; it must not skip one in between.
        """
        parts = (self._visible_text, _squeezed(self.email.text))
        shown = [
            number
            for number, paragraph in enumerate(feature.paragraphs, 1)
            if any(_squeezed(paragraph) in part for part in parts)
        ]
        return feature.paragraphs[: max(shown, default=0)]

    @functools.cached_property
    def _visible_text(self) -> str:
        return _squeezed(" ".join(text for _, text in self.visible))

    def elements(self, path: str) -> list[Any]:
        """Return the elements that an XPath selects."""
        return list(self.root.xpath(path))

    def at(self, element: Any, message: str, severity: Severity = "error") -> Fault:
        """Return a fault with the element's line and story."""
        return Fault(message, severity, story_of(element), element.sourceline)


def story_of(element: Any) -> str | None:
    """Return the id of the story that an element belongs to."""
    while element is not None:
        for name in (element.get("class") or "").split():
            if name.startswith(_STORY_CLASS) and not name.endswith("-outlook"):
                return str(name.removeprefix(_STORY_CLASS))
        element = element.getparent()
    return None


def styles(element: Any) -> dict[str, str]:
    """Return the declarations of an element's style attribute."""
    return {name.lower(): value.strip() for name, value in _STYLES.findall(element.get("style") or "")}


def is_hidden(element: Any) -> bool:
    """Whether an element has display:none."""
    return bool(_HIDDEN.search(element.get("style") or ""))


def _text_runs(element: Any) -> Iterator[tuple[Any, str]]:
    if not isinstance(element.tag, str) or element.tag in ("style", "script", "head") or is_hidden(element):
        return
    run = element.text or ""
    for child in element:
        if child.tag == "wbr":  # a place to break a line
            run += child.tail or ""
            continue
        if run.strip():
            yield element, run.strip()
        yield from _text_runs(child)
        run = child.tail or ""
    if run.strip():
        yield element, run.strip()
