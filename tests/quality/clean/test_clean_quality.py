"""How right cleaning is on the project's own labelled pages and documents, and the floors it must not fall under.

Each NAME.html, .txt, .md or .eml has its story's text beside it in NAME.expected.txt; all of it is made up. The scores
are those of four-word shingles (for scripts without spaces, of four characters): precision falls with residue that is
left, recall with text that is lost. floors.json holds the least that each language and all together may score; a floor
is lowered on purpose only, with a reason.
"""

import json
import re
from collections import Counter
from pathlib import Path
from statistics import mean

import pytest

from pipeline.records import Document
from pipeline.stages.clean import clean_document

HERE = Path(__file__).parent
MEDIA_TYPES = {".html": "text/html", ".txt": "text/plain", ".md": "text/markdown", ".eml": "message/rfc822"}
FLOORS = json.loads((HERE / "floors.json").read_text(encoding="utf-8"))
PAGES = sorted(
    path for path in HERE.iterdir() if path.suffix in MEDIA_TYPES and not path.name.endswith(".expected.txt")
)
_UNIT = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]|[^\W\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]+")


def language_of(path: Path) -> str:
    """A page's language is the first part of its name."""
    found = re.match(r"zh-Han[st]|[a-z]+", path.name)
    assert found
    return found[0]


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Four units in a row, as often as they come."""
    units = _UNIT.findall(text)
    return Counter(tuple(units[start : start + 4]) for start in range(max(1, len(units) - 3)))


def score(path: Path) -> tuple[float, float]:
    """Precision and recall of one page."""
    address = f"https://coast.example/2026/{path.stem}" if path.suffix == ".html" else f"file:///{path.name}"
    cleaned = clean_document(Document(address, path.read_bytes(), MEDIA_TYPES[path.suffix]))
    got = shingles("\n".join(story.text for story in cleaned.stories))
    want = shingles(path.with_name(f"{path.stem}.expected.txt").read_text(encoding="utf-8"))
    hits = (got & want).total()
    return hits / max(1, got.total()), hits / max(1, want.total())


SCORES = {path.name: score(path) for path in PAGES}


def table(names: list[str]) -> str:
    """The pages that are less than right, for the report."""
    return "\n".join(
        f"{name:32} P {SCORES[name][0]:.3f}  R {SCORES[name][1]:.3f}" for name in names if SCORES[name] < (1.0, 1.0)
    )


@pytest.mark.parametrize("language", sorted({language_of(path) for path in PAGES}))
def test_no_language_falls_under_its_floor(language: str) -> None:
    """Precision and recall, each as the mean over the language's pages."""
    names = [path.name for path in PAGES if language_of(path) == language]
    floor = FLOORS["languages"][language]
    assert mean(SCORES[name][0] for name in names) >= floor["precision"], table(names)
    assert mean(SCORES[name][1] for name in names) >= floor["recall"], table(names)


def test_all_together_do_not_fall_under_their_floor() -> None:
    """F1 of the means."""
    precision = mean(value for value, _ in SCORES.values())
    recall = mean(value for _, value in SCORES.values())
    assert 2 * precision * recall / (precision + recall) >= FLOORS["f1"], table(sorted(SCORES))


def test_the_set_is_as_large_and_wide_as_it_was() -> None:
    """At least so many pages, languages and kinds of document, each with its text beside it."""
    assert len(PAGES) >= FLOORS["pages"]
    assert len({language_of(path) for path in PAGES}) >= len(FLOORS["languages"])
    assert {path.suffix for path in PAGES} == set(MEDIA_TYPES)
    assert all(path.with_name(f"{path.stem}.expected.txt").is_file() for path in PAGES)
