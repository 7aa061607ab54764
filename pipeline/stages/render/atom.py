"""The Atom feeds of the archive: one of all editions, and one of each."""

import uuid
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from pipeline.records import Issue
from pipeline.stages.render.template_values import issue_link, scrub

_ATOM = "http://www.w3.org/2005/Atom"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_FEED_ENTRIES = 50  # feed readers keep the entries that they have seen


@dataclass(frozen=True, slots=True)
class ArchivedEdition:
    """One edition of an approved issue; `href` is its page, relative to the archive's index."""

    issue: Issue
    href: str
    approved_at: datetime


def atom_feed(
    archived: Sequence[ArchivedEdition],
    *,
    title: str,
    author: str,
    list_id: str,
    base: str | None,
    name: str = "feed.xml",
    edition: str | None = None,
) -> bytes:
    """The issues as an Atom feed (RFC 4287), newest first; links are absolute if the archive has a `base` address.

    `name` is the feed's file; with `edition` it has the issues of that edition only.
    """
    if edition is not None:
        archived = [each for each in archived if each.issue.edition == edition]
    ET.register_namespace("", _ATOM)
    root = ET.Element(f"{{{_ATOM}}}feed")
    newest = max((each.approved_at for each in archived), default=None)
    _add(root, "id", _urn(f"{list_id}/{edition}" if edition else list_id))
    _add(root, "title", title)
    _add(root, "updated", _format_time(newest) if newest else "1970-01-01T00:00:00Z")
    _add(_add(root, "author"), "name", author)
    _add(root, "link", rel="self", type="application/atom+xml", href=_address(base, name))
    _add(root, "link", rel="alternate", type="text/html", href=_address(base, "index.html"))
    for each in archived[:_FEED_ENTRIES]:
        issue = scrub(each.issue)
        entry = _add(root, "entry")
        entry.set(_LANG, issue.language)
        _add(entry, "id", _urn(f"{list_id}/{issue.key}/{issue.edition}"))
        _add(entry, "title", issue.subject)
        _add(entry, "published", _format_time(each.approved_at))
        _add(entry, "updated", _format_time(each.approved_at))
        _add(entry, "link", rel="alternate", type="text/html", href=_address(base, each.href))
        _add(entry, "summary", issue.preheader)
        _add(entry, "content", _headlines(issue), type="html")
    ET.indent(root)
    body: bytes = ET.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body + b"\n"


def _headlines(issue: Issue) -> str:
    items = []
    for feature in issue.features:
        address = issue_link(issue, feature.url)
        headline = escape(feature.headline)
        linked = f'<a href="{escape(address)}">{headline}</a>' if address else headline
        items.append(f'<li lang="{escape(feature.language)}">{linked} ({escape(feature.outlet)})</li>')
    return f"<p>{escape(issue.preheader)}</p><ul>{''.join(items)}</ul>"


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    child.text = text
    return child


def _address(base: str | None, path: str) -> str:
    return f"{base.rstrip('/')}/{path}" if base else path


def _urn(name: str) -> str:
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}"


def _format_time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
