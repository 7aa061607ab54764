"""Stories as `newsletter clean FILE --json` prints them."""

from typing import Any

from pipeline.records import UNKNOWN_LANGUAGE, Story


def story_as_json(story: Story) -> dict[str, Any]:
    """Return a story as JSON values, keys in reading order."""
    line: dict[str, Any] = {
        "title": story.title or None,
        "authors": list(story.authors),
        "outlet": story.outlet,
        "url": story.url,
        "published": story.published_at.isoformat() if story.published_at else None,
        "language": story.language
        if story.language != UNKNOWN_LANGUAGE
        else story.declared_language or UNKNOWN_LANGUAGE,
        "role": story.role,
        "standfirst": story.standfirst,
        "key_points": list(story.key_points),
        "blocks": [
            {"kind": block.kind, "text": block.text} | ({"language": block.language} if block.language else {})
            for block in story.blocks
        ],
        "truncated": story.truncated,
        "links": [{"title": link.title, "outlet": link.outlet, "url": link.url} for link in story.links],
    }
    for key in ("host", "city", "document"):
        if value := getattr(story, key):
            line[key] = value
    return line
