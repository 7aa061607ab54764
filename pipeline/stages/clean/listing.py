"""HTML pages that hold several full stories."""

from collections.abc import Sequence

from pipeline.stages.clean.documents import Draft
from pipeline.stages.clean.lines import Line
from pipeline.stages.clean.page import Page
from pipeline.stages.clean.residue import Residue
from pipeline.stages.clean.split import Part, cut_at, paragraphs, split, with_head, with_names
from pipeline.text.normalise import fold

_LEAST_STORIES = 2
_LEAST_PARAGRAPHS = 2


def split_page(page: Page, residue: Residue) -> tuple[Part, ...]:
    """The stories of a listing: its article elements, or the sections under headings that are links. Else none."""
    return _articles(page, residue) or _linked_sections(page, residue)


def _articles(page: Page, residue: Residue) -> tuple[Part, ...]:
    parts = [part for lines, language in page.articles if (part := _article(lines, language, residue))]
    if len(parts) < _LEAST_STORIES or len({fold(part.title) for part in parts}) < len(parts):
        return ()
    return tuple(with_names(parts))


def _article(lines: Sequence[Line], language: str | None, residue: Residue) -> Part | None:
    at = next((index for index, line in enumerate(lines[:5]) if line.kind == "heading"), None)
    if at is None or paragraphs(lines) < _LEAST_PARAGRAPHS:
        return None
    address = lines[at].links[0][1] if lines[at].links else None
    rest = (*lines[:at], *lines[at + 1 :])
    return with_head(Part(lines[at].text, tuple(rest), url=address, language=language), residue)


def _linked_sections(page: Page, residue: Residue) -> tuple[Part, ...]:
    """Headings of one level, each with two paragraphs or more: stories where they are links or have bylines."""
    lines = page.body
    for level in sorted({line.level for line in lines if line.kind == "heading"}):
        parts = [part for part in cut_at(lines, level) if part[0].kind == "heading" and part[0].level == level]
        full = [part for part in parts if paragraphs(part[1:]) >= _LEAST_PARAGRAPHS]
        linked = [part for part in full if part[0].linked]
        if len(linked) >= 3 and len(linked) * 3 >= len(parts) * 2:
            sections = [
                with_head(Part(part[0].text, tuple(part[1:]), url=part[0].links[0][1]), residue) for part in linked
            ]
            return tuple(with_names(sections))
    draft = Draft(page.lines, page.facts, loose=False)
    split_up = split(draft, residue)
    return split_up if len(split_up) > 1 else ()
