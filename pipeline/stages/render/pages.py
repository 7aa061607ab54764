"""The archive's pages: the web page of an issue, the index of all issues, and the search in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import urljoin

from babel.core import Locale, UnknownLocaleError

from pipeline.records import Issue, Templates, Theme
from pipeline.stages.render.atom import ArchivedEdition
from pipeline.stages.render.chain import render_text
from pipeline.stages.render.linked_data import json_for_script, linked_data
from pipeline.stages.render.localisation import load_localisation
from pipeline.stages.render.search import search_entries
from pipeline.stages.render.template_values import Voice, page_values, safe_link, scrub, template_values


@dataclass(frozen=True, slots=True)
class Translation:
    """An edition of an issue; `href` is relative to the page that links to it."""

    language: str
    href: str
    address: str | None = None  # where it is published

    @property
    def name(self) -> str:
        """The language's own name."""
        try:
            return str(Locale.parse(self.language, sep="-").get_display_name() or self.language)
        except (UnknownLocaleError, ValueError):
            return self.language


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
    editions: Sequence[Translation] = (),
) -> str:
    """Render the web page of an issue; `shown` names its pictures, `home` is the path to the archive's folder.

    `editions` are all of the issue, the main one first; the issue's own has the href "".
    """
    issue = scrub(issue)
    address = safe_link(issue.masthead.browser_url)
    pictures = _absolute_pictures(issue, shown, urljoin(address or "", picture_base))
    lead = next((feature.picture for feature in issue.features if feature.story in pictures), None)
    values = {
        **template_values(issue, theme, load_localisation(issue.language, templates.catalogues)),
        "shown": frozenset(shown),
        "picture_base": picture_base,
        "home": home,
        "translations": tuple(edition for edition in editions if edition.href),
        "alternates": _alternates(editions),
        "address": address,
        "lead_picture": lead,
        "lead_address": next(iter(pictures.values()), None),
        "linked_data": json_for_script(linked_data(issue, pictures)),
    }
    return _html("pages/issue.html.j2", templates, values)


def _absolute_pictures(issue: Issue, shown: Sequence[str], base: str) -> dict[str, str]:
    """The address of each story's picture; none where the archive has no address."""
    if not base.startswith(("https://", "http://")):
        return {}
    return {
        feature.story: base + feature.picture.name
        for feature in issue.features
        if feature.picture and feature.picture.name in shown
    }


def _alternates(editions: Sequence[Translation]) -> list[tuple[str, str]]:
    """(hreflang, address) of the editions, and x-default for readers of other languages.

    A language has one page; a second edition in it is no translation.
    """
    by_language: dict[str, str] = {}
    for edition in editions:
        if edition.address:
            by_language.setdefault(edition.language, edition.address)
    if len(by_language) < 2:
        return []
    return [*by_language.items(), ("x-default", next(iter(by_language.values())))]


def index_page(
    archived: Sequence[ArchivedEdition], *, templates: Templates, theme: Theme, language: str, **letter: Any
) -> str:
    """Render the index; `archived` is newest first.

    `letter` has title, subscribe_url, desk_address, feeds by edition (a file name each), and the archive's address.
    """
    localisation = load_localisation(language, templates.catalogues)
    voice = Voice(localisation, theme, archived[0].issue.territory if archived else "")
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


def search_page(*, templates: Templates, theme: Theme, language: str, **letter: Any) -> str:
    """Render the page that searches the archive, with the values of `index_page`."""
    voice = Voice(load_localisation(language, templates.catalogues), theme)
    return _html("pages/search.html.j2", templates, {**page_values(voice, theme, letter["title"]), **letter})


def search_script(
    archived: Sequence[ArchivedEdition], *, templates: Templates, theme: Theme, language: str, title: str
) -> str:
    """The script of that page, with the texts that it searches: no server and no other site has a part in it."""
    territory = archived[0].issue.territory if archived else ""
    voice = Voice(load_localisation(language, templates.catalogues), theme, territory)
    entries = [entry for edition in archived for entry in search_entries(edition, voice)]
    values = {**page_values(voice, theme, title), "entries": json_for_script(entries)}
    return _html("pages/search.js.j2", templates, values)


def _html(name: str, templates: Templates, values: dict[str, Any]) -> str:
    lines = (line.strip() for line in render_text(name, templates, values).splitlines())
    return "\n".join(line for line in lines if line) + "\n"
