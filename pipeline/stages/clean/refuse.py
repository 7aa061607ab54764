"""Refuse pages without a story: consent walls, paywall teasers, error pages with status 200, index pages."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from pipeline.errors import CleanError
from pipeline.stages.clean.lines import Line
from pipeline.stages.clean.metadata import Metadata
from pipeline.stages.clean.page import ParsedPage
from pipeline.stages.clean.residue import Residue
from pipeline.stages.clean.text import count_words
from pipeline.text.normalise import truncate
from pipeline.text.sentences import ends_sentence

_SHORT = 150  # words of a consent wall or an error page
_TEASER = 250
_BRIEF = 40  # words of prose that may be a whole story, where the page shows no prompt to pay
_PROSE = 12
_FEW = 40  # words that are no story if none of them are prose
_MANY_LINKS = 6  # to different texts
_QUOTED = 80  # characters of a line in a message


def check_story(page: ParsedPage, kept: Sequence[Line], url: str, residue: Residue) -> None:
    """Raise CleanError where the page is not a story. `kept`: its lines after trimming.

    The error's reason is two words; its message says what the page has instead of a story.
    """
    metadata, raw = page.metadata, without_titles(page.lines, page.metadata.titles)
    kept = without_titles(kept, metadata.titles)
    words = sum(count_words(line.text) for line in kept)
    prose = sum(count_words(line.text) for line in kept if _is_prose(line))
    figures = f"{words} words, {prose} of them in sentences, and {page.links} links"
    if words < _SHORT:
        titles = [title for title in metadata.titles[:4] if residue.find(title, ("missing",))]
        missing = titles or [line.text for line in raw[:1] if residue.find(line.text, ("missing",))]
        if missing:
            raise CleanError("not found page", f"{url} says {_quoted(missing[0])}")
        shells = [line.text for line in raw if residue.find(line.text, ("shell",))]
        if shells and sum(count_words(line.text) for line in kept if line.text not in shells) < _FEW:
            raise CleanError("app shell", f"{url} shows its story to browsers alone; it says {_quoted(shells[0])}")
        walls = [line.text for line in raw if residue.find(line.text, ("wall", "consent"))]
        if len(walls) >= max(1, len(raw) / 3):
            raise CleanError("consent wall", f"{url} has {figures}, and asks for consent: {_quoted(walls[0])}")
    prompts = [line.text for line in raw if residue.find(line.text, ("paywall",))]
    if words < _TEASER and prose < (_SHORT if prompts else _BRIEF) and (prompts or metadata.free is False):
        reason = f"says {_quoted(prompts[0])}" if prompts else "declares that it is not free"
        raise CleanError("paywall", f"{url} has {figures}, and {reason}")
    if _is_index(metadata, page.lines, prose, url) or (not prose and words < _FEW and page.links >= _MANY_LINKS):
        raise CleanError("index page", f"{url} has {figures}: a list of other pages")
    if not kept:
        raise CleanError("no text", f"{url} shows no text of a story; {len(raw)} lines are boilerplate")


def without_titles(lines: Sequence[Line], titles: Sequence[str]) -> list[Line]:
    """The lines without the page's title, which extraction puts before the rest of a page that has little text.

    A title that is a sentence may be all that a post says.
    """
    found: list[Line] = []
    names = [title for title in titles if not ends_sentence(title)]
    for line in lines:
        name = next((name for name in names if line.text.startswith(name)), "")
        if rest := line.text.removeprefix(name).strip():
            found.append(replace(line, text=rest))
    return found


def _quoted(text: str) -> str:
    return f"“{truncate(text, _QUOTED)}”"


def _is_prose(line: Line) -> bool:
    return not line.linked and count_words(line.text) >= _PROSE and ends_sentence(line.text)


def _is_index(metadata: Metadata, raw: Sequence[Line], prose: int, url: str) -> bool:
    """Whether the page is a front page or section: mostly linked headlines and hardly any prose."""
    linked = sum(line.linked for line in raw)
    mostly = len(raw) >= 5 and linked * 2 > len(raw)
    if mostly and prose < _SHORT:
        return True
    front = urlsplit(url).path.strip("/").lower() in {"", "index.html", "index.php", "home", "news"}
    return front and metadata.kind in {"website", ""} and prose < _SHORT and len(raw) >= 3 and not metadata.published_at
