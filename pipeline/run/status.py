"""The state of the newsletter: stages, sources and this week's issue, as `newsletter status` prints it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pipeline.config import Config
from pipeline.edges.store import open_store
from pipeline.edges.store.sources import SourceState
from pipeline.records import Source, to_json
from pipeline.run.health import Condition, Health, healths
from pipeline.run.planned import planned_delivery
from pipeline.run.session import STORE_FILE, Session, issue_key
from pipeline.text.normalise import one_line

_NEVER_POLLED: dict[bool, Condition] = {True: "never asked", False: "disabled"}  # by Source.enabled


def collect_status(config: Config, now: datetime) -> dict[str, Any]:
    """The status as JSON values; before the first run the counts are empty."""
    path = config.state / STORE_FILE
    sources = config.sources
    if not path.exists():
        return {
            "issue": issue_key(now, config),
            "stages": {},
            "sources": [
                _source_status(source, None, 0, Health(source.name, _NEVER_POLLED[source.enabled]))
                for source in sources
            ],
            "added": [],
            "rejected": [],
            "holds": None,
            "notes": {},
        }
    with open_store(path, create=False) as store:
        session = Session(config, store, now)
        states, entries = store.sources.states(), store.entries.count_by_source()
        health = healths(store, sources, now, dead_days=config.fetch.dead_days)
        return {
            "issue": session.key,
            "stages": {**store.entries.counts(), **store.stories.counts()},
            "sources": [
                _source_status(source, states.get(source.name), entries.get(source.name, 0), source_health)
                for source, source_health in zip(sources, health, strict=True)
            ],
            "added": [
                {"story": story.id, "title": story.title, "outlet": story.outlet, "url": story.url}
                for story in store.stories.get(store.stories.ids_added(session.key))
            ],
            "rejected": to_json(store.ledger.rejected()),
            "holds": _issue_status(session),
            "notes": store.issues.notes(session.key),
        }


def _source_status(source: Source, state: SourceState | None, entries: int, health: Health) -> dict[str, Any]:
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


def _issue_status(session: Session) -> dict[str, Any] | None:
    stored = session.store.issues.get(session.key)
    if stored is None:
        return None
    planned = planned_delivery(session.config.state, session.key)
    return {
        "number": stored.number,
        "status": stored.status,
        "cutoff_at": to_json(stored.cutoff_at),
        "tally": to_json(stored.tally),
        "editions": {each.name: _slots(session, stored.key, each.name) for each in session.config.editions},
        "deliveries": [
            {
                "edition": delivery.edition,
                "address": delivery.address,
                "test": delivery.preview,
                "state": delivery.state,
                "code": delivery.code,
                "answer": delivery.answer,
                "at": to_json(delivery.started_at),
            }
            for delivery in session.store.deliveries.of_issue(stored.key)
        ],
        "publications": [
            {
                "edition": publication.edition,
                "publisher": publication.publisher,
                "state": publication.state,
                "address": publication.address,
            }
            for publication in session.store.publications.of_issue(stored.key)
        ],
        "planned": {"at": to_json(planned.at), "problem": planned.problem} if planned else None,
    }


def _slots(session: Session, key: str, edition: str) -> list[dict[str, Any]]:
    slots = session.store.issues.slots(key, edition)
    stories = {story.id: story for story in session.store.stories.get(slot.story for slot in slots)}
    return [
        {
            "section": slot.section,
            "story": slot.story,
            **{
                name: getattr(stories[slot.story], name) if slot.story in stories else ""
                for name in ("title", "outlet", "language")
            },
            "score": slot.score,
            "pinned": slot.pinned,
        }
        for slot in slots
    ]


def format_status(status: dict[str, Any]) -> Iterator[str]:
    """Yield the lines that show the status to a person."""
    if not status["stages"]:
        yield "Nothing has been fetched yet; 'newsletter run' builds an issue."
    for name, number in status["stages"].items():
        yield f"{number:>7,}  {name}"
    yield ""
    yield "Sources"
    for source in status["sources"]:
        since = f" since {source['since'][:10]}" if source["since"] else ""
        times = f" ({source['failures']} times in a row)" if source["failures"] > 1 else ""
        health = "; ".join((f"{source['health']}{since}{times}", *source["said"]))
        yield f"{source['entries']:>7,}  {source['name']}: {health}"
    if status["added"]:
        yield ""
        yield f"Added to {status['issue']}"
        yield from (f"  {story['story']}  {story['title']} ({story['outlet']})" for story in status["added"])
    rejected = [item for item in status["rejected"] if item["stage"] != "fetch"]  # those are shown with their source
    if rejected:
        yield ""
        yield "Rejected"
        for item in rejected:
            yield f"  {item['stage']}: {item['id']}: {item['reason']}" + (f" ({item['detail']})" * bool(item["detail"]))
    yield ""
    yield from format_issue(status)


def format_issue(status: dict[str, Any]) -> Iterator[str]:
    """Yield the lines that show this week's issue to a person."""
    issue = status["holds"]
    if issue is None:
        yield f"No issue for {status['issue']} yet."
        yield from (f"  {edition}: {note}" for edition, notes in status["notes"].items() for note in notes)
        return
    yield f"Issue {issue['number']}, {status['issue']}: {issue['status']}"
    for edition, slots in issue["editions"].items():
        yield f"  {edition}"
        yield from (f"    {note}" for note in status["notes"].get(edition, ()))
        for slot in slots:
            pin = ", pinned" if slot["pinned"] else ""
            kind = "feature" if slot["section"] == "features" else "read"
            yield (
                f"    {kind:<8} {slot['story']}  {slot['title']}"
                f" ({slot['outlet']}, {slot['language']}, {slot['score']:.2f}{pin})"
            )
    yield from _format_deliveries(issue["deliveries"])
    yield from _format_publications(issue["publications"])
    if issue["planned"]:
        plan = issue["planned"]
        state = f"was not made: {plan['problem']}" if plan["problem"] else "waits in the desk"
        yield f"  the delivery planned for {_minute(plan['at'])} {state}"


_DELIVERY_STATES = {
    "sending": "interrupted",
    "ending": "sent in full, not confirmed; check whether it arrived",
    "accepted": "accepted",
    "refused": "refused",
    "deferred": "not accepted yet; try again later",
    "uncertain": "not confirmed, sent again",
}


def _format_deliveries(deliveries: list[dict[str, Any]]) -> Iterator[str]:
    """Yield a line for each delivery: time, edition, address, state and the relay's answer."""
    if deliveries:
        yield "  deliveries"
    for delivery in deliveries:
        test = " (a test)" if delivery["test"] else ""
        answer = " ".join(str(part) for part in (delivery["code"], delivery["answer"]) if part)
        state = _DELIVERY_STATES[delivery["state"]] + f" ({answer})" * bool(answer)
        yield f"    {_minute(delivery['at'])}  {delivery['edition']} to {delivery['address']}{test}: {state}"


_PUBLICATION_STATES = {
    "started": "interrupted; publish again",
    "draft": "a draft",
    "scheduled": "scheduled",
    "sent": "sent",
}


def _format_publications(publications: list[dict[str, Any]]) -> Iterator[str]:
    """Yield a line for each edition that a publisher has."""
    if publications:
        yield "  publishers"
    for each in publications:
        where = f" ({one_line(each['address'])})" if each["address"] else ""
        yield f"    {each['edition']} at {each['publisher']}: {_PUBLICATION_STATES[each['state']]}{where}"


def _minute(at: str) -> str:
    return f"{at[:10]} {at[11:16]} UTC"
