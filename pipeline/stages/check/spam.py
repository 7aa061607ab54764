"""Rules about signs of spam: hidden text, huge type, too many links, pictures instead of text."""

import re
from collections.abc import Iterator

from pipeline.stages.check.addresses import split_address
from pipeline.stages.check.view import Fault, View
from pipeline.stages.check.wording import PADDING

_MAX_FONT_SIZE = 48  # pixels
_MAX_LINKS = 100
_MIN_WORDS_PER_PICTURE = 20
_SHORTENERS = frozenset({"bit.ly", "tinyurl.com", "t.co", "goo.gl", "ow.ly", "is.gd", "buff.ly", "cutt.ly", "rb.gy"})
_PHRASES = re.compile(
    r"\b(?:act now|click below|limited time offer|risk[- ]free|winner|earn \$|100% free|no obligation|viagra)\b",
    re.IGNORECASE,
)


def spam_signs(view: View) -> Iterator[Fault]:
    """Nothing looks like spam to a filter."""
    yield from _huge_text(view)
    links = [(node, address) for node, address in view.links if address and not address.startswith("#")]
    if len(links) > _MAX_LINKS:
        yield Fault(f"{len(links)} links; filters penalise more than {_MAX_LINKS}", "warning")
    for node, address in links:
        parts = split_address(address)
        host = ((parts.hostname if parts else "") or "").removeprefix("www.")
        if host in _SHORTENERS:
            yield view.at(node, f"{host} hides the link's target; filters reject shortened addresses")
    words = sum(max(len(text.split()), _ideographs(text) // 2) for _, text in view.visible)
    pictures = len(view.images)
    if pictures and words < _MIN_WORDS_PER_PICTURE * pictures:
        yield Fault(
            f"{words} words for {pictures} pictures; filters treat a letter made of pictures as spam", "warning"
        )
    for node, text in view.visible:
        found = _PHRASES.search(text)
        if found and found[0] not in view.wording.whole:
            yield view.at(node, f"{found[0]!r} is a typical spam phrase", "warning")


def hidden_text(view: View) -> Iterator[Fault]:
    """No text but the preheader is hidden."""
    reported: set[tuple[str, str]] = set()
    for node, text in view.runs:
        method = node.hidden
        if method and method != "preheader" and (method, text) not in reported and text.strip(PADDING):
            reported.add((method, text))
            yield view.at(node, f"{text[:40]!r} is hidden ({method}); filters treat that as fraud")


def _huge_text(view: View) -> Iterator[Fault]:
    for node in view.nodes:
        if node.is_sized and node.size > _MAX_FONT_SIZE and (node.parent is None or node.parent.size != node.size):
            yield view.at(node, f"text in {node.size:g} px; filters penalise text over {_MAX_FONT_SIZE} px", "warning")


def _ideographs(text: str) -> int:
    return sum("\u3040" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7af" for char in text)
