"""Remove markup, outlet names and series names from headlines, and recognise those that report no single event."""

import html
import re
from typing import NamedTuple

_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,2000}>")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_LINK_FEED = re.compile(r"(?:Article URL|Comments URL|Points|# ?Comments):\s*\d*")
_LINK_FEED_SIGN = re.compile(r"(?:Article|Comments) URL:|# ?Comments:|^\s*Comments\s*$")
_WORD = re.compile(r"\w+")
_TAIL = re.compile(r"(?:\s+(?:[-–—·•|]|--)\s+|\s*[|｜丨]\s*)(?=[^-–—·•|｜丨]*$)")
_TAIL_WORDS, _REST_WORDS, _REST_CHARACTERS = 4, 3, 10
_SMALL_WORDS = frozenset(
    ["of", "the", "du", "de", "la", "le", "les", "des", "do", "da", "dos", "del", "y", "e", "and", "&", "et", "und"]
)
_HEAD = re.compile(r"^\s*[\[【]([^\]】]{1,30})[\]】]\s*|^\s*([^:：|｜丨]{1,40}?)\s*[:：|｜丨]\s*")
_HEAD_WORDS, _REST_OF_SERIES = 4, 8
# Words that make the part before a colon the name of a series.
_SERIES = re.compile(
    r"(?<!\w)(?:latest|live|live ?blog|updates?|explainer|video|photos?|breaking|exclusive|podcast"
    r"|(?:live-?)?ticker|news-?blog|eilmeldung|en direct|direct|vidéo|en vivo|en directo|directo|minuto a minuto"
    r"|última hora|vídeo|ao vivo|últimas|онлайн|видео|прямая трансляция|фото|단독|속보|영상)(?!\w)"
    r"|(?:速報|速报|直播|快讯|快訊|快報|快报|速递|速遞)$",
    re.IGNORECASE,
)
_DIGEST = re.compile(
    r"早报|早報|晚报|晚報|日报|日報|周报|週報|晨报|晨報|早参|日刊|簡報|简报"
    r"|(?<!\w)(?:briefing|round-?up|digest|daily|weekly|newsletter|überblick|resumen|resumo|обзор|главное|브리핑)(?!\w)",
    re.IGNORECASE,
)
_ARTICLES = frozenset(["the", "der", "die", "das", "im", "le", "la", "les", "el", "los", "o", "a", "as", "os", "en"])
_CLAUSES = re.compile(r"[；;]|\s/\s")
_REPOSITORY = re.compile(r"[\w.-]+ ?/ ?[\w.-]+")
_LISTING = re.compile(
    r"\d+ ?ページ目|(?<!\w)(?:page \d+ of \d+|(?:best|favou?rite|top|\d+)\s[^.?!]{0,60}\bdeals|how to watch)(?!\w)",
    re.IGNORECASE,
)


class Headline(NamedTuple):
    """A cleaned headline, the reason why it reports no single event, and the parts that were removed."""

    text: str
    rule: str  # empty if it may report one event
    had_outlet: bool  # at its end
    had_series: bool  # at its beginning


def read_headline(title: str, outlet: str) -> Headline:
    """Clean a title and recognise digests, listings and repositories."""
    plain = _plain(title)
    rest = _without_outlet(plain, outlet)
    text, is_digest = _without_series(rest)
    clauses = sum(1 for clause in _CLAUSES.split(rest) if clause.strip())
    rule = ""
    if clauses >= 3 or (clauses == 2 and (is_digest or _DIGEST.search(plain[len(rest) :]))):
        rule = "digest"
    elif _REPOSITORY.fullmatch(rest):
        rule = "repository"
    elif _LISTING.search(plain):
        rule = "listing"
    return Headline(text, rule, had_outlet=rest != plain, had_series=text != rest)


def read_summary(summary: str) -> tuple[str, bool]:
    """A summary without markup, addresses and the fields of link feeds, and whether it had such fields."""
    plain = _plain(summary)
    is_link_feed = _LINK_FEED_SIGN.search(plain) is not None
    text = " ".join(_LINK_FEED.sub(" ", _ADDRESS.sub(" ", plain)).split())
    return ("" if _fold(text) in ("", "comments") else text), is_link_feed


def strip_markup(text: str) -> str:
    """Remove the tags that some feeds leave in text."""
    return _MARKUP.sub(" ", text) if "<" in text else text


def _plain(text: str) -> str:
    return " ".join(strip_markup(html.unescape(text) if "&" in text else text).split())


def _fold(text: str) -> str:
    return "".join(_WORD.findall(text.casefold()))


def _without_outlet(title: str, outlet: str) -> str:
    """Remove the outlet's name at the end of a title, or what looks like one: a few capitalised words."""
    match = _TAIL.search(title)
    if match is None:
        return title
    rest, tail = title[: match.start()], title[match.end() :]
    words = tail.split()
    if not words or (len(_WORD.findall(rest)) < _REST_WORDS and len(rest) < _REST_CHARACTERS):
        return title
    name, end = _fold(outlet), _fold(tail)
    if name and end and (name == end or (len(end) > 3 and (end in name or name in end))):
        return rest
    is_name = (
        len(words) <= _TAIL_WORDS
        and words[0][0].isupper()
        and all(word[0].isupper() or word in _SMALL_WORDS for word in words)
        and not any(character.isdigit() or character in "?!" for character in tail)
    )
    return rest if is_name else title


def _without_series(title: str) -> tuple[str, bool]:
    """Remove the name of a series before a colon or bar; return the title and whether the series is a digest."""
    match = _HEAD.match(title)
    if match is None:
        return title, False
    head, rest = match[1] or match[2], title[match.end() :]
    if len(head.split()) > _HEAD_WORDS or len(rest) < _REST_OF_SERIES:
        return title, False
    is_digest = _DIGEST.search(head) is not None
    if not is_digest and not _SERIES.search(head):
        return title, False
    topic = " ".join(_DIGEST.sub(" ", _SERIES.sub(" ", head)).split())
    return (rest if topic.casefold() in _ARTICLES or not topic else f"{topic}: {rest}"), is_digest
