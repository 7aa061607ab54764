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
from pipeline.stages.check.nodes import Node, Page, walk
from pipeline.stages.check.wording import Wording, as_rendered, squeezed

_ADDRESS = re.compile(r"https?://[^\s。，、；）」』】》]+")
_CLOSING = re.compile(r"[.,;:!?)\]\"'»”’]+$")  # of the sentence around an address
Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One violation of a rule."""

    message: str
    severity: Severity = "error"
    story: str | None = None
    line: int | None = None


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
    def headers(self) -> tuple[tuple[str, str], ...]:
        """(name, value) of each header of the message, as parsed."""
        return tuple((name, str(value)) for name, value in self.message.items())

    @functools.cached_property
    def css(self) -> str:
        """The style elements outside conditional comments, joined."""
        return "\n".join(each.text or "" for each in self.root.iter("style"))

    @functools.cached_property
    def wording(self) -> Wording:
        """The words that the issue brings in: those of its stories, and those of its editors."""
        return Wording(self.issue)

    @functools.cached_property
    def page(self) -> Page:
        """The elements and runs of text of the body, each with what it inherits."""
        return walk(self.root, self.css)

    @property
    def nodes(self) -> list[Node]:
        """The elements of the body in order."""
        return self.page.nodes

    @property
    def runs(self) -> list[tuple[Node, str]]:
        """(node, text) for each run of text, hidden ones included; the node is the one that styles the text."""
        return self.page.runs

    @functools.cached_property
    def visible(self) -> tuple[tuple[Node, str], ...]:
        """The runs that are not hidden."""
        return tuple((node, text) for node, text in self.runs if node.hidden is None)

    @functools.cached_property
    def links(self) -> tuple[tuple[Node, str], ...]:
        """(node, address) of each link."""
        found = (node for node in self.nodes if node.element.tag in ("a", "area"))
        return tuple((node, node.element.get("href") or "") for node in found)

    @functools.cached_property
    def images(self) -> tuple[Node, ...]:
        """The pictures."""
        return tuple(node for node in self.nodes if node.element.tag == "img")

    def shown_paragraphs(self, feature: Feature) -> tuple[str, ...]:
        """Return a feature's paragraphs up to the last one that the HTML or the text part shows.

        A template may show headlines alone or stop after the first paragraph; it must not skip one in between.
        """
        parts = (self.visible_text, self.plain_text)
        shown = [
            number
            for number, paragraph in enumerate(feature.paragraphs, 1)
            if any(squeezed(paragraph) in part for part in parts)
        ]
        return feature.paragraphs[: max(shown, default=0)]

    @functools.cached_property
    def visible_text(self) -> str:
        """The visible text of the HTML without white space."""
        return squeezed(" ".join(text for _, text in self.visible))

    @functools.cached_property
    def plain_text(self) -> str:
        """The text part without white space."""
        return squeezed(self.email.text)

    @functools.cached_property
    def plain_addresses(self) -> tuple[str, ...]:
        """The web addresses of the text part, in order."""
        linked = {address for _, address in self.links}
        found = (match[0] for match in _ADDRESS.finditer(self.email.text))
        return tuple(address if address in linked else _CLOSING.sub("", address) for address in found)

    def elements(self, path: str) -> list[Any]:
        """Return the elements that an XPath selects."""
        return list(self.root.xpath(path))

    def at(self, where: Node | Any, message: str, severity: Severity = "error") -> Fault:
        """Return a fault with the line and story of a node or element."""
        element = where.element if isinstance(where, Node) else where
        story = where.story if isinstance(where, Node) else story_of(element)
        return Fault(message, severity, story, element.sourceline)


def story_of(element: Any) -> str | None:
    """Return the id of the story that an element belongs to."""
    while element is not None:
        story = Node.own_story(element)
        if story:
            return story
        element = element.getparent()
    return None


def excerpts(view: View) -> Iterator[tuple[Node | None, str]]:
    """Yield (node, text) for all that a reader can see or hear: text, alternatives, subject, preheader, text part."""
    yield from view.visible
    for node in view.nodes:
        for name in ("alt", "title", "aria-label"):
            if node.element.get(name):
                yield node, node.element.get(name)
    yield None, view.email.subject
    yield None, view.issue.preheader
    yield None, view.email.text


__all__ = ["Fault", "Node", "View", "as_rendered", "excerpts", "squeezed", "story_of"]
