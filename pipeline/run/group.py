"""Dedupe: stories → stories once, grouped into events.

What a story is compared by is read from it once and kept. What is compared, and with what, is worked out from these
readings anew whenever one of them, or what the answer rests on besides, is another than the last time.
"""

import contextlib
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial

from pipeline.errors import ConfigError
from pipeline.executors import Engine, Failed, open_engine
from pipeline.records import Reading, Rejected, Story
from pipeline.run.session import Report, Session
from pipeline.stages.dedupe import (
    READING_VERSION,
    Deduped,
    Settings,
    dedupe_readings,
    default_aliases,
    fingerprint_readings,
    load_aliases,
    read_story,
)

DEDUPE_VERSION = 1  # raise it when the same readings give another answer
REMEMBERED_ISSUES = 20  # approved issues that an event may go on from
LITTLE = 500_000  # characters of stories that are read in less time than it takes to start workers
TOGETHER = 500  # stories whose fingerprints are made at a time


def dedupe(session: Session) -> Report:
    """Fold copies and group events among the window's stories and those that earlier issues carried."""
    store = session.store
    aliases = _aliases(session)
    carried = {story: key for story, (key, _) in store.issues.carried(session.key).items()}
    near = _near(session)
    read = _read(session, {*near, *carried}, aliases)
    _archive(session, near, carried)
    names = _compared(session, near, carried)
    carried = {story: key for story, key in carried.items() if story in names}
    settings = Settings(event_hours=24 * session.config.dedupe.event_days)
    weights = {source.name: source.weight for source in session.config.source_records()}
    inputs = _inputs(session, names, carried, settings, weights)
    before = store.readings.done(inputs)
    if before is not None:
        return Report("dedupe", {**before, "read": read}, (), ("nothing new to compare",))
    found = dedupe_readings(store.readings.get(names), weights=weights, settings=settings, carried=carried)
    counts = _keep(session, names, found, inputs)
    return Report("dedupe", {**counts, "read": read})


def window_names(session: Session) -> list[str]:
    """Those of the window, those that the last approved issues carried, and of older ones those that may be copies."""
    return _compared(session, _near(session), session.store.issues.carried(session.key))


def _compared(session: Session, near: set[str], carried: Mapping[str, object]) -> list[str]:
    return sorted(near | (session.store.readings.recalled(near) & carried.keys()))


def _near(session: Session) -> set[str]:
    carried = session.store.issues.carried(session.key, REMEMBERED_ISSUES)
    return {*session.store.stories.since(*session.window()), *carried}


def _read(session: Session, names: set[str], aliases: str | None) -> int:
    """Read those of the stories that have no reading, or one that another version or alias file made; how many."""
    store = session.store
    version = _version(aliases)
    total, characters = store.readings.count_awaiting(names, version)
    if not total:
        return 0
    with _engine(session, characters) as engine:
        pairs = engine.pairs(partial(_reading, aliases=aliases), store.readings.awaiting(names, version))
        for batch in session.batches(session.track(pairs, "Reading", total)):
            for story, result in batch:
                store.ledger.accept([story.id], "dedupe")
                reading = result
                if isinstance(reading, Failed):
                    store.ledger.reject([Rejected(story.id, "dedupe", reading.reason, reading.detail)], session.now)
                    reading = _reading(replace(story, blocks=(), standfirst="", title=""), aliases=None)
                store.readings.put([reading], version)
                store.archive.forget([story.id])
    return total


def _engine(session: Session, characters: int) -> contextlib.AbstractContextManager[Engine]:
    """Little is read in this process: no limit guards it here, but the work grows with the text and no faster."""
    shared = session.kept is not None and session.kept.is_open
    return open_engine("serial") if characters <= LITTLE and not shared else session.engine()


def _reading(story: Story, *, aliases: str | None) -> Reading:
    return read_story(story, default_aliases() if aliases is None else load_aliases(aliases))


def _archive(session: Session, near: set[str], carried: Mapping[str, str]) -> None:
    """Add what issues have carried to the archive, and search it for what was not held against all of it yet."""
    store = session.store
    with store.transaction():
        for some in _pieces(store.archive.missing(carried, READING_VERSION)):
            store.archive.add(fingerprint_readings(store.readings.get(some)), READING_VERSION)
        extent = store.archive.extent
        if not extent:
            return
        for some in _pieces(store.readings.unrecalled(near, extent)):
            prints = fingerprint_readings(store.readings.get(some))
            found = {each.story: store.archive.candidates(each) for each in prints}
            store.readings.put_recalled({name: found.get(name, ()) for name in some}, extent)


def _pieces(names: Sequence[str]) -> list[Sequence[str]]:
    return [names[start : start + TOGETHER] for start in range(0, len(names), TOGETHER)]


def _inputs(
    session: Session, names: Sequence[str], carried: Mapping[str, str], settings: Settings, weights: Mapping[str, float]
) -> str:
    """A hash of all that the answer rests on."""
    told = (DEDUPE_VERSION, session.store.readings.digests(names), carried, asdict(settings), weights)
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _keep(session: Session, names: Sequence[str], found: Deduped, inputs: str) -> dict[str, int]:
    store = session.store
    counts = {
        "stories": len(names),
        "copies": len(found.copies),
        "events": len(found.events),
        "follow-ups": sum(event.follows is not None for event in found.events),
        "suggestions": len(found.suggestions),
    }
    with store.transaction():
        store.stories.put_copies(names, found.copies)
        store.stories.replace_events(found.events)
        store.stories.replace_suggestions(
            (pair.one, pair.other, pair.figure, "; ".join(pair.evidence)) for pair in found.suggestions
        )
        store.ledger.record("dedupe", names, found.decisions)
        store.readings.put_done(inputs, counts)
    return counts


def _version(aliases: str | None) -> int:
    """The version of a reading: of the program that made it, and of the alias file."""
    told = hashlib.sha256(f"{READING_VERSION}\n{aliases or ''}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(told[:7], "big")


def _aliases(session: Session) -> str | None:
    path = session.config.dedupe.aliases
    if path is None:
        return None
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: the alias file cannot be read ({error})") from error
    load_aliases(text)  # says what is wrong with it
    return text
