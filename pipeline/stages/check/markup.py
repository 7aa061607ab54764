"""Rules about the HTML's structure: what mail clients and screen readers need."""

# ruff: noqa: SIM905 - long lists are easier to read as text

import io
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from lxml.etree import Comment

from pipeline.stages.check.nodes import Node, pixels
from pipeline.stages.check.sheet import sheet_rules
from pipeline.stages.check.view import READ_ALOUD, Fault, View, as_rendered

_MAX_BYTES = 100_000  # Gmail clips a message near 102,000 bytes
_WARN_BYTES = 85_000
_MAX_STYLE = 8_192  # characters: Gmail drops a longer style element whole
_MIN_FONT_SIZE = 13  # pixels
_MAX_WIDTH = 640  # pixels: our letter's width, and about the widest that programs show without scrolling
_OPEN = re.compile(r"<!--\[if[^\]]*\]>|<!\[endif\]")
_ACTIVE = frozenset(
    """
    script iframe frame frameset form object embed applet input textarea select button option video audio source
    track svg canvas math dialog marquee blink bgsound base portal slot
    """.split()
)
_LOADING = frozenset(
    {"background", "srcset", "ping", "poster", "lowsrc", "dynsrc", "longdesc", "formaction", "archive"}
)
_LOADED = re.compile(r"(?:url|image-set)\(\s*['\"]?(?!data:)[^)'\"\s]+|@import\s[^;]+", re.IGNORECASE)
_LOADED_BY_OUTLOOK = re.compile(r"(?:src|href|background)\s*=\s*[\"']?(https?://[^\"'\s>]+)", re.IGNORECASE)
_RUST = re.compile(r"\\u\{[0-9a-f]+\}|\\\\|\\[nrt'\"]")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_SAYS_NOTHING = frozenset(
    """
    alt banner bild cover foto fotografie header hero illustration illustratie image image1 imagem imagen immagine img
    kuva logo obraz photo photograph pic picture placeholder spacer thumbnail untitled afbeelding
    图片 圖片 图像 圖像 照片 画像 写真 사진 이미지 صورة תמונה изображение фото картинка รูปภาพ hình
    """.split()
)
_FILE_NAME = re.compile(
    r"\S+\.(?:jpe?g|png|gif|webp|avif|heic|svg)|(?:DSC|IMG|DCIM|Screenshot|Bildschirmfoto)[ _-]?\d+\S*", re.IGNORECASE
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


def page_head(view: View) -> Iterator[Fault]:
    """The head says that the bytes are UTF-8 and that the letter fits narrow screens; no style element is too long."""
    metas = view.elements("//head/meta")
    for meta in metas:
        declared = _CHARSET.search(
            f"charset={meta.get('charset')}" if meta.get("charset") else meta.get("content") or ""
        )
        if declared and declared[1].lower() not in ("utf-8", "utf8"):
            yield view.at(meta, f"the HTML says that it is {declared[1]}, but is UTF-8")
    if not any((meta.get("name") or "").lower() == "viewport" for meta in metas):
        yield Fault("there is no viewport, so phones show the letter at the width of a desktop")
    for style in view.root.iter("style"):
        if len(style.text or "") > _MAX_STYLE:
            yield view.at(
                style, f"a style element of {len(style.text):,} characters; Gmail drops those over {_MAX_STYLE:,}"
            )


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
    """Each table is marked as layout, and none is wider than the letter."""
    for table in view.elements("//table[not(@role='presentation')]"):
        yield view.at(table, "the table has no role=presentation, so screen readers announce rows and columns")
    for node in view.nodes:
        declared = node.element.get("width") or node.style.get("width") or node.style.get("min-width") or ""
        width = pixels(declared) if declared and node.element.tag in ("table", "td", "div") else None
        if width is not None and width > _MAX_WIDTH:
            yield view.at(
                node, f"a <{node.element.tag}> of {width:g} px; the letter has {_MAX_WIDTH}, phones half of it"
            )


def images(view: View) -> Iterator[Fault]:
    """Each image shows a picture of this issue, in its proportions, and fits the letter."""
    own = dict(view.email.pictures)
    for node in view.images:
        source = node.element.get("src") or ""
        yield from _size_faults(view, node, source, own)
        if source.startswith("pictures/"):
            if source.removeprefix("pictures/") not in own:
                yield view.at(node, f"{source}: the issue has no such picture")
        elif not source.startswith("https://"):
            yield view.at(node, f"{source[:80]!r}: a picture must be in pictures/ or have an https address")
        elif source.rpartition("/")[2] not in own:
            yield view.at(
                node, f"{source[:80]}: not a picture of this issue; a picture from elsewhere can count readers"
            )
        if _is_pixel(node):
            yield view.at(node, f"{source}: a picture too small to see is a tracking pixel")


def _size_faults(view: View, node: Node, source: str, own: Mapping[str, bytes]) -> Iterator[Fault]:
    sides = [node.element.get(name) or "" for name in ("width", "height")]
    for name, side in zip(("width", "height"), sides, strict=True):
        if not side.isdigit():
            yield view.at(node, f"{source}: the {name} {side or None!r} is not a number; Outlook needs one")
    if not all(side.isdigit() and int(side) for side in sides):
        return
    width, height = map(int, sides)
    if width > _MAX_WIDTH:
        yield view.at(node, f"{source}: {width} px wide; the letter has {_MAX_WIDTH}, and Outlook shrinks no picture")
    file = own.get(source.rpartition("/")[2])
    ratio = _ratio(file) if file else None
    # A pixel more or less is rounding.
    if ratio and abs(width - height * ratio) > 2 + 0.03 * width:
        yield view.at(node, f"{source}: {width} × {height} is not in the picture's proportions, and squeezes it")


def _ratio(file: bytes) -> float | None:
    """Return a picture's width by its height, None if it cannot be read."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(file)) as picture:
            return picture.width / picture.height
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None


def alternatives(view: View) -> Iterator[Fault]:
    """Each image has an alt text that says what it shows, as written; it is empty only for mere decoration."""
    for node in view.images:
        source, alt = node.element.get("src"), node.element.get("alt")
        words = as_rendered(alt or "")
        if alt is None:
            yield view.at(node, f"{source}: no alt text; screen readers read out the address instead")
        elif not words:
            if _is_all_of_a_link(node):
                yield view.at(node, f"{source}: the alt text is empty, and the link around it has no other words")
        elif _FILE_NAME.fullmatch(words):
            yield view.at(node, f"{source}: the alt text {alt!r} is a file name")
        elif words.strip(" .:#0123456789").lower() in _SAYS_NOTHING:
            yield view.at(node, f"{source}: the alt text {alt!r} says nothing of the picture", "warning")


def attributes(view: View) -> Iterator[Fault]:
    """Attributes that readers hear or see are as they were written, not in the form of a programming language."""
    for node in view.nodes:
        for name in READ_ALOUD:
            value = node.element.get(name) or ""
            found = _RUST.search(value) if "\\" in value else None
            if found and found[0] not in view.wording.whole:
                yield view.at(node, f"{name}={value[:60]!r} has {found[0]!r} in place of a character")


def _is_all_of_a_link(node: Node) -> bool:
    parent = node.parent
    while parent is not None and parent.element.tag not in ("a", "body"):
        parent = parent.parent
    if parent is None or parent.element.tag != "a" or parent.element.get("aria-hidden") == "true":
        return False  # a hidden link is the second one to its story
    return not any(char.isalnum() for char in "".join(parent.element.itertext()))


def media_queries(view: View) -> Iterator[Fault]:
    """The style sheet has media queries for narrow screens and dark mode, with !important."""
    css = view.css
    if css.count("{") != css.count("}"):
        yield Fault("the style sheet's braces do not match; clients drop everything after them")
    rules = sheet_rules(css)
    for query, name in (("max-width", "narrow screens"), ("prefers-color-scheme", "dark mode")):
        values = [value for rule in rules if query in rule.media for _, value in rule.declarations]
        if not values:
            yield Fault(f"there is no media query for {name}")
        elif not any("!important" in value for value in values):
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
    for node, text in view.visible:
        if node.is_sized and node.size < _MIN_FONT_SIZE:
            yield view.at(node, f"{text[:40]!r} is set in {node.size:g} px; {_MIN_FONT_SIZE} px is the minimum")


def active_content(view: View) -> Iterator[Fault]:
    """There are no scripts, forms, frames, films or drawings by code."""
    for element in view.root.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag.rpartition(":")[2] in _ACTIVE:
            yield view.at(element, f"<{element.tag}> does not belong in an e-mail")
        elif element.tag == "meta" and (element.get("http-equiv") or "").lower() == "refresh":
            yield view.at(element, "<meta http-equiv=refresh> does not belong in an e-mail")
        for name in element.attrib:
            if name.startswith("on") and len(name) > 4:
                yield view.at(element, f"<{element.tag} {name}> is a script")


def remote_loads(view: View) -> Iterator[Fault]:
    """Opening the letter loads its pictures and nothing else."""
    for link in view.elements("//link"):
        yield view.at(link, f"<link rel={link.get('rel')!r}> loads {(link.get('href') or '')[:80]}")
    for element in view.root.iter():
        if not isinstance(element.tag, str):
            continue
        for name in _LOADING.intersection(element.attrib):
            yield view.at(element, f"<{element.tag} {name}> loads {(element.get(name) or '')[:80]}")
        style = element.get("style") or ""
        found = _LOADED.search(style) if "(" in style or "@" in style else None
        if found:
            yield view.at(element, f"{found[0][:80]} in a style loads a file")
    for loaded in _loaded_by_sheet(view.css):
        yield Fault(f"{loaded[:80]} in the style sheet loads a file")
    known = {address for _, address in view.links}
    for comment in view.root.iter(Comment):
        for found in _LOADED_BY_OUTLOOK.finditer(comment.text or ""):
            if found[1] not in known:
                yield view.at(comment, f"{found[1][:80]} is loaded by Outlook, from inside a comment")


@lru_cache(maxsize=16)
def _loaded_by_sheet(css: str) -> tuple[str, ...]:
    return tuple(found[0] for found in _LOADED.finditer(css))


def _is_pixel(node: Node) -> bool:
    sides = [node.element.get(name, "") or node.style.get(name, "") for name in ("width", "height")]
    sides += [node.style[name] for name in ("width", "height", "max-width", "max-height") if name in node.style]
    return any(re.fullmatch(r"[0-2](?:px)?", side.strip()) for side in sides)


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
