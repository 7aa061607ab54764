"""The archive: the web page of an issue, the index of all issues, and their Atom feed."""

import json
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from itertools import groupby
from typing import Any

from babel.core import Locale, UnknownLocaleError
from markupsafe import Markup

from pipeline.records import Issue, Templates, Theme
from pipeline.stages.render.chain import render_text
from pipeline.stages.render.localisation import load_localisation
from pipeline.stages.render.template_values import Voice, page_values, safe_link, scrub, template_values

_ATOM = "http://www.w3.org/2005/Atom"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_FEED_ENTRIES = 50  # feed readers keep the entries that they have seen


@dataclass(frozen=True, slots=True)
class Translation:
    """The same issue in another edition; `href` is relative to the page that links to it."""

    language: str
    href: str

    @property
    def name(self) -> str:
        """The language's own name."""
        try:
            return str(Locale.parse(self.language, sep="-").get_display_name() or self.language)
        except (UnknownLocaleError, ValueError):
            return self.language


@dataclass(frozen=True, slots=True)
class ArchivedEdition:
    """One edition of an approved issue; `href` is its page, relative to the archive's index."""

    issue: Issue
    href: str
    approved_at: datetime


@dataclass(frozen=True, slots=True)
class _IndexPage:
    """A link from the index to one edition."""

    language: str
    name: str
    href: str
    subject: str
    preheader: str


@dataclass(frozen=True, slots=True)
class _IndexIssue:
    """An issue in the index, with its editions."""

    number: int
    date: date
    pages: tuple[_IndexPage, ...]


def browser_page(
    issue: Issue,
    *,
    templates: Templates,
    theme: Theme,
    shown: Sequence[str],
    picture_base: str = "pictures/",
    home: str = "../",
    translations: Sequence[Translation] = (),
) -> str:
    """Render the web page of an issue; `shown` names its pictures, `home` is the path to the archive's folder."""
    issue = scrub(issue)
    values = {
        **template_values(issue, theme, load_localisation(issue.language, templates.catalogues)),
        "shown": frozenset(shown),
        "picture_base": picture_base,
        "home": home,
        "translations": tuple(translations),
        "address": safe_link(issue.masthead.browser_url),
        "linked_data": _json_for_script(_linked_data(issue)),
    }
    return _html("pages/issue.html.j2", templates, values)


def index_page(
    archived: Sequence[ArchivedEdition], *, templates: Templates, theme: Theme, language: str, **letter: str
) -> str:
    """Render the index; `archived` is newest first, `letter` has title, subscribe_url and desk_address."""
    localisation = load_localisation(language, templates.catalogues)
    voice = Voice(localisation, theme)
    issues = []
    for _, group in groupby(archived, lambda edition: edition.issue.key):
        editions = [(edition.href, scrub(edition.issue)) for edition in group]
        first = editions[0][1]
        pages = tuple(
            _IndexPage(issue.language, Translation(issue.language, href).name, href, issue.subject, issue.preheader)
            for href, issue in editions
        )
        issues.append(_IndexIssue(first.number, first.date, pages))
    values: dict[str, Any] = {
        **page_values(voice, theme, letter["title"]),
        "issues": tuple(issues),
        **letter,
    }
    return _html("pages/index.html.j2", templates, values)


def atom_feed(archived: Sequence[ArchivedEdition], *, title: str, author: str, list_id: str, base: str | None) -> bytes:
    """The issues as an Atom feed (RFC 4287), newest first; links are absolute if the archive has a `base` address."""
    ET.register_namespace("", _ATOM)
    root = ET.Element(f"{{{_ATOM}}}feed")
    newest = max((edition.approved_at for edition in archived), default=None)
    _add(root, "id", _urn(list_id))
    _add(root, "title", title)
    _add(root, "updated", _format_time(newest) if newest else "1970-01-01T00:00:00Z")
    _add(_add(root, "author"), "name", author)
    _add(root, "link", rel="self", type="application/atom+xml", href=_address(base, "feed.xml"))
    _add(root, "link", rel="alternate", type="text/html", href=_address(base, "index.html"))
    for edition in archived[:_FEED_ENTRIES]:
        issue = scrub(edition.issue)
        entry = _add(root, "entry")
        entry.set(_LANG, issue.language)
        _add(entry, "id", _urn(f"{list_id}/{issue.key}/{issue.edition}"))
        _add(entry, "title", issue.subject)
        _add(entry, "published", _format_time(edition.approved_at))
        _add(entry, "updated", _format_time(edition.approved_at))
        _add(entry, "link", rel="alternate", type="text/html", href=_address(base, edition.href))
        _add(entry, "summary", issue.preheader)
        _add(entry, "content", _headlines(issue), type="html")
    ET.indent(root)
    body: bytes = ET.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body + b"\n"


def _html(name: str, templates: Templates, values: dict[str, Any]) -> str:
    lines = (line.strip() for line in render_text(name, templates, values).splitlines())
    return "\n".join(line for line in lines if line) + "\n"


def _linked_data(issue: Issue) -> dict[str, Any]:
    """The issue in schema.org's vocabulary."""
    masthead = issue.masthead
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "PublicationIssue",
        "issueNumber": str(issue.number),
        "name": issue.subject,
        "description": issue.preheader,
        "datePublished": issue.date.isoformat(),
        "inLanguage": issue.language,
        "isPartOf": {"@type": "Periodical", "name": masthead.title},
        "publisher": {"@type": "Organization", "name": masthead.desk_name, "email": masthead.desk_address},
        "hasPart": [
            _article(story.headline, story.language, story.outlet, story.url, story.authors) for story in issue.features
        ]
        + [_article(read.title, read.language, read.outlet, read.url, ()) for read in issue.reads],
    }
    address = safe_link(masthead.browser_url)
    return data | ({"url": address} if address else {})


def _article(headline: str, language: str, outlet: str, url: str | None, authors: Sequence[str]) -> dict[str, Any]:
    data: dict[str, Any] = {"@type": "NewsArticle", "headline": headline, "inLanguage": language}
    if safe_link(url):
        data["url"] = safe_link(url)
    if outlet:
        data["publisher"] = {"@type": "Organization", "name": outlet}
    if authors:
        data["author"] = [{"@type": "Person", "name": name} for name in authors]
    return data


def _json_for_script(value: Any) -> Markup:
    """JSON that cannot close the script element that contains it."""
    text = json.dumps(value, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - it contains no markup


def _headlines(issue: Issue) -> str:
    items = []
    for feature in issue.features:
        address = safe_link(feature.url)
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
