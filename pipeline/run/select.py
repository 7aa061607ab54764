"""Select: events → slots, for each edition; then fetch the pictures of the features."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.config import Edition
from pipeline.edges.fetcher import Request
from pipeline.records import Edits, Event, Slot, Story, Tally
from pipeline.run.dedupe import window_names
from pipeline.run.fetch import answered_sources
from pipeline.run.judge import ask_judge, with_stored_grades
from pipeline.run.requests import open_mirrors, send_requests
from pipeline.run.session import APPROVED, Report, Session
from pipeline.run.subject import desk_examples, embed_subject, load_subject
from pipeline.run.taste import load_taste, record_proposals
from pipeline.stages.dedupe import open_features
from pipeline.stages.select import (
    Candidate,
    Choice,
    StoryVectors,
    Strengths,
    Taste,
    Verdicts,
    choose_stories,
    decisions_of,
    judge_events,
    measure_relevance,
    picture_url,
    rank_events,
    with_taste,
    with_text_for_ranking,
)
from pipeline.text.languages import story_language
from pipeline.text.vectors import Vectors


@dataclass(frozen=True, slots=True)
class Pool:
    """The stories and events that an issue is selected from."""

    stories: Mapping[str, Story]  # cut to the text that ranking uses
    events: tuple[Event, ...]
    found_events: tuple[Event, ...]  # as dedupe made them, before the editors' verdicts
    copies: Mapping[str, str]
    published_before: Mapping[str, str]  # story → the ledger's detail
    ungraded: tuple[Candidate, ...]  # ranked without a judge
    candidates: tuple[Candidate, ...]
    vectors: StoryVectors
    taste: Taste


def select(session: Session) -> Report:
    """Propose the week's issue around the editor's edits. An approved issue is not changed."""
    return select_with_pool(session)[0]


def select_with_pool(session: Session) -> tuple[Report, Pool | None]:
    """Propose the week's issue as `select` does, and return what it was selected from; None for an approved issue."""
    stored = session.store.issues.get(session.key)
    if stored and stored.status == APPROVED:
        return Report("select", {"slots": 0}, (), (f"{stored.key} is approved and is not changed",)), None
    examples = desk_examples(session)
    notices, remarks = [*embed_subject(session, _typed_examples(session, examples))], list[str]()
    pool = build_pool(session, examples=examples)
    if session.judge is not None:
        notices += ask_judge(session, pool.ungraded)
        pool = replace(pool, candidates=tuple(with_stored_grades(session, pool.ungraded)))
    slots: dict[str, tuple[Slot, ...]] = {}
    with session.store.transaction():
        scores = (line for candidate in pool.candidates for line in decisions_of(candidate, "select"))
        considered = {story.id for candidate in pool.candidates for story in candidate.stories}
        session.store.ledger.record("select", considered, scores)
        for edition in session.config.editions:
            edits = session.edits(edition)
            notices += _unknown_pins(edition, edits, pool)
            choice = choose_edition(session, edition, pool, edits)
            session.store.ledger.record(f"select/{edition.name}", considered, choice.decisions)
            slots[edition.name] = choice.slots
            # A missing issue is always reported; what an issue lacks, only with --verbose.
            session.store.issues.put_notes(session.key, edition.name, choice.notes)
            (remarks if choice.slots else notices).extend(f"{edition.name}: {note}" for note in choice.notes)
        _propose(session, pool, slots)
        _record_proposals(session, pool, slots, has_examples=bool(examples))
    _fetch_pictures(session, slots, pool)
    counts = {"candidates": len(pool.candidates), "slots": sum(len(chosen) for chosen in slots.values())}
    return Report("select", counts, tuple(notices), tuple(remarks)), pool


def build_pool(
    session: Session,
    verdicts: Verdicts | None = None,
    examples: Sequence[str] | None = None,
    events: Sequence[Event] | None = None,
    like: Pool | None = None,
) -> Pool:
    """Rank the window's events as candidates.

    `verdicts` join and part events, `examples` are headlines that the desk wants more like; by default those of the
    editors. `events`: those of the window by default. `like`: a pool of the same stories, which are then not loaded
    again.
    """
    stories = like.stories if like else _load_stories(session)
    verdicts = verdicts or verdicts_of(session.edits(edition) for edition in session.config.editions)
    if examples is None:
        examples = desk_examples(session)
    copies = {copy: best for copy, best in session.store.stories.copies().items() if copy in stories}
    found = tuple(session.store.stories.events() if events is None else events)
    judged = judge_events(found, verdicts.of_originals(copies))
    published, cutoffs = _published_before(session, stories, copies)
    _add_old_news(judged, stories, published, cutoffs)
    events = tuple(_without_published(event, stories, cutoffs) for event in judged)
    open_events = _open_events(events, stories)
    members = [stories[story] for event in open_events for story in event.stories if story in stories]
    vectors = like.vectors if like else _load_vectors(session, members)
    suggested = _suggested_events(session, events)
    candidates = _rank(session, stories, open_events, copies, suggested, examples=examples, vectors=vectors)
    taste = load_taste(session)
    ungraded = tuple(with_taste(candidates, taste, vectors))
    graded = tuple(with_stored_grades(session, ungraded))
    return Pool(stories, events, found, copies, published, ungraded, graded, vectors, taste)


def _rank(
    session: Session,
    stories: Mapping[str, Story],
    events: Sequence[Event],
    copies: Mapping[str, str],
    suggested: Mapping[str, frozenset[str]],
    *,
    examples: Sequence[str],
    vectors: StoryVectors,
) -> list[Candidate]:
    """Rank events by relevance and significance; a copy counts for its original's outlets."""
    outlets: dict[str, set[str]] = {}
    for story in stories.values():
        outlets.setdefault(copies.get(story.id, story.id), set()).add(story.outlet)
    members = [stories[story] for event in events for story in event.stories if story in stories]
    rules = session.config.select
    relevance = measure_relevance(
        members,
        load_subject(session, _example_vectors(examples, members, vectors)),
        vectors,
        accepted=rules.kinds,
        topics=Strengths.of(rules.weights).topics,
    )
    return rank_events(
        events,
        stories,
        relevance=relevance,
        outlets={story: len(names) for story, names in outlets.items()},
        weights={source.name: source.weight for source in session.config.sources},
        topics=session.config.topics,
        rules=rules,
        now=session.now,
        suggested=suggested,
        same_news=vectors.same_news(),
    )


def verdicts_of(edits: Iterable[Edits]) -> Verdicts:
    """What the editors of all editions judged of pairs of stories."""
    every = list(edits)
    return Verdicts(
        tuple(pair for each in every for pair in each.same_event),
        tuple(pair for each in every for pair in each.other_event),
    )


def _typed_examples(session: Session, examples: Sequence[str]) -> list[str]:
    """The examples that are no title of the week: those have a vector already."""
    week = set(window_names(session)) if examples else set()
    found = {text: session.store.stories.find(text) for text in examples}
    return [text for text, stories in found.items() if not any(s.title == text and s.id in week for s in stories)]


def _example_vectors(examples: Sequence[str], stories: Iterable[Story], vectors: StoryVectors) -> dict[str, Vectors]:
    """Example headline → the vector of the week's story with this title; empty for one that is no title."""
    titles = {story.title: story.id for story in sorted(stories, key=lambda story: story.id, reverse=True)}
    return {text: vectors.title(titles.get(text, "")) for text in examples}


def _load_stories(session: Session) -> dict[str, Story]:
    """The window's stories, cut to the text that ranking uses."""
    return {story.id: with_text_for_ranking(story) for story in session.store.stories.iterate(window_names(session))}


def _load_vectors(session: Session, stories: Iterable[Story]) -> StoryVectors:
    """The sentence vectors that dedupe compared the stories by."""
    found = {}
    for stored in session.store.features.get(story.id for story in stories):
        (features,) = open_features([stored])
        found[features.id] = features.vectors.copy()  # the original would keep all features in memory
    return StoryVectors(found)


def _published_before(
    session: Session, stories: Mapping[str, Story], copies: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, datetime]]:
    """Story → a detail naming the approved issue with the story or a copy of it; story → the cutoff of that issue."""
    cutoffs: dict[str, datetime] = {}
    details: dict[str, str] = {}
    closed = {issue.key: issue.cutoff_at for issue in session.store.issues.all()}
    for story, (key, _) in session.store.issues.published_before(session.key).items():
        if story not in stories:
            continue
        # A story counts as published if any copy of it was.
        best = copies.get(story, story)
        for published in {story, best, *(copy for copy, winner in copies.items() if winner == best)}:
            details[published] = f"published in {key}"
            cutoffs[published] = closed[key]
    return details, cutoffs


def _add_old_news(
    events: Iterable[Event], stories: Mapping[str, Story], details: dict[str, str], cutoffs: dict[str, datetime]
) -> None:
    """Add to both mappings the stories that an issue passed over when it published a similar one."""
    for event in events:
        if (cutoff := cutoffs.get(event.follows or "")) is None:
            continue
        for name in event.stories:
            story = stories.get(name)
            if story and name not in cutoffs and not (story.dated_at and story.dated_at > cutoff):
                details[name] = f"{details[event.follows or '']}, as news of the same event"
                cutoffs[name] = cutoff


def _without_published(event: Event, stories: Mapping[str, Story], cutoffs: Mapping[str, datetime]) -> Event:
    """A partly published event, reduced to the stories newer than that issue; unchanged if there are none."""
    published = [story for story in event.stories if story in cutoffs]
    if not published:
        return event
    cutoff = max(cutoffs[story] for story in published)
    others = (stories[story] for story in event.stories if story in stories and story not in cutoffs)
    new = tuple(story.id for story in others if story.dated_at and story.dated_at > cutoff)
    return replace(event, best=new[0], stories=new, follows=event.follows or published[0]) if new else event


def _suggested_events(session: Session, events: Iterable[Event]) -> dict[str, frozenset[str]]:
    """Event → the events in other languages that may be the same one."""
    event_of = {story: event.id for event in events for story in event.stories}
    groups = {event.id: {event.id} for event in events}
    for one, other, _, _ in session.store.stories.suggestions():
        if one in event_of and other in event_of:
            # Suggestions are transitive: a Dutch and a Chinese story may share only an English one.
            group = groups[event_of[one]] | groups[event_of[other]]
            groups.update(dict.fromkeys(group, group))
    return {event: frozenset(group - {event}) for event, group in groups.items() if len(group) > 1}


def _open_events(events: Iterable[Event], stories: Mapping[str, Story]) -> list[Event]:
    return [event for event in events if any(story in stories for story in event.stories)]


def _unknown_pins(edition: Edition, edits: Edits, pool: Pool) -> list[str]:
    known = {story for candidate in pool.candidates for story in candidate.event.stories} | set(pool.copies)
    return [
        f"{edition.name}: edits.yaml pins {pin}, which is no story of this week"
        for pin in (*edits.features, *edits.reads)
        if pin not in known
    ]


def choose_edition(session: Session, edition: Edition, pool: Pool, edits: Edits) -> Choice:
    """Fill one edition's slots around the editor's edits; nothing is written."""
    accepts = None if edition.languages is None else {tag: edition.most(tag) for tag in edition.languages}
    return choose_stories(
        pool.candidates,
        edition=edition.name,
        language=story_language(edition.language) or edition.language,
        accepts=accepts,
        published_before=pool.published_before,
        edits=_without_copies(edits, pool.copies),
        rules=session.config.select,
        near_repeats=pool.vectors.near_repeats,
        needs_text=session.config.approve == "auto",
    )


def _without_copies(edits: Edits, copies: Mapping[str, str]) -> Edits:
    """The edits with each pinned or dropped copy replaced by the story it was folded into."""

    def winners(stories: Sequence[str]) -> tuple[str, ...]:
        return tuple(copies.get(story, story) for story in stories)

    return replace(edits, features=winners(edits.features), reads=winners(edits.reads), drops=winners(edits.drops))


def _propose(session: Session, pool: Pool, slots: Mapping[str, Sequence[Slot]]) -> None:
    if not any(slots.values()):
        return
    session.store.issues.propose(
        session.key,
        cutoff_at=session.now,
        tally=_tally(session, pool),
        first_number=session.config.first_number,
        slots=slots,
    )


def _record_proposals(session: Session, pool: Pool, slots: Mapping[str, Sequence[Slot]], *, has_examples: bool) -> None:
    """Store what would be proposed without the editors' decisions, to be compared with what they approve."""
    if session.store.issues.get(session.key) is None:
        return
    unedited = build_pool(session, examples=(), like=pool) if has_examples else pool
    for edition in session.config.editions:
        edits = session.edits(edition)
        is_edited = has_examples or edits.features or edits.reads or edits.drops
        chosen = choose_edition(session, edition, unedited, Edits()).slots if is_edited else slots[edition.name]
        record_proposals(
            session, edition.name, unedited.candidates, pool.vectors, proposed=chosen, slots=slots[edition.name]
        )
    session.store.proposals.put_ranked(session.key, [candidate.event for candidate in unedited.candidates])


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


def _fetch_pictures(session: Session, slots: Mapping[str, Sequence[Slot]], pool: Pool) -> None:
    """Fetch the features' pictures that are not stored yet."""
    if not session.config.pictures.enabled:
        return
    wanted: dict[str, str] = {}
    for edition in session.config.editions:
        edits = session.edits(edition)
        for slot in slots[edition.name]:
            story = pool.stories[slot.story]
            url = picture_url(story, edits.stories.get(story.id)) if slot.section == "features" else None
            if url and session.store.responses.latest(url, "picture") is None:
                wanted[url] = story.source
    requests = [Request(url, source, "picture") for url, source in sorted(wanted.items())]
    if not requests:
        return
    with open_mirrors(session.config) as mirrors:
        for fetched in session.track(
            send_requests(session.config, requests, mirrors, now=session.now), "Fetching pictures", len(requests)
        ):
            if fetched.response is not None:
                with session.store.transaction():
                    session.store.responses.put(fetched.response, source=wanted[fetched.request.url], purpose="picture")
