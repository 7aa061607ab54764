"""Every decision on one story, as `newsletter explain` prints it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pipeline.records import NO_COPY, Decision, Story, to_json
from pipeline.run.session import Session

STORY_ID = re.compile(r"\bs[0-9a-f]{15}\b")


def explain_story(session: Session, story: Story) -> dict[str, Any]:
    """A story with its copies, event, issues and decisions, as JSON values."""
    store = session.store
    copies = store.stories.copies()
    event = next((event for event in store.stories.events() if story.id in event.stories), None)
    others = [other for other in store.stories.get(event.stories) if other.id != story.id] if event else []
    decisions = store.ledger.of(story.id)
    mentioned = {story_id for decision in decisions for story_id in STORY_ID.findall(decision.detail)}
    return {
        "id": story.id,
        "title": story.title,
        "outlet": story.outlet,
        "source": story.source,
        "entry": story.entry,
        "url": story.url,
        "published_at": to_json(story.published_at),
        "first_seen_at": to_json(story.first_seen_at),
        "added_to": store.stories.issues_added(story.id),
        "language": story.language,
        "copy_of": copies.get(story.id),
        "copies": sorted(copy for copy, best in copies.items() if best == story.id),
        "event": [{"id": other.id, "title": other.title, "outlet": other.outlet} for other in others],
        "issues": store.issues.appearances(story.id),
        "decisions": to_json([_with_compared_count(session, decision) for decision in decisions]),
        "drafts": _drafts(session, story),
        "named": {other.id: f"{other.title} ({other.outlet})" for other in store.stories.get(mentioned)},
        "not_compared": (
            None if any(decision.stage == "dedupe" for decision in decisions) else _why_not_compared(session, story)
        ),
    }


def _drafts(session: Session, story: Story) -> list[dict[str, Any]]:
    if not session.store.drafts.of(story.id):
        return []
    from pipeline.run.write import drafts_of  # loads the checker

    return drafts_of(session, story)


def explain_two_stories(session: Session, one: Story, other: Story) -> str:
    """Why two stories are one event or two, in a sentence with the ids and titles of stories."""
    from pipeline.stages.dedupe import Index, Settings, explain_two

    index = Index(*session.store.compared.get())
    for story in (one, other):
        if story.id not in index.numbers():
            return f"{story.id} {_why_not_compared(session, story)}"
    text = explain_two(index, one.id, other.id, Settings(event_hours=24 * session.config.dedupe.event_days))
    named = session.store.stories.get(set(STORY_ID.findall(text)))
    titles = {story.id: f"{story.title} ({story.outlet})" for story in named}
    return STORY_ID.sub(lambda match: _with_title(match[0], titles), text)


def _with_compared_count(session: Session, decision: Decision) -> Decision:
    """Add to a "no copy" decision the number of stories that are compared now."""
    if decision.rule != NO_COPY:
        return decision
    return replace(decision, detail=f"of {max(0, session.store.features.compared() - 1):,} other stories")


def _why_not_compared(session: Session, story: Story) -> str:
    """The reason why dedupe has no decision on a story."""
    start, end = session.window()
    if story.dated_at and start < story.dated_at <= end:
        return "not compared yet: 'newsletter dedupe' has not run since the story arrived"
    return f"not compared: its date is outside the window, {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"


def format_explanation(explanation: dict[str, Any]) -> Iterator[str]:
    """Yield the lines that show an explanation to a person."""
    yield f"{explanation['title']}"
    yield f"  {explanation['id']}  {explanation['outlet']}, {explanation['language']}"
    yield f"  {explanation['url'] or 'no URL'}"
    yield f"  published {explanation['published_at'] or 'unknown'}, first seen {explanation['first_seen_at']}"
    if explanation["added_to"]:
        yield f"  added by an editor to {', '.join(explanation['added_to'])}"
    if explanation["copy_of"]:
        yield f"  a copy of {explanation['copy_of']}"
    for copy in explanation["copies"]:
        yield f"  has the copy {copy}"
    for other in explanation["event"]:
        yield f"  reports the same event as {other['id']}  {other['title']} ({other['outlet']})"
    for issue in explanation["issues"]:
        yield f"  in {issue['issue']} ({issue['edition']}, {issue['section']}), {issue['status']}"
    stage = None
    for decision in explanation["decisions"]:
        if decision["stage"] != stage:
            stage = decision["stage"]
            yield f"{stage}"
        figure = "" if decision["figure"] is None else f" {decision['figure']:.3g}"
        detail = STORY_ID.sub(lambda match: _with_title(match[0], explanation["named"]), decision["detail"])
        yield f"  {decision['outcome']:<8} {decision['rule']}{figure}{f': {detail}' if detail else ''}"
    if explanation["not_compared"]:
        yield "dedupe"
        yield f"  {explanation['not_compared']}"
    if explanation["drafts"]:
        yield from _draft_lines(explanation["drafts"])


def _draft_lines(drafts: list[dict[str, Any]]) -> Iterator[str]:
    from pipeline.run.write import finding_lines  # loads the checker

    yield "write"
    for draft in drafts:
        verdict = draft["fault"] or ("passed" if draft["passed"] else "failed")
        asked = f"{draft['task']} {draft['to']} by {draft['writer']}, {draft['asked_at']}"
        yield f"  {asked}: “{draft['headline']}”: {verdict}" if draft["headline"] else f"  {asked}: {verdict}"
        yield from (f"    {line}" for line in finding_lines(draft))


def _with_title(story_id: str, titles: dict[str, str]) -> str:
    return f"{story_id} “{titles[story_id]}”" if story_id in titles else story_id
