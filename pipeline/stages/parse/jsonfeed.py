"""Read JSON Feed 1.0 and 1.1. A field of the wrong type counts as missing."""

import json
from collections.abc import Mapping
from typing import Any

from pipeline.errors import FeedError
from pipeline.records import Entry, Picture, stable_id
from pipeline.text.languages import declared_language

from .feed import Feed, without_duplicates
from .markup import clean_markup, first_image, text_to_markup
from .text import absolute_url, parse_date, person_names, plain_text

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
    base = absolute_url(about.get("home_page_url"), url) or url
    notes = [f"cut to {MAX_ENTRIES} entries"] if len(items) > MAX_ENTRIES else []
    if "jsonfeed.org/version/" not in str(about.get("version")):
        notes.append("no JSON Feed version given")
    return Feed(
        title=plain_text(about.get("title"), markup=False),
        language=declared_language(about.get("language")),
        ttl_seconds=None,
        entries=without_duplicates(_entry(item, about, base, source) for item in items[:MAX_ENTRIES]),
        notes=tuple(notes),
    )


def _entry(item: Mapping[str, Any], about: Mapping[str, Any], base: str, source: str) -> Entry:
    url = absolute_url(item.get("url"), base) or absolute_url(item.get("external_url"), base)
    title = plain_text(item.get("title"), markup=False)
    content = clean_markup(item.get("content_html"), url or base) or text_to_markup(_text(item.get("content_text")))
    feed_title = plain_text(about.get("title"), markup=False)
    return Entry(
        id=_id(item, url, title, source),
        source=source,
        url=url,
        title=title,
        authors=_authors(item) or tuple(name for name in _authors(about) if name != feed_title),
        published_at=parse_date(item.get("date_published")),
        updated_at=parse_date(item.get("date_modified")),
        language=declared_language(item.get("language")) or declared_language(about.get("language")),
        summary_html=text_to_markup(_text(item.get("summary"))),
        content_html=content,
        picture=_picture(item, url or base, content),
        topics=_topics(item.get("tags")),
        outlet=feed_title or None,
    )


def _id(item: Mapping[str, Any], url: str | None, title: str, source: str) -> str:
    own = item.get("id")  # some publishers write numbers
    if isinstance(own, str | int | float) and str(own).strip():
        return stable_id(source, str(own).strip())
    if url:
        return stable_id(source, url.partition("#")[0])
    published = _text(item.get("date_published"))
    words = _text(item.get("content_text")) or _text(item.get("content_html"))
    return stable_id(source, title, published, "" if title or published else words)


def _authors(part: Mapping[str, Any]) -> tuple[str, ...]:
    listed = part.get("authors") if isinstance(part.get("authors"), list) else [part.get("author")]
    return person_names(author.get("name") if isinstance(author, dict) else author for author in listed or [])


def _picture(item: Mapping[str, Any], base: str, content: str) -> Picture | None:
    attachments = item.get("attachments")
    attached = [part for part in attachments if isinstance(part, dict)] if isinstance(attachments, list) else []
    pictures = [part.get("url") for part in attached if _text(part.get("mime_type")).startswith("image/")]
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
