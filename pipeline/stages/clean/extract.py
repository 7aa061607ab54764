"""Extract a page's text without building a record."""

from pipeline.errors import CleanError
from pipeline.stages.clean.authors import author_names
from pipeline.stages.clean.page import parse_page
from pipeline.stages.clean.residue import default_residue
from pipeline.stages.clean.trim import StoryHints, trim


def extract_text(html: str, url: str) -> str:
    """Return the text of a page's story, one block a line, or an empty string."""
    try:
        page = parse_page(html, url)
    except CleanError:
        return ""
    metadata = page.metadata
    hints = StoryHints(metadata.titles, author_names(metadata.authors, metadata.site), metadata.site)
    return "\n".join(line.text for line in trim(page.lines, hints, default_residue()).lines)
