"""An entry as a program of the user's own answers it: held to the same bounds as one that a feed carries."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pipeline.records import Entry, Picture, to_json
from pipeline.text.languages import declared_language
from pipeline.text.normalise import one_line, strip_illegal, truncate

from .markup import clean_markup
from .text import NAME_CHARS, TITLE_CHARS, absolute_url, parse_date

MAX_LINES = 30  # of authors, or of topics
CREDIT_CHARS = 500


def answered_entry(said: Mapping[str, Any], before: Entry) -> Entry:
    """The entry with what is said in place of its own; fields that it does not have are left out.

    TypeError where one is of another type, ValueError where it is beyond what a feed may say. `id` and `source` stay.
    """
    own = to_json(before)
    new = {name: value for name, value in said.items() if name in _HELD and value != own[name]}
    entry = replace(before, **{name: _HELD[name](name, value) for name, value in new.items()})
    markup: dict[str, Any] = {
        name: clean_markup(getattr(entry, name), entry.url or "") for name in _MARKUP if name in new
    }
    return replace(entry, **markup)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} is not text")
    return value


def _line(name: str, value: object, limit: int = TITLE_CHARS) -> str:
    """Text as it is written, without markup to look for: one line, of no more than so many characters."""
    text = _text(name, value)[: limit * 4]
    return truncate(one_line(strip_illegal(text)), limit)


def _outlet(name: str, value: object) -> str | None:
    return None if value is None else _line(name, value) or None


def _lines(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{name} is no list of text")
    found = dict.fromkeys(_line(name, each, NAME_CHARS) for each in value[:MAX_LINES])
    return tuple(text for text in found if text)


def _address(name: str, value: object) -> str | None:
    url = absolute_url(value, "")
    if url is None and value is not None:
        raise ValueError(f"{name} {str(value)[:100]!r} is not an http or https address")
    return url


def _moment(name: str, value: object) -> datetime | None:
    if value is None:
        return None
    text = _text(name, value)
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError(f"{name} {text} has no time zone")
    moment = parse_date(text)
    if moment is None:
        raise ValueError(f"{name} {text} is no time of the Web")
    return moment


def _language(name: str, value: object) -> str | None:
    if value in (None, "", "und"):
        return None
    tag = declared_language(_text(name, value))
    if tag is None:
        raise ValueError(f"{name} {str(value)[:100]!r} names none")
    return tag


def _picture(name: str, value: object) -> Picture | None:
    if value is None:
        return None
    if not isinstance(value, dict) or not value.get("url"):
        raise TypeError(f"{name} is no object with a url")
    alt, credit = (_line(part, value.get(part) or "", CREDIT_CHARS) for part in ("alt", "credit"))
    return Picture(_address("the picture's url", value["url"]) or "", alt, credit)


_MARKUP = ("summary_html", "content_html")
# What may be said, and what holds it to its bounds; markup once more with the address that it is relative to.
_HELD: Mapping[str, Callable[[str, object], Any]] = {
    "url": _address,
    "title": _line,
    "authors": _lines,
    "published_at": _moment,
    "updated_at": _moment,
    "language": _language,
    "picture": _picture,
    "topics": _lines,
    "outlet": _outlet,
    **dict.fromkeys(_MARKUP, _text),
}
