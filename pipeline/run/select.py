"""Select: events → places, edition by edition, and the pictures of what was chosen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.config import Edition
from pipeline.config.edits import load_edits
from pipeline.edges.fetcher import Request
from pipeline.edges.store.issues import StoredIssue
from pipeline.records import Edits, Event, Place, Story, Tally
from pipeline.run.dedupe import window_names
from pipeline.run.fetch import answered_sources
from pipeline.run.requests import ask, open_mirrors
from pipeline.run.session import APPROVED, Report, Session
from pipeline.stages.select import Candidate, Choice, Rules, Topic, choose_stories, in_short, merge_events, rank_events


@dataclass(frozen=True, slots=True)
class Field:
    """What an issue is chosen from."""

    stories: Mapping[str, Story]  # with as much of their text as they are ranked by
    events: tuple[Event, ...]
    copies: Mapping[str, str]
    carried: Mapping[str, str]  # story → what is said of it
    candidates: tuple[Candidate, ...]


def select(session: Session) -> Report:
    """Propose the week's issue around the editor's word; an approved issue stays as it is."""
    known = session.store.issues.get(session.key)
    if known and known.status == APPROVED:
        return Report("select", {"places": 0}, (), (f"{known.key} is approved and stays as it is",))
    field = survey(session)
    places: dict[str, tuple[Place, ...]] = {}
    notices: list[str] = []
    with session.store.transaction():
        for edition in session.config.editions:
            edits = edits_of(session, edition)
            notices += _unknown_pins(edition, edits, field)
            choice = _choose(session, edition, field, edits)
            places[edition.name] = choice
            if not choice:
                notices.append(f"{edition.name}: fewer than {session.config.select.minimum} new stories, no issue")
        _keep(session, field, places)
    _fetch_pictures(session, places, field)
    counts = {"candidates": len(field.candidates), "places": sum(len(chosen) for chosen in places.values())}
    return Report("select", counts, tuple(notices))


def survey(session: Session, accepted: Sequence[tuple[str, str]] | None = None) -> Field:
    """The window's events as candidates, ranked, with what earlier issues have carried.

    `accepted` are the pairs across languages that tell of one event; by default those of the editions' edits.
    """
    stories = {story.id: in_short(story) for story in session.store.stories.each(window_names(session))}
    if accepted is None:
        accepted = [pair for edition in session.config.editions for pair in edits_of(session, edition).same_event]
    copies = {copy: best for copy, best in session.store.stories.copies().items() if copy in stories}
    said, cutoffs = _carried(session, stories, copies)
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
        topics=topics_of(session),
        rules=rules_of(session),
        now=session.now,
        alike=_alike(session, events),
    )
    return Field(stories, events, copies, said, tuple(candidates))


def _carried(
    session: Session, stories: Mapping[str, Story], copies: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, datetime]]:
    """Story → what is said of the approved issue that has had it or a copy of it; and when that issue was closed."""
    cutoffs: dict[str, datetime] = {}
    said: dict[str, str] = {}
    closed = {issue.key: issue.cutoff_at for issue in session.store.issues.all()}
    for story, (key, _) in session.store.issues.carried(session.key).items():
        if story not in stories:
            continue
        # What an issue carried, its winner and the winner's copies have been told, whichever of them it showed.
        best = copies.get(story, story)
        for told in {story, best, *(copy for copy, winner in copies.items() if winner == best)}:
            said[told] = f"carried by {key}"
            cutoffs[told] = closed[key]
    return said, cutoffs


def _newest_turn(
    event: Event, stories: Mapping[str, Story], said: Mapping[str, str], cutoffs: Mapping[str, datetime]
) -> Event:
    """An event of which a part was carried, cut to what is newer than that issue; as it is where nothing is."""
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


def topics_of(session: Session) -> list[Topic]:
    """The config's topics as select takes them."""
    return [
        Topic(topic.name, topic.names, topic.weight, {tag: tuple(words) for tag, words in topic.words.items()})
        for topic in session.config.topics
    ]


def rules_of(session: Session) -> Rules:
    """The config's rules as select takes them."""
    given = session.config.select
    return Rules(
        features=given.features,
        reads=given.reads,
        minimum=given.minimum,
        per_source=given.per_source,
        per_topic=given.per_topic,
        per_language=given.per_language,
        **given.weights.model_dump(),
    )


def edits_of(session: Session, edition: Edition) -> Edits:
    """The editor's word on this week's issue in one edition."""
    return load_edits(session.outbox.edits_path(session.key, folder_of(session, edition)))


def folder_of(session: Session, edition: Edition) -> str | None:
    """The edition's folder inside the issue's, None where the letter has just one edition."""
    return edition.name if len(session.config.editions) > 1 else None


def _unknown_pins(edition: Edition, edits: Edits, field: Field) -> list[str]:
    known = {story for candidate in field.candidates for story in candidate.event.stories} | set(field.copies)
    return [
        f"{edition.name}: edits.yaml pins {pin}, which is no story of this week"
        for pin in (*edits.features, *edits.reads)
        if pin not in known
    ]


def choose_edition(session: Session, edition: Edition, field: Field, edits: Edits) -> Choice:
    """One edition's places around the editor's word; nothing is kept."""
    accepts = None if edition.languages is None else {tag: edition.most(tag) for tag in edition.languages}
    return choose_stories(
        field.candidates,
        edition=edition.name,
        language=edition.language,
        accepts=accepts,
        carried=field.carried,
        edits=_without_copies(edits, field.copies),
        rules=rules_of(session),
    )


def _choose(session: Session, edition: Edition, field: Field, edits: Edits) -> tuple[Place, ...]:
    choice = choose_edition(session, edition, field, edits)
    considered = {story for candidate in field.candidates for story in candidate.event.stories}
    session.store.ledger.record(f"select/{edition.name}", considered, choice.decisions)
    return choice.places


def _without_copies(edits: Edits, copies: Mapping[str, str]) -> Edits:
    """The edits, where they pin or drop a copy, on the story it was folded into."""

    def winners(stories: Sequence[str]) -> tuple[str, ...]:
        return tuple(copies.get(story, story) for story in stories)

    return replace(edits, features=winners(edits.features), reads=winners(edits.reads), drops=winners(edits.drops))


def _keep(session: Session, field: Field, places: Mapping[str, Sequence[Place]]) -> StoredIssue | None:
    if not any(places.values()):
        return None
    return session.store.issues.propose(
        session.key,
        cutoff_at=session.now,
        tally=_tally(session, field),
        first_number=session.config.first_number,
        places=places,
    )


def _tally(session: Session, field: Field) -> Tally:
    start, end = session.window()
    recent = [story for story in field.stories.values() if story.dated_at and start < story.dated_at <= end]
    answered, failed = answered_sources(session)
    return Tally(
        stories=len(recent),
        outlets=len({story.outlet for story in recent}),
        languages=len({story.language for story in recent} - {"und"}),
        copies=sum(story.id in field.copies for story in recent),
        sources_answered=len(answered),
        sources_total=len(answered) + len(failed),
    )


def picture_url(story: Story, edits: Edits) -> str | None:
    """The address of the picture a story is shown with: the editor's, else its own; None where there is none."""
    edit = edits.stories.get(story.id)
    chosen = edit.picture if edit and edit.picture else story.picture.url if story.picture else None
    return chosen if chosen and chosen.startswith(("http://", "https://")) else None


def _fetch_pictures(session: Session, places: Mapping[str, Sequence[Place]], field: Field) -> None:
    """Fetch the pictures that the features will show, those that are not kept yet; the others get covers."""
    if not session.config.pictures.enabled:
        return
    wanted: dict[str, str] = {}
    for edition in session.config.editions:
        edits = edits_of(session, edition)
        for place in places[edition.name]:
            url = picture_url(field.stories[place.story], edits) if place.section == "features" else None
            if url and session.store.responses.latest(url, "picture") is None:
                wanted[url] = field.stories[place.story].source
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
