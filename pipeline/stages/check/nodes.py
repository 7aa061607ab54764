"""The elements of a letter's body, walked once: colours, sizes, language and hiding, as each inherits them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pipeline.stages.check.sheet import Declarations, declared_for, elements_by_class, sheet_rules

_STORY_CLASS = "story-"  # the templates put this class, with the story's id, on each story's elements
_STYLES = re.compile(r"([\w-]+)\s*:\s*([^;]+)")
_LENGTH = re.compile(r"(-?\d*\.?\d+)\s*(px|pt|rem|em|%|vw|vh|cm|mm|in|ex|ch)?")
_FONT = re.compile(r"(?:^|\s)(\d*\.?\d+(?:px|pt|rem|em|%)?)(?:\s*/|\s)")
_PIXELS = {"px": 1.0, "pt": 4 / 3, "rem": 16.0, "cm": 37.8, "mm": 3.78, "in": 96.0, "vw": 6.4, "vh": 8.0}
_FAR = 99  # pixels: text that is moved further out of its box is outside the window
_SMALLEST = 4  # pixels: no reader sees smaller text
_TIGHT = 6  # pixels between letters that are put on top of each other
_FAINT = 0.1  # opacity
_ALPHA = re.compile(
    r"(?:rgba|hsla)\(.*?[,/]\s*(?P<share>[\d.]+%?)\s*\)$"
    r"|^#(?:[0-9a-f]{3}(?P<digit>[0-9a-f])|[0-9a-f]{6}(?P<digits>[0-9a-f]{2}))$"
)
_WIDE = re.compile(r"(?:only )?(?:screen|all)?(?: and )?\(min-width:\s*\d+px\)")
_NEVER_SHOWN = frozenset({"template", "noscript", "datalist", "noembed", "noframes"})


@dataclass(slots=True)
class Node:
    """An element with what it declares itself and what it has from its ancestors and the style sheet."""

    element: Any
    parent: "Node | None" = None
    style: Declarations = field(default_factory=dict)  # its own, in light mode
    story: str | None = None  # the id of the story it belongs to
    lang: str | None = None
    dir: str | None = None
    size: float = 16.0  # of the font, in pixels
    is_sized: bool = False  # whether a style sets the size
    bold: bool = False
    colour: str | None = None  # #rrggbb
    background: str | None = None
    dark_colour: str | None = None
    dark_background: str | None = None
    hiding: str | None = None  # how it and all in it is hidden; None where readers see it

    @property
    def hidden(self) -> str | None:
        """How the node's own text is hidden; None where readers see it."""
        return self.hiding or (f"font-size:{self.size:g}px" if self.is_sized and self.size < _SMALLEST else None)

    @staticmethod
    def own_story(element: Any) -> str | None:
        """Return the id of the story in an element's class."""
        for name in (element.get("class") or "").split():
            if name.startswith(_STORY_CLASS) and not name.endswith("-outlook"):
                return str(name.removeprefix(_STORY_CLASS))
        return None


@dataclass(slots=True)
class Page:
    """The nodes of a letter's body and its runs of text, both in document order."""

    nodes: list[Node] = field(default_factory=list)
    runs: list[tuple[Node, str]] = field(default_factory=list)  # the node is the one that styles the text


def walk(root: Any, css: str) -> Page:
    """Walk the body once."""
    page = Page()
    body = root.find("body")
    if body is None:
        return page
    rules, by_class = sheet_rules(css), elements_by_class(root)
    plain = declared_for(root, by_class, (rule for rule in rules if _is_always(rule.media)), _READ)
    dark = declared_for(root, by_class, (rule for rule in rules if _is_dark(rule.media)), _COLOURS)
    whole = Node(root, lang=root.get("lang"), dir=root.get("dir"))
    preheaders = body.xpath("(.//*[contains(concat(' ', @class, ' '), ' preheader ')])[1]")
    _Walk(page, plain, dark, frozenset(preheaders)).visit(body, whole)
    return page


def _is_always(media: str) -> bool:
    # A query with a least width only holds on every desktop.
    return media in ("", "all", "screen", "only screen", "screen,print") or _WIDE.fullmatch(media) is not None


def _is_dark(media: str) -> bool:
    return "prefers-color-scheme" in media and "dark" in media


@dataclass(frozen=True, slots=True)
class _Walk:
    page: Page
    plain: dict[Any, Declarations]
    dark: dict[Any, Declarations]
    preheader: frozenset[Any]

    def visit(self, element: Any, parent: Node) -> None:
        if not isinstance(element.tag, str) or element.tag in ("style", "script", "title"):
            return
        node = _node(element, parent, self.plain.get(element), self.dark.get(element, {}))
        if element in self.preheader:
            node.hiding = "preheader"
        self.page.nodes.append(node)
        run = element.text or ""
        for child in element:
            if child.tag == "wbr":  # a place where a line may break
                run += child.tail or ""
                continue
            self._text(node, run)
            self.visit(child, node)
            run = child.tail or ""
        self._text(node, run)

    def _text(self, node: Node, text: str) -> None:
        stripped = text.strip()
        if stripped:
            self.page.runs.append((node, stripped))


def _node(element: Any, parent: Node, sheet: Declarations | None, dark: Declarations) -> Node:
    style = styles(element)
    if sheet:
        style = {**sheet, **style}
    node = Node(element, parent, style)
    node.story = Node.own_story(element) or parent.story
    node.lang = element.get("lang") or parent.lang
    node.dir = element.get("dir") or parent.dir
    size = _font_size(style, parent.size)
    node.size, node.is_sized = (size, True) if size is not None else (parent.size, parent.is_sized)
    weight = style.get("font-weight")
    node.bold = weight in ("600", "700", "800", "900", "bold", "bolder") if weight else parent.bold
    own_colour = colour_of(style.get("color") or element.get("color") or "")
    own_background = colour_of(style.get("background-color") or style.get("background") or element.get("bgcolor") or "")
    node.colour = own_colour or parent.colour
    node.background = own_background or parent.background
    # Where dark mode says nothing, the element's own colour stays, and only then its ancestor's dark one.
    node.dark_colour = colour_of(dark.get("color", "")) or own_colour or parent.dark_colour
    dark_background = dark.get("background-color") or dark.get("background") or ""
    node.dark_background = colour_of(dark_background) or own_background or parent.dark_background
    node.hiding = _still_hidden(parent.hiding, style) or _hiding(element, style)
    return node


def styles(element: Any) -> Declarations:
    """Return the declarations of an element's style attribute."""
    text = element.get("style")
    return _declarations(text) if text else {}


@lru_cache(maxsize=4096)
def _declarations(text: str) -> Declarations:
    return {name.lower(): value.replace("!important", "").strip() for name, value in _STYLES.findall(text)}


def _font_size(style: Declarations, inherited: float) -> float | None:
    value = style.get("font-size")
    if value is None and "font" in style:
        found = _FONT.search(style["font"])
        value = found[1] if found else None
    return pixels(value, inherited, inherited) if value else None


def pixels(value: str, font: float = 16.0, whole: float | None = None) -> float | None:
    """Return a length in pixels, None for what is none; `font` is one em, `whole` 100 %."""
    found = _LENGTH.fullmatch(value.strip().lower())
    if not found:
        return None
    number, unit = float(found[1]), found[2] or "px"
    if unit == "%":
        return number * whole / 100 if whole is not None else None
    if unit in ("em", "ex", "ch"):
        return number * font * (1.0 if unit == "em" else 0.5)
    return number * _PIXELS[unit]


@lru_cache(maxsize=1024)
def colour_of(value: str) -> str | None:
    """Return a colour as #rrggbb: the first one in a value; None where there is none or it lets others through."""
    from PIL import ImageColor

    found = re.search(r"#[0-9a-f]{3,8}\b|(?:rgb|hsl)a?\([^)]*\)|\b[a-z]{3,20}\b", value.lower())
    if not found:
        return None
    try:
        red, green, blue, *alpha = ImageColor.getrgb(found[0])
    except ValueError:
        return None
    return f"#{red:02x}{green:02x}{blue:02x}" if not alpha or alpha[0] > 127 else None


def _still_hidden(inherited: str | None, style: Declarations) -> str | None:
    """Return how an ancestor hides an element, None if the element undoes it: it can for a colour, not for a box."""
    name = (inherited or "").partition(":")[0]
    return None if name in ("color", "visibility", "-webkit-text-fill-color") and name in style else inherited


def _hiding(element: Any, style: Declarations) -> str | None:
    """Say how an element hides its text, None if it does not."""
    if element.tag in _NEVER_SHOWN:
        return f"<{element.tag}>"
    if element.get("hidden") is not None:
        return "hidden"
    if not style:
        return None
    for name, value in style.items():
        test = _HIDING.get(name)
        if test is not None and test(value.lower(), style):
            return f"{name}:{value}"
    return None


def _is_zero(value: str, style: Declarations) -> bool:
    clipped = style.get("overflow", style.get("overflow-y", style.get("overflow-x", ""))) in ("hidden", "clip")
    return clipped and pixels(value, whole=100) in (0.0, 1.0)


def _is_far(value: str, _style: Declarations) -> bool:
    moved = pixels(value, whole=640)
    return moved is not None and moved <= -_FAR


def _is_far_away(value: str, style: Declarations) -> bool:
    placed = style.get("position") in ("absolute", "fixed", "relative")
    moved = pixels(value, whole=640)
    return placed and moved is not None and (moved <= -_FAR or moved > 5_000)


def _is_transparent(value: str, _style: Declarations) -> bool:
    found = _ALPHA.search(value)
    if value == "transparent" or not found:
        return value == "transparent"
    if found["share"]:
        share = found["share"]
        return float(share.rstrip("%")) / (100 if share.endswith("%") else 1) < _FAINT
    return int((found["digit"] or "") * 2 or found["digits"], 16) < 255 * _FAINT


def _is_faint(value: str, _style: Declarations) -> bool:
    share = pixels(value, whole=1)
    return share is not None and share < _FAINT


def _matches(pattern: str) -> "_Test":
    compiled = re.compile(pattern)
    return lambda value, _style: compiled.search(value) is not None


_Test = Callable[[str, Declarations], bool]
_HIDING: Mapping[str, _Test] = {
    "display": _matches(r"^none$"),
    "visibility": _matches(r"^(?:hidden|collapse)$"),
    "opacity": _is_faint,
    "mso-hide": _matches(r"^all$"),
    **dict.fromkeys(("max-height", "height", "max-width", "width"), _is_zero),
    **dict.fromkeys(("text-indent", "margin-left", "margin-right", "margin-top"), _is_far),
    **dict.fromkeys(("left", "top", "right", "bottom"), _is_far_away),
    "letter-spacing": lambda value, _style: (pixels(value) or 0) <= -_TIGHT,
    "filter": _matches(r"opacity\(\s*0(?:\.0\d*)?%?\s*\)"),
    "clip": _matches(r"rect\((?:\s*[01](?:px)?[\s,)]+){4}"),
    "clip-path": _matches(r"inset\((?:100|[5-9]\d)%|circle\(0"),
    "color": _is_transparent,
    "-webkit-text-fill-color": _is_transparent,
    "transform": _matches(r"scale[xy]?\(\s*0(?:\.0\d*)?\s*[,)]"),
}
_COLOURS = frozenset({"color", "background", "background-color"})
_READ = (
    _COLOURS | set(_HIDING) | {"font", "font-size", "font-weight", "overflow", "overflow-x", "overflow-y", "position"}
)
