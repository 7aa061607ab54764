"""Rules about what was left unfilled or unrendered: placeholders, escaped characters, Markdown."""

import re
from collections.abc import Iterator

from pipeline.stages.check.addresses import unreachable
from pipeline.stages.check.view import Fault, Node, Severity, View, as_rendered

_RESIDUE = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|</?mj-?\w*\b|\bStrictUndefined\b|<<<<<<<")
# The marks of template languages and of mail services, which fill them in for each reader.
_MARKS = re.compile(
    r"\{\{|\}\}|\{%|%\}|\$\{[^{}]*\}|#\{[^{}]*\}|@\{[^{}]*\}|<%.*?%>|\*\|[^|\n]{1,60}\|\*|%%[\w.@ ]{1,60}%%|"
    r"%[A-Z][A-Z_]{2,}%|%(?:recipient|user|subscriber)\.\w+%|\[%[^\]]+%\]|\[\[[\w.:| -]{1,60}\]\]|@@\w+@@|"
    r"\bStrictUndefined\b|\[object Object\]|#N/A\b"
)
_MARK = re.compile(r"[{}%|\[@#]|Strict")  # one of these is in each of them
_IN_ADDRESSES = re.compile(r"\{\{|\$\{|\*\||%%\w|<%|\[%|\[\[|%7B%7B", re.IGNORECASE)
# Rarer as marks, and possible in prose: these count in the texts of templates and editors only.
_MAYBE_MARKS = re.compile(
    r"\{[A-Za-z_][\w.]{0,40}\}|\[[A-Z][A-Z0-9_ ]{3,40}\]|<[A-Z][A-Z_ ]{3,40}>|\blorem ipsum\b|\bdolor sit amet\b|"
    r"\{\$\w+\}|\{\d*\}|%\(\w+\)s|(?<!\w)%s(?!\w)|\b__[A-Z][A-Z_]+__|#[A-Z][A-Z_]{2,}#|"
    r"\$[A-Z]+_[A-Z_]+|\b(?:TODO|TBD|FIXME|XXX)\b|\b(?:[Ii]nsert|[Yy]our) (?:text|headline|title|name|logo|link) here\b"
)
# A text without any of these has neither the patterns before this line nor the one after it.
_HINTS = (
    *("{", "[", "<", "%", "_", "#", "$", "lorem", "dolor", "TODO", "TBD", "FIXME", "XXX", "here"),
    *("undefined", "null", "NaN", "None"),
)
_EMPTY_VALUE = re.compile(r"\b(?:undefined|null|NaN|None)(?=\s*(?:$|[.,;:!?)\]·|]))")
_STARTER = re.compile(
    r"\byour (?:city|street|name|country|newsletter|company|address|organi[sz]ation)\b"
    r"|\b123 (?:main|any|example|fake) st|\banytown\b|\[(?:company|address|city|name|street)[^\]]*\]"
    r"|\bacme (?:inc|corp)\b",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[\da-f]{1,6}|[a-z]{2,8}\d?);", re.IGNORECASE)
_MARKDOWN = re.compile(
    r"\*\*[^\s*][^*\n]*\*\*|__[^\s_][^_\n]*__|\[[^\]\n]+\]\((?:https?://|mailto:|www\.)[^)\s]*\)|"
    r"^#{1,6} (?=\w)|^> (?=\w)|```",
    re.MULTILINE,
)
_LINK_OR_BOLD = re.compile(r"\*\*[^\s*][^*\n]*\*\*|\[[^\]\n]+\]\((?:https?://|mailto:|www\.)[^)\s]*\)")
# UTF-8 that was read as latin-1: Ã© for é, â€™ for ’.
_MISREAD = re.compile(
    "[\u00c2\u00c3][\u0080-\u00bf]|\u00e2\u20ac[\u0080-\u00bf\u0152\u0153\u02dc\u201c\u201d\u2122\u0161]|\u00ef\u00bf\u00bd"
)
_LOST = "\ufffd"


def residue(view: View) -> Iterator[Fault]:
    """No template markup or placeholder is left in the letter, its subject or its addresses."""
    yield from _residue_in_source(view)
    for node, text in view.excerpts:
        found = _MARKS.search(text) if _MARK.search(text) else None
        if found and not _of_stories(view, found[0]):
            yield _fault(view, node, f"{found[0]!r} is a placeholder that nobody filled in")
    for node, address in view.links:
        found = _IN_ADDRESSES.search(address)
        if found:
            yield view.at(node, f"{address[:80]!r} has the placeholder {found[0]!r}, which nobody filled in")


def _residue_in_source(view: View) -> Iterator[Fault]:
    html = view.email.html
    if not any(mark in html for mark in ("{{", "}}", "{%", "%}", "{#", "<mj", "</mj", "StrictUndefined", "<<<<<<<")):
        return  # finding that out takes a tenth of the search
    for found in _RESIDUE.finditer(html):
        if found[0] not in view.wording.whole:
            yield Fault(f"{found[0]!r} is left over from a template", line=html.count("\n", 0, found.start()) + 1)


def placeholders(view: View) -> Iterator[Fault]:
    """Nothing that the program's own config, a template or an editor was to replace is still there."""
    for node, text in view.excerpts:
        for pattern in (_MAYBE_MARKS, _EMPTY_VALUE) if any(hint in text for hint in _HINTS) else ():
            found = pattern.search(text)
            if found and not _of_stories(view, _around(text, found)):
                yield _fault(view, node, f"{found[0]!r} looks like a placeholder: fill it in", "warning")
    issue = view.issue
    masthead, letter = issue.masthead, issue.letter
    own = {
        "postal_address": masthead.postal_address,
        "host.name": letter.host,
        "host.city": letter.city,
        "greeting": letter.greeting,
    }
    for key, value in own.items():
        found = _STARTER.search(value)
        if found:
            yield Fault(f"{key} in the config is still {value[:60]!r}: fill it in")
    addresses = (masthead.subscribe_url, masthead.unsubscribe_url, masthead.browser_url or "")
    for address in (*addresses, "//" + masthead.desk_address.rpartition("@")[2]):
        reason = unreachable(address)
        if reason:
            yield Fault(f"{address.removeprefix('//')[:80]} in the config: {reason}")


def escaped(view: View) -> Iterator[Fault]:
    """No character is escaped twice, lost, or shown as the Markdown or the code that stands for it."""
    for node, text in view.excerpts:
        for found in _ENTITY.finditer(text) if "&" in text else ():
            # A story may write of HTML, with blanks around its words; what is glued to a word was escaped twice.
            if not (_of_stories(view, found[0]) and _stands_alone(text, found)):
                yield _fault(view, node, f"readers see {found[0]!r}: it is escaped twice", _severity(view, found[0]))
                break
        if _LOST in text:
            place = text.index(_LOST)
            excerpt = text[max(0, place - 15) : place + 15]
            yield _fault(view, node, f"a character was lost in {excerpt!r}", "warning")
        if misread := _MISREAD.search(text):
            yield _fault(view, node, f"a character was read in the wrong charset in {misread[0]!r}", "warning")
    for node, text in (*view.visible, (None, view.email.text)):
        unrendered = (_MARKDOWN if node is not None else _LINK_OR_BOLD).search(text)
        if unrendered:
            shown = unrendered[0]
            yield _fault(view, node, f"readers see the Markdown {shown[:40]!r}", _severity(view, shown))


def _severity(view: View, text: str) -> Severity:
    return "warning" if _of_stories(view, text) else "error"


def _stands_alone(text: str, found: re.Match[str]) -> bool:
    return text[: found.start()][-1:].isspace() and text[found.end() :][:1].isspace()


def _of_stories(view: View, text: str) -> bool:
    return as_rendered(text) in view.wording.of_stories


def _around(text: str, found: re.Match[str]) -> str:
    """Return a match with the words next to it, which tell a story's sentence from a template's label."""
    return text[max(0, found.start() - 12) : found.end() + 12]


def _fault(view: View, node: Node | None, message: str, severity: Severity = "error") -> Fault:
    return view.at(node, message, severity) if node is not None else Fault(message, severity)
