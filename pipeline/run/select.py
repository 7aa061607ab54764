"""Select: events → slots, edition by edition, and the pictures of what was chosen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.config import Edition
from pipeline.config.edits import load_edits
from pipeline.edges.fetcher import Request
from pipeline.edges.store.issues import StoredIssue
from pipeline.records import Edits, Event, Slot, Story, Tally
from pipeline.run.dedupe import window_names
from pipeline.run.fetch import answered_sources
from pipeline.run.requests import ask, open_mirrors
from pipeline.run.session import APPROVED, Report, Session
from pipeline.stages.select import (
    Candidate,
    Choice,
    choose_stories,
    in_short,
    merge_events,
    rank_events,
)
from pipeline.text.languages import story_language


@dataclass(frozen=True, slots=True)
class Pool:
    """What an issue is chosen from."""

    stories: Mapping[str, Story]  # with as much of their text as they are ranked by
    events: tuple[Event, ...]
    copies: Mapping[str, str]
    published_before: Mapping[str, str]  # story → what is said of it
    candidates: tuple[Candidate, ...]


def select(session: Session) -> Report:
    """Propose the week's issue around the editor's word; an approved issue stays as it is."""
    known = session.store.issues.get(session.key)
    if known and known.status == APPROVED:
        return Report("select", {"slots": 0}, (), (f"{known.key} is approved and stays as it is",))
    pool = build_pool(session)
    slots: dict[str, tuple[Slot, ...]] = {}
    notices: list[str] = []
    with session.store.transaction():
        for edition in session.config.editions:
            edits = edits_of(session, edition)
            notices += _unknown_pins(edition, edits, pool)
            choice = _choose(session, edition, pool, edits)
            slots[edition.name] = choice
            if not choice:
                notices.append(f"{edition.name}: fewer than {session.config.select.minimum} new stories, no issue")
        _keep(session, pool, slots)
    _fetch_pictures(session, slots, pool)
    counts = {"candidates": len(pool.candidates), "slots": sum(len(chosen) for chosen in slots.values())}
    return Report("select", counts, tuple(notices))


def build_pool(session: Session, accepted: Sequence[tuple[str, str]] | None = None) -> Pool:
    """The window's events as candidates, ranked, with what earlier issues have published.

    `accepted` are the pairs across languages that tell of one event; by default those of the editions' edits.
    """
    stories = {story.id: in_short(story) for story in session.store.stories.iterate(window_names(session))}
    if accepted is None:
        accepted = [pair for edition in session.config.editions for pair in edits_of(session, edition).same_event]
    copies = {copy: best for copy, best in session.store.stories.copies().items() if copy in stories}
    said, cutoffs = _published_before(session, stories, copies)
    events = tuple(
        _newest_turn(event, stories, said, cutoffs) for event in merge_events(session.store.stories.events(), accepted)
    )
    outlets: dict[str, set[str]] = {}
    for story in stories.values():
        outlets.setdefault(copies.get(story.id, story.id), set()).add(story.outlet)
    candidates = rank_events(
        _open_events(events, stories),
        stories,
        outlets={story: len(names) for story, names in outlets.items()},
        weights={source.name: source.weight for source in session.config.source_records()},
        topics=session.config.topics,
        rules=session.config.select,
        now=session.now,
        alike=_alike(session, events),
    )
    return Pool(stories, events, copies, said, tuple(candidates))


def _published_before(
    session: Session, stories: Mapping[str, Story], copies: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, datetime]]:
    """Story → what is said of the approved issue that has had it or a copy of it; and when that issue was closed."""
    cutoffs: dict[str, datetime] = {}
    said: dict[str, str] = {}
    closed = {issue.key: issue.cutoff_at for issue in session.store.issues.all()}
    for story, (key, _) in session.store.issues.published_before(session.key).items():
        if story not in stories:
            continue
        # What an issue published, its winner and the winner's copies have been told, whichever of them it showed.
        best = copies.get(story, story)
        for told in {story, best, *(copy for copy, winner in copies.items() if winner == best)}:
            said[told] = f"published in {key}"
            cutoffs[told] = closed[key]
    return said, cutoffs


def _newest_turn(
    event: Event, stories: Mapping[str, Story], said: Mapping[str, str], cutoffs: Mapping[str, datetime]
) -> Event:
    """An event of which a part was published, cut to what is newer than that issue; as it is where nothing is."""
    held = [story for story in event.stories if story in said]
    if not held:
        return event
    cutoff = max(cutoffs[story] for story in held)
    known = (stories[story] for story in event.stories if story in stories and story not in said)
    new = tuple(story.id for story in known if story.dated_at and story.dated_at > cutoff)
    return replace(event, best=new[0], stories=new, follows=event.follows or held[0]) if new else event


def _alike(session: Session, events: Iterable[Event]) -> dict[str, frozenset[str]]:
    """Event → the events that are suggested to be the same one in another language."""
    home = {story: event.id for event in events for story in event.stories}
    groups = {event.id: {event.id} for event in events}
    for one, other, _, _ in session.store.stories.suggestions():
        if one in home and other in home:
            # What is like a third is alike: Dutch and Chinese may meet only in English.
            group = groups[home[one]] | groups[home[other]]
            groups.update(dict.fromkeys(group, group))
    return {event: frozenset(group - {event}) for event, group in groups.items() if len(group) > 1}


def _open_events(events: Iterable[Event], stories: Mapping[str, Story]) -> list[Event]:
    return [event for event in events if any(story in stories for story in event.stories)]


def edits_of(session: Session, edition: Edition) -> Edits:
    """The editor's word on this week's issue in one edition."""
    return load_edits(session.outbox.edits_path(session.key, folder_of(session, edition)))


def folder_of(session: Session, edition: Edition) -> str | None:
    """The edition's folder inside the issue's, None where the letter has just one edition."""
    return edition.name if len(session.config.editions) > 1 else None


def _unknown_pins(edition: Edition, edits: Edits, pool: Pool) -> list[str]:
    known = {story for candidate in pool.candidates for story in candidate.event.stories} | set(pool.copies)
    return [
        f"{edition.name}: edits.yaml pins {pin}, which is no story of this week"
        for pin in (*edits.features, *edits.reads)
        if pin not in known
    ]


def choose_edition(session: Session, edition: Edition, pool: Pool, edits: Edits) -> Choice:
    """One edition's slots around the editor's word; nothing is kept."""
    accepts = None if edition.languages is None else {tag: edition.most(tag) for tag in edition.languages}
    return choose_stories(
        pool.candidates,
        edition=edition.name,
        language=story_language(edition.language) or edition.language,
        accepts=accepts,
        published_before=pool.published_before,
        edits=_without_copies(edits, pool.copies),
        rules=session.config.select,
    )


def _choose(session: Session, edition: Edition, pool: Pool, edits: Edits) -> tuple[Slot, ...]:
    choice = choose_edition(session, edition, pool, edits)
    considered = {story for candidate in pool.candidates for story in candidate.event.stories}
    session.store.ledger.record(f"select/{edition.name}", considered, choice.decisions)
    return choice.slots


def _without_copies(edits: Edits, copies: Mapping[str, str]) -> Edits:
    """The edits, where they pin or drop a copy, on the story it was folded into."""

    def winners(stories: Sequence[str]) -> tuple[str, ...]:
        return tuple(copies.get(story, story) for story in stories)

    return replace(edits, features=winners(edits.features), reads=winners(edits.reads), drops=winners(edits.drops))


def _keep(session: Session, pool: Pool, slots: Mapping[str, Sequence[Slot]]) -> StoredIssue | None:
    if not any(slots.values()):
        return None
    return session.store.issues.propose(
        session.key,
        cutoff_at=session.now,
        tally=_tally(session, pool),
        first_number=session.config.first_number,
        slots=slots,
    )


def _tally(session: Session, pool: Pool) -> Tally:
    start, end = session.window()
    recent = [story for story in pool.stories.values() if story.dated_at and start < story.dated_at <= end]
    answered, failed = answered_sources(session)
    return Tally(
        stories=len(recent),
        outlets=len({story.outlet for story in recent}),
        languages=len({story.language for story in recent} - {"und"}),
        copies=sum(story.id in pool.copies for story in recent),
        sources_answered=len(answered),
        sources_total=len(answered) + len(failed),
    )


def picture_url(story: Story, edits: Edits) -> str | None:
    """The address of the picture a story is shown with: the editor's, else its own; None where there is none."""
    edit = edits.stories.get(story.id)
    chosen = edit.picture if edit and edit.picture else story.picture.url if story.picture else None
    return chosen if chosen and chosen.startswith(("http://", "https://")) else None


def _fetch_pictures(session: Session, slots: Mapping[str, Sequence[Slot]], pool: Pool) -> None:
    """Fetch the pictures that the features will show, those that are not kept yet; the others get covers."""
    if not session.config.pictures.enabled:
        return
    wanted: dict[str, str] = {}
    for edition in session.config.editions:
        edits = edits_of(session, edition)
        for slot in slots[edition.name]:
            url = picture_url(pool.stories[slot.story], edits) if slot.section == "features" else None
            if url and session.store.responses.latest(url, "picture") is None:
                wanted[url] = pool.stories[slot.story].source
    requests = [Request(url, source, "picture") for url, source in sorted(wanted.items())]
    if not requests:
        return
    with open_mirrors(session.config) as mirrors:
        for fetched in session.track(
            ask(session.config, requests, mirrors, now=session.now), "Fetching pictures", len(requests)
        ):
            if fetched.response is not None:
                with session.store.transaction():
                    session.store.responses.put(fetched.response, source=wanted[fetched.request.url], purpose="picture")
