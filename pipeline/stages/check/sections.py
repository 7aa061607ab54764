"""The rule about sections of the editor's own."""

import re
from collections.abc import Iterator

from pipeline.records import OwnSection
from pipeline.stages.check.view import Fault, View

_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_ADDRESSES = re.compile(r"https?://\S+")


def own_sections(view: View) -> Iterator[Fault]:
    """Each section of the editor's own is in both parts, and one that is paid for says so."""
    if not view.issue.sections:
        return
    parts = {
        "the HTML": _letters(" ".join(text for _, text in view.visible)),
        "the text part": _letters(_ADDRESSES.sub("", view.email.text)),
    }
    for section in view.issue.sections:
        for name, text in parts.items():
            missing = next((words for words in _wordings(section) if _letters(words) not in text), None)
            if missing:
                yield Fault(f"section {section.name!r}: {missing[:40]!r} is not in {name}")
    yield from _unlabelled(view, parts["the text part"])


def _unlabelled(view: View, text: str) -> Iterator[Fault]:
    """Yield a fault if a paid section has no label in a part."""
    paid = [section.name for section in view.issue.sections if section.kind == "sponsor"]
    labels = [words for node, words in view.visible if "sponsor-label" in (node.element.get("class") or "").split()]
    if len(labels) < len(paid):
        yield Fault(f"section {paid[len(labels)]!r} is paid for, but the HTML does not say so")
    elif any(text.count(_letters(label)) < len(paid) for label in labels):
        yield Fault(f"section {paid[-1]!r} is paid for, but the text part does not say so")


def _wordings(section: OwnSection) -> Iterator[str]:
    yield from (section.title, section.figure, section.by)
    for event in section.events:
        yield from (event.when, event.what, event.where or "")
    yield from (_ADDRESSES.sub("", _LINK.sub(r"\1", paragraph)) for paragraph in section.paragraphs)


def _letters(text: str) -> str:
    """A text without the marks that Markdown and the templates add or take away."""
    return "".join(filter(str.isalnum, text))
