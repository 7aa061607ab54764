"""Read a page's metadata, in order of trust: JSON-LD, Open Graph, the page's own elements."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from pipeline.records import Picture
from pipeline.text.dates import parse_iso_time
from pipeline.text.languages import declared_language
from pipeline.text.normalise import normalise

_ARTICLE_TYPES = ("article", "posting", "report", "review")
_SITE_SUFFIX = re.compile(r"\s+[|–—·»:-]\s+(?=[^|–—·»]{2,60}$)|\s*[|｜_]\s*(?=[^|｜_]{2,40}$)")
_BYLINE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:byline|author[-_]*name|(?:post|entry|article)[-_]*author|authors?|reporter|writer)(?:$|[\s_-])"
    r"(?!.*(?:image|avatar|photo|bio|box|info|desc|social|link))",
    re.IGNORECASE,
)
_LONGEST_BYLINE = 120  # characters
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
_LARGEST_SCRIPT = 500_000  # characters of JSON-LD
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
    picture: Picture | None = None
    canonical: str | None = None
    free: bool | None = None  # isAccessibleForFree
    kind: str = ""  # og:type
    is_article: bool = False  # declared as the page of one story


def read_metadata(tree: Any, url: str) -> Metadata:
    """Read the metadata of a parsed page."""
    meta = _meta(tree)
    article = _article(tree)
    head_title = normalise(tree.findtext(".//title") or "")
    headlines = [normalise("".join(h1.itertext())) for h1 in tree.iterfind(".//h1")][:5]
    headlines = [text for text in headlines if text]
    site = _name(article.get("publisher")) or meta.get("og:site_name", "") or meta.get("application-name", "")
    candidates = [
        _string(article.get("headline")),
        meta.get("og:title", ""),
        headlines[0] if len(headlines) == 1 else "",
        meta.get("twitter:title", ""),
        _without_site(head_title, site),
    ]
    titles = tuple(
        dict.fromkeys(normalise(_TAG.sub("", title)) for title in (*candidates, *headlines, head_title) if title)
    )
    title = next((_without_site(normalise(_TAG.sub("", title)), site) for title in candidates if title), "")
    return Metadata(
        title=title,
        titles=tuple(dict.fromkeys((title, *titles))) if title else titles,
        authors=tuple(_people(article.get("author"))) or _meta_authors(meta) or _visible_authors(tree),
        published_at=_published(tree, article, meta),
        site=normalise(site),
        language=_language(tree, article, meta),
        picture=_picture(article, meta, url),
        canonical=_canonical_url(tree, meta, url),
        free=_is_free(article),
        kind=meta.get("og:type", "").lower(),
        is_article=bool(article) or meta.get("og:type", "").lower() == "article",
    )


def _meta(tree: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        content = element.get("content")
        if name and content:
            found.setdefault(name.strip().lower(), content.strip())
    return found


def _article(tree: Any) -> dict[str, Any]:
    """The JSON-LD object that describes an article, or an empty one."""
    for element in tree.iter("script"):
        if "ld+json" not in (element.get("type") or "") or not element.text:
            continue
        if len(element.text) > _LARGEST_SCRIPT:
            continue
        try:
            data = json.loads(element.text, strict=False)
        except (ValueError, RecursionError):
            continue
        for item in _objects(data):
            types = item.get("@type")
            names = [types] if isinstance(types, str) else types if isinstance(types, list) else []
            if any(str(name).lower().endswith(_ARTICLE_TYPES) for name in names):
                return item
    return {}


def _objects(data: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > 4:
        return
    if isinstance(data, list):
        for item in data[:50]:
            yield from _objects(item, depth + 1)
    elif isinstance(data, dict):
        yield data
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _objects(data.get(key), depth + 1)


def _string(value: Any) -> str:
    if isinstance(value, list) and value:
        value = value[0]
    return value.strip() if isinstance(value, str) else ""


def _name(value: Any) -> str:
    if isinstance(value, list) and value:
        value = value[0]
    return _string(value.get("name")) if isinstance(value, dict) else _string(value)


def _people(value: Any) -> Iterator[str]:
    for item in (value if isinstance(value, list) else [value])[:20]:
        if isinstance(item, dict):
            if str(item.get("@type", "Person")).lower() != "organization":
                names = item.get("name")
                yield from (name for name in (names if isinstance(names, list) else [names]) if isinstance(name, str))
        elif isinstance(item, str):
            yield item


def _meta_authors(meta: dict[str, str]) -> tuple[str, ...]:
    value = (
        meta.get("author") or meta.get("article:author") or meta.get("parsely-author") or meta.get("dc.creator") or ""
    )
    return (value,) if value and "://" not in value else ()


def _visible_authors(tree: Any) -> tuple[str, ...]:
    """The authors in link relations and microdata, else in the first byline element."""
    stated: list[str] = []
    likely: list[str] = []
    for element in tree.iter("a", "span", "address", "div", "p"):
        css = element.get("class")
        if "author" in (element.get("rel") or "").split() or "author" in (element.get("itemprop") or "").split():
            stated.append(_short_text(element))
        elif css and _BYLINE_CLASS.search(css):
            likely.append(_short_text(element))
    found = [text for text in stated if text] or [text for text in likely if text][:1]
    return tuple(dict.fromkeys(found))[:6]


def _short_text(element: Any) -> str:
    text = normalise(" ".join(element.itertext()))
    return text if len(text) <= _LONGEST_BYLINE else ""


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


def _language(tree: Any, article: dict[str, Any], meta: dict[str, str]) -> str | None:
    root = tree if tree.tag == "html" else tree.find(".//html")
    declared = [
        _string(article.get("inLanguage")),
        (root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "") if root is not None else "",
        meta.get("og:locale", ""),
        meta.get("content-language", ""),
    ]
    return next(filter(None, map(declared_language, declared)), None)


def _picture(article: dict[str, Any], meta: dict[str, str], url: str) -> Picture | None:
    image = article.get("image")
    image = image[0] if isinstance(image, list) and image else image
    credit = ""
    if isinstance(image, dict):
        credit = _string(image.get("creditText")) or _name(image.get("author"))
        image = _string(image.get("url")) or _string(image.get("contentUrl"))
    address = (
        _string(image) or meta.get("og:image", "") or meta.get("og:image:url", "") or meta.get("twitter:image", "")
    )
    if not address:
        return None
    try:
        address = urljoin(url, address)
    except ValueError:
        return None
    alt = meta.get("og:image:alt", "") or meta.get("twitter:image:alt", "")
    return Picture(address, normalise(alt), normalise(credit)) if address.startswith(("http://", "https://")) else None


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


def _without_site(title: str, site: str) -> str:
    """Remove the site's name after a bar or dash."""
    cut = _SITE_SUFFIX.split(title)
    if len(cut) < 2:
        return title
    tail = cut[-1].strip().casefold()
    if site and (tail in site.casefold() or site.casefold() in tail):
        return title[: title.rfind(cut[-1])].rstrip(" |｜–—·»:-_")
    return title
