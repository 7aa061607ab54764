"""What became of the proposals of approved issues: recorded by select, learned from by later issues."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pipeline.config import Config
from pipeline.edges.store import open_store
from pipeline.records import Proposal, Slot
from pipeline.run.session import APPROVED, STORE_FILE, Session
from pipeline.run.subject import desk_examples, vector_model
from pipeline.stages.select import (
    Candidate,
    Clicked,
    Kept,
    Past,
    Readers,
    StoryVectors,
    Taste,
    learn_readers,
    learn_taste,
)
from pipeline.stages.select.taste import ISSUES_NEEDED, MOST
from pipeline.text.vectors import unpack

MOST_ISSUES = 30  # that are learned from, the newest ones: older news is no guide


def record_proposals(
    session: Session,
    edition: str,
    candidates: Sequence[Candidate],
    vectors: StoryVectors,
    *,
    proposed: Sequence[Slot],
    slots: Sequence[Slot],
) -> None:
    """Store an edition's `proposed` slots, then those of its `slots` whose events were not proposed."""
    by_event = {candidate.event.id: candidate for candidate in candidates}
    by_story = {story.id: candidate for candidate in candidates for story in candidate.stories}
    events = {slot.event for slot in proposed}
    others = [slot for slot in slots if slot.event not in events]
    rows = []
    for slot in (*proposed, *others):
        candidate = by_event.get(slot.event) or by_story.get(slot.story)
        story = next((story for story in candidate.stories if story.id == slot.story), None) if candidate else None
        if candidate and story:
            proposal = Proposal(
                story.id,
                slot.event,
                story.title,
                story.outlet,
                story.source,
                candidate.kind(story.id).kind,
                slot.section,
                candidate.score,
                "proposed" if slot.event in events else "added" if slot.pinned else "filled",
            )
            rows.append((proposal, vectors.title(story.id).tobytes()))
    session.store.proposals.put(session.key, edition, rows, vector_model(session.config))


def load_taste(session: Session) -> Taste:
    """What the editors kept of the proposals of earlier approved issues."""
    past: list[Past] = []
    issues = 0
    approved = [issue for issue in session.store.issues.all() if issue.status == APPROVED and issue.key < session.key]
    for issue in approved[-MOST_ISSUES:]:
        found = [
            Past(proposal, issue.cutoff_at.astimezone(session.config.zone).date(), place, unpack(vector))
            for edition in session.store.proposals.editions(issue.key)
            for proposal, vector, place in _outcomes(session, issue.key, edition)
        ]
        past += found
        issues += bool(found)
    readers = _load_readers(session, [issue.key for issue in approved[-MOST_ISSUES:]])
    return learn_taste(past, issues=issues, counts=session.config.select.taste, readers=readers)


def _load_readers(session: Session, keys: Sequence[str]) -> Readers:
    """What readers clicked in the issues whose results are known."""
    stories = (
        story
        for key in keys
        for edition in session.store.proposals.editions(key)
        for story in _clicked(session, key, edition)
    )
    return learn_readers(stories, counts=session.config.select.clicks)


def _clicked(session: Session, key: str, edition: str) -> Iterator[Clicked]:
    clicks = session.store.results.of_stories(key, edition)
    if not clicks:
        return
    proposals = {proposal.event: proposal for proposal in session.store.proposals.of(key, edition)}
    slots = session.store.issues.slots(key, edition)
    places = places_in(slots)
    for slot in slots:
        proposal = proposals.get(slot.event)
        if proposal is not None:
            count = clicks.get(slot.story, 0)
            yield Clicked(key, edition, places[slot.event], proposal.source, proposal.kind, count)


def _outcomes(session: Session, key: str, edition: str) -> Iterator[tuple[Proposal, bytes, str]]:
    """Yield an edition's proposals with their titles' vectors and their places in the issue."""
    places = places_in(session.store.issues.slots(key, edition))
    for proposal, vector in session.store.proposals.with_vectors(key, edition, vector_model(session.config)):
        yield proposal, vector, places.get(proposal.event, "")


def places_in(slots: Sequence[Slot]) -> dict[str, str]:
    """Event → its place in the issue: lead, feature or read."""
    features = [slot for slot in slots if slot.section == "features"]
    return {
        slot.event: "read" if slot.section == "reads" else "lead" if slot is features[0] else "feature"
        for slot in slots
    }


def taste_values(taste: Taste) -> dict[str, Any]:
    """The counts and what they do to scores, as JSON values."""
    return {
        "issues": taste.issues,
        "needed": ISSUES_NEEDED,
        "counts": taste.counts,
        "active": taste.is_active,
        "most": MOST,
        "all": asdict(taste.all),
        "sources": _rows(taste.sources, {name: taste.source_figure(name) for name in taste.sources}),
        "kinds": _rows(taste.kinds, {name: taste.kind_figure(name) for name in taste.kinds}),
        "clicks": {
            "issues": taste.readers.issues,
            "counts": taste.readers.counts,
            "active": taste.has_active_readers,
            "sources": [
                {"name": name, "stories": len(multiples), "times": round(sum(multiples) / len(multiples), 2)}
                for name, multiples in sorted(taste.readers.sources.items())
            ],
        },
    }


def _rows(counts: Mapping[str, Kept], figures: Mapping[str, float]) -> list[dict[str, Any]]:
    """The counts by name, the most proposed first, with the factor that each gives to a score by itself."""
    ordered = sorted(counts, key=lambda name: (-counts[name].proposed, -counts[name].added, name))
    return [
        {"name": name, **asdict(counts[name]), "factor": round(1 + MOST * max(-1.0, min(1.0, figures[name])), 3)}
        for name in ordered
    ]


def collect_taste(config: Config, now: datetime) -> dict[str, Any]:
    """What was learned from the approved issues, and the desk's examples of this week's issue, as JSON values."""
    path = config.state / STORE_FILE
    if not path.exists():
        return {**taste_values(learn_taste([], issues=0, counts=config.select.taste)), "examples": []}
    with open_store(path, create=False) as store:
        session = Session(config, store, now)
        offered = [text for text in desk_examples(session) if text not in config.about.headlines]
        return {**taste_values(load_taste(session)), "examples": offered}


def format_taste(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines that show what was learned to a person."""
    yield _effect(values)
    for title, rows in (("Sources", values["sources"]), ("Kinds", values["kinds"])):
        if rows:
            yield ""
            yield f"{title}: kept of proposed"
        for row in rows:
            added = f", {row['added']} added by you" if row["added"] else ""
            factor = f", score × {row['factor']:.2f}" if values["active"] else ""
            yield f"{row['kept']:>5} of {row['proposed']:<4} {row['name']}{added}{factor}"
    yield from _format_clicks(values["clicks"])
    if values["examples"]:
        yield ""
        yield "Examples from the desk that about.headlines in the config does not have; copy those that should stay:"
        yield from example_lines(values["examples"])


def _format_clicks(clicks: Mapping[str, Any]) -> Iterator[str]:
    """Yield what readers clicked; nothing where no results are known."""
    if not clicks["issues"]:
        return
    effect = (
        "part of the score"
        if clicks["active"]
        else f"part of the score from {ISSUES_NEEDED} issues on"
        if clicks["counts"]
        else "select.clicks is off: scores do not depend on them"
    )
    yield ""
    yield f"Clicks in {clicks['issues']} issue{'' if clicks['issues'] == 1 else 's'}, leads left out; {effect}"
    for row in clicks["sources"]:
        yield f"{row['times']:>6.2f} times the mean of {row['stories']:<4} {row['name']}"


def example_lines(headlines: Sequence[str]) -> list[str]:
    """The lines of YAML that add headlines to `about` in the config."""
    quoted = (json.dumps(headline.replace("${", "$${"), ensure_ascii=False) for headline in headlines)
    return ["about:", "  headlines:", *(f"    - {headline}" for headline in quoted)]


def _effect(values: Mapping[str, Any]) -> str:
    issues = f"{values['issues']} approved issue{'' if values['issues'] == 1 else 's'} with proposals"
    if not values["counts"]:
        return f"{issues}; select.taste is off: scores do not depend on them."
    if not values["active"]:
        return f"{issues}; from {values['needed']} on, what you kept changes a score by at most {values['most']:.0%}."
    return f"{issues}; what you kept changes a score by at most {values['most']:.0%}."
