"""The input of the rules: the issue, its rendered e-mail, and the message as a mail program parses it."""

import functools
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Any, Literal

from lxml import html as lxml_html

from pipeline.records import Email, Feature, Issue
from pipeline.stages.check.nodes import Node, Page, walk
from pipeline.stages.check.wording import Wording, as_rendered, squeezed

_ADDRESS = re.compile(r"https?://[^\s。，、；）」』】》]+")
_CLOSING = re.compile(r"[.,;:!?)\]\"'»”’]+$")  # of the sentence around an address
# The default policy parses a header each time that it is asked for, in a quarter of a millisecond.
_POLICY = EmailPolicy(header_factory=functools.lru_cache(maxsize=1024)(HeaderRegistry()))
_PICTURE_LINES = re.compile(rb"\r\n\r\n(?:[A-Za-z0-9+/]{76}\r\n){4,}")
_FOLDS = re.compile(r"\r?\n[ \t]+")
READ_ALOUD = ("alt", "title", "aria-label")  # attributes
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
        # libxml2 does not know that wbr is void, and would put the text after it inside.
        html = self.email.html.replace("<wbr>", "<wbr></wbr>")
        return lxml_html.document_fromstring(html or "<html></html>")

    @functools.cached_property
    def message(self) -> EmailMessage:
        """The message as the standard library parses it, with most lines of each picture left out.

        Reading those lines would take two thirds of the time.
        """
        message = message_from_bytes(_PICTURE_LINES.sub(b"\r\n\r\n", self.eml), policy=_POLICY)
        assert isinstance(message, EmailMessage)
        return message

    @functools.cached_property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """(name, value) of each header of the message, unfolded and decoded."""
        return tuple((name, self._decoded(name, value)) for name, value in self.message.raw_items())

    def _decoded(self, name: str, value: str) -> str:
        # The registry of header types is thorough and slow; it is needed for encoded words only.
        plain = str(value)
        return str(_POLICY.header_fetch_parse(name, plain)) if "=?" in plain else _FOLDS.sub(" ", plain)

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

    @functools.cached_property
    def excerpts(self) -> tuple[tuple[Node | None, str], ...]:
        """(node, text) of all that a reader sees or hears: text, attributes, subject, preheader, text part."""
        attributes = (
            (node, node.element.get(name)) for node in self.nodes for name in READ_ALOUD if node.element.get(name)
        )
        rest = (self.email.subject, self.issue.preheader, self.email.text)
        return (*self.visible, *attributes, *((None, text) for text in rest))

    def shown_paragraphs(self, feature: Feature) -> tuple[str, ...]:
        """Return a feature's paragraphs up to the last one that the HTML or the text part shows.

        A template may show headlines alone or stop after the first paragraph; it must not skip one in between.
        """
        parts = (self.visible_text, self.plain_words)
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
    def plain_words(self) -> str:
        """`plain_text` without the addresses in parentheses that stand for the links of a paragraph."""
        text = self.plain_text
        for address in sorted({address for _, address in self.links}, key=len, reverse=True):
            text = text.replace(squeezed(f"({address})"), "")
        return text

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


__all__ = ["Fault", "Node", "View", "as_rendered", "squeezed", "story_of"]
