"""A listing page without article elements: its sections, each with an author, are its stories."""

from datetime import UTC, datetime
from pathlib import Path

from pipeline.records import Document
from pipeline.stages.clean import clean_document

PAGE = Path(__file__).resolve().parents[2] / "examples" / "web" / "dukou.example" / "weekly" / "2026-47.html"
ADDRESS = "https://dukou.example/weekly/2026-47.html"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
SECTION = (
    "<section class='part'><h2>{title}</h2><p>{title} was the talk of the quay on Monday, and of nothing else.</p>"
    "<p>By Friday nobody remembered who had begun it, or what {title} had to do with the price of ice.</p></section>"
)


def test_each_section_of_the_listing_is_a_story_with_its_head() -> None:
    """Seven titles, each with standfirst, two key points, an author, four paragraphs and no subscribe line."""
    stories = clean_document(Document(ADDRESS, PAGE.read_bytes()), now=NOW).stories
    assert len(stories) == 7
    assert stories[0].title == "青嵐分拆芯片業務 先過散熱這一關"
    assert [story.authors for story in stories[:3]] == [("區志遠",), ("余可欣",), ("文嘉樂",)]
    for story in stories:
        assert len(story.key_points) == 2
        assert len(story.blocks) == 4
        assert story.standfirst
        assert "訂閱" not in story.text


def test_subheads_without_authors_stay_in_one_story() -> None:
    """The sections of one long article are not separate stories."""
    titles = ("The ice house", "The auction", "The last boat", "The morning after")
    sections = "".join(SECTION.format(title=title) for title in titles)
    page = (
        f"<html><title>A week on the quay</title><body><main><h1>A week on the quay</h1>{sections}</main></body></html>"
    )
    (story,) = clean_document(Document(ADDRESS, page.encode()), now=NOW).stories
    assert [block.text for block in story.blocks if block.kind == "heading"] == list(titles)
