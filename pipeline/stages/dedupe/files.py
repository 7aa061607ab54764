"""Stories of anyone's in JSON lines, and their clusters as JSON lines."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from courlan import clean_url

from pipeline.errors import RecordError
from pipeline.records import UNKNOWN_LANGUAGE, Block, Rejected, Story
from pipeline.stages.dedupe.stage import Deduped

_STAGE = "dedupe"
_DAYS_BELOW, _SECONDS_BELOW = 100_000, 100_000_000_000  # bare numbers: days, then seconds, then milliseconds since 1970


def read_stories_jsonl(lines: Iterable[str]) -> tuple[list[Story], list[Rejected]]:
    """Stories of lines `{id, title, body, published, language?, source?, url?}`; a bad line is rejected by its number.

    `published` is an ISO 8601 time (UTC where it names no zone) or a number: days, seconds or milliseconds since 1970.
    """
    stories: list[Story] = []
    rejected: list[Rejected] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            story = _read_story(json.loads(line))
        except (RecordError, ValueError, RecursionError) as error:
            said = error.message if isinstance(error, RecordError) else f"not JSON: {error}"
            rejected.append(Rejected(f"line {number}", _STAGE, "bad line", f"line {number}: {said}"))
            continue
        if story.id in seen:
            detail = f"line {number}: id {story.id!r} stands on line {seen[story.id]} already"
            rejected.append(Rejected(f"line {number}", _STAGE, "id twice", detail))
            continue
        seen[story.id] = number
        stories.append(story)
    return stories, rejected


def cluster_lines(stories: Sequence[Story], found: Deduped) -> Iterator[str]:
    """A line `{"id", "cluster", "event"}` a story, in the given order: copies share a cluster, events hold clusters."""
    event_of = {winner: event.id for event in found.events for winner in event.stories}
    for story in stories:
        cluster = found.copies.get(story.id, story.id)
        yield json.dumps({"id": story.id, "cluster": cluster, "event": event_of[cluster]}, ensure_ascii=False) + "\n"


def _read_story(value: Any) -> Story:
    if not isinstance(value, dict):
        raise RecordError("bad line", f"a JSON object is needed, not {type(value).__name__}")
    name = value.get("id")
    if isinstance(name, bool) or not isinstance(name, str | int) or name == "":
        raise RecordError("bad line", "`id` is missing; give each story a text or a whole number of its own")
    url, source = _text(value, "url") or None, _text(value, "source")
    return Story(
        id=str(name),
        entry="",
        source=source,
        outlet=source,
        title=_text(value, "title"),
        url=url,
        canonical_url=clean_url(url) if url else None,
        published_at=_time(value.get("published")),
        language=_text(value, "language") or UNKNOWN_LANGUAGE,
        blocks=tuple(Block("paragraph", part) for line in _text(value, "body").splitlines() if (part := line.strip())),
    )


def _text(value: dict[str, Any], key: str) -> str:
    text = value.get(key)
    if text is None:
        return ""
    if not isinstance(text, str):
        raise RecordError("bad line", f"`{key}` is {type(text).__name__}, not text")
    return text


def _time(value: Any) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime(1970, 1, 1, tzinfo=UTC) + _since_1970(value)
    except (ValueError, OverflowError):
        pass
    raise RecordError(
        "bad line", f"`published` {value!r} is neither an ISO 8601 time nor a number of days or seconds since 1970"
    )


def _since_1970(number: float) -> timedelta:
    if abs(number) < _DAYS_BELOW:
        return timedelta(days=number)
    return timedelta(seconds=number) if abs(number) < _SECONDS_BELOW else timedelta(milliseconds=number)
