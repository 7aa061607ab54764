"""Read a page's metadata, in order of trust: JSON-LD, Open Graph, the page's own elements."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from pipeline.records import Picture
from pipeline.stages.clean.authors import author_names
from pipeline.stages.clean.jsonld import people, read_article
from pipeline.stages.clean.pictures import read_picture
from pipeline.stages.clean.titles import read_titles
from pipeline.stages.clean.works import Work, read_work
from pipeline.text.dates import parse_iso_time
from pipeline.text.languages import declared_language
from pipeline.text.normalise import normalise
from pipeline.text.sentences import ends_sentence

_AUTHOR_NAMES = (
    "author",
    "article:author",
    "parsely-author",
    "dc.creator",
    "dc:creator",
    "dcterms.creator",
    "sailthru.author",
    "byl",
)
_DATE_NAMES = (
    "article:published_time",
    "datepublished",
    "date",
    "dc.date.issued",
    "dc.date",
    "dcterms.date",
    "dcterms.created",
    "pubdate",
    "publishdate",
    "publish_date",
    "parsely-pub-date",
    "sailthru.date",
    "article.published",
)
_SECTION_NAMES = (
    "article:section",
    "articlesection",
    "section",
    "category",
    "content_category",
    "content_subcategory",
    "parsely-section",
    "cxenseparse:category",
)
_TAG = re.compile(r"<[^>]{1,200}>")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page declares about its story. A field is empty where the page declares nothing."""

    title: str = ""
    titles: tuple[str, ...] = ()  # all variants of the title, for comparing
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    site: str = ""
    language: str | None = None
    locales: tuple[str, ...] = ()  # language tags as the page declares them
    picture: Picture | None = None
    canonical: str | None = None
    free: bool | None = None  # isAccessibleForFree
    kind: str = ""  # og:type
    is_article: bool = False  # declared as the page of one story
    article: Mapping[str, Any] = field(default_factory=dict)  # the object in JSON-LD
    descriptions: tuple[str, ...] = ()  # what the page says the story is about
    work: Work | None = None  # a paper, video or repository that the page presents


def read_metadata(tree: Any, url: str) -> Metadata:
    """Read the metadata of a parsed page."""
    meta = _meta(tree)
    article = read_article(tree)
    site = _name(article.get("publisher")) or meta.get("og:site_name", "") or meta.get("application-name", "")
    work = read_work(tree, meta, url)
    stated = [meta.get(name, "") for name in ("og:title", "twitter:title")]
    stated += [_string(article.get("headline")), meta.get("headline", "")]
    stated = [work.title, *stated] if work and work.title else stated
    locales = _locales(tree, article, meta)
    authors = _stated_authors(article, tree, site)
    titles = read_titles(
        tree,
        stated,
        tree.findtext(".//title") or "",
        site,
        url,
        sections=_sections(article, meta),
        authors=author_names(authors, site),
    )
    return Metadata(
        title=titles[0] if titles else "",
        titles=titles,
        authors=authors,
        published_at=(work.published_at if work else None) or _published(tree, article, meta),
        site=normalise(site),
        language=next(filter(None, map(declared_language, locales)), None),
        locales=locales,
        picture=read_picture(tree, article, meta, url),
        canonical=_canonical_url(tree, meta, url),
        free=_is_free(article),
        kind=meta.get("og:type", "").lower(),
        is_article=bool(article) or meta.get("og:type", "").lower() == "article",
        article=article,
        descriptions=_descriptions(article, meta),
        work=work,
    )


def _descriptions(article: dict[str, Any], meta: dict[str, str]) -> tuple[str, ...]:
    found = [meta.get(name, "") for name in ("og:description", "description", "twitter:description")]
    found += [_string(article.get(name)) for name in ("description", "abstract")]
    # Some outlets give a second title there, others the standfirst.
    found += [text for text in [_string(article.get("alternativeHeadline"))] if ends_sentence(text)]
    return tuple(dict.fromkeys(filter(None, (normalise(_TAG.sub("", text)) for text in found))))


def _sections(article: dict[str, Any], meta: dict[str, str]) -> list[str]:
    """The sections that a page declares for its story."""
    stated = article.get("articleSection")
    found = stated if isinstance(stated, list) else [stated]
    return [text for text in (*found, *(meta.get(name) for name in _SECTION_NAMES)) if isinstance(text, str)]


def _meta(tree: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        content = element.get("content")
        if name and content:
            found.setdefault(name.strip().lower(), content.strip())
    return found


def _string(value: Any) -> str:
    if isinstance(value, list) and value:
        value = value[0]
    return value.strip() if isinstance(value, str) else ""


def _name(value: Any) -> str:
    if isinstance(value, list) and value:
        value = value[0]
    return _string(value.get("name")) if isinstance(value, dict) else _string(value)


def _stated_authors(article: dict[str, Any], tree: Any, site: str) -> tuple[str, ...]:
    """The first of the page's statements on its authors that names people."""
    for values in (tuple(people(article.get("author"))), *_meta_authors(tree)):
        if author_names(values, site):
            return values
    return ()


def _meta_authors(tree: Any) -> Iterator[tuple[str, ...]]:
    """The values of each kind of author meta element, of which a page may have several."""
    found: dict[str, list[str]] = {name: [] for name in _AUTHOR_NAMES}
    for element in tree.iter("meta"):
        name = (element.get("property") or element.get("name") or "").strip().lower()
        value = (element.get("content") or "").strip()
        if name in found and value and "://" not in value and not value.startswith("@"):
            found[name].append(value)
    yield from map(tuple, found.values())


def _published(tree: Any, article: dict[str, Any], meta: dict[str, str]) -> datetime | None:
    declared = [
        _string(article.get("datePublished")),
        *(meta.get(name, "") for name in _DATE_NAMES),
        *(element.get("datetime") or "" for element in _times(tree)),
    ]
    return next((date for value in declared if (date := _parse_time(value))), None)


def _times(tree: Any) -> Iterator[Any]:
    """The time elements marked as the publication time."""
    for element in tree.iter("time"):
        marks = f"{element.get('itemprop') or ''} {element.get('class') or ''}".lower()
        if element.get("pubdate") is not None or "publish" in marks or "entry-date" in marks:
            yield element


def _parse_time(value: str) -> datetime | None:
    moment = parse_iso_time(value)
    return moment if moment and 1990 <= moment.year <= 2200 else None


def _locales(tree: Any, article: dict[str, Any], meta: dict[str, str]) -> tuple[str, ...]:
    root = tree if tree.tag == "html" else tree.find(".//html")
    declared = [
        _string(article.get("inLanguage")),
        (root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "") if root is not None else "",
        meta.get("og:locale", ""),
        meta.get("content-language", ""),
    ]
    return tuple(filter(None, declared))


def _canonical_url(tree: Any, meta: dict[str, str], url: str) -> str | None:
    for element in tree.iter("link"):
        if (element.get("rel") or "").lower() == "canonical" and element.get("href"):
            value = element.get("href")
            break
    else:
        value = meta.get("og:url", "")
    try:
        return urljoin(url, value.strip()) if value else None
    except ValueError:
        return None


def _is_free(article: dict[str, Any]) -> bool | None:
    value = article.get("isAccessibleForFree")
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(str(value).strip().lower())
