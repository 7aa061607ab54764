"""Cut what a page puts around its headline in a title: the names of site, section and author, dates, page numbers."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.stages.clean.text import count_words, is_unspaced
from pipeline.stages.clean.title import has_words
from pipeline.text.normalise import fold

# A bar needs no spaces around it; the Hangul letter ㅣ stands for one.
_SEPARATOR = re.compile(r"\s+(?:[|–—―·»:‹›•*/<«-]|::)\s+|\s*[|｜ㅣ_]\s*")
_TIGHT_SEPARATOR = re.compile(r"\s*[|｜ㅣ_：:–—―·»›•*-]\s*")
_PAGE = r"(?:page|seite|página|pagina|sivu|sida|side|strona|страница|sayfa|halaman|trang)"
_PAGE_NUMBER = re.compile(
    rf"\s*[(（\[]\s*(?:{_PAGE}\s*)?\d{{1,2}}\s*(?:[/／]|of|von|de|di|van|sur|z|из)\s*\d{{1,2}}\s*(?:ページ|頁|页|page)?\s*[)）\]]\s*$"
    rf"|\s+[|–—-]\s*{_PAGE}\s*\d{{1,2}}(?:\s*(?:/|of|von|de|di|van|sur|z|из)\s*\d{{1,2}})?\s*$",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2})")
_BY = re.compile(r"^(?:by|von|par|por|di|door|av|af)\s+", re.IGNORECASE)
# What aggregators and desks put before a headline.
_KINDS_OF_NEWS = (
    "news|breaking(?: news)?|exclusive|update|video|live|watch|eilmeldung|exklusiv|vidéo|exclusif|en direct|urgente"
    "|exclusivo|última hora|速報|独自|動画|写真|快讯|快訊|獨家|独家|视频|影片|단독|속보|영상|포토|종합"
)
_KIND_OF_NEWS = re.compile(rf"^\s*[\[【〔](?:{_KINDS_OF_NEWS})[\]】〕]\s*", re.IGNORECASE)
_LONGEST_TAIL = 60  # characters of a site's or a section's name
_SECTION_WORDS = 3
_UNSPACED_SECTION = 5  # characters
_SHORT_KEY = 3  # a site's name of fewer letters counts only behind a bar
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Labels:
    """What may stand around a headline, in comparable form."""

    sites: frozenset[str]
    initials: frozenset[str]  # short names of the site
    authors: frozenset[str]
    declared: frozenset[str]  # sections that the page declares for its story
    listed: Callable[[], frozenset[str]]  # sections that the page links

    def is_site(self, tail: str) -> bool:
        """Whether the tail is the site's name, or has it with a few more letters or without a few."""
        key = fold(tail)
        if len(key) < 2 or len(tail) > _LONGEST_TAIL:
            return False
        return any(
            key == site
            or (len(key) > _SHORT_KEY and key in site)
            or (len(site) > _SHORT_KEY and site in key and len(site) >= _HALF * len(key))
            for site in self.sites
        )

    def is_own(self, text: str) -> bool:
        """Whether the text is no more than the site's name."""
        return fold(text) in self.sites


def site_keys(site: str, url: str) -> frozenset[str]:
    """The site's name and its host's, in comparable form."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return frozenset(
        key for key in (fold(site), fold(host), *map(fold, host.split(".")[:-1])) if len(key) >= _SHORT_KEY
    )


def initials(site: str, url: str) -> frozenset[str]:
    """The first letters of the words of the site's name, and its host's name if that is very short."""
    host = (urlsplit(url).hostname or "").removeprefix("www.").split(".")
    words = [word for word in re.split(r"[\s-]+", site) if word]
    short = "".join(word[0] for word in words).casefold()
    return frozenset(key for key in (short, *host[:-1]) if len(key) >= 2)


def entry_title(title: str, names: Collection[str | None], url: str, page_titles: Sequence[str] = ()) -> str:
    """A feed's title without its labels at the ends: the outlet's name, and what kind of news it is in brackets.

    `names`: of the outlet and the source; `page_titles`: of the story's page, the best one first, which has no labels.
    """
    keys = (key for name in names if name for key in (fold(name), *site_keys(name, url)))
    labels = Labels(frozenset(filter(None, keys)), frozenset(), frozenset(), frozenset(), frozenset)
    bare = _KIND_OF_NEWS.sub("", title)
    peers = [fold(text) for text in page_titles]
    return cut_title(bare if has_words(bare) else title, peers, peers[:1], labels)


def without_page_number(title: str) -> str:
    """The title without the number of the page at its end."""
    return _PAGE_NUMBER.sub("", title)


def cut_title(title: str, peers: Iterable[str], shown: Iterable[str], labels: Labels) -> str:
    """Cut the names of the site, its section and the author off the title's ends.

    `peers`: the other titles of the page; `shown`: its main headings, which are cut only where another title is the
    rest. A tail goes where another title is the rest, or where it is the name of something that the page links.
    """
    if rest := _other_title(title, peers):
        return rest
    if fold(title) in shown:
        return title
    title = _without_site_before(title, labels)
    has_cut = False
    while (match := _last(title)) is not None:
        head, tail = without_page_number(title[: match.start()]).rstrip(), title[match.end() :].strip()
        if not head or not _is_label(tail, match[0], labels, inner=has_cut):
            break
        title, has_cut = head, True
        if fold(title) in peers:
            break
    return _without_tight_tail(title, labels, inner=has_cut) if fold(title) not in peers or not has_cut else title


def _other_title(title: str, peers: Iterable[str]) -> str:
    """What another title of the page says of this one without its tail; empty if none does."""
    for match in _TIGHT_SEPARATOR.finditer(title):
        head, tail = title[: match.start()], title[match.end() :]
        loose = _SEPARATOR.match(title, match.start()) is not None
        if fold(head) in peers and len(tail) <= (_LONGEST_TAIL if loose else len(head)):
            return head.rstrip()
    return ""


def _without_site_before(title: str, labels: Labels) -> str:
    """The title without the site's name before a bar or a dash at its beginning."""
    match = _SEPARATOR.search(title)
    if match and ":" not in match[0] and labels.is_own(title[: match.start()]) and _LONGEST_TAIL > match.start() > 0:
        rest = title[match.end() :].strip()
        if count_words(rest) > _SECTION_WORDS and not labels.is_own(rest):
            return rest
    return title


def _last(title: str) -> re.Match[str] | None:
    matches = [match for match in _SEPARATOR.finditer(title) if match.start() > 0]
    return matches[-1] if matches else None


def _is_label(tail: str, separator: str, labels: Labels, *, inner: bool) -> bool:
    """Whether a tail is a label. `inner`: there was another one behind it."""
    key, has_bar = fold(tail), any(bar in separator for bar in "|｜ㅣ_")
    if labels.is_site(tail) or _DATE.fullmatch(tail) or fold(_BY.sub("", tail)) in labels.authors:
        return True
    if key in labels.declared or ((inner or has_bar) and key in labels.initials and tail.isupper()):
        return True
    if count_words(tail) > _SECTION_WORDS:
        return False
    # In unspaced scripts a bar separates labels alone.
    is_short = inner and has_bar and is_unspaced(tail) and len(tail) <= _UNSPACED_SECTION
    return is_short or key in labels.listed()


def _without_tight_tail(title: str, labels: Labels, *, inner: bool) -> str:
    """Cut a site's or a known section's name off that stands directly behind a hyphen or dash."""
    for mark in ("-", "–", "—"):
        head, _, tail = title.rpartition(mark)
        key = fold(tail)
        if not head or head[-1].isspace() or len(key) < 2:
            continue
        is_known = key in labels.declared or (inner and count_words(tail) <= _SECTION_WORDS and key in labels.listed())
        if count_words(head) > 1 and (key in labels.sites or is_known):
            return head.rstrip()
    return title
