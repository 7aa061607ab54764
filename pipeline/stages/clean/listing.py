"""Split HTML pages that contain several full stories."""

from collections.abc import Sequence

from pipeline.stages.clean.documents import ParsedDocument
from pipeline.stages.clean.lines import Line
from pipeline.stages.clean.page import ParsedPage
from pipeline.stages.clean.residue import Residue
from pipeline.stages.clean.split import (
    DocumentPart,
    count_paragraphs,
    extract_head,
    extract_names,
    headed_groups,
    split_document,
)
from pipeline.text.normalise import fold

_LEAST_STORIES = 2
_LEAST_PARAGRAPHS = 2


def split_page(page: ParsedPage, residue: Residue) -> tuple[DocumentPart, ...]:
    """Return the stories of a listing, from its article elements or the sections under linked headings, or none."""
    return _articles(page, residue) or _linked_sections(page, residue)


def _articles(page: ParsedPage, residue: Residue) -> tuple[DocumentPart, ...]:
    parts = [part for lines, language in page.articles if (part := _article(lines, language, residue))]
    if len(parts) < _LEAST_STORIES or len({fold(part.title) for part in parts}) < len(parts):
        return ()
    return tuple(extract_names(parts))


def _article(lines: Sequence[Line], language: str | None, residue: Residue) -> DocumentPart | None:
    at = next((index for index, line in enumerate(lines[:5]) if line.kind == "heading"), None)
    if at is None or count_paragraphs(lines) < _LEAST_PARAGRAPHS:
        return None
    address = lines[at].links[0][1] if lines[at].links else None
    rest = (*lines[:at], *lines[at + 1 :])
    return extract_head(DocumentPart(lines[at].text, tuple(rest), url=address, language=language), residue)


def _linked_sections(page: ParsedPage, residue: Residue) -> tuple[DocumentPart, ...]:
    """Sections of at least two paragraphs under headings of one level that are links or have bylines."""
    lines = page.body
    for level in sorted({line.level for line in lines if line.kind == "heading"}):
        parts = headed_groups(lines, level)
        full = [part for part in parts if count_paragraphs(part[1:]) >= _LEAST_PARAGRAPHS]
        linked = [part for part in full if part[0].linked]
        if len(linked) >= 3 and len(linked) * 3 >= len(parts) * 2:
            sections = [
                extract_head(DocumentPart(part[0].text, tuple(part[1:]), url=part[0].links[0][1]), residue)
                for part in linked
            ]
            return tuple(extract_names(sections))
    parsed = ParsedDocument(page.lines, page.metadata, loose=False)
    split_up = split_document(parsed, residue)
    return split_up if len(split_up) > 1 else ()
