"""Refuse pages without a story: consent walls, paywall teasers, error pages with status 200, index pages."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from pipeline.stages.clean.lines import Line
from pipeline.stages.clean.metadata import Metadata
from pipeline.stages.clean.residue import Residue
from pipeline.stages.clean.text import count_words
from pipeline.text.sentences import ends_sentence

_SHORT = 150  # words of a consent wall or an error page
_TEASER = 250
_PROSE = 12


def refusal_reason(
    metadata: Metadata, raw: Sequence[Line], kept: Sequence[Line], url: str, residue: Residue
) -> str | None:
    """Return why the page is not a story, in two words, or None. `raw`: its lines before trimming; `kept`: after."""
    words = sum(count_words(line.text) for line in kept)
    prose = sum(count_words(line.text) for line in kept if _is_prose(line))
    if words < _SHORT:
        if any(residue.find(title, ("missing",)) for title in metadata.titles[:4]) or (
            raw and residue.find(raw[0].text, ("missing",))
        ):
            return "not found page"
        if sum(residue.find(line.text, ("wall", "consent")) is not None for line in raw) >= max(1, len(raw) / 3):
            return "consent wall"
    walled = any(residue.find(line.text, ("paywall",)) for line in raw)
    if words < _TEASER and (walled or metadata.free is False) and prose < _SHORT:
        return "paywall"
    if _is_index(metadata, raw, prose, url):
        return "index page"
    return None if kept else "no text"


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
