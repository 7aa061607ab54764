"""Rules about colour: the contrast of text in light and dark mode (WCAG 2.2, success criterion 1.4.3)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml.cssselect import CSSSelector

from pipeline.stages.check.view import Fault, View, styles

_MIN_CONTRAST = 4.5
_MIN_CONTRAST_LARGE = 3.0  # from 24 px, or from 18.66 px in bold
_DARK = re.compile(r"@media[^{]*prefers-color-scheme:\s*dark[^{]*\{((?:[^{}]*\{[^{}]*\})*)\s*\}")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_HEX = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})\b", re.IGNORECASE)
_PROPERTY = re.compile(r"(?<![\w-])(color|background-color)\s*:\s*([^;!]+)")

Overrides = Mapping[Any, Mapping[str, str]]


def light(view: View) -> Iterator[Fault]:
    """Text has enough contrast with its background in light mode."""
    yield from _low_contrast(view, {}, "light")


def dark(view: View) -> Iterator[Fault]:
    """Text has enough contrast with its background in dark mode."""
    yield from _low_contrast(view, _dark_overrides(view), "dark")


def _low_contrast(view: View, overrides: Overrides, mode: str) -> Iterator[Fault]:
    seen: set[tuple[str, str, str | None]] = set()
    for element, text in view.visible:
        text_colour = _colour(element, "color", overrides)
        background = _colour(element, "background-color", overrides)
        if text_colour is None or background is None:
            continue
        ratio = contrast(text_colour, background)
        if ratio < (_MIN_CONTRAST_LARGE if _is_large(element) else _MIN_CONTRAST):
            message = f"{text[:40]!r}: {text_colour} on {background} has a contrast of {ratio:.1f} in {mode} mode"
            fault = view.at(element, message)
            if (text_colour, background, fault.story) not in seen:
                seen.add((text_colour, background, fault.story))
                yield fault


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two #rrggbb colours, from 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [part / 255 for part in bytes.fromhex(colour.removeprefix("#"))]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _colour(element: Any, name: str, overrides: Overrides) -> str | None:
    """Return the colour that applies: the element's own, or that of its nearest ancestor with one."""
    while element is not None:
        colour = overrides.get(element, {}).get(name) or _declared_colour(element, name)
        if colour:
            return colour
        element = element.getparent()
    return None


def _declared_colour(element: Any, name: str) -> str | None:
    declared = styles(element)
    value = declared.get(name, "")
    if name == "background-color" and not value:
        value = declared.get("background", "") or element.get("bgcolor") or ""
    return _hex(value)


def _hex(value: str) -> str | None:
    found = _HEX.search(value)
    if found is None:
        return None
    digits = found[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def _dark_overrides(view: View) -> dict[Any, dict[str, str]]:
    """Map elements to the colours that the dark media query sets; the more specific or later rule wins."""
    applied: list[tuple[tuple[int, int, int], int, Any, dict[str, str]]] = []
    for block in _DARK.finditer(view.css):
        for order, (selectors, body) in enumerate(_RULE.findall(block[1])):
            values = {name: colour for name, value in _PROPERTY.findall(body) if (colour := _hex(value))}
            for selector in selectors.split(",") if values else ():
                matching: Any = CSSSelector(selector.strip(), translator="html")
                weight = _specificity(selector)
                applied.extend((weight, order, element, values) for element in matching(view.root))
    overrides: dict[Any, dict[str, str]] = {}
    for _, _, element, values in sorted(applied, key=lambda each: each[:2]):
        overrides.setdefault(element, {}).update(values)
    return overrides


def _specificity(selector: str) -> tuple[int, int, int]:
    ids = selector.count("#")
    classes = len(re.findall(r"\.[\w-]+|\[[^\]]*\]|(?<!:):[\w-]+", selector))
    elements = len(re.findall(r"(?:^|[\s>+~])[a-z][\w-]*", selector.strip()))
    return ids, classes, elements


def _is_large(element: Any) -> bool:
    size, bold = None, None
    while element is not None and (size is None or bold is None):
        declared = styles(element)
        found = re.fullmatch(r"([\d.]+)px", declared.get("font-size", ""))
        size = float(found[1]) if size is None and found else size
        bold = declared.get("font-weight") in ("700", "bold") if bold is None and "font-weight" in declared else bold
        element = element.getparent()
    return size is not None and (size >= 24 or (bold is True and size >= 18.66))
