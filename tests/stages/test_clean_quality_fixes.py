"""What the labelled pages and the examples brought to light."""

from pathlib import Path

from pipeline.records import Document
from pipeline.stages.clean import clean_document

LETTER = Path(__file__).resolve().parents[2] / "examples" / "documents" / "sampan-letter-88.eml"


def test_the_reason_for_receiving_a_letter_is_removed() -> None:
    """The line that says why a reader gets the letter is removed, and the correction before it stays."""
    cleaned = clean_document(Document("file:///letter.eml", LETTER.read_bytes(), "message/rfc822"))
    text = "\n".join(story.text for story in cleaned.stories)
    assert "because you signed up" not in text
    assert "It was the ship's cook." in text
