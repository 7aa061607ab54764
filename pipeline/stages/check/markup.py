"""Rules about the HTML's structure: what mail clients and screen readers need."""

import re
from collections.abc import Iterator
from typing import Any

from pipeline.stages.check.view import Fault, View, as_rendered, styles

_MAX_BYTES = 100_000  # Gmail clips a message near 102,000 bytes
_WARN_BYTES = 85_000
_MIN_FONT_SIZE = 13  # pixels
_OPEN = re.compile(r"<!--\[if[^\]]*\]>|<!\[endif\]")
_RESIDUE = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|</?mj-?\w*\b|\bStrictUndefined\b|<<<<<<<")
_ACTIVE = (
    "//script|//iframe|//form|//object|//embed|//input|//link[@rel='stylesheet']|//base|//meta[@http-equiv='refresh']"
)


def size(view: View) -> Iterator[Fault]:
    """The HTML is smaller than the size at which Gmail clips."""
    count = len(view.email.html.encode())
    if count >= _MAX_BYTES:
        yield Fault(f"the HTML has {count:,} bytes; Gmail clips it near 102,000: shorten the issue")
    elif count >= _WARN_BYTES:
        yield Fault(f"the HTML has {count:,} bytes; at {_MAX_BYTES:,} the issue can no longer be sent", "warning")


def doctype(view: View) -> Iterator[Fault]:
    """The document begins with <!DOCTYPE html>."""
    if not view.email.html.startswith("<!DOCTYPE html>"):
        yield Fault("the HTML does not begin with <!DOCTYPE html>", line=1)


def title(view: View) -> Iterator[Fault]:
    """The document has a title."""
    if not (view.root.findtext(".//title") or "").strip():
        yield Fault("the HTML has no title, which browser tabs and screen readers use")


def headings(view: View) -> Iterator[Fault]:
    """The first heading is the only h1, no level is skipped, none is empty, each feature has one."""
    found = view.elements("//h1|//h2|//h3|//h4|//h5|//h6")
    if [heading.tag for heading in found[:1]] != ["h1"]:
        yield Fault("the first heading is not an h1")
    last = 1
    for heading in found:
        level = int(heading.tag[1])
        if heading is not found[0] and level == 1:
            yield view.at(heading, "a second h1; only the masthead is one")
        if level > last + 1:
            yield view.at(heading, f"an h{level} follows an h{last}; do not skip a level")
        if not "".join(heading.itertext()).strip() and not heading.xpath(".//img[@alt!='']"):
            yield view.at(heading, f"an empty h{level}")
        last = level
    texts = {as_rendered("".join(heading.itertext())) for heading in found}
    for feature in view.issue.features:
        if as_rendered(feature.headline) not in texts:
            yield Fault(f"the headline {feature.headline!r} is not a heading", story=feature.story)


def tables(view: View) -> Iterator[Fault]:
    """Each table is marked as layout."""
    for table in view.elements("//table[not(@role='presentation')]"):
        yield view.at(table, "the table has no role=presentation, so screen readers announce rows and columns")


def images(view: View) -> Iterator[Fault]:
    """Each image has numeric sizes and shows a picture of this issue."""
    own = dict(view.email.pictures)
    for image in view.elements("//img"):
        source = image.get("src") or ""
        for name in ("width", "height"):
            if not (image.get(name) or "").isdigit():
                yield view.at(image, f"{source}: the {name} {image.get(name)!r} is not a number; Outlook needs one")
        if source.startswith("pictures/"):
            if source.removeprefix("pictures/") not in own:
                yield view.at(image, f"{source}: the issue has no such picture")
        elif not source.startswith("https://"):
            yield view.at(image, f"{source[:80]!r}: a picture must be in pictures/ or have an https address")
        elif source.rpartition("/")[2] not in own:
            yield view.at(
                image, f"{source[:80]}: not a picture of this issue; a picture from elsewhere can count readers"
            )
        if _is_pixel(image):
            yield view.at(image, f"{source}: a picture too small to see is a tracking pixel")


def alternatives(view: View) -> Iterator[Fault]:
    """Each image has an alt text that says what is in it, or an empty one."""
    for image in view.elements("//img"):
        alt = image.get("alt")
        if alt is None:
            yield view.at(image, f"{image.get('src')}: no alt text; screen readers read out the address instead")
        elif re.fullmatch(r"\S+\.(?:jpe?g|png|gif|webp)", alt.strip(), re.IGNORECASE):
            yield view.at(image, f"{image.get('src')}: the alt text {alt!r} is a file name")


def media_queries(view: View) -> Iterator[Fault]:
    """The style sheet has media queries for narrow screens and dark mode, with !important."""
    css = view.css
    if css.count("{") != css.count("}"):
        yield Fault("the style sheet's braces do not match; clients drop everything after them")
    for query, name in (("max-width", "narrow screens"), ("prefers-color-scheme: dark", "dark mode")):
        block = re.search(rf"@media[^{{]*{query}[^{{]*\{{(?:[^{{}}]*\{{[^{{}}]*\}})+", css)
        if block is None:
            yield Fault(f"there is no media query for {name}")
        elif "!important" not in block[0]:
            yield Fault(f"the media query for {name} has no !important, so inline styles override it")
    if "[data-ogsc]" not in css:
        yield Fault("there are no [data-ogsc] rules, so Outlook's apps invert the colours themselves")


def conditional_comments(view: View) -> Iterator[Fault]:
    """Outlook's conditional comments are balanced."""
    html = view.email.html
    opened = 0
    for found in _OPEN.finditer(html):
        if found[0].startswith("<!["):
            if not opened:
                yield Fault("a <![endif] without a <!--[if", line=_line(html, found.start()))
            opened = 0
        elif opened:
            yield Fault("an <!--[if inside another one", line=_line(html, found.start()))
        else:
            opened = 1
    if opened:
        yield Fault("an <!--[if without an <![endif]; Outlook hides the rest")
    if "<!--[if mso" not in html:
        yield Fault("the conditional comments for Outlook are missing, so its columns break")


def text_size(view: View) -> Iterator[Fault]:
    """No text is smaller than 13 pixels."""
    for element, text in view.visible:
        pixels = _font_size(element)
        if pixels is not None and pixels < _MIN_FONT_SIZE:
            yield view.at(element, f"{text[:40]!r} is set in {pixels:g} px; {_MIN_FONT_SIZE} px is the minimum")


def active_content(view: View) -> Iterator[Fault]:
    """There are no scripts, forms, frames or external style sheets."""
    for element in view.elements(_ACTIVE):
        yield view.at(element, f"<{element.tag}> does not belong in an e-mail")
    for element in view.elements("//*[@*[starts-with(name(), 'on')]]"):
        name = next(name for name in element.attrib if name.startswith("on"))
        yield view.at(element, f"<{element.tag} {name}> is a script")


def residue(view: View) -> Iterator[Fault]:
    """No template markup is left in the HTML."""
    issue_text = " ".join(_issue_texts(view))
    for found in _RESIDUE.finditer(view.email.html):
        if found[0] not in issue_text:
            yield Fault(f"{found[0]!r} is left over from a template", line=_line(view.email.html, found.start()))


def _issue_texts(view: View) -> Iterator[str]:
    issue = view.issue
    yield from (issue.subject, issue.preheader, *issue.letter.paragraphs)
    for feature in issue.features:
        yield from (feature.headline, feature.kicker, feature.outlet, *feature.authors, *feature.paragraphs)
    yield from (read.title for read in issue.reads)


def _font_size(element: object) -> float | None:
    """Return the font size in pixels that style attributes set for an element, or None."""
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
