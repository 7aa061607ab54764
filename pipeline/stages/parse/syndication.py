"""Read RSS, Atom and RDF: run feedparser on a prepared feed and convert its result to records."""

import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from feedparser.api import parse as parse_xml

from pipeline.records import Enclosure, Entry, Picture
from pipeline.text.date_parsing import DateStyle, date_style, parse_date, unread_dates
from pipeline.text.languages import declared_language

from .feed import Feed, Item, identify
from .furniture import without_furniture
from .markup import clean_markup, first_image, text_to_markup
from .text import absolute_url, parse_duration, person_names, plain_text
from .tree import FeedXml, prepare

MAX_TOPICS = 30
_DATES = ("published", "created", "updated")
_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")
_HTML_SIGNS = ("</p>", "<br", "<a href", "<img ", "</div>")


def read(text: str, url: str, source: str) -> Feed:
    """Read the XML feed in a text. Raises FeedError."""
    prepared = prepare(text, url)
    headers = {"content-type": "application/xml; charset=utf-8"}
    if b"base=" in prepared.xml:  # without it feedparser would resolve URLs at every tag for nothing
        headers["content-location"] = prepared.base
    parsed = parse_xml(  # type: ignore[no-untyped-call]
        io.BytesIO(prepared.xml),
        response_headers=headers,
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    return _to_feed(parsed, prepared, source)


def _to_feed(parsed: Any, prepared: FeedXml, source: str) -> Feed:
    about = _mapping(parsed.get("feed"))
    version = str(parsed.get("version") or "")
    title = plain_text(about.get("title"))
    # FeedParserDict would return "published" for "updated".
    items = _mappings(parsed.get("entries"))
    language = declared_language(about.get("language")) or declared_language(prepared.language)
    context = _FeedContext(
        source=source,
        base=prepared.base,
        atom=version.startswith("atom"),
        title=title,
        language=language,
        authors=_authors(about) if version.startswith("atom") else (),
        dates=date_style((_raw_date(item) for item in items), language),
    )
    read = [context.item(item) for item in items]
    unread = [item.date for item in read if item.date and not (item.entry.published_at or item.entry.updated_at)]
    return Feed(
        title=title,
        language=context.language,
        ttl_seconds=_ttl_seconds(about),
        entries=identify(read, absolute_url(about.get("link"), prepared.base) or prepared.base),
        notes=(*prepared.notes, *unread_dates(unread, len(read))),
    )


class _FeedContext:
    """The properties of a feed that its entries inherit."""

    def __init__(
        self,
        *,
        source: str,
        base: str,
        atom: bool,
        title: str,
        language: str | None,
        authors: tuple[str, ...],
        dates: DateStyle,
    ) -> None:
        self.source = source
        self.base = base
        self.atom = atom
        self.title = title
        self.language = language
        self.authors = tuple(name for name in authors if name != title)
        self.dates = dates

    def item(self, item: Mapping[str, Any]) -> Item:
        enclosure = _enclosure(item, self.base)
        url = _address(item, self.base) or (enclosure.url if enclosure else None)
        title = plain_text(item.get("title"), markup=not self._is_literal(item.get("title_detail")))
        published, updated = self._dates(item)
        summary, content = _bodies(item, self.base, url or self.base)
        origin = _mapping(item.get("source"))
        entry = Entry(
            id="",
            source=self.source,
            url=url,
            title=title,
            authors=_authors(item) or person_names([_mapping(origin.get("author_detail")).get("name")]) or self.authors,
            published_at=published,
            updated_at=updated,
            language=_language(item) or self.language,
            summary_html=without_furniture(summary, title, url),
            content_html=without_furniture(content, title, url),
            picture=_picture(item, url or self.base, content or summary),
            topics=_topics(item),
            outlet=plain_text(origin.get("title")) or self.title or None,
            enclosure=enclosure,
        )
        return Item(entry, str(item.get("id") or ""), _raw_date(item))

    def _is_literal(self, detail: object) -> bool:
        return self.atom and _mapping(detail).get("type") == "text/plain"

    def _dates(self, item: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
        published, created, updated = (
            parse_date(item[name], self.dates) if item.get(name) else None for name in _DATES
        )
        if not self.atom and published is None and created is None:
            return updated, None  # feedparser stores dc:date as updated
        return published or created, updated


def _raw_date(item: Mapping[str, Any]) -> str:
    return next((str(item[name]) for name in _DATES if item.get(name)), "")


def _bodies(item: Mapping[str, Any], base: str, own: str) -> tuple[str, str]:
    """Return summary and content as sanitised HTML. The summary is empty where it equals the content."""
    parts = _mappings(item.get("content"))
    contents = [_markup(part, base, own) for part in parts]
    if any(part.get("value") == item.get("summary") for part in parts):
        summary = ""  # feedparser's copy
    else:
        summary = _markup({**_mapping(item.get("summary_detail")), "value": item.get("summary")}, base, own)
    content = max(contents, key=len, default="")
    if not (summary or content):
        summary = text_to_markup(str(item.get("media_caption") or ""))  # video channels have no other text
    return summary if summary != content else "", content


def _markup(part: Mapping[str, Any], base: str, own: str) -> str:
    value, kind = part.get("value"), str(part.get("type") or "text/html")
    if not isinstance(value, str) or not (kind.startswith("text/") or kind.endswith("xml")):
        return ""
    # Markup is often sent as "text", the default type of Atom.
    if kind == "text/plain" and not any(sign in value for sign in _HTML_SIGNS):
        return text_to_markup(value)
    declared = part.get("base")
    # Without an xml:base, URLs in an entry are relative to the page that the entry points to.
    return clean_markup(value, own if declared in (None, "", base) else absolute_url(declared, base) or own)


def _authors(item: Mapping[str, Any]) -> tuple[str, ...]:
    listed = [author.get("name") for author in _mappings(item.get("authors"))]
    if any(listed):
        return person_names(listed)
    detail = _mapping(item.get("author_detail"))
    return person_names([detail.get("name") or (item.get("author") if not detail else None)])


def _language(item: Mapping[str, Any]) -> str | None:
    details = (_mapping(item.get(f"{name}_detail")) for name in ("title", "summary"))
    values = (part.get("language") for part in (item, *_mappings(item.get("content")), *details))
    return next((tag for value in values if (tag := declared_language(value))), None)


def _topics(item: Mapping[str, Any]) -> tuple[str, ...]:
    terms = (plain_text(tag.get("label") or tag.get("term"), limit=100) for tag in _mappings(item.get("tags")))
    return tuple(dict.fromkeys(term for term in terms if term and not term.startswith("http")))[:MAX_TOPICS]


def _address(item: Mapping[str, Any], base: str) -> str | None:
    """Where the entry's page is: its own address before FeedBurner's, its link, or an alternate of any type."""
    links = [link.get("href") for link in _mappings(item.get("links")) if link.get("rel") in (None, "", "alternate")]
    candidates = (item.get("feedburner_origlink"), item.get("link"), *links)
    return next((url for address in candidates if (url := absolute_url(address, base))), None)


def _enclosure(item: Mapping[str, Any], base: str) -> Enclosure | None:
    """The entry's sound or film, or another file that is no picture."""
    for link in _mappings(item.get("links")):
        if link.get("rel") != "enclosure" or _is_picture(link, "type"):
            continue
        if url := absolute_url(link.get("href"), base):
            kind = plain_text(link.get("type"), limit=100)
            return Enclosure(url, kind, parse_duration(item.get("itunes_duration")))
    return None


def _picture(item: Mapping[str, Any], base: str, markup: str) -> Picture | None:
    credit = plain_text(next((part.get("content") for part in _mappings(item.get("media_credit"))), None), limit=300)
    caption = plain_text(item.get("media_caption"), limit=500)
    for address in _media_addresses(item):
        if url := absolute_url(address, base):
            return Picture(url, caption, credit)
    found = first_image(markup)
    return Picture(found[0], plain_text(found[1], markup=False, limit=500), credit) if found else None


def _media_addresses(item: Mapping[str, Any]) -> Iterator[object]:
    contents = [part for part in _mappings(item.get("media_content")) if _is_picture(part, "medium")]
    for part in sorted(contents, key=_width, reverse=True):
        yield part.get("url")
    for part in sorted(_mappings(item.get("media_thumbnail")), key=_width, reverse=True):
        yield part.get("url")
    for link in _mappings(item.get("links")):
        if link.get("rel") == "enclosure" and _is_picture(link, "type"):
            yield link.get("href")
    yield _mapping(item.get("image")).get("href")


def _is_picture(part: Mapping[str, Any], key: str) -> bool:
    kinds = {str(part.get(key) or ""), str(part.get("type") or "")} - {"", "text/html"}
    address = str(part.get("url") or part.get("href") or "").partition("?")[0].lower()
    return any("image" in kind for kind in kinds) or (not kinds and address.endswith(_PICTURE_ENDINGS))


def _width(part: Mapping[str, Any]) -> int:
    width = str(part.get("width") or "")
    return int(width) if width.isascii() and width.isdigit() and len(width) < 6 else 0


def _ttl_seconds(about: Mapping[str, Any]) -> int | None:
    minutes = str(about.get("ttl") or "").strip()
    if minutes.isascii() and minutes.isdigit() and 0 < len(minutes) < 7:
        return int(minutes) * 60 or None
    period = _PERIODS.get(str(about.get("sy_updateperiod") or "").strip().lower())
    times = str(about.get("sy_updatefrequency") or "1").strip()
    if period and times.isascii() and times.isdigit() and 0 < len(times) < 5:
        return period // max(1, int(times))
    return None


def _mapping(value: object) -> Mapping[str, Any]:
    """A plain mapping: feedparser's looks up former names of each key, and takes its time."""
    return dict(value) if isinstance(value, dict) else {}


def _mappings(value: object) -> list[Mapping[str, Any]]:
    return [dict(part) for part in value if isinstance(part, dict)] if isinstance(value, list) else []
