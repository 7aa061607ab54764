"""Read JSON Feed 1.0 and 1.1. A field of the wrong type counts as missing."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.errors import FeedError
from pipeline.records import Enclosure, Entry, Picture
from pipeline.text.date_parsing import DateStyle, date_style, parse_date, unread_dates
from pipeline.text.languages import declared_language

from .feed import Feed, Item, identify
from .furniture import without_furniture
from .markup import clean_markup, first_image, text_to_markup
from .text import absolute_url, parse_duration, person_names, plain_text

MAX_ENTRIES = 1_000


def read(text: str, url: str, source: str) -> Feed:
    """Read a JSON Feed. Raises FeedError."""
    try:
        about = json.loads(text.strip().lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise FeedError("broken", f"the JSON cannot be read: {str(error)[:200]}") from None
    if not isinstance(about, dict) or not isinstance(about.get("items"), list):
        raise FeedError("not a feed", "this is JSON but not a JSON Feed: it has no list of items")
    items = [item for item in about["items"] if isinstance(item, dict)]
    base = absolute_url(about.get("home_page_url"), url) or absolute_url(about.get("feed_url"), url) or url
    notes = [f"cut to {MAX_ENTRIES} entries"] if len(items) > MAX_ENTRIES else []
    dates = date_style((item.get("date_published") for item in items), declared_language(about.get("language")))
    if len(items) > MAX_ENTRIES and _is_oldest_first(items, dates):
        items.reverse()
    read = [_item(item, about, base, source, dates) for item in items[:MAX_ENTRIES]]
    unread = [item.date for item in read if item.date and not (item.entry.published_at or item.entry.updated_at)]
    notes += unread_dates(unread, len(read))
    if "jsonfeed.org/version/" not in str(about.get("version")):
        notes.append("no JSON Feed version given")
    return Feed(
        title=plain_text(about.get("title"), markup=False),
        language=declared_language(about.get("language")),
        ttl_seconds=None,
        entries=identify(read, base),
        notes=tuple(notes),
    )


def _is_oldest_first(items: Sequence[Mapping[str, Any]], dates: DateStyle) -> bool:
    first, last = (parse_date(item.get("date_published"), dates) for item in (items[0], items[-1]))
    return first is not None and last is not None and first < last


def _item(item: Mapping[str, Any], about: Mapping[str, Any], base: str, source: str, dates: DateStyle) -> Item:
    enclosure = _enclosure(item, base)
    own = item.get("id")  # some publishers write numbers
    guid = str(own) if isinstance(own, str | int | float) and not isinstance(own, bool) else ""
    permalink = guid if guid.lower().startswith(("http://", "https://")) else None
    candidates = (item.get("url"), item.get("external_url"), permalink)
    url = next((url for address in candidates if (url := absolute_url(address, base))), None)
    url = url or (enclosure.url if enclosure else None)
    title = plain_text(item.get("title"), markup=False)
    content = clean_markup(item.get("content_html"), url or base) or text_to_markup(_text(item.get("content_text")))
    feed_title = plain_text(about.get("title"), markup=False)
    published = item.get("date_published")
    entry = Entry(
        id="",
        source=source,
        url=url,
        title=title,
        authors=_authors(item) or tuple(name for name in _authors(about) if name != feed_title),
        published_at=parse_date(published, dates),
        updated_at=parse_date(item.get("date_modified"), dates),
        language=declared_language(item.get("language")) or declared_language(about.get("language")),
        summary_html=without_furniture(text_to_markup(_text(item.get("summary"))), title, url),
        content_html=without_furniture(content, title, url),
        picture=_picture(item, url or base, content),
        topics=_topics(item.get("tags")),
        outlet=feed_title or None,
        enclosure=enclosure,
    )
    return Item(entry, guid, str(published or item.get("date_modified") or ""))


def _enclosure(item: Mapping[str, Any], base: str) -> Enclosure | None:
    """The first attached file that is no picture."""
    for part in _attachments(item):
        kind = _text(part.get("mime_type"))
        if not kind.startswith("image/") and (url := absolute_url(part.get("url"), base)):
            return Enclosure(url, kind[:100], parse_duration(part.get("duration_in_seconds")))
    return None


def _attachments(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = item.get("attachments")
    return [part for part in listed if isinstance(part, dict)] if isinstance(listed, list) else []


def _authors(part: Mapping[str, Any]) -> tuple[str, ...]:
    listed = part.get("authors") if isinstance(part.get("authors"), list) else [part.get("author")]
    return person_names(author.get("name") if isinstance(author, dict) else author for author in listed or [])


def _picture(item: Mapping[str, Any], base: str, content: str) -> Picture | None:
    pictures = [part.get("url") for part in _attachments(item) if _text(part.get("mime_type")).startswith("image/")]
    for address in (item.get("image"), item.get("banner_image"), *pictures):
        if url := absolute_url(address, base):
            return Picture(url)
    found = first_image(content)
    return Picture(*found) if found else None


def _topics(tags: object) -> tuple[str, ...]:
    texts = (plain_text(tag, limit=100) for tag in tags) if isinstance(tags, list) else ()
    return tuple(dict.fromkeys(text for text in texts if text))[:30]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
