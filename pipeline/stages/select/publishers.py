"""Who published each story. A feed that collects other outlets' stories often names them at the end of the titles."""

import re
from collections.abc import Iterable

from pipeline.records import Story

_TAIL = re.compile(r"(?<=\S{2})\s[-–—|]\s(?P<name>[^-–—|]{2,30})$")
_LEAST_NAMES, _LEAST_SHARE = 3, 0.5  # of a source's titles, for it to be such a feed


def publishers(stories: Iterable[Story]) -> dict[str, str]:
    """Story → its outlet, or the outlet at the end of its title where its source collects stories of many."""
    by_source: dict[str, list[Story]] = {}
    for story in stories:
        by_source.setdefault(story.source, []).append(story)
    found: dict[str, str] = {}
    for members in by_source.values():
        names = {story.id: name for story in members if (name := split_tail(story.title)[1])}
        collects = len(set(names.values())) >= _LEAST_NAMES and len(names) >= _LEAST_SHARE * len(members)
        found |= {story.id: (names.get(story.id) if collects else None) or story.outlet for story in members}
    return found


def split_tail(title: str) -> tuple[str, str]:
    """A title without what looks like an outlet's name at its end, and that name; empty if there is none."""
    match = _TAIL.search(title)
    return (title[: match.start()], match["name"].strip()) if match else (title, "")
