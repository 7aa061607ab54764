"""Rules about colour: the contrast of text in light and dark mode (WCAG 2.2, success criterion 1.4.3)."""

from collections.abc import Iterator
from functools import lru_cache

from pipeline.stages.check.nodes import Node
from pipeline.stages.check.view import Fault, View

_MIN_CONTRAST = 4.5
_MIN_CONTRAST_LARGE = 3.0  # from 24 px, or from 18.66 px in bold


def light(view: View) -> Iterator[Fault]:
    """Text has enough contrast with its background in light mode."""
    yield from _low_contrast(view, "light")


def dark(view: View) -> Iterator[Fault]:
    """Text has enough contrast with its background in dark mode."""
    yield from _low_contrast(view, "dark")


def _low_contrast(view: View, mode: str) -> Iterator[Fault]:
    seen: set[tuple[str, str, str | None]] = set()
    for node, text in view.visible:
        is_dark = mode == "dark"
        colour = node.dark_colour if is_dark else node.colour
        background = node.dark_background if is_dark else node.background
        if colour is None or background is None or (colour, background, node.story) in seen:
            continue
        ratio = contrast(colour, background)
        if ratio < (_MIN_CONTRAST_LARGE if _is_large(node) else _MIN_CONTRAST):
            seen.add((colour, background, node.story))
            yield view.at(node, f"{text[:40]!r}: {colour} on {background} has a contrast of {ratio:.1f} in {mode} mode")


@lru_cache(maxsize=1024)
def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two #rrggbb colours, from 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [part / 255 for part in bytes.fromhex(colour.removeprefix("#"))]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _is_large(node: Node) -> bool:
    return node.size >= 24 or (node.bold and node.size >= 18.66)
