"""Explain how one story fared: what `newsletter explain` prints."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pipeline.records import NO_COPY, Decision, Story, to_json
from pipeline.run.session import Session

_STORY_ID = re.compile(r"\bs[0-9a-f]{15}\b")


def explanation_of(session: Session, story: Story) -> dict[str, Any]:
    """All that is known of how a story fared, as JSON values."""
    store = session.store
    copies = store.stories.copies()
    event = next((each for each in store.stories.events() if story.id in each.stories), None)
    beside = store.stories.get(event.stories) if event else []
    decisions = store.ledger.of(story.id)
    named = {name for decision in decisions for name in _STORY_ID.findall(decision.detail)}
    return {
        "id": story.id,
        "title": story.title,
        "outlet": story.outlet,
        "source": story.source,
        "entry": story.entry,
        "url": story.url,
        "published_at": to_json(story.published_at),
        "first_seen_at": to_json(story.first_seen_at),
        "language": story.language,
        "copy_of": copies.get(story.id),
        "copies": sorted(copy for copy, best in copies.items() if best == story.id),
        "event": [
            {"id": each.id, "title": each.title, "outlet": each.outlet} for each in beside if each.id != story.id
        ],
        "issues": store.issues.appearances(story.id),
        "decisions": to_json([_counted(session, decision) for decision in decisions]),
        "named": {each.id: f"{each.title} ({each.outlet})" for each in store.stories.get(named)},
        "not_compared": None if any(decision.stage == "dedupe" for decision in decisions) else _unseen(session, story),
    }


def _counted(session: Session, decision: Decision) -> Decision:
    """A decision that holds against all that is compared says of how many that is now."""
    if decision.rule != NO_COPY:
        return decision
    return replace(decision, detail=f"of {max(0, session.store.features.compared() - 1):,} other stories")


def _unseen(session: Session, story: Story) -> str:
    """Why dedupe has said nothing of a story."""
    start, end = session.window()
    if story.dated_at and start < story.dated_at <= end:
        return "not compared yet: 'newsletter dedupe' has not run since it came in"
    return f"not compared: it is not of the week that is looked at, {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"


def explain_lines(explanation: dict[str, Any]) -> Iterator[str]:
    """The explanation for a person."""
    yield f"{explanation['title']}"
    yield f"  {explanation['id']}  {explanation['outlet']}, {explanation['language']}"
    yield f"  {explanation['url'] or 'no address'}"
    yield f"  published {explanation['published_at'] or 'unknown'}, first seen {explanation['first_seen_at']}"
    if explanation["copy_of"]:
        yield f"  a copy of {explanation['copy_of']}"
    for copy in explanation["copies"]:
        yield f"  has the copy {copy}"
    for other in explanation["event"]:
        yield f"  tells the same event as {other['id']}  {other['title']} ({other['outlet']})"
    for issue in explanation["issues"]:
        yield f"  in {issue['issue']} ({issue['edition']}, {issue['section']}), {issue['status']}"
    stage = None
    for decision in explanation["decisions"]:
        if decision["stage"] != stage:
            stage = decision["stage"]
            yield f"{stage}"
        figure = "" if decision["figure"] is None else f" {decision['figure']:.3g}"
        said = _STORY_ID.sub(lambda name: _titled(name[0], explanation["named"]), decision["detail"])
        yield f"  {decision['outcome']:<8} {decision['rule']}{figure}{f': {said}' if said else ''}"
    if explanation["not_compared"]:
        yield "dedupe"
        yield f"  {explanation['not_compared']}"


def _titled(story: str, named: dict[str, str]) -> str:
    return f"{story} “{named[story]}”" if story in named else story
