"""How things stand, and why: what `newsletter status` and `newsletter explain` say."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from pipeline.config import Config
from pipeline.edges.store import open_store
from pipeline.edges.store.sources import SourceState
from pipeline.records import NO_COPY, Decision, Source, Story, to_json
from pipeline.run.health import Condition, Health, healths
from pipeline.run.session import STORE_FILE, Session, issue_key

_STORY_ID = re.compile(r"\bs[0-9a-f]{15}\b")
_UNASKED: dict[bool, Condition] = {True: "never asked", False: "disabled"}


def account_of(config: Config, now: datetime) -> dict[str, Any]:
    """Stages, sources and this week's issue as JSON values; before the first run the counts are empty."""
    path = config.state / STORE_FILE
    sources = config.source_records()
    if not path.exists():
        return {
            "issue": issue_key(now, config),
            "stages": {},
            "sources": [_source(source, None, 0, Health(source.name, _UNASKED[source.enabled])) for source in sources],
            "rejected": [],
            "holds": None,
        }
    with open_store(path, create=False) as store:
        session = Session(config, store, now)
        states, entries = store.sources.states(), store.entries.count_by_source()
        how = healths(store, sources, now, dead_days=config.fetch.dead_days)
        return {
            "issue": session.key,
            "stages": {**store.entries.counts(), **store.stories.counts()},
            "sources": [
                _source(source, states.get(source.name), entries.get(source.name, 0), health)
                for source, health in zip(sources, how, strict=True)
            ],
            "rejected": to_json(store.ledger.rejected()),
            "holds": _holdings(session),
        }


def _source(source: Source, state: SourceState | None, entries: int, health: Health) -> dict[str, Any]:
    return {
        "name": source.name,
        "kind": source.kind,
        "health": health.condition,
        "since": to_json(health.since),
        "said": list(health.said),
        "entries": entries,
        "failures": state.failures if state else 0,
        "error": state.error if state else None,
        "succeeded_at": to_json(state.succeeded_at) if state else None,
        "next_poll_at": to_json(state.next_poll_at) if state else None,
        "moved_to": (state.adopted_url or state.moved_to) if state else None,
        "feeds": list(state.feeds) if state else [],
    }


def _holdings(session: Session) -> dict[str, Any] | None:
    stored = session.store.issues.get(session.key)
    if stored is None:
        return None
    editions = {}
    for edition in session.config.editions:
        places = session.store.issues.places(stored.key, edition.name)
        titles = {story.id: story for story in session.store.stories.get(place.story for place in places)}
        editions[edition.name] = [
            {
                "section": place.section,
                "story": place.story,
                "title": titles[place.story].title if place.story in titles else "",
                "outlet": titles[place.story].outlet if place.story in titles else "",
                "language": titles[place.story].language if place.story in titles else "",
                "score": place.score,
                "pinned": place.pinned,
            }
            for place in places
        ]
    return {
        "number": stored.number,
        "status": stored.status,
        "cutoff_at": to_json(stored.cutoff_at),
        "tally": to_json(stored.tally),
        "editions": editions,
        "deliveries": [
            {
                "edition": each.edition,
                "address": each.address,
                "test": each.preview,
                "state": each.state,
                "code": each.code,
                "answer": each.answer,
                "at": to_json(each.started_at),
            }
            for each in session.store.deliveries.of_issue(stored.key)
        ],
    }


def status_lines(account: dict[str, Any]) -> Iterator[str]:
    """The account for a person."""
    if not account["stages"]:
        yield "Nothing has been fetched yet; 'newsletter run' builds an issue."
    for name, number in account["stages"].items():
        yield f"{number:>7,}  {name}"
    yield ""
    yield "Sources"
    for source in account["sources"]:
        since = f" since {source['since'][:10]}" if source["since"] else ""
        times = f" ({source['failures']} times in a row)" if source["failures"] > 1 else ""
        said = "; ".join((f"{source['health']}{since}{times}", *source["said"]))
        yield f"{source['entries']:>7,}  {source['name']}: {said}"
    rejected = [item for item in account["rejected"] if item["stage"] != "fetch"]  # those are told with their source
    if rejected:
        yield ""
        yield "Rejected"
        for item in rejected:
            yield f"  {item['stage']}: {item['id']}: {item['reason']}" + (f" ({item['detail']})" * bool(item["detail"]))
    yield ""
    yield from issue_lines(account)


def issue_lines(account: dict[str, Any]) -> Iterator[str]:
    """What the week's issue holds, for a person."""
    holds = account["holds"]
    if holds is None:
        yield f"No issue for {account['issue']} yet."
        return
    yield f"Issue {holds['number']}, {account['issue']}: {holds['status']}"
    for edition, places in holds["editions"].items():
        yield f"  {edition}"
        for place in places:
            pin = ", pinned" if place["pinned"] else ""
            kind = "feature" if place["section"] == "features" else "read"
            yield (
                f"    {kind:<8} {place['story']}  {place['title']}"
                f" ({place['outlet']}, {place['language']}, {place['score']:.2f}{pin})"
            )
    yield from _delivery_lines(holds["deliveries"])


_STATES = {
    "sending": "broken off before its end",
    "ending": "sent whole, never answered for; see whether it arrived",
    "accepted": "accepted",
    "refused": "refused",
    "deferred": "not taken, later perhaps",
    "uncertain": "never answered for, sent again",
}


def _delivery_lines(deliveries: list[dict[str, Any]]) -> Iterator[str]:
    """Who was sent what, when, and what the relay said."""
    if deliveries:
        yield "  deliveries"
    for each in deliveries:
        when = f"{each['at'][:10]} {each['at'][11:16]} UTC"
        test = " (a test)" if each["test"] else ""
        words = " ".join(str(part) for part in (each["code"], each["answer"]) if part)
        told = f" ({words})" if words else ""
        yield f"    {when}  {each['edition']} to {each['address']}{test}: {_STATES[each['state']]}{told}"


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
        "issues": store.issues.of_story(story.id),
        "decisions": to_json([_counted(session, decision) for decision in decisions]),
        "named": {each.id: f"{each.title} ({each.outlet})" for each in store.stories.get(named)},
        "not_compared": None if any(decision.stage == "dedupe" for decision in decisions) else _unseen(session, story),
    }


def _counted(session: Session, decision: Decision) -> Decision:
    """A decision that holds against all that is compared says of how many that is now."""
    if decision.rule != NO_COPY:
        return decision
    return replace(decision, detail=f"of {max(0, session.store.readings.compared() - 1):,} other stories")


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
