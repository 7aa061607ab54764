"""Roundups and listings of the labelled set are split correctly, and a changed page of the set is noticed."""

import hashlib
import json
from pathlib import Path

import pytest

from pipeline.records import Document, Story
from pipeline.stages.clean import clean_document

HERE = Path(__file__).parent
ROUNDUPS = HERE / "roundups"
TITLES = {
    "en": (
        "A bakery in Lunt pays its flour bill in heat",
        "Chess club buys its bus back",
        "The river that was measured twice",
    ),
    "zh-Hant": ("山城郵差改騎羊上班", "老戲院把冷氣賣給隔壁豆腐店", "失物招領處自己也迷了路"),
}
AUTHORS = {
    "en": [("Owen Tull",), ("Hanna Reid",), ("Tomas Bell",)],
    "zh-Hant": [("葉維新",), ("周靜嵐",), ("高承遠",)],
}
ALL = [(language, kind) for language in TITLES for kind in ("listing.html", "roundup.md")]


def stories(language: str, kind: str) -> tuple[Story, ...]:
    """The stories of one document of the set."""
    path = ROUNDUPS / f"{language}-{kind}"
    web = path.suffix == ".html"
    address = f"https://coast.example/weekly/{path.name}" if web else f"file:///{path.name}"
    return clean_document(Document(address, path.read_bytes(), "text/html" if web else "text/markdown")).stories


@pytest.mark.parametrize(("language", "kind"), ALL)
def test_a_document_is_split_into_its_stories(language: str, kind: str) -> None:
    """Three stories each, in order, with their titles, all of them articles."""
    found = stories(language, kind)
    assert tuple(story.title for story in found) == TITLES[language]
    assert {story.role for story in found} == {"article"}


@pytest.mark.parametrize(("language", "kind"), ALL)
def test_every_story_has_its_lines_and_its_author(language: str, kind: str) -> None:
    """All paragraphs in order and nothing else; the byline becomes the author, not a paragraph."""
    found = stories(language, kind)
    lines = [line for story in found for line in story.text.splitlines() if line]
    expected = (ROUNDUPS / f"{language}-{Path(kind).stem}.expected.txt").read_text(encoding="utf-8")
    assert lines == expected.splitlines()
    assert [story.authors for story in found] == AUTHORS[language]


def digest() -> str:
    """The names and bytes of all pages and expected texts."""
    whole = hashlib.sha256()
    for folder in (HERE, ROUNDUPS):
        for path in sorted(folder.iterdir()):
            if path.suffix in {".html", ".txt", ".md", ".eml"}:
                whole.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()


def test_no_page_of_the_set_has_changed_unnoticed() -> None:
    """A changed or added page needs a new digest in roundups/floors.json."""
    floors = json.loads((ROUNDUPS / "floors.json").read_text(encoding="utf-8"))
    assert digest() == floors["sha256"]
