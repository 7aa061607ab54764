"""Rules about signs of spam: hidden text, huge type, too many links, pictures instead of text."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from pipeline.stages.check.view import Fault, View, is_hidden, styles

_MAX_FONT_SIZE = 48  # pixels
_MAX_LINKS = 100
_MIN_WORDS_PER_PICTURE = 20
_SHORTENERS = frozenset({"bit.ly", "tinyurl.com", "t.co", "goo.gl", "ow.ly", "is.gd", "buff.ly", "cutt.ly", "rb.gy"})
_PIXELS = re.compile(r"([\d.]+)px")
_PHRASES = re.compile(
    r"\b(?:act now|click below|limited time offer|risk[- ]free|winner|earn \$|100% free|no obligation|viagra)\b",
    re.IGNORECASE,
)


def spam_signs(view: View) -> Iterator[Fault]:
    """Nothing looks like spam to a filter."""
    yield from _huge_text(view)
    links = [link.get("href") or "" for link in view.elements("//a[@href]")]
    if len(links) > _MAX_LINKS:
        yield Fault(f"{len(links)} links; filters penalise more than {_MAX_LINKS}", "warning")
    for link in view.elements("//a[@href]"):
        host = _host(link.get("href"))
        if host in _SHORTENERS:
            yield view.at(link, f"{host} hides the link's target; filters reject shortened addresses")
    words = sum(max(len(text.split()), _ideographs(text) // 2) for _, text in view.visible)
    pictures = len(view.elements("//img"))
    if pictures and words < _MIN_WORDS_PER_PICTURE * pictures:
        yield Fault(
            f"{words} words for {pictures} pictures; filters treat a letter made of pictures as spam", "warning"
        )
    issue_text = " ".join(text for feature in view.issue.features for text in (feature.headline, *feature.paragraphs))
    for element, text in view.visible:
        found = _PHRASES.search(text)
        if found and found[0] not in issue_text:
            yield view.at(element, f"{found[0]!r} is a typical spam phrase", "warning")


def hidden_text(view: View) -> Iterator[Fault]:
    """No text but the preheader is hidden."""
    body = view.root.find("body")
    if body is None:
        return
    for element in body.iter():
        if not isinstance(element.tag, str) or "preheader" in (element.get("class") or "").split():
            continue
        method = _hiding_method(element)
        text = " ".join("".join(element.itertext()).split())
        if method and text:
            yield view.at(element, f"{text[:40]!r} is hidden ({method}); filters treat that as fraud")


def _hiding_method(element: Any) -> str | None:
    declared = styles(element)
    if is_hidden(element):
        return "display:none"
    if declared.get("visibility") == "hidden":
        return "visibility:hidden"
    if declared.get("opacity") in ("0", "0.0"):
        return "opacity:0"
    size = _PIXELS.fullmatch(declared.get("font-size", ""))
    if size and float(size[1]) < 4 and (element.text or "").strip():
        return f"font-size:{size[0]}"
    return None


def _huge_text(view: View) -> Iterator[Fault]:
    for element in view.elements("//*[@style]"):
        size = _PIXELS.fullmatch(styles(element).get("font-size", ""))
        if size and float(size[1]) > _MAX_FONT_SIZE:
            yield view.at(element, f"text in {size[0]}; filters penalise text over {_MAX_FONT_SIZE} px", "warning")


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _ideographs(text: str) -> int:
    return sum("\u3040" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7af" for char in text)
