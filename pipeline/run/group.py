"""Dedupe and tag: stories → stories once, grouped into events, with their language."""

from dataclasses import replace
from functools import partial

from pipeline.errors import ConfigError
from pipeline.executors import Failed
from pipeline.records import Rejected, Story
from pipeline.run.session import Report, Session
from pipeline.stages.dedupe import Aliases, Settings, dedupe_stories, default_aliases, follow_ups, load_aliases
from pipeline.stages.language import tag_story

TAG_VERSION = 1
REMEMBERED_ISSUES = 20  # approved issues whose stories are not told again


def dedupe(session: Session) -> Report:
    """Fold copies and group events among the window's stories and those that earlier issues carried."""
    store = session.store
    stories = window_stories(session)
    told = store.issues.carried(session.key, REMEMBERED_ISSUES)
    settings = Settings(event_hours=24 * session.config.dedupe.event_days)
    aliases = _aliases(session)
    weights = {source.name: source.weight for source in session.config.source_records()}
    found = dedupe_stories(
        stories,
        weights=weights,
        settings=settings,
        aliases=aliases,
    )
    carried = [story for story in stories if story.id in told]
    turns = follow_ups(found.events, stories, carried, settings=settings, aliases=aliases) if carried else {}
    events = [replace(event, follows=turns.get(event.id)) for event in found.events]
    considered = [story.id for story in stories]
    with store.transaction():
        store.stories.put_copies(considered, found.copies)
        store.stories.replace_events(events)
        store.stories.replace_suggestions(
            (pair.one, pair.other, pair.figure, "; ".join(pair.evidence)) for pair in found.suggestions
        )
        store.ledger.record("dedupe", considered, found.decisions)
    counts = {
        "stories": len(stories),
        "copies": len(found.copies),
        "events": len(events),
        "follow-ups": len(turns),
        "suggestions": len(found.suggestions),
    }
    return Report("dedupe", counts)


def tag(session: Session, *, everything: bool = False) -> Report:
    """Tag the stories that wait for it, or with `everything` all that are kept, with their languages."""
    store = session.store
    if everything:
        with store.transaction():
            store.stories.forget_tagged()
    total = store.stories.count_awaiting_tag(TAG_VERSION)
    if not total:
        return Report("tag", {"stories": 0, "unknown": 0})
    unknown = 0
    with session.engine() as engine:
        tagger = partial(tag_story, expected=session.config.language.expected)
        pairs = engine.pairs(tagger, store.stories.awaiting_tag(TAG_VERSION))
        for batch in session.batches(session.track(pairs, "Tagging", total)):
            for story, result in batch:
                if isinstance(result, Failed):
                    store.ledger.reject([Rejected(story.id, "tag", result.reason, result.detail)], session.now)
                    store.stories.put_tagged([story], TAG_VERSION)
                    unknown += 1
                    continue
                tagged, decisions = result
                store.stories.put_tagged([tagged], TAG_VERSION)
                store.ledger.record("tag", [story.id], decisions)
                unknown += tagged.language == "und"
    return Report("tag", {"stories": total, "unknown": unknown})


def window_stories(session: Session) -> list[Story]:
    """The stories of the window and those that the last approved issues carried, each once, by id."""
    carried = session.store.issues.carried(session.key, REMEMBERED_ISSUES)
    found = {story.id: story for story in session.store.stories.get(carried)}
    found |= {story.id: story for story in session.store.stories.since(*session.window())}
    return [found[story] for story in sorted(found)]


def _aliases(session: Session) -> Aliases:
    path = session.config.dedupe.aliases
    if path is None:
        return default_aliases()
    try:
        return load_aliases(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: the alias file cannot be read ({error})") from error
