"""The rule about CSS: no property that a large mail client lacks, apart from a short accepted list."""

import functools
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files

from pipeline.stages.check.view import Fault, View

_CLIENTS = {
    "G": "Gmail",
    "W": "Outlook for Windows",
    "O": "Outlook on the web",
    "M": "Outlook for Mac",
    "A": "Apple Mail",
}
_UNSUPPORTED = re.compile(r"var\(|calc\(|@import|expression\(|@font-face|@container|@layer")
_PRINT = re.compile(r"@media\s+print\s*\{(?:[^{}]*\{[^{}]*\})*\s*\}")  # read by printing browsers, which know all of it
_DECLARATION = re.compile(r"(?<![\w-])([a-z-]+)\s*:\s*([^;{}]+)(?=[;}]|$)")
_VENDOR = ("mso-", "-webkit-", "-ms-", "-moz-", "supported-color-schemes")  # other clients ignore these


@functools.cache
def support() -> Mapping[str, str]:
    """Map `property` or `property:value` to the initials of the clients that lack it; "" where it is fine."""
    import yaml

    table = yaml.safe_load((files("pipeline.stages.check") / "css_support.yaml").read_text(encoding="utf-8"))
    known = {name: initials for initials, names in table["lacking"].items() for name in names}
    return known | dict.fromkeys(table["works"], "") | dict.fromkeys(table["accepted"], "")


def unsupported_css(view: View) -> Iterator[Fault]:
    """No CSS that a large client lacks."""
    seen: set[str] = set()
    for line, sheet in _sheets(view):
        for found in _UNSUPPORTED.finditer(sheet):
            yield Fault(f"{found[0]!r} in the style sheet does not work in every large client", "warning", line=line)
        for name, reason in _lacking(_declarations(sheet), seen):
            yield Fault(f"{name} in the style sheet: {reason}", "warning", line=line)
    styled: set[str] = set()
    for node in view.nodes:
        style = node.element.get("style") or ""
        if style in styled:
            continue  # most elements are styled as another one is
        styled.add(style)
        for found in _UNSUPPORTED.finditer(style):
            yield view.at(node, f"{found[0]!r} does not work in every large client", "warning")
        for name, reason in _lacking(style, seen):
            yield view.at(node, f"{name}: {reason}", "warning")


def _sheets(view: View) -> Iterator[tuple[int | None, str]]:
    for style in view.root.iter("style"):
        yield style.sourceline, _PRINT.sub("", style.text or "")


def _declarations(sheet: str) -> str:
    """Return the text between innermost braces, joined."""
    return ";".join(re.findall(r"\{([^{}]*)\}", sheet))


def _lacking(declarations: str, seen: set[str]) -> Iterator[tuple[str, str]]:
    """Yield (declaration, reason) for each unsupported declaration not in `seen`."""
    for name, value in _DECLARATION.findall(declarations.lower()):
        pair = f"{name}:{value.replace('!important', '').strip()}"
        key = pair if pair in support() else name
        if key in seen or name.startswith(_VENDOR):
            continue
        initials = _initials(key)
        if initials is None:
            seen.add(key)
            yield key, "it is not known whether the large clients support it"
        elif initials:
            seen.add(key)
            yield key, f"{', '.join(_CLIENTS[initial] for initial in initials)} lack it"


def _initials(name: str) -> str | None:
    """Return the initials of the clients that lack a property, by its shorthand if need be; None if unknown."""
    known = support()
    while name not in known and "-" in name:
        name = name.rpartition("-")[0]
    return known.get(name)
