"""Rules on the HTML's structure: what clients and screen readers need."""

import re
from collections.abc import Iterator
from typing import Any

from pipeline.stages.check.view import Fault, View, said, styles

_GMAIL_CLIPS = 100_000
_NEAR_THE_CLIP = 85_000
_LEAST_TEXT = 13  # pixels
_OPEN = re.compile(r"<!--\[if[^\]]*\]>|<!\[endif\]")
_RESIDUE = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|</?mj-?\w*\b|\bStrictUndefined\b|<<<<<<<")
_ACTIVE = (
    "//script|//iframe|//form|//object|//embed|//input|//link[@rel='stylesheet']|//base|//meta[@http-equiv='refresh']"
)


def size(view: View) -> Iterator[Fault]:
    """The HTML is below what Gmail clips."""
    count = len(view.email.html.encode())
    if count >= _GMAIL_CLIPS:
        yield Fault(f"the HTML has {count:,} bytes; Gmail cuts it off near 102,000: shorten the issue")
    elif count >= _NEAR_THE_CLIP:
        yield Fault(f"the HTML has {count:,} bytes; from {_GMAIL_CLIPS:,} on the issue cannot be sent", "warning")


def doctype(view: View) -> Iterator[Fault]:
    """The document begins with <!DOCTYPE html>."""
    if not view.email.html.startswith("<!DOCTYPE html>"):
        yield Fault("the HTML does not begin with <!DOCTYPE html>", line=1)


def title(view: View) -> Iterator[Fault]:
    """The document has a title."""
    if not (view.root.findtext(".//title") or "").strip():
        yield Fault("the HTML has no title: it is what a browser's tab and a screen reader say first")


def headings(view: View) -> Iterator[Fault]:
    """One h1, first; no level is skipped; none is empty; each feature has its own."""
    found = view.elements("//h1|//h2|//h3|//h4|//h5|//h6")
    if [each.tag for each in found[:1]] != ["h1"]:
        yield Fault("the first heading is not an h1")
    last = 1
    for each in found:
        level = int(each.tag[1])
        if each is not found[0] and level == 1:
            yield view.at(each, "a second h1: the masthead is the only one")
        if level > last + 1:
            yield view.at(each, f"an h{level} follows an h{last}: no level may be left out")
        if not "".join(each.itertext()).strip() and not each.xpath(".//img[@alt!='']"):
            yield view.at(each, f"an empty h{level}")
        last = level
    texts = {said("".join(each.itertext())) for each in found}
    for feature in view.issue.features:
        if said(feature.headline) not in texts:
            yield Fault(f"the headline {feature.headline!r} is not a heading", story=feature.story)


def tables(view: View) -> Iterator[Fault]:
    """Each table is layout and says so."""
    for table in view.elements("//table[not(@role='presentation')]"):
        yield view.at(table, "a table without role=presentation is read out as rows and columns")


def images(view: View) -> Iterator[Fault]:
    """Each image has sizes in numbers, and shows a picture of this issue or of the web."""
    given = dict(view.email.pictures)
    for image in view.elements("//img"):
        source = image.get("src") or ""
        for name in ("width", "height"):
            if not (image.get(name) or "").isdigit():
                yield view.at(image, f"{source}: the {name} {image.get(name)!r} is not a number; Outlook needs one")
        if source.startswith("pictures/"):
            if source.removeprefix("pictures/") not in given:
                yield view.at(image, f"{source}: there is no such picture in the issue")
        elif not source.startswith("https://"):
            yield view.at(image, f"{source[:80]!r}: a picture is in pictures/ or has an https address")
        elif source.rpartition("/")[2] not in given:
            yield view.at(image, f"{source[:80]}: no picture of this issue; one from elsewhere counts its readers")
        if _is_pixel(image):
            yield view.at(image, f"{source}: a picture too small to be seen counts readers")


def alternatives(view: View) -> Iterator[Fault]:
    """Each image has words for those who do not see it."""
    for image in view.elements("//img"):
        words = image.get("alt")
        if words is None:
            yield view.at(image, f"{image.get('src')}: no alt; screen readers then read the address")
        elif not words.strip():
            yield view.at(image, f"{image.get('src')}: an empty alt; say what the picture shows")
        elif re.fullmatch(r"\S+\.(?:jpe?g|png|gif|webp)", words.strip(), re.IGNORECASE):
            yield view.at(image, f"{image.get('src')}: the alt {words!r} is the name of a file")


def media_queries(view: View) -> Iterator[Fault]:
    """The narrow and the dark appearance are there, with their !important."""
    css = view.css
    if css.count("{") != css.count("}"):
        yield Fault("the style sheet's braces do not match: clients drop what follows")
    for query, name in (("max-width", "narrow screens"), ("prefers-color-scheme: dark", "dark appearance")):
        block = re.search(rf"@media[^{{]*{query}[^{{]*\{{(?:[^{{}}]*\{{[^{{}}]*\}})+", css)
        if block is None:
            yield Fault(f"there is no media query for {name}")
        elif "!important" not in block[0]:
            yield Fault(f"the media query for {name} has no !important: inline styles win over it")
    if "[data-ogsc]" not in css:
        yield Fault("there are no [data-ogsc] rules: Outlook's apps invert the colours themselves")


def conditional_comments(view: View) -> Iterator[Fault]:
    """Outlook's comments open and close in turn."""
    html = view.email.html
    opened = 0
    for found in _OPEN.finditer(html):
        if found[0].startswith("<!["):
            if not opened:
                yield Fault("a <![endif] that no <!--[if opened", line=_line(html, found.start()))
            opened = 0
        elif opened:
            yield Fault("an <!--[if within another one", line=_line(html, found.start()))
        else:
            opened = 1
    if opened:
        yield Fault("an <!--[if that no <![endif] closes: Outlook hides the rest")
    if "<!--[if mso" not in html:
        yield Fault("the conditional comments for Outlook are gone: its columns fall apart")


def text_size(view: View) -> Iterator[Fault]:
    """No text is smaller than 13 pixels."""
    for element, text in view.visible:
        pixels = _font_size(element)
        if pixels is not None and pixels < _LEAST_TEXT:
            yield view.at(element, f"{text[:40]!r} is set in {pixels:g} px; {_LEAST_TEXT} px are the least")


def active_content(view: View) -> Iterator[Fault]:
    """Nothing that runs, loads or asks: clients drop it, filters count it against the sender."""
    for element in view.elements(_ACTIVE):
        yield view.at(element, f"<{element.tag}> has no place in an e-mail")
    for element in view.elements("//*[@*[starts-with(name(), 'on')]]"):
        name = next(name for name in element.attrib if name.startswith("on"))
        yield view.at(element, f"<{element.tag} {name}> is a script")


def residue(view: View) -> Iterator[Fault]:
    """No template's own marks are left in what readers get."""
    own = " ".join(_issue_texts(view))
    for found in _RESIDUE.finditer(view.email.html):
        if found[0] not in own:
            yield Fault(f"{found[0]!r} is a template's, not the letter's", line=_line(view.email.html, found.start()))


def _issue_texts(view: View) -> Iterator[str]:
    issue = view.issue
    yield from (issue.subject, issue.preheader, *issue.letter.paragraphs)
    for feature in issue.features:
        yield from (feature.headline, feature.kicker, feature.outlet, *feature.authors, *feature.paragraphs)
    yield from (read.title for read in issue.reads)


def _font_size(element: object) -> float | None:
    """The font size in force at an element, as far as style attributes say it in pixels."""
    while element is not None:
        pixels = re.fullmatch(r"([\d.]+)px", styles(element).get("font-size", ""))
        if pixels:
            return float(pixels[1])
        element = element.getparent()  # type: ignore[attr-defined]
    return None


def _is_pixel(image: Any) -> bool:
    declared = styles(image)
    sides = [image.get(name, "") or declared.get(name, "") for name in ("width", "height")]
    sides += [declared[name] for name in ("width", "height") if name in declared]
    return any(re.fullmatch(r"[0-2](?:px)?", side.strip()) for side in sides)


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
