"""Dedupe stories in memory: fold copies, group the rest into events, and record each decision."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Any

from courlan import clean_url

from pipeline.errors import RecordError
from pipeline.records import UNKNOWN_LANGUAGE, Block, Rejected, StoredFeatures, Story
from pipeline.stages.dedupe.features import extract_features
from pipeline.stages.dedupe.index import Index
from pipeline.stages.dedupe.postings import components
from pipeline.stages.dedupe.round import Changes, DedupeInputs, run_round
from pipeline.stages.dedupe.settings import DEFAULTS, Settings
from pipeline.stages.dedupe.signs import Aliases
from pipeline.stages.dedupe.suggest import Suggestion
from pipeline.text.dates import as_utc, parse_iso_time

_NOTHING: Mapping[str, float] = MappingProxyType({})
_NONE: Mapping[str, str] = MappingProxyType({})


def dedupe_stories(
    stories: Sequence[Story],
    *,
    weights: Mapping[str, float] = _NOTHING,
    settings: Settings = DEFAULTS,
    aliases: Aliases | None = None,
    published_before: Mapping[str, str] = _NONE,
) -> Changes:
    """Extract the features of stories and dedupe them; see `dedupe_features`."""
    return dedupe_features(
        (extract_features(story, aliases) for story in stories),
        weights=weights,
        settings=settings,
        published_before=published_before,
    )


def dedupe_features(
    features: Iterable[StoredFeatures],
    *,
    weights: Mapping[str, float] = _NOTHING,
    settings: Settings = DEFAULTS,
    published_before: Mapping[str, str] = _NONE,
) -> Changes:
    """Find copies, events and suggestions. The order of the stories does not matter.

    `weights` are by source name. `published_before` maps published stories to the key of their issue.
    """
    latest = {stored.story: stored for stored in features}
    inputs = DedupeInputs(weights, published_before, settings)
    return run_round(Index(), lambda names: map(latest.__getitem__, names), inputs, dict.fromkeys(latest, ""))


_STAGE = "dedupe"
BAD_FIELD = "bad field"  # the reason for leaving out a field, not the story
# A number is in days since 1970 if it is below the first bound, in seconds below the second, else in milliseconds.
_DAYS_BELOW, _SECONDS_BELOW = 100_000, 100_000_000_000


def read_stories_jsonl(lines: Iterable[str]) -> tuple[list[Story], list[Rejected]]:
    """Read stories from lines `{id, title, body, published, language?, source?, url?}`, and reject bad lines by number.

    `published` is an ISO 8601 time (UTC by default), a date as in mail, or a number: days, seconds or milliseconds
    since 1970. A field that cannot be used is reported and left out; its story is kept.
    """
    stories: list[Story] = []
    rejected: list[Rejected] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            story, faults = _read_story(json.loads(line))
        except (RecordError, ValueError, RecursionError) as error:
            reason = error.message if isinstance(error, RecordError) else f"not JSON: {error}"
            rejected.append(Rejected(f"line {number}", _STAGE, "bad line", f"line {number}: {reason}"))
            continue
        if story.id in seen:
            detail = f"line {number}: id {story.id!r} is already on line {seen[story.id]}"
            rejected.append(Rejected(f"line {number}", _STAGE, "id twice", detail))
            continue
        seen[story.id] = number
        stories.append(story)
        rejected += [Rejected(f"line {number}", _STAGE, BAD_FIELD, f"line {number}: {fault}") for fault in faults]
    return stories, rejected


def cluster_lines(stories: Sequence[Story], found: Changes) -> Iterator[str]:
    """Yield a line `{"id", "cluster", "event", "group"}` for each story, in order.

    Copies share a cluster, stories of one event an event, and events that may be the same a group.
    """
    event_of = {winner: event.id for event in found.events for winner in event.stories}
    group_of = _loose_groups(event_of, found.resembling)
    for story in stories:
        cluster = found.copies.get(story.id, story.id)
        event = event_of[cluster]
        yield json.dumps({"id": story.id, "cluster": cluster, "event": event, "group": group_of[event]}) + "\n"


def _loose_groups(event_of: Mapping[str, str], pairs: Iterable[Suggestion]) -> dict[str, str]:
    """The group of each event: the least id among the events that may be the same."""
    names = sorted(set(event_of.values()))
    place = {name: number for number, name in enumerate(names)}
    edges = [(place[event_of[pair.one]], place[event_of[pair.other]]) for pair in pairs]
    return {names[number]: names[group[0]] for group in components(len(names), edges) for number in group}


def _read_story(value: Any) -> tuple[Story, list[str]]:
    if not isinstance(value, dict):
        raise RecordError("bad line", f"must be a JSON object, not {type(value).__name__}")
    name = value.get("id")
    if isinstance(name, bool) or not isinstance(name, str | int) or name == "":
        raise RecordError("bad line", "`id` is missing; give each story its own text or whole number")
    faults: list[str] = []
    url, source = _text(value, "url", faults) or None, _text(value, "source", faults)
    body = _text(value, "body", faults)
    story = Story(
        id=str(name),
        entry="",
        source=source,
        outlet=source,
        title=_text(value, "title", faults),
        url=url,
        canonical_url=clean_url(url) if url else None,
        published_at=_time(value.get("published"), faults),
        language=_text(value, "language", faults) or UNKNOWN_LANGUAGE,
        blocks=tuple(Block("paragraph", part) for line in body.splitlines() if (part := line.strip())),
    )
    return story, faults


def _text(value: dict[str, Any], key: str, faults: list[str]) -> str:
    text = value.get(key)
    if text is None or isinstance(text, str):
        return text or ""
    faults.append(f"`{key}` is {type(text).__name__}, not text")
    return ""


def _time(value: Any, faults: list[str]) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        if isinstance(value, str):
            return parse_iso_time(value) or as_utc(parsedate_to_datetime(value.strip()))
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime(1970, 1, 1, tzinfo=UTC) + _since_1970(value)
    except (ValueError, OverflowError):
        pass
    faults.append(f"`published` {value!r} is neither an ISO 8601 time nor a number of days or seconds since 1970")
    return None


def _since_1970(number: float) -> timedelta:
    if abs(number) < _DAYS_BELOW:
        return timedelta(days=number)
    return timedelta(seconds=number) if abs(number) < _SECONDS_BELOW else timedelta(milliseconds=number)
