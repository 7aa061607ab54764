"""The quality of cleaning on the project's own labelled pages and documents stays above its floors.

Each NAME.html, .txt, .md or .eml comes with the text of its story in NAME.expected.txt; all texts are made up. Scores
compare shingles of four words (of four characters in scripts without spaces): precision falls with residue that is
kept, recall with text that is lost. floors.json has the lowest score allowed for each language and for all together; a
floor is lowered only on purpose, with a reason.
"""

import json
import re
from collections import Counter
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

from pipeline.records import Document
from pipeline.stages.clean import clean_document

HERE = Path(__file__).parent
MEDIA_TYPES = {".html": "text/html", ".txt": "text/plain", ".md": "text/markdown", ".eml": "message/rfc822"}
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
    """Counts of four words or characters in a row."""
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


@pytest.fixture(scope="module")
def floors() -> dict[str, Any]:
    """The lowest scores allowed."""
    return dict(json.loads((HERE / "floors.json").read_text(encoding="utf-8")))


Scores = dict[Path, tuple[float, float]]


@pytest.fixture(scope="module")
def scores() -> Scores:
    """Precision and recall of each page."""
    return {page: score(page) for page in PAGES}


def table(scores: Scores) -> str:
    """The pages with mistakes, for the report."""
    return "\n".join(
        f"{page.name:32} P {precision:.3f}  R {recall:.3f}"
        for page, (precision, recall) in scores.items()
        if (precision, recall) < (1.0, 1.0)
    )


@pytest.mark.parametrize("language", sorted({language_of(page) for page in PAGES}))
def test_no_language_falls_under_its_floor(language: str, floors: dict[str, Any], scores: Scores) -> None:
    """Precision and recall, each as the mean over the language's pages."""
    scores = {page: found for page, found in scores.items() if language_of(page) == language}
    floor = floors["languages"][language]
    assert mean(precision for precision, _ in scores.values()) >= floor["precision"], table(scores)
    assert mean(recall for _, recall in scores.values()) >= floor["recall"], table(scores)


def test_all_together_do_not_fall_under_their_floor(floors: dict[str, Any], scores: Scores) -> None:
    """F1 of the means."""
    precision = mean(precision for precision, _ in scores.values())
    recall = mean(recall for _, recall in scores.values())
    assert 2 * precision * recall / (precision + recall) >= floors["f1"], table(scores)


def test_the_set_is_as_large_and_wide_as_it_was(floors: dict[str, Any]) -> None:
    """It keeps its number of pages, languages and kinds of document, and each page has its expected text."""
    assert len(PAGES) >= floors["pages"]
    assert len({language_of(page) for page in PAGES}) >= len(floors["languages"])
    assert {page.suffix for page in PAGES} == set(MEDIA_TYPES)
    assert all(page.with_name(f"{page.stem}.expected.txt").is_file() for page in PAGES)
