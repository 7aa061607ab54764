"""Add a story at the desk: a page by its address, or one that the editor writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.config import Config
from pipeline.desk.texts import CONTROLS
from pipeline.errors import UsageError
from pipeline.run.add import Added, OwnStory, add_own_story, add_page, fetch_page, find_known, page_address
from pipeline.run.session import open_session

MAX_ADDRESS_CHARACTERS = 2_000
MAX_TITLE_CHARACTERS = 500
MAX_TEXT_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class IssueToAddTo:
    """What adding needs to know of the desk's issue; adding has its own session, so that the desk answers meanwhile."""

    config: Config
    cutoff_at: datetime  # the session's time, so that the story is added to this issue and not to the next
    now: datetime
    language: str


def add_story(issue: IssueToAddTo, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Add the page at an `address`, or a story with `title`, `text` and `outlet`. Slow. UsageError, LockedError."""
    if wanted.get("address"):
        added = _add_page(issue, _text(wanted, "address", MAX_ADDRESS_CHARACTERS))
    else:
        own = OwnStory(
            _text(wanted, "title", MAX_TITLE_CHARACTERS),
            _text(wanted, "text", MAX_TEXT_CHARACTERS),
            _text(wanted, "outlet", MAX_TITLE_CHARACTERS),
            issue.language,
        )
        with open_session(issue.config, now=issue.cutoff_at, command="preview") as session:
            added = add_own_story(session, own)
    story = added.story
    return {
        "story": story.id,
        "title": story.title,
        "outlet": story.outlet,
        "known": added.known,
        "copy_of": added.copy_of,
        "notices": list(added.notices),
    }


def _add_page(issue: IssueToAddTo, text: str) -> Added:
    address = page_address(text)
    fetched = None if find_known(issue.config, address) else fetch_page(issue.config, address, now=issue.now)
    with open_session(issue.config, now=issue.cutoff_at, command="preview") as session:
        return add_page(session, address, fetched)


def _text(wanted: Mapping[str, Any], name: str, limit: int) -> str:
    value = wanted.get(name) or ""
    if not isinstance(value, str) or len(value) > limit:
        raise UsageError(f"{name}: expected a text of at most {limit:,} characters")
    return CONTROLS.sub("", value)
