"""Read what a page declares about a work that is no article: a paper, a video, a program's repository."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from pipeline.stages.clean.jsonld import people, read_article
from pipeline.text.dates import parse_iso_time
from pipeline.text.normalise import normalise

_PAPER_DATES = ("citation_online_date", "citation_date", "citation_publication_date")
_VIDEO_TYPES = ("videoobject",)
_MOST_AUTHORS = 20
_LARGEST_SCRIPT = 3_000_000  # characters
_CHANNEL = re.compile(r'"ownerChannelName":\s*"([^"\\]{1,100})"')
_VIDEO_DATE = re.compile(r'"(?:publishDate|uploadDate)":\s*"([^"\\]{10,40})"')
_CREATED = re.compile(r'"createdAt":\s*"([^"\\]{10,40})"')
_REPOSITORY_HOST = "github.com"
_REPOSITORY_TITLE = re.compile(r"^GitHub - | · GitHub$")


@dataclass(frozen=True, slots=True)
class Work:
    """A work, as its page declares it. The authors of a video or a program may be a channel or an account."""

    title: str
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    text: str = ""  # what it is about
    is_abstract: bool = False  # the text is the one to read, rather than what the page has around it


def read_work(tree: Any, meta: Mapping[str, str], url: str) -> Work | None:
    """Return the work that a page presents; None for every other page."""
    if meta.get("citation_title"):
        return _read_paper(tree, meta)
    if meta.get("og:type", "").lower().startswith("video"):
        return _read_video(tree, meta)
    parts = urlsplit(url)
    owner, _, name = parts.path.strip("/").partition("/")
    is_repository = (parts.hostname or "").removeprefix("www.") == _REPOSITORY_HOST and meta.get("og:type") != "website"
    if is_repository and owner and name:
        return _read_repository(tree, meta, owner, is_whole="/" not in name)
    return None


def _read_paper(tree: Any, meta: Mapping[str, str]) -> Work:
    """A paper, by the metadata that search engines for papers ask for."""
    authors = [
        _in_order(normalise(element.get("content") or ""))
        for element in tree.iter("meta")
        if (element.get("name") or "").lower() == "citation_author"
    ]
    abstract = meta.get("citation_abstract", "")
    return Work(
        normalise(meta["citation_title"]),
        tuple(filter(None, authors[:_MOST_AUTHORS])),
        _first_time(meta.get(name, "").replace("/", "-") for name in _PAPER_DATES),
        normalise(abstract or meta.get("dc.description", "") or meta.get("og:description", "")),
        is_abstract=bool(abstract),
    )


def _in_order(name: str) -> str:
    """The name with the first name first: papers' metadata have it after the last name and a comma."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() and "," not in first else name


def _read_video(tree: Any, meta: Mapping[str, str]) -> Work:
    data = read_article(tree, _VIDEO_TYPES)
    scripts = list(_scripts(tree))
    names = [*people(data.get("author")), *_marked_authors(tree), *_found(_CHANNEL, scripts)]
    dates = [data.get("datePublished"), data.get("uploadDate"), meta.get("datepublished"), meta.get("uploaddate")]
    return Work(
        normalise(meta.get("og:title", "") or str(data.get("name") or "")),
        tuple(normalise(name) for name in names[:1]),
        _first_time([*(date for date in dates if isinstance(date, str)), *_found(_VIDEO_DATE, scripts)]),
        normalise(meta.get("og:description", "") or meta.get("description", "")),
    )


def _read_repository(tree: Any, meta: Mapping[str, str], owner: str, *, is_whole: bool) -> Work:
    """A repository, or with a longer path a release, an issue or a file of it."""
    data = read_article(tree)
    created = list(_found(_CREATED, _scripts(tree)))
    shown = [element.get("datetime") or "" for element in tree.iter("relative-time")]
    stated = [date for date in [data.get("datePublished")] if isinstance(date, str)]
    return Work(
        _REPOSITORY_TITLE.sub("", normalise(meta.get("og:title", ""))),
        tuple(people(data.get("author"))) or (owner,),
        _first_time([*created, *shown] if is_whole else [*stated, *shown, *created]),
        normalise(meta.get("og:description", "")),
    )


def _marked_authors(tree: Any) -> Iterator[str]:
    """The names of the authors in the page's microdata."""
    for author in tree.xpath(".//*[@itemprop='author']"):
        for name in author.xpath(".//*[@itemprop='name']"):
            if text := (name.get("content") or name.text or "").strip():
                yield text


def _scripts(tree: Any) -> Iterator[str]:
    return (element.text for element in tree.iter("script") if element.text and len(element.text) < _LARGEST_SCRIPT)


def _found(pattern: re.Pattern[str], texts: Any) -> Iterator[str]:
    """The first match of the pattern in each text."""
    return (match[1] for text in texts if (match := pattern.search(text)))


def _first_time(values: Any) -> datetime | None:
    return next((moment for value in values if (moment := parse_iso_time(value))), None)
