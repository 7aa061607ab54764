"""Report how things stand: what `newsletter status` prints."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pipeline.config import Config
from pipeline.edges.store import open_store
from pipeline.edges.store.sources import SourceState
from pipeline.records import Source, to_json
from pipeline.run.health import Condition, Health, healths
from pipeline.run.session import STORE_FILE, Session, issue_key

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
        slots = session.store.issues.slots(stored.key, edition.name)
        titles = {story.id: story for story in session.store.stories.get(slot.story for slot in slots)}
        editions[edition.name] = [
            {
                "section": slot.section,
                "story": slot.story,
                "title": titles[slot.story].title if slot.story in titles else "",
                "outlet": titles[slot.story].outlet if slot.story in titles else "",
                "language": titles[slot.story].language if slot.story in titles else "",
                "score": slot.score,
                "pinned": slot.pinned,
            }
            for slot in slots
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
    for edition, slots in holds["editions"].items():
        yield f"  {edition}"
        for slot in slots:
            pin = ", pinned" if slot["pinned"] else ""
            kind = "feature" if slot["section"] == "features" else "read"
            yield (
                f"    {kind:<8} {slot['story']}  {slot['title']}"
                f" ({slot['outlet']}, {slot['language']}, {slot['score']:.2f}{pin})"
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
