"""Join the later pages of a story to its first one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from pipeline.errors import CleanError
from pipeline.records import Document
from pipeline.stages.clean.decode import decode_document
from pipeline.stages.clean.lines import Line
from pipeline.stages.clean.page import load_tree
from pipeline.stages.clean.pager import MOST_PAGES, Pager, read_pager, same_host
from pipeline.stages.clean.prune import pager_elements
from pipeline.stages.clean.text import count_words, is_unspaced
from pipeline.stages.clean.trim import Trimmed
from pipeline.text.normalise import fold
from pipeline.text.sentences import ends_sentence

_LEAST_REPEAT = 6  # words of a line that no story has twice


class _HasPager(Protocol):
    @property
    def pager(self) -> Pager: ...


PageType = TypeVar("PageType", bound=_HasPager)


def find_later_pages(document: Document, fetched: Mapping[str, Document]) -> tuple[str, ...]:
    """Return the addresses of a story's later pages, as far as its first page and those `fetched` link them."""
    try:
        first = _LinksOnly.of(document, first=document.url, number=1)
        return follow_pages(first, document, fetched, _LinksOnly.of)[0]
    except CleanError:
        return ()


@dataclass(frozen=True, slots=True)
class _LinksOnly:
    """A page of which only the links to other pages are read."""

    pager: Pager

    @classmethod
    def of(cls, document: Document, first: str, number: int) -> "_LinksOnly":
        tree = load_tree(decode_document(document.body, document.charset), document.url)
        return cls(read_pager(tree, pager_elements(tree), document.url, first=first, number=number))


def follow_pages(
    page: PageType, document: Document, fetched: Mapping[str, Document], read: Callable[[Document, str, int], PageType]
) -> tuple[tuple[str, ...], list[PageType], bool]:
    """Follow the links from a story's first page. Return the addresses, the pages that are there, and whether it ends.

    The pages end where one is missing, comes from another host, or is the same as one before it.
    """
    addresses, pages, bodies = list(page.pager.addresses), [page], {document.body}
    while len(pages) <= len(addresses):
        later = fetched.get(addresses[len(pages) - 1])
        if later is None or later.body in bodies or not same_host(later.url, document.url):
            break
        bodies.add(later.body)
        try:
            pages.append(read(later, document.url, len(pages) + 1))
        except CleanError:
            break
        known = {document.url, *addresses}
        addresses += [address for address in pages[-1].pager.addresses if address not in known]
        del addresses[MOST_PAGES:]
    is_whole = len(pages) > len(addresses) and not pages[-1].pager.has_next
    return tuple(addresses), pages, is_whole


def join_pages(pages: Sequence[Trimmed]) -> Trimmed:
    """Join the lines of a story's pages, without what a page repeats of those before it."""
    lines = list(pages[0].lines)
    for page in pages[1:]:
        known = {fold(line.text) for line in lines}
        fresh = [fold(line.text) not in known for line in page.lines]
        if True not in fresh:
            continue
        start, end = fresh.index(True), len(fresh) - fresh[::-1].index(True)
        added = [
            line
            for line, is_fresh in zip(page.lines[start:end], fresh[start:end], strict=True)
            if is_fresh or count_words(line.text) < _LEAST_REPEAT
        ]
        if lines and added and _goes_on(lines[-1], added[0]):
            gap = "" if is_unspaced(added[0].text) else " "
            lines[-1] = replace(lines[-1], text=f"{lines[-1].text}{gap}{added.pop(0).text}")
        lines += added
    return Trimmed(tuple(lines), tuple(removal for page in pages for removal in page.removals))


def _goes_on(line: Line, after: Line) -> bool:
    """Whether a page breaks off within a sentence that the next page ends."""
    return (
        line.kind == after.kind == "paragraph"
        and not ends_sentence(line.text)
        and count_words(line.text) >= _LEAST_REPEAT
        and (after.text[:1].islower() or is_unspaced(line.text))
    )
