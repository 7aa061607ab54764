"""The rule on CSS: what a big client lacks is not used, but for a short list of niceties."""

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
_NOWHERE = re.compile(r"var\(|calc\(|@import|expression\(|@font-face|@container|@layer")
_DECLARATION = re.compile(r"(?<![\w-])([a-z-]+)\s*:\s*([^;{}]+)(?=[;}]|$)")
_OWN = ("mso-", "-webkit-", "-ms-", "-moz-", "supported-color-schemes")  # asked of one client, and others pass over it


@functools.cache
def support() -> Mapping[str, str]:
    """Property, or property:value, → initials of the clients that lack it; empty where it works or is accepted."""
    import yaml

    kept = yaml.safe_load((files("pipeline.stages.check") / "css_support.yaml").read_text(encoding="utf-8"))
    known = {name: initials for initials, names in kept["lacking"].items() for name in names}
    return known | dict.fromkeys(kept["works"], "") | dict.fromkeys(kept["accepted"], "")


def unsupported_css(view: View) -> Iterator[Fault]:
    """No CSS that a big client lacks."""
    seen: set[str] = set()
    for line, sheet in _sheets(view):
        for found in _NOWHERE.finditer(sheet):
            yield Fault(f"{found[0]!r} in the style sheet does not work in every big client", "warning", line=line)
        for name, said in _lacking(_rules(sheet), seen):
            yield Fault(f"{name} in the style sheet: {said}", "warning", line=line)
    for element in view.elements("//*[@style]"):
        style = element.get("style")
        for found in _NOWHERE.finditer(style):
            yield view.at(element, f"{found[0]!r} does not work in every big client", "warning")
        for name, said in _lacking(style, seen):
            yield view.at(element, f"{name}: {said}", "warning")


def _sheets(view: View) -> Iterator[tuple[int | None, str]]:
    for each in view.root.iter("style"):
        yield each.sourceline, each.text or ""


def _rules(sheet: str) -> str:
    """The declarations alone: what stands between innermost braces."""
    return ";".join(re.findall(r"\{([^{}]*)\}", sheet))


def _lacking(declarations: str, seen: set[str]) -> Iterator[tuple[str, str]]:
    """(declaration, who lacks it), once each."""
    for name, value in _DECLARATION.findall(declarations.lower()):
        pair = f"{name}:{value.replace('!important', '').strip()}"
        key = pair if pair in support() else name
        if key in seen or name.startswith(_OWN):
            continue
        initials = _initials(key)
        if initials is None:
            seen.add(key)
            yield key, "whether the big clients show it is not known"
        elif initials:
            seen.add(key)
            yield key, f"{', '.join(_CLIENTS[each] for each in initials)} lack it"


def _initials(name: str) -> str | None:
    """Who lacks a property; a longhand is known by its shorthand."""
    known = support()
    while name not in known and "-" in name:
        name = name.rpartition("-")[0]
    return known.get(name)
