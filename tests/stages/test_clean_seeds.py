"""Five real documents are cleaned as their labels say."""

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from pipeline.records import Document, Story
from pipeline.stages.clean import clean_document

SEEDS = Path(__file__).resolve().parents[2] / ".." / "shared" / "seeds"
NAMES = sorted(path.name for path in SEEDS.glob("*.txt"))

pytestmark = pytest.mark.skipif(not NAMES, reason="the labelled documents, ../shared/seeds, are missing")


def plain(text: str) -> str:
    """The text with its Unicode form and spaces normalised, which cleaning may change."""
    return " ".join(unicodedata.normalize("NFC", text).replace("\u00a0", " ").split())


def dense(text: str) -> str:
    """The text without spaces, for comparing Chinese that is split at spaces."""
    return "".join(plain(text).split())


def full_text(story: Story) -> str:
    """All texts of a story."""
    return "\n".join([story.standfirst, *story.key_points, *(plain(block.text) for block in story.blocks)])


def check_story(label: dict[str, Any], story: Story, rows: list[str], kind: str) -> list[str]:
    """List the differences between a story and its label."""
    found: list[str] = []
    title = plain(rows[label["title_line"] - 1]) if label.get("title_line") else ""
    expected: dict[str, Any] = {"title": title, "role": label.get("role", "article")}
    for key in ("host", "city", "outlet", "truncated"):
        if key in label:
            expected[key] = label[key]
    if "byline" in label:
        expected["authors"] = tuple(label["byline"])
    found += [
        f"{key}: {getattr(story, key)!r}, not {value!r}"
        for key, value in expected.items()
        if getattr(story, key) != value
    ]
    if "key_points" in label and len(story.key_points) != label["key_points"]:
        found.append(f"key points: {len(story.key_points)}, not {label['key_points']}")
    text = full_text(story)
    for number in label["keep"]:
        if kind != "listing" and number not in label.get("optional", ()) and plain(rows[number - 1]) not in plain(text):
            found.append(f"line {number} is missing: {rows[number - 1][:60]}")
    found += [f"still inside: {piece}" for piece in label.get("drop_inside", ()) if piece in text]
    return found


def check_body(label: dict[str, Any], story: Story, rows: list[str]) -> list[str]:
    """Check that a listing's story has all characters of its line except label, byline and dropped pieces."""
    row = dense(rows[label["keep"][0] - 1])
    for piece in (*label.get("drop_inside", ()), "重點:", *label.get("byline", ())):
        row = row.replace(dense(piece), "", 1)
    body = dense(full_text(story))
    # A byline's two characters may stand elsewhere in the text too, so the sum of the parts is compared.
    return [] if abs(len(row) - len(body)) <= 4 else [f"{len(body)} characters, not {len(row)}"]


@pytest.mark.parametrize("name", NAMES)
def test_a_document_is_cleaned_as_labelled(name: str) -> None:
    """Stories, titles, bylines, key points, truncation; every line to drop is gone, every line to keep is there."""
    label = json.loads((SEEDS / "gold.json").read_text(encoding="utf-8"))[name]
    body = (SEEDS / name).read_bytes()
    rows = body.decode("utf-8").split("\n")
    cleaned = clean_document(Document(f"file:{name}", body, "text/plain"))
    stories = [story for story in cleaned.stories if story.role != "read"]
    reads = [story for story in cleaned.stories if story.role == "read"]
    differs: list[str] = []
    if len(stories) != len(label["stories"]):
        differs.append(f"{len(stories)} stories, not {len(label['stories'])}")
    for number, (wanted, story) in enumerate(zip(label["stories"], stories, strict=False), start=1):
        differs += [f"story {number}: {line}" for line in check_story(wanted, story, rows, label["kind"])]
        if label["kind"] == "listing":
            differs += [f"story {number}: {line}" for line in check_body(wanted, story, rows)]
    blocks = {plain(block.text) for story in cleaned.stories for block in story.blocks}
    differs += [
        f"line {number} is still there: {rows[number - 1][:60]}"
        for number in label["drop"]
        if number <= len(rows) and plain(rows[number - 1]) and plain(rows[number - 1]) in blocks
    ]
    listed = label.get("reading_list", {"items": [], "outlets": []})
    wanted_reads = [
        (plain(rows[number - 1]).rpartition(" (")[0], outlet)
        for number, outlet in zip(listed["items"], listed["outlets"], strict=True)
    ]
    if [(story.title, story.outlet) for story in reads] != wanted_reads:
        differs.append(f"reads: {[(story.title[:30], story.outlet) for story in reads]}")
    assert not differs, "\n" + "\n".join(f"{name}  {line}" for line in differs)
