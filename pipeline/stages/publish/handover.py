"""From an edition to what a publisher gets.

Publishers fill in templates: `{{ name }}` is an action for listmonk and Buttondown, `*|NAME|*` for Mailchimp, `[name]`
for WordPress, `%%{name}%%` for Ghost. A story may have these characters, and readers must see them as written.
"""

import html
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from pipeline.records import Email, Handover, Issue, Masthead, PublisherKind

CARD_BYTES = 45_000  # that Ghost's own frame adds to an email, as measured with Ghost 6
PICTURE = re.compile(r"(?<=[\"'(])pictures/([^\"'()\s<>]+)")

# In HTML the first character of a mark becomes a character reference, which browsers and mail programs show as it is.
_MARKS: Mapping[PublisherKind, re.Pattern[str]] = {
    "ghost": re.compile(r"%(?=%\{)"),
    "listmonk": re.compile(r"\{(?=\{)"),
    "buttondown": re.compile(r"\{(?=[{%#])"),
    "mailchimp": re.compile(r"\*(?=\|)"),
    "wordpress": re.compile(r"\["),
}
# Each reader's own address to leave the publisher's list. Ghost puts one into its frame; the others have no list.
_UNSUBSCRIBE: Mapping[PublisherKind, str] = {
    "listmonk": "{{ UnsubscribeURL }}",
    "buttondown": "{{ unsubscribe_url }}",
    "mailchimp": "*|UNSUB|*",
}
# A style sheet and what mail programs read in comments have no words of a story.
_NOT_TEXT = re.compile(r"<!--.*?-->|<style\b.*?</style>", re.DOTALL | re.IGNORECASE)
_STYLE = re.compile(r"<style\b.*?</style>", re.DOTALL | re.IGNORECASE)
_HEAD = re.compile(r"<head\b.*?</head>", re.DOTALL | re.IGNORECASE)
_BODY = re.compile(r"<body\b([^>]*)>(.*)</body>", re.DOTALL | re.IGNORECASE)
_NOTHING = re.compile(r"(?!)")
_JOINER = "\u2060"  # takes no room and allows no break


def prepare_handover(
    kind: PublisherKind,
    email: Email,
    issue: Issue,
    *,
    marker: str,
    addresses: Mapping[str, str],
    record: Mapping[str, Any],
) -> Handover:
    """Prepare an edition for a publisher. `addresses`: of its pictures, by file name; `record`: its issue.json.

    ValueError if a picture has no address.
    """
    page = PICTURE.sub(lambda match: html.escape(_address(addresses, match[1])), email.html)
    leave = _unsubscribe_pattern(kind, issue.masthead)
    own = _UNSUBSCRIBE.get(kind, "")
    return Handover(
        marker=marker,
        subject=_plain(kind, email.subject),
        preheader=_plain(kind, email.preheader),
        html=_FRAMES.get(kind, _whole)(leave.sub(own, _disarm(kind, page))),
        text=leave.sub(own, _plain(kind, email.text)),
        issue=record,
        sender=issue.masthead.desk_name,
        reply_to=issue.masthead.desk_address,
    )


def _address(addresses: Mapping[str, str], name: str) -> str:
    if name not in addresses:
        raise ValueError(f"the picture {name} has no public address")
    return addresses[name]


def _unsubscribe_pattern(kind: PublisherKind, masthead: Masthead) -> re.Pattern[str]:
    """Matches the letter's unsubscribe address, which knows nobody on the publisher's list; nothing if it stays."""
    address = masthead.unsubscribe_url.rstrip("/")
    if kind not in _UNSUBSCRIBE or address == masthead.subscribe_url.rstrip("/"):  # new readers need that one
        return _NOTHING
    written = "|".join(re.escape(each) for each in dict.fromkeys((address, html.escape(address))))
    return re.compile(rf"(?<![^\s\"])(?:{written})/?(?![^\s\"])")


def _disarm(kind: PublisherKind, page: str) -> str:
    mark = _MARKS.get(kind)
    if mark is None:
        return page
    disarmed = _joined if kind == "ghost" else _reference  # Ghost stores a reference as the character
    pieces, end = [], 0
    for untouched in _NOT_TEXT.finditer(page):
        kept = _safe(untouched[0]) if kind == "listmonk" else untouched[0]
        pieces += [mark.sub(disarmed, page[end : untouched.start()]), kept]
        end = untouched.end()
    return "".join(pieces) + mark.sub(disarmed, page[end:])


def _safe(part: str) -> str:
    """A comment, which Outlook reads, in the form in which listmonk's templates leave it there; styles as they are."""
    return f"{{{{ Safe {json.dumps(part, ensure_ascii=False)} }}}}" if part.startswith("<!--") else part


def _reference(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"


def _joined(match: re.Match[str]) -> str:
    return match[0] + _JOINER


def _plain(kind: PublisherKind, text: str) -> str:
    """Plain text, where no character reference helps: listmonk's own escape, else an invisible joiner in the mark."""
    mark = _MARKS.get(kind)
    if mark is None or kind == "wordpress":  # WordPress reads marks in the content alone
        return text
    if kind == "listmonk":
        return text.replace("{{", '{{ "{{" }}')
    return mark.sub(_joined, text)


def _whole(page: str) -> str:
    return page


def _content(page: str) -> str:
    """The styles and the body, for a publisher whose own page or email is around them."""
    head, body = _HEAD.search(page), _BODY.search(page)
    if body is None:
        return page
    styles = "".join(_STYLE.findall(head[0])) if head else ""
    return f"{styles}<div{body[1]}>{body[2]}</div>"


def _ghost_card(page: str) -> str:
    """One HTML card: Ghost would take tables and styles out of plain HTML."""
    return f"<!--kg-card-begin: html-->\n{_content(page)}\n<!--kg-card-end: html-->"


def _wordpress_block(page: str) -> str:
    """One HTML block, which WordPress does not break into paragraphs."""
    return f"<!-- wp:html -->\n{_content(page)}\n<!-- /wp:html -->"


_FRAMES: Mapping[PublisherKind, Callable[[str], str]] = {"ghost": _ghost_card, "wordpress": _wordpress_block}
