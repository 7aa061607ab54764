"""Apply a filter program's answer to an entry, within the limits that hold for a feed's own entries."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pipeline.records import Entry, Picture, to_json
from pipeline.text.languages import declared_language
from pipeline.text.normalise import one_line, strip_illegal, truncate

from .markup import clean_markup
from .text import NAME_CHARS, TITLE_CHARS, absolute_url, parse_date

MAX_NAMES = 30  # of authors or topics
CREDIT_CHARS = 500


def apply_answer(answer: Mapping[str, Any], entry: Entry) -> Entry:
    """Return the entry with the fields of the answer. Unknown fields, `id` and `source` are ignored.

    Raises TypeError for a value of the wrong type and ValueError for one that a feed could not have.
    """
    own = to_json(entry)
    new = {name: value for name, value in answer.items() if name in _READERS and value != own[name]}
    entry = replace(entry, **{name: _READERS[name](name, value) for name, value in new.items()})
    markup: dict[str, Any] = {
        name: clean_markup(getattr(entry, name), entry.url or "") for name in _MARKUP if name in new
    }
    return replace(entry, **markup)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} is not text")
    return value


def _line(name: str, value: object, limit: int = TITLE_CHARS) -> str:
    """Return the text on one line, cut to the limit. Markup is not interpreted."""
    text = _text(name, value)[: limit * 4]
    return truncate(one_line(strip_illegal(text)), limit)


def _outlet(name: str, value: object) -> str | None:
    return None if value is None else _line(name, value) or None


def _names(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{name} is not a list of texts")
    found = dict.fromkeys(_line(name, each, NAME_CHARS) for each in value[:MAX_NAMES])
    return tuple(text for text in found if text)


def _url(name: str, value: object) -> str | None:
    url = absolute_url(value, "")
    if url is None and value is not None:
        raise ValueError(f"{name} {str(value)[:100]!r} is not an http or https address")
    return url


def _time(name: str, value: object) -> datetime | None:
    if value is None:
        return None
    text = _text(name, value)
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError(f"{name} {text} has no time zone")
    moment = parse_date(text)
    if moment is None:
        raise ValueError(f"{name} {text} is not a plausible time")
    return moment


def _language(name: str, value: object) -> str | None:
    if value in (None, "", "und"):
        return None
    tag = declared_language(_text(name, value))
    if tag is None:
        raise ValueError(f"{name} {str(value)[:100]!r} is not a language tag")
    return tag


def _picture(name: str, value: object) -> Picture | None:
    if value is None:
        return None
    if not isinstance(value, dict) or not value.get("url"):
        raise TypeError(f"{name} is not an object with a url")
    alt, credit = (_line(part, value.get(part) or "", CREDIT_CHARS) for part in ("alt", "credit"))
    return Picture(_url("the picture's url", value["url"]) or "", alt, credit)


_MARKUP = ("summary_html", "content_html")
# The fields of an answer and how each is read. Markup is sanitised afterwards, with the entry's URL as its base.
_READERS: Mapping[str, Callable[[str, object], Any]] = {
    "url": _url,
    "title": _line,
    "authors": _names,
    "published_at": _time,
    "updated_at": _time,
    "language": _language,
    "picture": _picture,
    "topics": _names,
    "outlet": _outlet,
    **dict.fromkeys(_MARKUP, _text),
}
