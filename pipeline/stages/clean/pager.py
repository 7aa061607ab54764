"""Find where a page links the later pages of its story."""

import functools
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from pipeline.text.links import without_tracking
from pipeline.text.normalise import normalise

MOST_PAGES = 5  # later pages of one story
_PAGE = r"page|seite|página|pagina|sivu|sida|side|strona|strana|страница|сторінка|sayfa|halaman|trang"
# "Page 1 of 3", "1/3ページ", "第1页，共3页".
_COUNTED = re.compile(
    rf"(?:{_PAGE})\s*(\d{{1,2}})\s*(?:of|von|de|di|van|sur|av|af|z|из|з|/|dari)\s*(\d{{1,2}})(?!\d)"
    r"|(?<!\d)(\d{1,2})\s*[/／]\s*(\d{1,2})\s*(?:ページ|페이지|页|頁)"
    r"|第\s?(\d{1,2})\s?[页頁][\s,，/]*共\s?(\d{1,2})",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"(?:(?:read |go to )?(?:the )?next(?: page)?|continue(?: reading)?|weiter(?:lesen)?|(?:zur )?nächste(?:n)? seite"
    r"|(?:page )?suivante?|(?:página )?siguiente|(?:pagina )?successiva|(?:página )?(?:próxima|seguinte)|avanti"
    r"|volgende(?: pagina)?|nästa(?: sida)?|neste(?: side)?|næste(?: side)?|seuraava(?: sivu)?|następna(?: strona)?"
    r"|další(?: strana)?|sonraki(?: sayfa)?|(?:halaman )?(?:selanjutnya|berikutnya)|trang (?:sau|tiếp(?: theo)?)"
    r"|(?:следующая|дальше|далее)(?: страница)?|наступна(?: сторінка)?|επόμενη(?: σελίδα)?|下一[页頁]"
    r"|次(?:の(?:ページ)?)?へ?|다음(?: 페이지)?|التالي|הבא|ถัดไป|अगला)?\s*[>»›→]{0,2}",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r"\.(?:s?html?|php\d?|aspx?|jsp|cfm)$", re.IGNORECASE)
_FIRST_PAGE = re.compile(rf"[/_,.-](?:{_PAGE}|p|pg)[/_=-]?1$", re.IGNORECASE)
_PAGE_PART = re.compile(
    rf"(?P<mark>[/_,.-])?(?P<word>(?:{_PAGE}|p|pg|part|teil|partie|parte)[/_=-]?)?(?P<number>\d{{1,2}})", re.IGNORECASE
)
_COMMENTS = re.compile(r"comment|reply|kommentar|cpage", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,2}")
_NEXT_PAGE = -1
_LEVELS = 2  # above a link, at which the words that count the pages may stand
_LONGEST_PAGER = 200  # characters
_MOST_TEXTS = 60  # of a pager
_LONGEST_LABEL = 24


@dataclass(frozen=True, slots=True)
class Pager:
    """What a page says of the later pages of its story: whether there are any, and their addresses, in order."""

    has_next: bool = False
    addresses: tuple[str, ...] = ()


def read_pager(tree: Any, pagers: Iterable[Any], url: str, *, first: str = "", number: int = 1) -> Pager:
    """Return the links of page `number` of a story to its later pages, on the same host.

    A link counts whose address is that of the `first` page with a page number, or which stands in a pager that counts
    the story's pages. `pagers`: elements that may be pagers.
    """
    links = list(_numbered(tree, number))
    around = (link.iterancestors() for link, _ in links if link.tag == "a")
    nearest = itertools.chain.from_iterable(itertools.islice(ancestors, _LEVELS) for ancestors in around)
    counted = [pager for pager in dict.fromkeys((*pagers, *nearest)) if pager is not None and _counts_on(pager)]
    if not url.startswith(("http://", "https://")):
        return Pager(bool(counted))
    inside = {link for pager in counted for link in pager.iter("a")}
    base = tree.find(".//base[@href]")
    base_url = _joined(url, base.get("href")) if base is not None else url
    first = first or url
    stems = [_Stem.of(address) for address in (first, *_declared(tree, first))]
    found: dict[int, str] = {}
    for link, place in links:
        address = urldefrag(_joined(base_url, link.get("href") or ""))[0]
        if place in found or address in (url, first) or not same_host(address, url):
            continue
        of_story = link in inside or (counted and link.tag == "link") or any(stem.has_page(address) for stem in stems)
        if of_story and not _is_of_comments(link):
            found[place] = address
    following: list[str] = []
    while (address := found.get(number + 1 + len(following), "")) and address not in following:
        following.append(address)
    return Pager(bool(counted or following), tuple(following[:MOST_PAGES]))


def remove_pagers(pagers: Iterable[Any]) -> None:
    """Remove elements with nothing but links to pages."""
    for pager in pagers:
        if pager.getparent() is not None and len("".join(pager.itertext())) <= _LONGEST_PAGER:
            pager.drop_tree()


def same_host(address: str, other: str) -> bool:
    """Whether two addresses of the Web are on one host."""
    return bool(_host(address)) and _host(address) == _host(other)


def _host(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return parts.netloc.lower().rpartition("@")[2].removeprefix("www.") if parts.scheme in ("http", "https") else ""


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return ""


def _counts_on(pager: Any) -> bool:
    """Whether the pager says that the page is one of several and not the last."""
    match = _COUNTED.search(" ".join("".join(itertools.islice(pager.itertext(), _MOST_TEXTS)).split())[:_LONGEST_PAGER])
    if match is None:
        return False
    number, last = (int(group) for group in match.groups() if group)
    return number < last


def _declared(tree: Any, first: str) -> Iterator[str]:
    """The address that the page declares as its own, on the host of the first page."""
    for link in tree.iter("link"):
        if (link.get("rel") or "").lower() == "canonical":
            address = _joined(first, link.get("href") or "")
            if same_host(address, first) and urlsplit(address).path.strip("/"):
                yield address


def _numbered(tree: Any, number: int) -> Iterator[tuple[Any, int]]:
    """Yield links with the number of the page that they say they lead to; those in the page's head come last."""
    for link in tree.iter("a"):
        label = "".join(link.itertext()) if len(link) else link.text or ""
        if len(label) > _LONGEST_LABEL * 2:
            continue
        page = _page_named(label)
        if page is None and _is_next(link, label):
            page = _NEXT_PAGE
        if page == _NEXT_PAGE:
            yield link, number + 1
        elif page is not None and page > number:
            yield link, page
    for link in tree.iter("link"):
        if "next" in (link.get("rel") or "").lower().split():
            yield link, number + 1


def _is_next(link: Any, label: str) -> bool:
    """Whether a link says by its attributes that it leads to the next page."""
    rel = link.get("rel")
    if rel and "next" in rel.lower().split():
        return True
    return not label.strip() and _page_named(link.get("aria-label") or link.get("title") or "") == _NEXT_PAGE


@functools.lru_cache(maxsize=4096)
def _page_named(label: str) -> int | None:
    """The page that a link's label names: its number, or the next one; None for any other label."""
    label = normalise(label)
    if _NUMBER.fullmatch(label):
        return int(label)
    return _NEXT_PAGE if 0 < len(label) <= _LONGEST_LABEL and _NEXT.fullmatch(label) else None


def _is_of_comments(link: Any) -> bool:
    if _COMMENTS.search(link.get("href") or ""):
        return True
    around = link.iterancestors("div", "section", "nav", "ul", "ol")
    return any(_COMMENTS.search(f"{element.get('id') or ''} {element.get('class') or ''}") for element in around)


@dataclass(frozen=True, slots=True)
class _Stem:
    """The address of a story without what tells its pages apart."""

    path: str
    extension: str
    query: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, address: str) -> "_Stem":
        parts = urlsplit(address)
        path = parts.path.rstrip("/")
        extension = _EXTENSION.search(path)
        path = _FIRST_PAGE.sub("", path[: extension.start()] if extension else path)
        query = parse_qsl(without_tracking(parts.query, parts.hostname or ""), keep_blank_values=True)
        return cls(path, extension[0] if extension else "", frozenset(query))

    def has_page(self, address: str) -> bool:
        """Whether the address is this one with a page number, in its path or its query."""
        parts = urlsplit(address)
        query = frozenset(parse_qsl(without_tracking(parts.query, parts.hostname or ""), keep_blank_values=True))
        path = parts.path.rstrip("/")
        bare = _EXTENSION.sub("", path)
        if bare == self.path:
            added, dropped = list(query - self.query), self.query - query
            return (
                len(added) == 1
                and _NUMBER.fullmatch(added[0][1]) is not None
                and dropped <= {(added[0][0], start) for start in ("0", "1")}
            )
        # Some sites put the page before the extension, and some behind it.
        rests = [
            text[len(start) :]
            for text in (path, bare)
            for start in (self.path + self.extension, self.path)
            if self.path.strip("/") and text.startswith(start)
        ]
        return query == self.query and any(self._is_page(rest) for rest in rests)

    def _is_page(self, rest: str) -> bool:
        part = _PAGE_PART.fullmatch(rest)
        return part is not None and bool(part["mark"] or part["word"] or not self.path[-1:].isdigit())
