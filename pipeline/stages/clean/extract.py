"""The text of a page and nothing else: for those who want no record."""

from pipeline.errors import CleanError
from pipeline.stages.clean.authors import author_names
from pipeline.stages.clean.page import read_page
from pipeline.stages.clean.residue import default_residue
from pipeline.stages.clean.trim import About, trim


def extract_text(html: str, url: str) -> str:
    """The text of a page's story, a block a line; empty where there is none."""
    try:
        page = read_page(html, url)
    except CleanError:
        return ""
    facts = page.facts
    about = About(facts.titles, author_names(facts.authors, facts.site), facts.site)
    return "\n".join(line.text for line in trim(page.lines, about, default_residue()).lines)
