"""Rules on what filters count against a sender: hidden words, shouting, too many links, a picture for a text."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from pipeline.stages.check.view import Fault, View, is_hidden, styles

_LARGEST = 48  # pixels
_MOST_LINKS = 100
_LEAST_WORDS_A_PICTURE = 20
_SHORTENERS = frozenset({"bit.ly", "tinyurl.com", "t.co", "goo.gl", "ow.ly", "is.gd", "buff.ly", "cutt.ly", "rb.gy"})
_PIXELS = re.compile(r"([\d.]+)px")
_PHRASES = re.compile(
    r"\b(?:act now|click below|limited time offer|risk[- ]free|winner|earn \$|100% free|no obligation|viagra)\b",
    re.IGNORECASE,
)


def signs(view: View) -> Iterator[Fault]:
    """Nothing in the page looks like spam to a filter."""
    yield from _sizes(view)
    links = [link.get("href") or "" for link in view.elements("//a[@href]")]
    if len(links) > _MOST_LINKS:
        yield Fault(f"{len(links)} links; filters count more than {_MOST_LINKS} against the sender", "warning")
    for link in view.elements("//a[@href]"):
        host = _host(link.get("href"))
        if host in _SHORTENERS:
            yield view.at(link, f"{host} hides where the link leads; filters refuse shortened addresses")
    words = sum(max(len(text.split()), _ideographs(text) // 2) for _, text in view.visible)
    pictures = len(view.elements("//img"))
    if pictures and words < _LEAST_WORDS_A_PICTURE * pictures:
        yield Fault(f"{words} words beside {pictures} pictures: a letter made of pictures is taken for spam", "warning")
    own = " ".join(text for feature in view.issue.features for text in (feature.headline, *feature.paragraphs))
    for element, text in view.visible:
        found = _PHRASES.search(text)
        if found and found[0] not in own:
            yield view.at(element, f"{found[0]!r} is what spam says", "warning")


def hidden(view: View) -> Iterator[Fault]:
    """Only the preheader is hidden: words that readers cannot see are meant for filters."""
    body = view.root.find("body")
    if body is None:
        return
    for element in body.iter():
        if not isinstance(element.tag, str) or "preheader" in (element.get("class") or "").split():
            continue
        way = _hiding(element)
        text = " ".join("".join(element.itertext()).split())
        if way and text:
            yield view.at(element, f"{text[:40]!r} is hidden ({way}): filters take that for fraud")


def _hiding(element: Any) -> str | None:
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


def _sizes(view: View) -> Iterator[Fault]:
    for element in view.elements("//*[@style]"):
        size = _PIXELS.fullmatch(styles(element).get("font-size", ""))
        if size and float(size[1]) > _LARGEST:
            yield view.at(
                element, f"text in {size[0]}: filters count letters over {_LARGEST} px as shouting", "warning"
            )


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _ideographs(text: str) -> int:
    return sum("\u3040" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7af" for char in text)
